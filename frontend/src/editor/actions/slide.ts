import { newSlide } from "../../deck/layouts";
import type { Layout } from "../../deck/model";
import { duplicateSlides, insertSlide, removeSlides, shiftSlides } from "../commands";
import type { Editor } from "../Editor";
import { onSlide, within } from "../selection";
import { copyPicture, savePicture, told } from "../slidePicture";
import type { Action } from "./action";

/** Inserts a slide after the one on the stage, and goes there. */
export function addSlide(editor: Editor, layout: Layout) {
  const slide = newSlide(layout);
  const patches = insertSlide(editor.snapshot.deck, slide, editor.selection.slide);
  if (editor.change("Insert slide", patches)) editor.select(onSlide(slide.id));
}

function go(editor: Editor, by: number) {
  const { slides } = editor.snapshot.deck;
  const place = slides.findIndex(({ id }) => id === editor.selection.slide);
  const next = slides[Math.min(slides.length - 1, Math.max(0, place + by))];
  if (next) editor.select(onSlide(next.id));
}

const hasSlide = (editor: Editor) => editor.slide !== undefined;
const many = (count: number) => (count === 1 ? "slide" : `${count} slides`);

export const SLIDE_ACTIONS: readonly Action[] = [
  {
    id: "new-slide",
    label: "New slide",
    group: "Slide",
    icon: "plus",
    keys: "Mod+M",
    whileEditing: true,
    changes: true,
    run: (editor) => addSlide(editor, "title_and_text"),
  },
  {
    id: "new-slide-with-layout",
    label: "New slide with a layout",
    group: "Slide",
    icon: "grid",
    keys: "Mod+Shift+M",
    whileEditing: true,
    changes: true,
    run: (editor) => editor.open("layouts"),
  },
  {
    id: "duplicate-slide",
    label: "Duplicate slide",
    group: "Slide",
    icon: "copy",
    keys: "Mod+D",
    changes: true,
    can: (editor) => hasSlide(editor) && editor.block === undefined,
    run: (editor) => {
      const { patches, copies } = duplicateSlides(editor.snapshot.deck, editor.selection.slides);
      if (!editor.change(`Duplicate ${many(copies.length)}`, patches)) return;
      editor.select({ ...onSlide(copies[0] ?? null), slides: copies });
    },
  },
  {
    id: "delete-slide",
    label: "Delete slide",
    group: "Slide",
    icon: "bin",
    keys: "Delete",
    changes: true,
    can: (editor) => hasSlide(editor) && editor.block === undefined,
    run: (editor) => {
      const before = editor.snapshot.deck;
      const { slides } = editor.selection;
      if (!editor.change(`Delete ${many(slides.length)}`, removeSlides(before, slides))) return;
      editor.select(within(editor.selection, editor.session.get().deck, before));
      editor.announce(`${slides.length === 1 ? "Slide" : `${slides.length} slides`} deleted`);
    },
  },
  {
    id: "move-slide-up",
    label: "Move slide up",
    group: "Slide",
    icon: "up",
    keys: "Alt+ArrowUp",
    changes: true,
    can: (editor) => hasSlide(editor) && editor.block === undefined,
    run: (editor) => shift(editor, -1),
  },
  {
    id: "move-slide-down",
    label: "Move slide down",
    group: "Slide",
    icon: "downward",
    keys: "Alt+ArrowDown",
    changes: true,
    can: (editor) => hasSlide(editor) && editor.block === undefined,
    run: (editor) => shift(editor, 1),
  },
  {
    id: "copy-picture",
    label: "Copy slide as picture",
    group: "Slide",
    icon: "image",
    can: hasSlide,
    run: (editor) => void told(editor, copyPicture),
  },
  {
    id: "save-svg",
    label: "Save slide as SVG",
    group: "Slide",
    icon: "image",
    can: hasSlide,
    run: (editor) => void told(editor, savePicture),
  },
  {
    id: "next-slide",
    label: "Next slide",
    group: "Slide",
    keys: "PageDown",
    whileEditing: true,
    run: (editor) => go(editor, 1),
  },
  {
    id: "previous-slide",
    label: "Previous slide",
    group: "Slide",
    keys: "PageUp",
    whileEditing: true,
    run: (editor) => go(editor, -1),
  },
];

function shift(editor: Editor, by: -1 | 1) {
  const { slides, slide } = editor.selection;
  const patches = shiftSlides(editor.snapshot.deck, slides, by);
  if (patches.length === 0 || !editor.change(`Move ${many(slides.length)}`, patches)) return;
  const { deck } = editor.session.get();
  const place = deck.slides.findIndex(({ id }) => id === slide) + 1;
  editor.announce(`Moved to place ${place} of ${deck.slides.length}`);
}
