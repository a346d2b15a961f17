/** A deck from a description: what it should tell, from which data, and how. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type Assistant, assistant, sendMessage } from "../../../api/chat";
import { LIBRARY_KEY } from "../../../api/queries";
import { useDraft } from "../../../assistant/useDraft";
import { useEndpoint } from "../../../assistant/useEndpoint";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { WITH_ASSISTANT } from "../../../editor/useAssistantOpen";
import { Examples } from "./Examples";
import { examplesOf } from "./examplesOf";
import { Options } from "./Options";
import { chatOptions, useOptions, useSpaces } from "./options";
import { Problem } from "./Problem";
import styles from "./PromptBox.module.css";
import { Spaces } from "./Spaces";

/** A message that is nearly too long says how long it is. */
const NEARLY = 0.8;

export function PromptBox() {
  const { data, error } = useQuery(assistant);
  return <Box assistant={data} error={data ? null : error} />;
}

function Box({
  assistant: given,
  error,
}: {
  assistant: Assistant | undefined;
  error: Error | null;
}) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [message, setMessage] = useDraft("start");
  const { options, set } = useOptions();
  const [wasOpened, setOpen] = useState<boolean | null>(null);
  const { send, isSending, refusal } = useSend(() => setMessage(""));

  const problem =
    given?.problem ?? (error ? { code: "unreachable", message: error.message } : null);

  const most = given?.limits.message_characters ?? 20_000;
  const spaces = useSpaces(given, options);
  const { byDefault, endpoint, isMissing } = useEndpoint(given, options.endpoint, options.profile);
  const isOpen = wasOpened ?? isMissing;
  const words = message.trim();
  const isAvailable = given?.available === true;
  const isFine = words !== "" && words.length <= most;
  const canSend = isAvailable && !isSending && !isMissing && isFine;

  const submit = () => {
    if (canSend) send({ message: words, options: chatOptions({ ...options, endpoint }, spaces) });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <section className={styles.section} aria-labelledby={id}>
      <h1 className={styles.heading}>
        <label id={id} htmlFor={`${id}-field`}>
          What should the deck tell, and to whom?
        </label>
      </h1>
      <div className={styles.box}>
        <textarea
          ref={field}
          id={`${id}-field`}
          className={styles.field}
          placeholder="A quarterly review for the sales leads: where we stand, why, and what to decide next"
          rows={3}
          value={message}
          disabled={isSending}
          onChange={({ target }) => setMessage(target.value)}
          onKeyDown={press}
        />
        {given ? (
          <Spaces
            assistant={given}
            chosen={spaces.chosen}
            onChoose={(next) => set({ spaces: next })}
          />
        ) : (
          <div className={styles.later} />
        )}
        {isOpen ? (
          <Options
            options={{ ...options, endpoint }}
            assistant={given}
            endpoint={byDefault}
            onChange={set}
          />
        ) : null}
        <div className={styles.tools}>
          <Button
            size="small"
            tone="quiet"
            icon="settings"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Options
          </Button>
          <label className={styles.review}>
            <input
              type="checkbox"
              role="switch"
              className={styles.switch}
              checked={options.review}
              aria-checked={options.review}
              onChange={({ target }) => set({ review: target.checked })}
            />
            Review the outline first
          </label>
          <span className={styles.space} />
          {isMissing ? <span className={styles.length}>Choose a model endpoint</span> : null}
          <Length length={words.length} most={most} />
          <Button tone="primary" icon="sparkle" disabled={!canSend} onClick={submit}>
            {isSending ? "Starting…" : "Create deck"}
          </Button>
        </div>
      </div>
      {refusal ? (
        <p role="alert" className={styles.refusal}>
          The deck wasn’t started: <Prose text={refusal.message} />
        </p>
      ) : null}
      {problem ? <Problem problem={problem} /> : null}
      {!isAvailable || !given ? null : (
        <Examples
          examples={examplesOf(given.spaces)}
          onChoose={({ text, space }) => {
            setMessage(text);
            if (space !== null) set({ spaces: [space] });
            const { current } = field;
            current?.focus();
            requestAnimationFrame(() => current?.setSelectionRange(text.length, text.length));
          }}
        />
      )}
    </section>
  );
}

function Length({ length, most }: { length: number; most: number }) {
  if (length <= most * NEARLY) return null;
  return (
    <span className={styles.length} data-over={length > most || undefined}>
      {length.toLocaleString("en")} / {most.toLocaleString("en")}
    </span>
  );
}

function useSend(onSent: () => void) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: sendMessage,
    onSuccess: ({ session_id }) => {
      onSent();
      void client.invalidateQueries({ queryKey: LIBRARY_KEY });
      void navigate(`/decks/${session_id}`, { state: WITH_ASSISTANT });
    },
    // It may be what the assistant says of itself by now.
    onError: () => void client.invalidateQueries({ queryKey: assistant.queryKey }),
  });
  return { send: mutate, isSending: isPending, refusal: error };
}
