import styles from "./Skeleton.module.css";

/** Stands where content is about to be; `label` tells a screen reader what is loading. */
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
