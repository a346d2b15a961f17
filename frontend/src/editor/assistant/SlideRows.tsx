import { memo, useDeferredValue, useMemo } from "react";
import type { SourceSummary, TurnSlide } from "../../api/chat";
import { unsourced } from "../../assistant/sourced";
import { isActive, type ShownTurn } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { Icon, type IconName } from "../../components/Icon";
import { useStable } from "../../components/useStable";
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

type Row = TurnSlide & { place: number | null };

/** The slides of the outline, and what has become of each: in the same place, so that nothing moves. */
export function SlideRows({ turn }: { turn: ShownTurn }) {
  const editor = useEditor();
  const sources = useConversation(editor.conversation, (state) => state.sources);
  // The rows of all answers would be drawn anew with each key that is pressed on a slide.
  const deck = useDeferredValue(editor.snapshot.deck);
  const rows = useMemo(() => numbered(turn, deck), [turn, deck]);
  const facts = useMemo(() => factsOf(rows, deck, sources), [rows, deck, sources]);
  const go = useStable((id: string) => editor.select(onSlide(id)));
  if (rows.length === 0) return null;
  return <Rows rows={rows} facts={facts} isGoing={isActive(turn)} onGo={go} />;
}

/** Slides of a new deck are counted as in its outline, those of a change as in the deck. */
function numbered({ kind, slides }: ShownTurn, deck: Deck): readonly Row[] {
  return slides.map((slide) => {
    const place = deck.slides.findIndex(({ id }) => id === slide.slide_id) + 1;
    return { ...slide, place: kind === "create" ? slide.number : place || null };
  });
}

/** A letter for each row: absent from the deck, there, or with numbers that are in no data that was found. */
type Facts = string;

function factsOf(rows: readonly TurnSlide[], deck: Deck, sources: readonly SourceSummary[]): Facts {
  return rows
    .map(({ slide_id, state }) => {
      const slide = slideOf(deck, slide_id);
      if (!slide) return "a";
      return state === "done" && unsourced(slide, sources) > 0 ? "n" : "t";
    })
    .join("");
}

const Rows = memo(function Rows({
  rows,
  facts,
  isGoing,
  onGo,
}: {
  rows: readonly Row[];
  facts: Facts;
  isGoing: boolean;
  onGo: (slide: string) => void;
}) {
  const unsourcedCount = [...facts].filter((fact) => fact === "n").length;
  return (
    <>
      <ol className={styles.list} aria-label="Slides of this answer">
        {rows.map((row, index) => {
          const state = row.state === "writing" && !isGoing ? "waiting" : row.state;
          return (
            <li key={row.number}>
              <button
                type="button"
                className={styles.row}
                data-state={state}
                aria-disabled={facts[index] === "a"}
                onClick={() => {
                  if (facts[index] !== "a" && row.slide_id !== null) onGo(row.slide_id);
                }}
              >
                <span className={styles.number}>{row.place}</span>
                <span className={styles.title} title={row.title}>
                  {row.title || "Untitled"}
                </span>
                {facts[index] === "n" ? <Mark /> : null}
                <span className={styles.state}>
                  <Icon name={ICONS[state]} turning={state === "writing"} />
                  <span className="visually-hidden">, {STATES[state]}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      {unsourcedCount > 0 ? (
        <p className={styles.unsourced}>
          <Icon name="warning" />
          <span>
            {unsourcedCount === 1 ? "One slide has" : `${unsourcedCount} slides have`} numbers that
            don’t come from your data. Check them.
          </span>
        </p>
      ) : null}
    </>
  );
});

function Mark() {
  return (
    <span className={styles.mark} title="Has numbers that don’t come from your data">
      <Icon name="warning" />
      <span className="visually-hidden">, has numbers that don’t come from your data</span>
    </span>
  );
}
