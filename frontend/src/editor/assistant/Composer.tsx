/** The next message: what to do, and on which slides. Stops what is going on. */

import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { Link } from "react-router";
import { assistant } from "../../api/chat";
import { shownProblem } from "../../assistant/problems";
import { isActive } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { count } from "../../assistant/words";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { useEditor } from "../Editor";
import styles from "./Composer.module.css";

/** A message that is nearly too long says how long it is. */
const NEARLY = 0.8;

export function Composer({
  message,
  onMessage: setMessage,
  ref: field,
}: {
  message: string;
  onMessage: (message: string) => void;
  ref: RefObject<HTMLTextAreaElement | null>;
}) {
  const editor = useEditor();
  const { conversation, session } = editor;
  const { data } = useQuery(assistant);
  const scope = useScope();
  const active = useConversation(
    conversation,
    ({ turns }) => turns?.findLast((turn) => isActive(turn))?.id ?? null,
  );
  const isSending = useConversation(conversation, (state) => state.sending !== null);
  const refusal = useConversation(conversation, (state) =>
    state.refusal?.turn === null ? state.refusal.message : null,
  );
  const [isStopping, setStopping] = useState<string | null>(null);

  useEffect(() => {
    // On a phone the keyboard would cover what the assistant says.
    const isTouched = window.matchMedia?.("(pointer: coarse)").matches ?? false;
    if (!isTouched) field.current?.focus({ preventScroll: true });
  }, [field]);

  const most = data?.limits.message_characters ?? 20_000;
  const problem = data?.problem ? { ...shownProblem(data.problem), ...data.problem } : null;
  const cannot = data?.available === false;
  const words = message.trim();
  const canSend = words !== "" && words.length <= most && !cannot && !isSending && active === null;

  const send = async () => {
    if (!canSend) return;
    setMessage("");
    // The assistant works on the deck as it is here.
    await session.flush();
    const { deck } = session.get();
    const selection = scope.slides;
    const isTaken = await conversation.send(words, selection.length > 0 ? { selection } : {}, deck);
    if (!isTaken) setMessage(words);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const stop = async () => {
    if (active === null) return;
    setStopping(active);
    await conversation.cancel(active);
    setStopping(null);
    field.current?.focus();
  };

  return (
    <div className={styles.composer}>
      {problem ? (
        <div className={styles.notice} role="status">
          <p className={styles.noticeTitle}>{problem.title}</p>
          <p>
            <Prose text={problem.message || problem.advice} />
          </p>
          {problem.action === "settings" ? (
            <Link to="/settings#assistant-title">Open Settings</Link>
          ) : null}
        </div>
      ) : null}
      {refusal ? (
        <p className={styles.refusal} role="alert">
          Not sent: {refusal}
        </p>
      ) : null}
      <div className={styles.box}>
        <textarea
          ref={field}
          className={styles.field}
          aria-label="Message to the assistant"
          placeholder={
            editor.snapshot.deck.slides.length === 0
              ? "What should the deck tell, and to whom?"
              : "What should change?"
          }
          rows={2}
          value={message}
          onChange={({ target }) => setMessage(target.value)}
          onKeyDown={press}
        />
        <div className={styles.tools}>
          <ScopeChoice scope={scope} />
          <span className={styles.space} />
          {words.length > most * NEARLY ? (
            <span className={styles.length} data-over={words.length > most || undefined}>
              {words.length.toLocaleString("en")} / {most.toLocaleString("en")}
            </span>
          ) : null}
          {active === null ? (
            <button
              type="button"
              className={styles.send}
              aria-label="Send"
              title="Send (Enter)"
              disabled={!canSend}
              onClick={() => void send()}
            >
              <Icon name="send" />
            </button>
          ) : (
            <button
              type="button"
              className={styles.stop}
              aria-label="Stop"
              title="Stop"
              disabled={isStopping === active}
              onClick={() => void stop()}
            >
              <Icon name="stop" />
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

interface Scope {
  /** The slides that a message is about; none: the whole deck. */
  slides: readonly string[] & string[];
  /** How the selection is called; `null` in a deck without slides. */
  selection: string | null;
  isSelection: boolean;
  choose: (isSelection: boolean) => void;
}

/** Several selected slides are meant unless the person says otherwise; one is always selected, and says nothing. */
function useScope(): Scope {
  const { selection, snapshot } = useEditor();
  const { slides } = selection;
  const key = slides.join();
  const [chosen, setChosen] = useState<{ key: string; isSelection: boolean } | null>(null);
  const isSelection =
    slides.length > 0 && (chosen?.key === key ? chosen.isSelection : slides.length > 1);
  const place = snapshot.deck.slides.findIndex(({ id }) => id === slides[0]) + 1;
  const name = slides.length === 1 ? `Slide ${place}` : count(slides.length, "selected slide");
  return {
    slides: isSelection ? [...slides] : [],
    selection: slides.length > 0 && place > 0 ? name : null,
    isSelection,
    choose: (next) => setChosen({ key, isSelection: next }),
  };
}

function ScopeChoice({ scope }: { scope: Scope }) {
  if (scope.selection === null) return null;
  return (
    <fieldset className={styles.scope}>
      <legend className="visually-hidden">What the message is about</legend>
      {[false, true].map((isSelection) => (
        <label key={String(isSelection)} className={styles.choice}>
          <input
            type="radio"
            name="scope"
            className="visually-hidden"
            checked={scope.isSelection === isSelection}
            onChange={() => scope.choose(isSelection)}
          />
          {isSelection ? scope.selection : "Whole deck"}
        </label>
      ))}
    </fieldset>
  );
}
