/**
 * A slide in a style's colours, drawn as SVG on a 320 × 180 canvas.
 *
 * A preview shows proportions and colours, so only a cover has real text; the others use bars instead.
 * Purely decorative: the content is next to it as text.
 */
import type { ReactNode } from "react";
import type { Palette } from "./palette";
import styles from "./Slide.module.css";

const WIDTH = 320;
const HEIGHT = 180;
const SANS = "Instrument Sans Variable, system-ui, sans-serif";
const SERIF = "Iowan Old Style, Palatino Linotype, Georgia, serif";

function Frame({ palette, children }: { palette: Palette; children: ReactNode }) {
  return (
    <svg
      className={styles.slide}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      fontFamily={palette.serif ? SERIF : SANS}
    >
      <rect width={WIDTH} height={HEIGHT} fill={palette.background} />
      {children}
    </svg>
  );
}

export function CoverSlide({
  palette,
  title,
  subtitle,
}: {
  palette: Palette;
  title: string;
  subtitle?: string | undefined;
}) {
  const titleLines = wrap(title, 20, 3);
  const subtitleLines = subtitle ? wrap(subtitle, 44, 2) : [];
  const top = 96 - titleLines.length * 15 - subtitleLines.length * 7;
  const afterTitle = top + titleLines.length * 29;
  return (
    <Frame palette={palette}>
      <rect x="28" y={top - 24} width="34" height="5" rx="2.5" fill={palette.accents[0]} />
      <text y={top + 14} fontSize="25" fontWeight="600" letterSpacing="-0.5" fill={palette.title}>
        {titleLines.map((line, index) => (
          <tspan key={line} x="28" dy={index === 0 ? 0 : 29}>
            {line}
          </tspan>
        ))}
      </text>
      <text y={afterTitle + 8} fontSize="11" fill={palette.body}>
        {subtitleLines.map((line, index) => (
          <tspan key={line} x="28" dy={index === 0 ? 0 : 15}>
            {line}
          </tspan>
        ))}
      </text>
      <AccentDots palette={palette} />
    </Frame>
  );
}

export function PointsSlide({ palette }: { palette: Palette }) {
  const widths = [208, 176, 228, 142];
  return (
    <Frame palette={palette}>
      <rect x="28" y="28" width="150" height="13" rx="3" fill={palette.title} />
      <rect x="28" y="50" width="34" height="4" rx="2" fill={palette.accents[0]} />
      {widths.map((width, index) => (
        <g key={width}>
          <circle cx="33" cy={82 + index * 22} r="4" fill={accent(palette, index)} />
          <rect
            x="46"
            y={78 + index * 22}
            width={width}
            height="8"
            rx="2.5"
            fill={palette.body}
            opacity="0.55"
          />
        </g>
      ))}
    </Frame>
  );
}

export function ChartSlide({ palette }: { palette: Palette }) {
  const heights = [34, 52, 46, 74, 92];
  return (
    <Frame palette={palette}>
      <rect x="28" y="28" width="118" height="13" rx="3" fill={palette.title} />
      <rect x="28" y="48" width="84" height="7" rx="2.5" fill={palette.body} opacity="0.45" />
      {heights.map((height, index) => (
        <rect
          key={height}
          x={30 + index * 34}
          y={154 - height}
          width="22"
          height={height}
          rx="3"
          fill={accent(palette, index)}
        />
      ))}
      <rect x="26" y="154" width="170" height="1.5" fill={palette.body} opacity="0.4" />
      <rect x="222" y="84" width="70" height="22" rx="3" fill={palette.accents[0]} />
      <rect x="222" y="116" width="58" height="7" rx="2.5" fill={palette.body} opacity="0.55" />
      <rect x="222" y="129" width="66" height="7" rx="2.5" fill={palette.body} opacity="0.55" />
      <rect x="222" y="142" width="40" height="7" rx="2.5" fill={palette.body} opacity="0.55" />
    </Frame>
  );
}

function AccentDots({ palette }: { palette: Palette }) {
  return palette.accents
    .slice(0, 4)
    .map((colour, index) => (
      <circle key={colour} cx={33 + index * 15} cy="157" r="5" fill={colour} />
    ));
}

function accent(palette: Palette, index: number): string {
  return palette.accents[index % palette.accents.length] ?? palette.accents[0];
}

/** Breaks `text` into at most `limit` lines of about `width` characters; truncated text ends in "…". */
export function wrap(text: string, width: number, limit: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  if (lines.length <= limit) return lines;
  const kept = lines.slice(0, limit);
  kept[limit - 1] = `${kept[limit - 1]?.replace(/[\s,.;:–—-]+$/, "")}…`;
  return kept;
}
