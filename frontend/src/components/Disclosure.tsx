/** Long text that can be expanded. Native `details`: works with keyboard, screen reader and page search. */
import styles from "./Disclosure.module.css";

export function Disclosure({
  label,
  about,
  text,
}: {
  label: string;
  /** The subject of the text; read out after the label, since a page has several of these. */
  about: string;
  text: string;
}) {
  return (
    <details className={styles.details}>
      <summary className={styles.summary}>
        <svg className={styles.chevron} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M6 3.5 10.5 8 6 12.5" fill="none" stroke="currentColor" strokeWidth="1.75" />
        </svg>
        {label}
        <span className="visually-hidden"> {about}</span>
      </summary>
      <p className={styles.text}>{text}</p>
    </details>
  );
}
