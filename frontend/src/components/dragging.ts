import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import {
  draggable,
  dropTargetForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";

/** The side of an item on which another one would be dropped. */
export type Edge = "before" | "after";

interface Dragging {
  setDragging: (isDragging: boolean) => void;
  setEdge: (edge: Edge | null) => void;
  drop: (dragged: string, edge: Edge) => void;
}

interface Dragged {
  /** Only items of one list are dropped beside each other. */
  list: string;
  id: string;
  /** Where it is taken hold of; absent: anywhere. */
  handle?: HTMLElement;
}

/** Lets an item of a list be dragged, and others of it be dropped beside it. */
export function makeDraggable(
  element: HTMLElement,
  { list: name, id, handle }: Dragged,
  dragging: Dragging,
): () => void {
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
      ...(handle ? { dragHandle: handle } : {}),
      getInitialData: () => ({ list: name, id }),
      onDragStart: () => dragging.setDragging(true),
      onDrop: () => dragging.setDragging(false),
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.list === name,
      onDrag: ({ location, source }) => {
        const isSelf = source.data.id === id;
        dragging.setEdge(isSelf ? null : edgeOf(location.current.input));
      },
      onDragLeave: () => dragging.setEdge(null),
      onDrop: ({ location, source }) => {
        dragging.setEdge(null);
        dragging.drop(String(source.data.id), edgeOf(location.current.input));
      },
    }),
  );
}
