import type { ReactNode } from "react";
import type { Theme } from "./contract";
import "../theme/tokens.css";
import styles from "./Frame.module.css";

/**
 * The root of everything the library shows. Brings the tokens and a base of its own along, as in a
 * shadow root or beside a notebook's styles there is nothing to inherit that could be relied on.
 */
export function Frame({ theme = "auto", children }: { theme?: Theme; children: ReactNode }) {
  return (
    <div className={`tellr ${styles.frame}`} data-theme={theme === "auto" ? undefined : theme}>
      {children}
    </div>
  );
}
