import type { ReactNode } from "react";
import styles from "./Notice.module.css";

/** A notice: what happened, what it means, what to do next. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: "warning" | "problem";
  title: string;
  children: ReactNode;
}) {
  return (
    <div className={styles[tone]} role={tone === "problem" ? "alert" : "status"}>
      <svg className={styles.icon} viewBox="0 0 24 24" aria-hidden="true">
        <path
          d="M12 3.5 22 20.5H2Z M12 10v4.5 M12 17.2v.6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      <div>
        <p className={styles.title}>{title}</p>
        <div className={styles.body}>{children}</div>
      </div>
    </div>
  );
}
