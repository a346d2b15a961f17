import { memo, useEffect, useRef, useState } from "react";
import { type Edge, makeDraggable } from "../../components/dragging";
import { Initials } from "../../components/Initials";
import { nameOfSlide } from "../../deck/find";
import type { Slide } from "../../deck/model";
import { Thumbnail } from "../../slides/Thumbnail";
import { useNear } from "../../slides/useNear";
import styles from "./Ribbon.module.css";

interface RibbonSlideProps {
  slide: Slide;
  number: number;
  theme: string;
  language: string | undefined;
  isCurrent: boolean;
  isSelected: boolean;
  /** The names of other people who are on it, one a line. */
  people: string;
  canDrag: boolean;
  onPick: (id: string, keys: { shift: boolean; mod: boolean }) => void;
  /** `index`: the place that the dragged slide goes before. */
  onDrop: (dragged: string, index: number) => void;
}

export const RibbonSlide = memo(function RibbonSlide({
  slide,
  number,
  isCurrent,
  isSelected,
  people,
  canDrag,
  onPick,
  onDrop,
  ...look
}: RibbonSlideProps) {
  const ref = useRef<HTMLDivElement>(null);
  const isNear = useNear(ref);
  const [isDragging, setDragging] = useState(false);
  const [edge, setEdge] = useState<Edge | null>(null);
  const { id } = slide;
  const names = people === "" ? [] : people.split("\n");
  const here = names.length > 0 ? `, ${names.join(", ")} here` : "";

  useEffect(() => {
    if (!ref.current || !canDrag) return undefined;
    return makeDraggable(
      ref.current,
      { list: "slides", id },
      {
        setDragging,
        setEdge,
        drop: (dragged, at) => onDrop(dragged, at === "before" ? number - 1 : number),
      },
    );
  }, [id, number, canDrag, onDrop]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles its keys
    <div
      ref={ref}
      role="option"
      className={styles.item}
      data-slide={id}
      data-dragging={isDragging}
      data-edge={edge ?? undefined}
      tabIndex={isCurrent ? 0 : -1}
      aria-selected={isSelected}
      aria-current={isCurrent}
      aria-label={`Slide ${number}: ${nameOfSlide(slide)}${here}`}
      onClick={(event) => {
        onPick(id, { shift: event.shiftKey, mod: event.ctrlKey || event.metaKey });
        event.currentTarget.focus({ preventScroll: true });
      }}
    >
      <span className={styles.number}>{number}</span>
      <div className={styles.picture}>
        <Thumbnail slide={isNear ? slide : null} number={number} {...look} />
      </div>
      {names.length > 0 ? (
        <span className={styles.people} title={names.join(", ")}>
          {names.slice(0, 3).map((name) => (
            <Initials key={name} name={name} size="tiny" tone="other" />
          ))}
        </span>
      ) : null}
    </div>
  );
});
