/** Steps as rows, each with its bars on one common time axis. The bars' information is also given as text. */
import type { CSSProperties, ReactNode } from "react";
import { Icon, type IconName } from "../../components/Icon";
import styles from "./Chart.module.css";
import type { Tick } from "./timeline";

export interface ChartBar {
  key: string;
  /** Left edge and width, as fractions of the axis. */
  place: [number, number];
  kind: "planned" | "running" | "waiting" | "done" | "unchanged" | "failed" | "interrupted";
}

export interface ChartRow {
  key: string;
  name: string;
  icon: IconName;
  tone: "quiet" | "live" | "good" | "bad" | "warn";
  turning?: boolean;
  /** The state as text. */
  word: string | null;
  note: ReactNode;
  bars: readonly ChartBar[];
  /** The duration so far. */
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
  /** The current time on the axis. */
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
            // In a row of its own; otherwise the grid would fill the cells that the axis leaves free.
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

/** At the axis' ends a label is placed inside. */
function edgeOf(part: number): "start" | "end" | undefined {
  if (part < 0.03) return "start";
  return part > 0.94 ? "end" : undefined;
}

function at(part: number): CSSProperties {
  return { left: percent(part) };
}

/** A bar that is too short to be visible gets a minimum width, also at the axis' end. */
function barStyle([left, width]: [number, number]): CSSProperties {
  return { left: `min(${percent(left)}, 100% - 0.375rem)`, width: percent(width) };
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}
