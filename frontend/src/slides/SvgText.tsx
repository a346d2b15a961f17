import type { Family } from "../deck/theme";
import type { Run, TextShape } from "./display";
import styles from "./SlideView.module.css";

/** Each family with the ones of the same widths, for the moment until its own is loaded. */
export const FAMILIES: Record<Family, string> = {
  carlito: "Carlito, Calibri, sans-serif",
  arimo: "Arimo, Arial, Liberation Sans, sans-serif",
  gelasio: "Gelasio, Georgia, serif",
  caladea: "Caladea, Cambria, serif",
  tinos: "Tinos, Times New Roman, Liberation Serif, serif",
};

export function SvgText({ text, links }: { text: TextShape; links: boolean }) {
  return text.lines.flatMap((line) =>
    line.runs.map((run) => (
      <RunText key={`${line.baseline} ${run.x}`} run={run} baseline={line.baseline} links={links} />
    )),
  );
}

function RunText({ run, baseline, links }: { run: Run; baseline: number; links: boolean }) {
  const { font } = run;
  const drawn = (
    <text
      className={run.link === undefined ? styles.text : `${styles.text} ${styles.link}`}
      x={run.is_rtl ? run.x + run.width : run.x}
      y={baseline}
      direction={run.is_rtl ? "rtl" : undefined}
      // A font that isn't there yet is stretched to the width that the line was broken with.
      textLength={run.width > 0 ? run.width : undefined}
      lengthAdjust="spacingAndGlyphs"
      fontFamily={FAMILIES[font.family]}
      fontSize={run.size}
      fontWeight={font.is_bold ? 700 : undefined}
      fontStyle={font.is_italic ? "italic" : undefined}
      fill={run.color}
    >
      {run.text}
    </text>
  );
  if (!links || run.link === undefined) return drawn;
  return (
    <a href={run.link} target="_blank" rel="noopener noreferrer">
      {drawn}
    </a>
  );
}
