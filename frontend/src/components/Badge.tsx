import type { ReactNode } from "react";
import styles from "./Badge.module.css";

type Tone = "neutral" | "accent";

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={tone === "accent" ? styles.accent : styles.neutral}>{children}</span>;
}
