import type { SourceSummary, TurnSlide } from "../../api/chat";
import { unsourced } from "../../assistant/sourced";
import { isActive, type ShownTurn } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { Icon, type IconName } from "../../components/Icon";
import { slideOf } from "../../deck/find";
import type { Deck } from "../../deck/model";
import { useEditor } from "../Editor";
import { onSlide } from "../selection";
import styles from "./SlideRows.module.css";

const ICONS: Record<TurnSlide["state"], IconName> = {
  waiting: "dot",
  writing: "turn",
  done: "check",
  failed: "warning",
};
const STATES: Record<TurnSlide["state"], string> = {
  waiting: "not written yet",
  writing: "being written",
  done: "done",
  failed: "not written",
};

/** The slides of the outline, and what has become of each: in the same place, so that nothing moves. */
export function SlideRows({ turn }: { turn: ShownTurn }) {
  const editor = useEditor();
  const sources = useConversation(editor.conversation, (state) => state.sources);
  const rows = rowsOf(turn);
  if (rows.length === 0) return null;
  return (
    <ol className={styles.list} aria-label="Slides of this answer">
      {rows.map((row) => (
        <li key={row.number}>
          <button
            type="button"
            className={styles.row}
            data-state={row.state}
            aria-disabled={slideOf(editor.snapshot.deck, row.slide_id) === undefined}
            onClick={() => {
              if (slideOf(editor.snapshot.deck, row.slide_id)) editor.select(onSlide(row.slide_id));
            }}
          >
            <span className={styles.number}>{row.number}</span>
            <span className={styles.title} title={row.title}>
              {row.title || "Untitled"}
            </span>
            <Mark deck={editor.snapshot.deck} row={row} sources={sources} />
            <span className={styles.state}>
              <Icon name={ICONS[row.state]} turning={row.state === "writing" && isActive(turn)} />
              <span className="visually-hidden">, {STATES[row.state]}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Mark({
  deck,
  row,
  sources,
}: {
  deck: Deck;
  row: TurnSlide;
  sources: readonly SourceSummary[];
}) {
  const slide = row.state === "done" ? slideOf(deck, row.slide_id) : undefined;
  const number = slide ? unsourced(slide, sources) : 0;
  if (number === 0) return null;
  return (
    <span
      className={styles.mark}
      title="Some numbers on this slide don’t come from your data. Check them."
    >
      Not from data
    </span>
  );
}

function rowsOf(turn: ShownTurn): TurnSlide[] {
  if (turn.slides.length > 0) return turn.slides;
  return (turn.outline?.slides ?? []).map(({ title }, index) => ({
    number: index + 1,
    slide_id: null,
    title,
    state: "waiting",
  }));
}
