/** The editor's bar: where one is, what can be done, and whether everything is saved. */
import { Link } from "react-router";
import type { Present } from "../../api/sessions";
import { isActive } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { IconButton } from "../../components/IconButton";
import { Menu } from "../../components/Menu";
import { ExportNote } from "../../export/ExportNote";
import { ACTIONS, action, INSERT_ACTIONS, isEnabled } from "../actions";
import { shown } from "../actions/keys";
import { useEditor } from "../Editor";
import { People } from "./People";
import { PresentButton } from "./PresentButton";
import { SaveState } from "./SaveState";
import styles from "./TopBar.module.css";

export function TopBar({
  others,
  isInspectorOpen,
  onToggleInspector,
}: {
  others: readonly Present[];
  isInspectorOpen: boolean;
  onToggleInspector: () => void;
}) {
  const editor = useEditor();
  const { deck } = editor.snapshot;
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.home} aria-label="All decks" title="All decks">
        <Icon name="home" />
      </Link>
      <h1 className="visually-hidden">{deck.title || "Untitled deck"}</h1>
      <input
        className={styles.title}
        aria-label="Title of the deck"
        value={deck.title}
        placeholder="Untitled deck"
        maxLength={300}
        readOnly={!editor.canEdit}
        onChange={({ target }) =>
          editor.change("Rename deck", [{ op: "set_title", title: target.value }], "title")
        }
        onBlur={() => editor.session.settle()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      <SaveState />
      <span className={styles.space} />
      <span className={styles.note}>
        <ExportNote session={editor.id} onOpen={() => editor.open("export")} />
      </span>
      <People people={others} />
      {editor.canEdit ? (
        <>
          <Tool id="undo" />
          <span className={styles.redo}>
            <Tool id="redo" />
          </span>
          <span className={styles.line} />
          <span className={styles.short}>
            <InsertMenu />
          </span>
        </>
      ) : null}
      <span className={styles.wide}>
        {editor.canEdit ? <Tool id="theme" /> : null}
        <Tool id="history" />
        <Tool id="share" />
      </span>
      <span className={styles.wide}>
        <Tool id="palette" />
      </span>
      <IconButton
        icon="panel"
        label="Inspector"
        aria-pressed={isInspectorOpen}
        onClick={onToggleInspector}
      />
      {editor.hasAssistant ? <AssistantButton /> : null}
      <MoreMenu />
      <span className={`${styles.wide} ${styles.export}`}>
        <ExportButton />
      </span>
      <span className={`${styles.short} ${styles.present}`}>
        <PresentButton />
      </span>
    </header>
  );
}

/** Says also that the assistant works while it isn't seen. */
function AssistantButton() {
  const { conversation, isAssistantOpen, toggleAssistant } = useEditor();
  const isWorking = useConversation(
    conversation,
    ({ turns }) => turns?.some((turn) => isActive(turn) || turn.state === "review") ?? false,
  );
  return (
    <span className={styles.assistant} data-working={isWorking || undefined}>
      <IconButton
        icon="sparkle"
        label={isWorking ? "Assistant, at work" : "Assistant"}
        keys={shown("Mod+J")}
        aria-pressed={isAssistantOpen}
        data-assistant-toggle
        onClick={() => toggleAssistant(!isAssistantOpen)}
      />
    </span>
  );
}

function Tool({ id }: { id: string }) {
  const editor = useEditor();
  const { label, icon, keys, run, ...rest } = action(id);
  return (
    <IconButton
      icon={icon ?? "more"}
      label={label}
      keys={keys && shown(keys)}
      disabled={!isEnabled({ label, run, ...rest }, editor)}
      onClick={() => run(editor)}
    />
  );
}

function ExportButton() {
  const editor = useEditor();
  const { label, icon, keys, run } = action("export");
  return (
    <Button
      size="small"
      icon={icon}
      title={keys && `${label} (${shown(keys)})`}
      data-exports={editor.id}
      onClick={() => run(editor)}
    >
      {label}
    </Button>
  );
}

function InsertMenu() {
  const editor = useEditor();
  const entries = INSERT_ACTIONS.map((one) => ({
    label: one.label,
    icon: one.icon,
    disabled: !isEnabled(one, editor),
    onSelect: () => one.run(editor),
  }));
  return (
    <Menu
      trigger={
        <Button size="small" tone="quiet" icon="plus">
          Insert
        </Button>
      }
      entries={entries}
    />
  );
}

/** Everything of the deck and the view; on a phone also what has no room in the bar. */
function MoreMenu() {
  const editor = useEditor();
  const entries = ACTIONS.filter(
    ({ group, id }) => (group === "Deck" || group === "View") && id !== "home",
  ).map((one) => ({
    label: one.label,
    icon: one.icon,
    keys: one.keys && shown(one.keys),
    disabled: !isEnabled(one, editor),
    onSelect: () => one.run(editor),
  }));
  return (
    <Menu
      trigger={<IconButton icon="more" label="More" data-exports={editor.id} />}
      entries={entries}
    />
  );
}
