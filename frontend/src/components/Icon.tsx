import styles from "./Icon.module.css";

const PATHS = {
  check: "M4.5 10.5 8.3 14.3 15.5 6",
  equal: "M5 8h10 M5 12h10",
  cross: "M5.5 5.5l9 9 M14.5 5.5l-9 9",
  dot: "M10 7.6a2.4 2.4 0 1 0 .01 0z",
  forward: "M5 5.5 10 10l-5 4.5 M10.5 5.5 15.5 10l-5 4.5",
  pause: "M7.5 5v10 M12.5 5v10",
  hourglass:
    "M6 3.5h8 M6 16.5h8 M7 3.5c0 4 6 4.2 6 6.5s-6 2.5-6 6.5 M13 3.5c0 4-6 4.2-6 6.5s6 2.5 6 6.5",
  turn: "M16 10a6 6 0 1 1-2.2-4.65",
  copy: "M7 7h9v9.5H7z M4 13V3.5h9",
  download: "M10 3v9 M6 8.5 10 12.5 14 8.5 M4 16.5h12",
  file: "M5 2.5h6.5L15 6v11.5H5z M11.5 2.5V6H15",
  external: "M8 4.5H4.5v11h11V12 M11 4h5v5 M16 4l-7 7",
  stop: "M5.5 5.5h9v9h-9z",
  lock: "M5 9h10v7.5H5z M7 9V6.5a3 3 0 0 1 6 0V9",
  warning: "M10 3 18 16.5H2z M10 8v4 M10 13.8v.6",
  chevron: "M7.5 5 12.5 10l-5 5",
  back: "M12.5 5 7.5 10l5 5",
  launch: "M10 16V5 M5.5 9.5 10 5l4.5 4.5",
  refresh: "M16 4v4h-4 M4 16v-4h4 M15.3 8A6 6 0 0 0 5 6.5 M4.7 12A6 6 0 0 0 15 13.5",
  bin: "M4 6h12 M8 6V4h4v2 M6 6l.7 10.5h6.6L14 6",
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon; always used together with text. */
export function Icon({ name, turning = false }: { name: IconName; turning?: boolean }) {
  return (
    <svg className={turning ? styles.turning : styles.icon} viewBox="0 0 20 20" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
