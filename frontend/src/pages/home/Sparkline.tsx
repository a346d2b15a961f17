import styles from "./Sparkline.module.css";

const WIDTH = 120;
const HEIGHT = 20;

/**
 * A chart of the last values. The axis ends at twice the largest value, so that a steady line runs through
 * the middle. Decorative: the newest value is shown as text beside it.
 */
export function Sparkline({ values }: { values: readonly number[] }) {
  const top = 2 * Math.max(...values, Number.EPSILON);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map(
    (value, index) =>
      `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`,
  );
  return (
    <svg
      className={styles.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
