/** One message and all that came of it. */
import { memo } from "react";
import { ModelText } from "../../assistant/ModelText";
import { isActive, type ShownTurn } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { count } from "../../assistant/words";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { useEditor } from "../Editor";
import { Failure } from "./Failure";
import { Found } from "./Found";
import { OutlineEditor } from "./OutlineEditor";
import { Progress } from "./Progress";
import { SlideRows } from "./SlideRows";
import { TurnFoot } from "./TurnFoot";
import styles from "./TurnView.module.css";

export const TurnView = memo(function TurnView({
  turn,
  isLast,
}: {
  turn: ShownTurn;
  isLast: boolean;
}) {
  const { live, reply, outline } = turn;
  const said = reply ?? outline?.reply ?? "";
  return (
    <article className={styles.turn} aria-label={`You: ${turn.message}`}>
      <Message message={turn.message} selection={turn.selection?.length ?? 0} />
      <Progress turn={turn} />
      {live.needsSignIn ? (
        <div className={styles.signIn}>
          <p>Your session has expired. What was done is kept, and resumes after you sign in.</p>
          <Button size="small" tone="primary" onClick={() => window.location.reload()}>
            Sign in again
          </Button>
        </div>
      ) : null}
      <Found turn={turn} />
      {live.text ? (
        <div className={styles.text}>
          <ModelText text={live.text} />
        </div>
      ) : null}
      {said && said !== live.text ? (
        <div className={styles.text}>
          <ModelText text={said} />
        </div>
      ) : null}
      {turn.state === "review" && outline ? (
        <OutlineEditor key={turn.job_id} turn={turn} outline={outline} />
      ) : (
        <SlideRows turn={turn} />
      )}
      {turn.notices.length > 0 ? (
        <ul className={styles.notices} aria-label="Notes">
          {turn.notices.map((notice) => (
            <li key={notice} className={styles.notice}>
              <Icon name="callout" />
              <span>
                <Prose text={notice} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {isActive(turn) || turn.state === "review" ? null : <Failure turn={turn} isLast={isLast} />}
      <Refusal turn={turn.id} />
      {isActive(turn) || turn.state === "review" ? null : <TurnFoot turn={turn} />}
    </article>
  );
});

/** A message that the server hasn't taken yet. */
export function Sent({ message }: { message: string }) {
  return (
    <article className={styles.turn} aria-label={`You: ${message}`}>
      <Message message={message} selection={0} />
      <p className={styles.sending}>Sending…</p>
    </article>
  );
}

function Message({ message, selection }: { message: string; selection: number }) {
  return (
    <div className={styles.message}>
      <p className={styles.words}>{message}</p>
      {selection > 0 ? (
        <span className={styles.scope}>{count(selection, "selected slide")}</span>
      ) : null}
    </div>
  );
}

function Refusal({ turn }: { turn: string }) {
  const { conversation } = useEditor();
  const refusal = useConversation(conversation, (state) => state.refusal);
  if (refusal?.turn !== turn) return null;
  return (
    <p role="alert" className={styles.refusal}>
      <Prose text={refusal.message} />
    </p>
  );
}
