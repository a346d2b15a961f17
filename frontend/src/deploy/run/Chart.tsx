/** Steps under each other, each with its bars on one common axis. What the bars show is in words too. */
import type { CSSProperties, ReactNode } from "react";
import { Icon, type IconName } from "../../components/Icon";
import styles from "./Chart.module.css";
import type { Tick } from "./timeline";

export interface ChartBar {
  key: string;
  /** Left edge and width, each as a part of the axis. */
  place: [number, number];
  kind: "planned" | "running" | "waiting" | "done" | "unchanged" | "failed" | "interrupted";
}

export interface ChartRow {
  key: string;
  name: string;
  icon: IconName;
  tone: "quiet" | "live" | "good" | "bad" | "warn";
  turning?: boolean;
  /** The state, in a word. */
  word: string | null;
  note: ReactNode;
  bars: readonly ChartBar[];
  /** How long it took, or takes. */
  end: string | null;
}

export function Chart({
  label,
  rows,
  ticks = [],
  now = null,
}: {
  label: string;
  rows: readonly ChartRow[];
  ticks?: readonly Tick[];
  /** Where the present is on the axis. */
  now?: number | null;
}) {
  const span = { "--rows": rows.length } as CSSProperties;
  return (
    <div className={styles.chart} style={span} data-axis={ticks.length > 0 || undefined}>
      {ticks.length > 0 ? (
        <div className={styles.axis} aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick.label} className={styles.tick} style={at(tick.at)}>
              <span className={styles.time} data-edge={edgeOf(tick.at)}>
                {tick.label}
              </span>
            </span>
          ))}
          {now === null ? null : (
            <span className={styles.now} style={at(now)}>
              <span className={styles.flag}>now</span>
            </span>
          )}
        </div>
      ) : null}
      <ol className={styles.rows} aria-label={label}>
        {rows.map((row, index) => (
          <li
            key={row.key}
            className={styles.row}
            data-tone={row.tone}
            // In its own row, or the grid would look for places that the axis leaves free.
            style={{ gridRow: index + 1 }}
          >
            <div className={styles.head}>
              <span className={styles.icon}>
                <Icon name={row.icon} turning={row.turning ?? false} />
              </span>
              <span className={styles.words}>
                <span className={styles.name}>{row.name}</span>{" "}
                {row.word ? <span className={styles.word}>{row.word}</span> : null}
              </span>
            </div>
            <div className={styles.track} aria-hidden="true">
              {row.bars.map((bar) => (
                <span key={bar.key} className={styles[bar.kind]} style={barStyle(bar.place)} />
              ))}
            </div>
            <span className={styles.end}>{row.end}</span>
            <div className={styles.note}>{row.note}</div>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** At the axis' ends a label stands inside. */
function edgeOf(part: number): "start" | "end" | undefined {
  if (part < 0.03) return "start";
  return part > 0.94 ? "end" : undefined;
}

function at(part: number): CSSProperties {
  return { left: percent(part) };
}

/** A bar that is too short to be seen gets a width of its own, also at the axis' end. */
function barStyle([left, width]: [number, number]): CSSProperties {
  return { left: `min(${percent(left)}, 100% - 0.375rem)`, width: percent(width) };
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}
