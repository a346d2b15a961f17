import type { ShownTurn } from "../../assistant/turnState";
import { Dialog } from "../../components/Dialog";
import { nameOfSlide } from "../../deck/find";
import type { Deck, Slide } from "../../deck/model";
import { same } from "../../deck/same";
import { Thumbnail } from "../../slides/Thumbnail";
import { useEditor } from "../Editor";
import styles from "./Comparison.module.css";

interface Difference {
  id: string;
  what: "Added" | "Removed" | "Changed";
  before: Slide | undefined;
  after: Slide | undefined;
}

/** The slides that a turn changed, as they were and as they are. */
export function Comparison({
  before,
  turn,
  onClose,
}: {
  before: Deck;
  turn: ShownTurn;
  onClose: () => void;
}) {
  const { deck } = useEditor().snapshot;
  const all = differences(before, deck);
  return (
    <Dialog title="Before and after" size="wide" onClose={onClose}>
      <p className={styles.lead}>{turn.message}</p>
      {all.length === 0 ? <p>No slide differs.</p> : null}
      <ul className={styles.list}>
        {all.map(({ id, what, before: old, after }) => (
          <li key={id} className={styles.item}>
            <h3 className={styles.name}>
              {what}: {nameOfSlide(after ?? old ?? { id, layout: "cover", blocks: [] })}
            </h3>
            <div className={styles.pair}>
              <Side label="Before" slide={old} deck={before} />
              <Side label="After" slide={after} deck={deck} />
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Side({ label, slide, deck }: { label: string; slide: Slide | undefined; deck: Deck }) {
  const number = slide ? deck.slides.indexOf(slide) + 1 : 1;
  return (
    <figure className={styles.side}>
      {slide ? (
        <div className={styles.picture}>
          <Thumbnail slide={slide} number={number} theme={deck.theme} language={deck.language} />
        </div>
      ) : (
        <div className={styles.none}>Not in the deck</div>
      )}
      <figcaption className={styles.label}>{label}</figcaption>
    </figure>
  );
}

function differences(before: Deck, after: Deck): Difference[] {
  const old = new Map(before.slides.map((slide) => [slide.id, slide]));
  const now = new Set(after.slides.map(({ id }) => id));
  const changed = after.slides.flatMap((slide): Difference[] => {
    const was = old.get(slide.id);
    if (was && same(was, slide)) return [];
    return [{ id: slide.id, what: was ? "Changed" : "Added", before: was, after: slide }];
  });
  const removed = before.slides
    .filter(({ id }) => !now.has(id))
    .map(
      (slide): Difference => ({ id: slide.id, what: "Removed", before: slide, after: undefined }),
    );
  return [...changed, ...removed];
}
