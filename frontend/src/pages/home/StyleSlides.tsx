/** How slides look in the theme of a style, and what was adapted when it was read from a file. */
import type { Style } from "../../api/schema";
import type { Slide } from "../../deck/model";
import { hasDecks } from "../../engine/useEngine";
import { Thumbnail } from "../../slides/Thumbnail";
import styles from "./StyleSlides.module.css";

function cover(title: string): Slide {
  return {
    id: "cover",
    layout: "cover",
    blocks: [
      { type: "title", id: "t", text: title },
      { type: "subtitle", id: "s", text: "How slides look in this style" },
    ],
  };
}

const CONTENT: Slide = {
  id: "content",
  layout: "chart_and_takeaway",
  blocks: [
    { type: "title", id: "t", text: "Revenue grew in each quarter" },
    {
      type: "chart",
      id: "c",
      kind: "bar",
      categories: ["Q1", "Q2", "Q3", "Q4"],
      series: [
        { id: "a", name: "2025", values: [4, 5, 6, 8] },
        { id: "b", name: "2026", values: [5, 7, 8, 11] },
      ],
    },
    { type: "text", id: "x", text: "The accent marks what the title talks about." },
  ],
};

export function StyleSlides({ theme, name }: { theme: string; name: string }) {
  if (!hasDecks) return null;
  return (
    <div className={styles.slides} aria-hidden="true">
      <Thumbnail slide={cover(name)} theme={theme} />
      <Thumbnail slide={CONTENT} theme={theme} number={2} />
    </div>
  );
}

export function StyleNotes({ style: { notes } }: { style: Style }) {
  if (!notes?.length) return null;
  return (
    <details className={styles.notes} open={notes.length < 4}>
      <summary>What was adapted ({notes.length})</summary>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}
