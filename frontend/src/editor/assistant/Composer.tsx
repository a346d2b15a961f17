/** The next message: what to do, and on which slides. Stops what is going on. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { assistant } from "../../api/chat";
import { isActive } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { rememberEndpoint, useEndpoint } from "../../assistant/useEndpoint";
import { Icon } from "../../components/Icon";
import { IconButton } from "../../components/IconButton";
import { Prose } from "../../components/Prose";
import { isBlank } from "../../deck/find";
import { useEditor } from "../Editor";
import styles from "./Composer.module.css";
import { ComposerNotice } from "./ComposerNotice";
import { EndpointChoice } from "./EndpointChoice";
import { ScopeChoice, useScope } from "./Scope";

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
  const [wasOpened, setChoosing] = useState<boolean | null>(null);
  const [chosen, setChosen] = useState("");
  const { byDefault, endpoint, isMissing } = useEndpoint(data, chosen);
  const isChoosing = wasOpened ?? isMissing;
  const [isStopping, setStopping] = useState<string | null>(null);

  useEffect(() => {
    // On a phone the keyboard would cover what the assistant says.
    const isTouched = window.matchMedia?.("(pointer: coarse)").matches ?? false;
    if (!isTouched) field.current?.focus({ preventScroll: true });
  }, [field]);

  const most = data?.limits.message_characters ?? 20_000;
  const cannot = data?.available === false;
  const words = message.trim();
  const isFine = words !== "" && words.length <= most;
  const canSend = isFine && !cannot && !isMissing && !isSending && active === null;

  const send = async () => {
    if (!canSend) return;
    setMessage("");
    // The assistant works on the deck as it is here.
    await session.saveAll();
    const { deck } = session.get();
    const selection = scope.slides;
    const request = {
      ...(selection.length > 0 ? { selection } : {}),
      ...(endpoint ? { options: { endpoint } } : {}),
    };
    const isTaken = await conversation.send(words, request, deck);
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
      {data?.problem ? <ComposerNotice given={data.problem} /> : null}
      {refusal ? (
        <p className={styles.refusal} role="alert">
          Not sent: <Prose text={refusal} />
        </p>
      ) : null}
      <div className={styles.box}>
        <textarea
          ref={field}
          className={styles.field}
          aria-label="Message to the assistant"
          placeholder={
            isBlank(editor.snapshot.deck)
              ? "What should the deck tell, and to whom?"
              : "What should change?"
          }
          rows={2}
          value={message}
          onChange={({ target }) => setMessage(target.value)}
          onKeyDown={press}
        />
        {isChoosing && data ? (
          <div className={styles.choices}>
            <EndpointChoice
              given={data}
              none={byDefault ? `Default: ${byDefault}` : "Choose a model endpoint"}
              value={endpoint}
              onChange={(name) => {
                rememberEndpoint(name);
                setChosen(name);
              }}
            />
          </div>
        ) : null}
        <div className={styles.tools}>
          <ScopeChoice scope={scope} />
          <span className={styles.space} />
          <span className={styles.options}>
            <IconButton
              icon="settings"
              label="Options"
              aria-expanded={isChoosing}
              onClick={() => setChoosing(!isChoosing)}
            />
          </span>
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
