/** While a person is at Google, in another tab. */
import { Icon } from "../components/Icon";
import styles from "./AtGoogle.module.css";
import type { Connecting } from "./useConnecting";

export function AtGoogle({ connecting }: { connecting: Connecting }) {
  const { isWaiting, address, problem, stop } = connecting;
  if (problem !== null) {
    return (
      <p role="alert" className={styles.problem}>
        {problem}
      </p>
    );
  }
  if (!isWaiting) return null;
  return (
    <div className={styles.waiting} role="status">
      <Icon name="turn" turning />
      <p>
        Continue in the tab that opened. This page notices when you’re done.{" "}
        {address === null ? null : (
          <a href={address} target="_blank" rel="noopener noreferrer">
            Open it again
          </a>
        )}
        {" · "}
        <button type="button" className={styles.stop} onClick={stop}>
          Cancel
        </button>
      </p>
    </div>
  );
}
