import type { ReactNode } from "react";
import type { Theme } from "./contract";
import "../theme/tokens.css";
import styles from "./Frame.module.css";

/**
 * The root of the library's components. Includes the design tokens and base styles, because in a shadow
 * root or among a notebook's styles nothing reliable can be inherited.
 */
export function Frame({ theme = "auto", children }: { theme?: Theme; children: ReactNode }) {
  return (
    <div className={`tellr ${styles.frame}`} data-theme={theme === "auto" ? undefined : theme}>
      {children}
    </div>
  );
}
