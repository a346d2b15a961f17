/** A section that its heading unfolds. Native `details`: works with keyboard, screen reader and page search. */
import type { ReactNode } from "react";
import { Icon } from "../components/Icon";
import styles from "./Fold.module.css";

export function Fold({
  title,
  beside,
  open,
  onToggle,
  children,
}: {
  title: string;
  /** What stands in the heading beside the title. */
  beside?: ReactNode;
  open: boolean;
  onToggle: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <details
      className={styles.fold}
      open={open}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary className={styles.summary}>
        <span className={styles.chevron}>
          <Icon name="chevron" />
        </span>
        <span>{title}</span> {beside}
      </summary>
      {children}
    </details>
  );
}
