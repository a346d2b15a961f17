import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import {
  draggable,
  dropTargetForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";

/** The side of a slide on which another one would be dropped. */
export type Edge = "before" | "after";

interface Dragging {
  setDragging: (isDragging: boolean) => void;
  setEdge: (edge: Edge | null) => void;
  drop: (dragged: string, edge: Edge) => void;
}

/** Lets a slide of the ribbon be dragged, and others be dropped beside it. */
export function makeDraggable(element: HTMLElement, slide: string, dragging: Dragging): () => void {
  const edgeOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Edge => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const list = element.parentElement;
    const isAcross = list !== null && getComputedStyle(list).display === "flex";
    const part = isAcross ? (clientX - left) / width : (clientY - top) / height;
    return part < 0.5 ? "before" : "after";
  };
  return combine(
    draggable({
      element,
      getInitialData: () => ({ slide }),
      onDragStart: () => dragging.setDragging(true),
      onDrop: () => dragging.setDragging(false),
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data.slide === "string",
      onDrag: ({ location, source }) => {
        const isSelf = source.data.slide === slide;
        dragging.setEdge(isSelf ? null : edgeOf(location.current.input));
      },
      onDragLeave: () => dragging.setEdge(null),
      onDrop: ({ location, source }) => {
        dragging.setEdge(null);
        dragging.drop(String(source.data.slide), edgeOf(location.current.input));
      },
    }),
  );
}
