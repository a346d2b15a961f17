/** The assistant beside the slides: the conversation so far, what happens now, and the next message. */
import { type KeyboardEvent, useRef } from "react";
import { isActive } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { useDraft } from "../../assistant/useDraft";
import { nowOf } from "../../assistant/words";
import { Icon } from "../../components/Icon";
import { IconButton } from "../../components/IconButton";
import { useStable } from "../../components/useStable";
import { useEditor } from "../Editor";
import styles from "./AssistantPanel.module.css";
import { Composer } from "./Composer";
import { Log } from "./Log";

export function AssistantPanel() {
  const editor = useEditor();
  const [message, setMessage] = useDraft(editor.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const suggest = useStable((suggested: string) => {
    setMessage(suggested);
    field.current?.focus();
  });
  const close = () => {
    editor.toggleAssistant(false);
    document.querySelector<HTMLElement>("[data-assistant-toggle]")?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };
  return (
    <aside className={styles.panel} aria-label="Assistant" onKeyDown={press}>
      <header className={styles.header}>
        <Icon name="sparkle" />
        <h2 className={styles.title}>Assistant</h2>
        <Connection />
        <IconButton icon="cross" label="Close the assistant" onClick={close} />
      </header>
      <Log onSuggest={suggest} />
      <Composer message={message} onMessage={setMessage} ref={field} />
      <Announcements />
    </aside>
  );
}

function Connection() {
  const { conversation } = useEditor();
  const isConnected = useConversation(conversation, (state) => state.isConnected);
  return (
    <span className={styles.connection} role="status">
      {isConnected ? "" : "Connecting…"}
    </span>
  );
}

/** Says the stages to screen readers, and not each word that arrives. */
function Announcements() {
  const { conversation } = useEditor();
  const said = useConversation(conversation, ({ turns }) => {
    const turn = turns?.at(-1);
    if (!turn) return "";
    if (isActive(turn)) return nowOf(turn);
    return {
      review: "The outline is ready. Approve it or change it.",
      succeeded: "The answer is complete.",
      failed: "The assistant couldn’t finish.",
      cancelled: "Stopped.",
      queued: "",
      running: "",
    }[turn.state];
  });
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
