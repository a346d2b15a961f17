import { Link } from "react-router";
import type { Problem } from "../../api/chat";
import { shownProblem } from "../../assistant/problems";
import { Prose } from "../../components/Prose";
import styles from "./Composer.module.css";

/** Why no message can be sent now, or what won't work, and what to do. */
export function ComposerNotice({ given }: { given: Problem }) {
  const { title, advice, action } = shownProblem(given);
  return (
    <div className={styles.notice} role="status">
      <p className={styles.noticeTitle}>{title}</p>
      <p>
        <Prose text={given.message || advice} />
      </p>
      {action === "settings" ? <Link to="/settings#assistant-title">Open Settings</Link> : null}
    </div>
  );
}
