import styles from "./Opening.module.css";

/** What is seen until a page that fills the window is loaded. */
export function Opening() {
  return (
    <main className={styles.page}>
      <p role="status">Opening…</p>
    </main>
  );
}
