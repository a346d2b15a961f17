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
  plus: "M10 4.5v11 M4.5 10h11",
  undo: "M4.5 8h7.5a4 4 0 0 1 0 8H8 M7.5 5l-3 3 3 3",
  redo: "M15.5 8H8a4 4 0 0 0 0 8h4 M12.5 5l3 3-3 3",
  play: "M6.5 4.5v11l9-5.5z",
  share:
    "M7 8a2.5 2.5 0 1 0 .01 0z M13.5 6.5a2 2 0 1 0-.01 0z M2.5 16.5c0-3 2-4.5 4.5-4.5s4.5 1.5 4.5 4.5 M13 10.2c2.5-.2 4.5 1.3 4.5 4",
  history: "M4 10a6 6 0 1 1 1.8 4.3 M4 10l-1.6-1.8 M4 10l1.8-1.6 M10 6.5V10l2.5 1.8",
  more: "M4.5 10h.01 M10 10h.01 M15.5 10h.01",
  grid: "M4 4h5v5H4z M11 4h5v5h-5z M4 11h5v5H4z M11 11h5v5h-5z",
  panel: "M3.5 4.5h13v11h-13z M12 4.5v11",
  notes: "M4 4.5h12 M4 8.5h12 M4 12.5h7",
  palette:
    "M10 3a7 7 0 1 0 0 14c1.5 0 1.6-1.4.9-2.1-.8-1-.2-2.4 1.1-2.4h2A3.2 3.2 0 0 0 17 9.3C17 5.7 14 3 10 3z M7 9h.01 M10 6.700h.01 M13 8.500h.01",
  text: "M5 5.5V4.500h10v1 M10 4.500v11 M8 15.500h4",
  list: "M4 5.500h.01 M4 10h.01 M4 14.500h.01 M8 5.500h8 M8 10h8 M8 14.500h8",
  table: "M3.5 4.500h13v11h-13z M3.5 8.500h13 M8 8.500v7 M12.3 8.500v7",
  chart: "M4 16h12 M6 16V9.5 M10 16V5 M14 16v-4",
  image: "M3.5 4.500h13v11h-13z M4 14l4-4 3 3 2-2 3.5 3.5 M13 7.800h.01",
  quote: "M8 6c-2.5.8-3.5 2.5-3.5 5v3H8v-3.500H6 M15.5 6c-2.5.8-3.5 2.5-3.5 5v3h3.500v-3.500h-2",
  metric: "M3.5 13.5 7.5 9l3 3 6-7 M12.5 5h4v4",
  steps: "M3.5 7.500h5l2.5 2.5-2.5 2.500h-5l2-2.500z M12 7.500h2.500L17 10l-2.5 2.500H12",
  callout: "M4 4.500h12v8.500h-6l-3.5 3v-3H4z",
  columns: "M3.5 4.500h13v11h-13z M10 4.500v11",
  divider: "M3.5 10h13",
  search: "M9 4a5 5 0 1 0 .01 0z M12.7 12.7 16.5 16.5",
  keyboard:
    "M2.5 5.500h15v9h-15z M5.5 8.500h.01 M8.5 8.500h.01 M11.5 8.500h.01 M14.5 8.500h.01 M7 11.500h6",
  up: "M5 12.5 10 7.500l5 5",
  downward: "M5 7.500l5 5 5-5",
  upload: "M10 12V3 M6 6.5 10 2.500l4 4 M4 16.500h12",
  settings:
    "M10 7.500a2.5 2.5 0 1 0 .01 0z M10 2.500v2 M10 15.500v2 M2.5 10h2 M15.5 10h2 M4.7 4.700l1.4 1.4 M13.9 13.900l1.4 1.4 M15.3 4.700l-1.4 1.4 M6.1 13.900l-1.4 1.4",
  home: "M3.5 9 10 3.5 16.5 9 M5.5 8v8.500h9V8",
  pencil: "M4 16l.8-3.6L13 4.200a1.6 1.6 0 0 1 2.8 2.600l-8.2 8.200z M11.5 5.700l2.800 2.800",
  star: "M10 3l2.100 4.400 4.800.6-3.500 3.300.9 4.700L10 13.700 5.700 16l.9-4.700L3.100 8l4.800-.6z",
  screen: "M2.5 4h15v9.500h-15z M7 16.500h6 M10 13.500v3",
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
