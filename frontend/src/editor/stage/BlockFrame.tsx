import { type MouseEvent, memo } from "react";
import { BLOCK_NAMES } from "../../deck/blocks";
import { blockOf, plain } from "../../deck/find";
import type { Block, Slide } from "../../deck/model";
import type { Frame } from "../../slides/display";
import styles from "./Stage.module.css";

interface BlockFrameProps {
  frame: Frame;
  slide: Slide;
  isSelected: boolean;
  /** A text of it is being edited; the field has a frame of its own. */
  isEdited: boolean;
  /** `isSecond`: the block was selected before, or it was a double click. */
  onPick: (block: string, event: MouseEvent, isSecond: boolean) => void;
}

/** A block's place: where it is clicked, focused and seen to be selected. */
export const BlockFrame = memo(function BlockFrame({
  frame,
  slide,
  isSelected,
  isEdited,
  onPick,
}: BlockFrameProps) {
  const block = blockOf(slide, frame.block);
  if (!block) return null;
  const { x, y, width, height } = frame.bounds;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <rect
      role="button"
      tabIndex={0}
      className={styles.block}
      data-block={frame.block}
      aria-label={labelOf(block)}
      aria-pressed={isSelected}
      data-edited={isEdited || undefined}
      x={x - 6}
      y={y - 6}
      width={width + 12}
      height={height + 12}
      rx={4}
      onClick={(event) => onPick(frame.block, event, isSelected)}
      onDoubleClick={(event) => onPick(frame.block, event, true)}
      onFocus={(event) => {
        if (!isSelected && event.target.matches(":focus-visible")) {
          onPick(frame.block, event as unknown as MouseEvent, false);
        }
      }}
    />
  );
});

function labelOf(block: Block): string {
  const name = BLOCK_NAMES[block.type];
  if ("text" in block) return `${name}: ${plain(block.text) || "empty"}`;
  if ("items" in block) return `${name}: ${block.items.map(({ text }) => plain(text)).join("; ")}`;
  if (block.type === "metric")
    return `${name}: ${block.value} ${block.unit ?? ""} ${plain(block.label)}`;
  if (block.type === "steps")
    return `${name}: ${block.steps.map(({ title }) => plain(title)).join("; ")}`;
  if (block.type === "chart")
    return `${name}: ${block.series.map((series) => series.name).join(", ")}`;
  if (block.type === "table")
    return `${name}: ${block.rows.length} rows, ${block.columns.length} columns`;
  if (block.type === "image") return `${name}: ${block.alt || "no description"}`;
  return name;
}
