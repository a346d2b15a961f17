import type { Slide } from "../../deck/model";
import { Thumbnail } from "../../slides/Thumbnail";
import styles from "./Choices.module.css";

export interface Choice {
  id: string;
  name: string;
  /** How the slide would look. */
  slide: Slide;
  theme: string;
}

/** Choices that are shown as what the slide becomes. */
export function Choices({
  choices,
  chosen,
  disabled = false,
  size = "small",
  onChoose,
}: {
  choices: readonly Choice[];
  chosen: string | null;
  disabled?: boolean;
  size?: "small" | "large";
  onChoose: (id: string) => void;
}) {
  return (
    <div className={styles.grid} data-size={size}>
      {choices.map(({ id, name, slide, theme }) => (
        <button
          key={id}
          type="button"
          className={styles.choice}
          aria-pressed={id === chosen}
          disabled={disabled}
          onClick={() => onChoose(id)}
        >
          <span className={styles.picture}>
            <Thumbnail slide={slide} theme={theme} />
          </span>
          {name}
        </button>
      ))}
    </div>
  );
}
