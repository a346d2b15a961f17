import type { Run, TextShape } from "./display";
import { stackOf } from "./families";
import styles from "./SlideView.module.css";

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
      fontFamily={stackOf(font.family)}
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
