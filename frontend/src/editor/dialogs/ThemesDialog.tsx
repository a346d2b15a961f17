import { Dialog } from "../../components/Dialog";
import { useEditor } from "../Editor";
import { Choices } from "../inspector/Choices";
import { useThemeChoices } from "../inspector/useChoices";

export function ThemesDialog() {
  const editor = useEditor();
  const choices = useThemeChoices(editor.slide ?? editor.snapshot.deck.slides[0]);
  return (
    <Dialog title="Theme of the deck" size="wide" onClose={() => editor.open(null)}>
      <Choices
        size="large"
        choices={choices}
        chosen={editor.snapshot.deck.theme}
        disabled={!editor.canEdit}
        onChoose={(theme) => editor.change("Change theme", [{ op: "set_theme", theme }])}
      />
    </Dialog>
  );
}
