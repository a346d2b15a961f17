import { Button } from "../../components/Button";
import { action, isEnabled } from "../actions";
import { useEditor } from "../Editor";

export function PresentButton() {
  const editor = useEditor();
  const present = action("present");
  return (
    <Button
      tone="primary"
      size="small"
      icon="play"
      disabled={!isEnabled(present, editor)}
      onClick={() => present.run(editor)}
    >
      Present
    </Button>
  );
}
