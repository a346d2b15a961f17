import { useState } from "react";
import { count } from "../../assistant/words";
import { isBlank } from "../../deck/find";
import { useEditor } from "../Editor";
import styles from "./Composer.module.css";

export interface Scope {
  /** The slides that a message is about; none: the whole deck. */
  slides: readonly string[] & string[];
  /** How the selection is called; `null` in a deck with nothing in it. */
  selection: string | null;
  isSelection: boolean;
  choose: (isSelection: boolean) => void;
}

/** Several selected slides are meant unless the person says otherwise; one is always selected, and says nothing. */
export function useScope(): Scope {
  const { selection, snapshot } = useEditor();
  const { slides } = selection;
  const key = slides.join();
  const [chosen, setChosen] = useState<{ key: string; isSelection: boolean } | null>(null);
  const hasChoice = slides.length > 0 && !isBlank(snapshot.deck);
  const isSelection = hasChoice && (chosen?.key === key ? chosen.isSelection : slides.length > 1);
  const place = snapshot.deck.slides.findIndex(({ id }) => id === slides[0]) + 1;
  const name = slides.length === 1 ? `Slide ${place}` : count(slides.length, "selected slide");
  return {
    slides: isSelection ? [...slides] : [],
    selection: hasChoice && place > 0 ? name : null,
    isSelection,
    choose: (next) => setChosen({ key, isSelection: next }),
  };
}

export function ScopeChoice({ scope }: { scope: Scope }) {
  if (scope.selection === null) return null;
  return (
    <fieldset className={styles.scope}>
      <legend className="visually-hidden">What the message is about</legend>
      {[false, true].map((isSelection) => (
        <label key={String(isSelection)} className={styles.choice}>
          <input
            type="radio"
            name="scope"
            className="visually-hidden"
            checked={scope.isSelection === isSelection}
            onChange={() => scope.choose(isSelection)}
          />
          {isSelection ? scope.selection : "Whole deck"}
        </label>
      ))}
    </fieldset>
  );
}
