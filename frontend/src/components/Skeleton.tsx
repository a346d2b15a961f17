import styles from "./Skeleton.module.css";

/** A placeholder for content that is loading; `label` describes it to screen readers. */
export function Skeleton({ label, count }: { label: string; count: number }) {
  return (
    <div role="status" className={styles.group}>
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: count }, (_, index) => index).map((index) => (
        <div key={index} className={styles.card} aria-hidden="true">
          <span className={styles.line} />
          <span className={styles.line} />
          <span className={styles.line} />
        </div>
      ))}
    </div>
  );
}
