import { type FormEvent, lazy, Suspense, useState } from "react";
import { type Rating, sendFeedback } from "../../api/chat";
import type { ShownTurn } from "../../assistant/turnState";
import { Button } from "../../components/Button";
import { IconButton } from "../../components/IconButton";
import { useEditor } from "../Editor";
import styles from "./TurnFoot.module.css";

const Comparison = lazy(async () => {
  const { Comparison } = await import("./Comparison");
  return { default: Comparison };
});

/** What can be done with an answer: undo it, compare, rate it. */
export function TurnFoot({ turn }: { turn: ShownTurn }) {
  const { conversation, canEdit } = useEditor();
  const [isUndoing, setUndoing] = useState(false);
  const [isComparing, setComparing] = useState(false);
  const before = conversation.decksBefore.get(turn.id);
  const undo = async () => {
    setUndoing(true);
    await conversation.undo(turn.id);
    setUndoing(false);
  };
  return (
    <div className={styles.foot}>
      <div className={styles.row}>
        {turn.can_undo && canEdit ? (
          <Button size="small" icon="undo" disabled={isUndoing} onClick={() => void undo()}>
            Undo
          </Button>
        ) : null}
        {turn.kind === "change" && before && turn.can_undo ? (
          <Button size="small" icon="columns" onClick={() => setComparing(true)}>
            Compare
          </Button>
        ) : null}
        {isUndone(turn) ? <span className={styles.undone}>Undone</span> : null}
        <span className={styles.space} />
        <Feedback turn={turn.id} given={turn.rating} />
      </div>
      {isComparing && before ? (
        <Suspense fallback={null}>
          <Comparison before={before} turn={turn} onClose={() => setComparing(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

/** Of a turn that changed slides only the undo can be gone because it was made. */
function isUndone({ state, can_undo, slides }: ShownTurn): boolean {
  return state === "succeeded" && !can_undo && slides.some((slide) => slide.state === "done");
}

function intoView(form: HTMLFormElement | null) {
  form?.scrollIntoView?.({ block: "nearest" });
}

function Feedback({ turn, given }: { turn: string; given: Rating | null }) {
  const [rating, setRating] = useState(given);
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const [comment, setComment] = useState("");
  const send = async (next: Rating, words?: string) => {
    setRating(next);
    try {
      await sendFeedback(turn, next, words);
      setSaid(words ? "Thanks, your comment was sent." : "Thanks for the feedback.");
    } catch {
      setRating(null);
      setSaid("The feedback wasn’t sent. Try again later.");
    }
  };
  const rate = (next: Rating) => {
    setAsking(true);
    void send(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = comment.trim();
    if (rating && words) void send(rating, words);
    setAsking(false);
  };
  return (
    <>
      <IconButton
        icon="good"
        label="Good answer"
        aria-pressed={rating === "up"}
        onClick={() => rate("up")}
      />
      <IconButton
        icon="poor"
        label="Poor answer"
        aria-pressed={rating === "down"}
        onClick={() => rate("down")}
      />
      {isAsking && rating ? (
        <form ref={intoView} className={styles.comment} onSubmit={submit}>
          <input
            className={styles.input}
            aria-label="Comment on the answer, optional"
            placeholder={
              rating === "up" ? "What was good? (optional)" : "What was wrong? (optional)"
            }
            maxLength={2_000}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
          <Button size="small" submits>
            {comment.trim() ? "Send" : "Skip"}
          </Button>
        </form>
      ) : null}
      <p role="status" className={isAsking || said === "" ? "visually-hidden" : styles.said}>
        {said}
      </p>
    </>
  );
}
