import { BLOCK_NAMES } from "../../deck/blocks";
import { blockOf } from "../../deck/find";
import type { Slide } from "../../deck/model";
import type { DisplayList, Frame } from "../../slides/display";
import { firstPart, textOf } from "../parts";
import styles from "./Stage.module.css";

/** Says in the place of each empty text what belongs there. Only the editor shows this. */
export function EmptyHints({ list, slide }: { list: DisplayList; slide: Slide }) {
  return list.frames
    .filter((frame) => isEmpty(slide, frame))
    .map(({ block, slot, bounds }) => {
      const size = slot === "title" ? 32 : 20;
      return (
        <text key={block} className={styles.hint} x={bounds.x} y={bounds.y + size} fontSize={size}>
          {hintOf(slide, block)}
        </text>
      );
    });
}

function isEmpty(slide: Slide, { block: id }: Frame): boolean {
  const block = blockOf(slide, id);
  const part = block && firstPart(block);
  return block !== undefined && part?.kind === "text" && textOf(block, part) === "";
}

function hintOf(slide: Slide, id: string): string {
  const block = blockOf(slide, id);
  return block ? `Click twice to add a ${BLOCK_NAMES[block.type].toLowerCase()}` : "";
}
