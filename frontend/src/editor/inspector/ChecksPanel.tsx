import { useDeferredValue, useMemo } from "react";
import { Button } from "../../components/Button";
import { displayOf } from "../../engine/displayOf";
import type { Finding } from "../../engine/engine";
import type { Mark } from "../../slides/display";
import { useEditor } from "../Editor";
import styles from "./ChecksPanel.module.css";
import inspector from "./Inspector.module.css";

/** What could be better on the slide, and what has no room on it. */
export function useFindings(): Finding[] {
  const { engine, slide: current, snapshot } = useEditor();
  const slide = useDeferredValue(current);
  const { theme, slides, language } = snapshot.deck;
  const number = slide ? slides.findIndex(({ id }) => id === slide.id) + 1 : 0;
  return useMemo(() => {
    if (!slide) return [];
    const { marks } = displayOf(engine, slide, { theme, number, language });
    return [...marks.flatMap((mark) => lossOf(mark, slide.id)), ...engine.findings(slide)];
  }, [engine, slide, theme, number, language]);
}

export function ChecksPanel({ findings }: { findings: readonly Finding[] }) {
  const editor = useEditor();
  if (findings.length === 0) {
    return <p className={inspector.hint}>Nothing to improve on this slide.</p>;
  }
  return (
    <ul className={styles.list}>
      {findings.map(({ rule, block, message, fix }) => (
        <li key={`${rule} ${block} ${message}`} className={styles.finding}>
          <p>{message}</p>
          {fix && editor.canEdit ? (
            <Button size="small" onClick={() => editor.change("Fix", [fix])}>
              Fix
            </Button>
          ) : null}
          {block ? (
            <Button
              size="small"
              tone="quiet"
              onClick={() => editor.select({ ...editor.selection, block, editing: null })}
            >
              Show
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function lossOf(mark: Mark, slide: string): Finding[] {
  const message = {
    smaller: null,
    cut: "The text doesn’t fit and is cut; shorten it or choose another layout",
    left: `${"count" in mark ? mark.count : ""} of it have no room and aren’t shown; split the slide`,
    hidden: "A block has no room in this layout and isn’t shown; choose another layout",
  }[mark.what];
  return message ? [{ rule: mark.what, slide, block: mark.of.block, message, fix: null }] : [];
}
