/** A row of the dialog: what it is, what can be done, and what came of it. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "../components/Icon";
import styles from "./Row.module.css";

export function Row({
  icon,
  name,
  hint,
  action,
  children,
}: {
  icon: IconName;
  name: string;
  hint: ReactNode;
  action: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className={styles.row}>
      <span className={styles.sign}>
        <Icon name={icon} />
      </span>
      <div className={styles.words}>
        <h3 className={styles.name}>{name}</h3>
        <p className={styles.hint}>{hint}</p>
      </div>
      <div className={styles.action}>{action}</div>
      <div className={styles.more}>{children}</div>
    </li>
  );
}
