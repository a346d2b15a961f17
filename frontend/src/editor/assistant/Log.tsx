/**
 * The turns, the newest last. As long as one is at the end, one stays there while text arrives; what was scrolled to, or
 * is being changed, isn't moved.
 */
import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ApiError } from "../../api/client";
import { useConversation } from "../../assistant/useConversation";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useStable } from "../../components/useStable";
import { useEditor } from "../Editor";
import { Beginning } from "./Beginning";
import styles from "./Log.module.css";
import { Sent, TurnView } from "./TurnView";

/** Less is still the end. */
const NEAR = 32;

export const Log = memo(function Log({ onSuggest }: { onSuggest: (message: string) => void }) {
  const { conversation } = useEditor();
  const turns = useConversation(conversation, (state) => state.turns);
  const sending = useConversation(conversation, (state) => state.sending);
  const problem = useConversation(conversation, (state) => state.problem);
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const height = useRef(0);
  const [isAway, setAway] = useState(false);

  const toEnd = () => {
    isAtEnd.current = true;
    setAway(false);
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };

  // A message of one's own is always seen.
  const newest = sending ?? turns?.at(-1)?.id;
  const goToEnd = useStable(toEnd);
  useLayoutEffect(() => {
    if (newest !== undefined) goToEnd();
  }, [newest, goToEnd]);

  useEffect(() => {
    const observed = content.current;
    const frame = log.current;
    if (!observed || !frame || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(() => {
      height.current = frame.scrollHeight;
      // What the person is changing, as an outline, stays where it is.
      const isUsed = observed.contains(document.activeElement);
      if (isAtEnd.current && !isUsed) frame.scrollTop = frame.scrollHeight;
      else setAway(distance(frame) > NEAR);
    });
    observer.observe(observed);
    // The field for the next message grows at its cost.
    observer.observe(frame);
    return () => observer.disconnect();
  }, []);

  return (
    <div className={styles.frame}>
      <section
        ref={log}
        className={styles.log}
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          // Moved by what has grown, and not by the person: the observer has the last word.
          if (currentTarget.scrollHeight !== height.current) return;
          isAtEnd.current = distance(currentTarget) <= NEAR;
          setAway(!isAtEnd.current);
        }}
      >
        <div ref={content} className={styles.turns}>
          {turns || problem || sending !== null ? null : (
            <p className={styles.loading}>Loading the conversation…</p>
          )}
          {turns?.length === 0 && sending === null ? <Beginning onSuggest={onSuggest} /> : null}
          {turns?.map((turn, index) => (
            <TurnView key={turn.id} turn={turn} isLast={index === turns.length - 1} />
          ))}
          {problem ? <Unread problem={problem} /> : null}
          {sending !== null ? <Sent message={sending} /> : null}
        </div>
      </section>
      {isAway ? (
        <button type="button" className={styles.newest} onClick={toEnd}>
          <Icon name="downward" />
          Latest
        </button>
      ) : null}
    </div>
  );
});

/** The conversation can't be read now. It is tried again by itself; only a new sign-in is the person's. */
function Unread({ problem }: { problem: ApiError }) {
  const isSignedOut = problem.status === 401 || problem.status === 403;
  return (
    <div className={styles.problem} role="alert">
      <p>
        {isSignedOut
          ? "Your session has expired. What was done is kept."
          : `The conversation can’t be read now: ${problem.message}`}
      </p>
      {isSignedOut ? (
        <Button size="small" tone="primary" onClick={() => window.location.reload()}>
          Sign in again
        </Button>
      ) : null}
    </div>
  );
}

function distance({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}
