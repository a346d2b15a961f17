/** The slides in order: select one or several, drag them, move them with Alt and the arrows. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Present } from "../../api/sessions";
import { isOpen } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { Icon } from "../../components/Icon";
import { IconButton } from "../../components/IconButton";
import { useStable } from "../../components/useStable";
import { isBlank } from "../../deck/find";
import { addSlide } from "../actions";
import { moveSlides } from "../commands";
import { useEditor } from "../Editor";
import { extended, onSlide, toggled } from "../selection";
import { Coming } from "./Coming";
import { placesOf, slidesOf } from "./coming";
import styles from "./Ribbon.module.css";
import { RibbonSlide } from "./RibbonSlide";

export function Ribbon({ others }: { others: readonly Present[] }) {
  const editor = useEditor();
  const { deck } = editor.snapshot;
  const { selection } = editor;
  const planned = useConversation(editor.conversation, ({ turns }) => slidesOf(turns));
  const isAwaited = useConversation(editor.conversation, ({ turns }) => isOpen(turns));
  // The cover that a new deck begins with gives way to the first slide that is written.
  const slides = isAwaited && isBlank(deck) ? [] : deck.slides;
  const list = useRef<HTMLDivElement>(null);
  /** Where a selection with Shift starts. */
  const anchor = useRef(selection.slide);

  const current = selection.slide;
  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>(`[data-slide="${current}"]`);
    item?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    if (list.current?.contains(document.activeElement)) item?.focus({ preventScroll: true });
  }, [current]);

  const pick = useStable((id: string, { shift, mod }: { shift: boolean; mod: boolean }) => {
    if (shift) return editor.select(extended(deck, anchor.current ?? id, id));
    anchor.current = id;
    editor.select(mod ? toggled(selection, id) : onSlide(id));
  });
  const press = (event: KeyboardEvent) => {
    const place = deck.slides.findIndex(({ id }) => id === selection.slide);
    const last = deck.slides.length - 1;
    const target = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
    const across = { ArrowLeft: place - 1, ArrowRight: place + 1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = deck.slides[target ?? across ?? -1];
    if (!next) return;
    event.preventDefault();
    pick(next.id, { shift: event.shiftKey, mod: false });
  };
  const drop = useStable((dragged: string, index: number) => {
    const ids = selection.slides.includes(dragged) ? selection.slides : [dragged];
    const patches = moveSlides(deck, ids, index);
    if (patches.length > 0) editor.change(ids.length === 1 ? "Move slide" : "Move slides", patches);
  });

  return (
    <nav className={styles.ribbon} aria-label="Slides">
      <div
        ref={list}
        className={styles.list}
        role="listbox"
        aria-label="Slides"
        aria-multiselectable="true"
        onKeyDown={press}
      >
        {placesOf(slides, planned).map((place) =>
          "coming" in place ? (
            <Coming key={`coming ${place.coming.number}`} slide={place.coming} />
          ) : (
            <RibbonSlide
              key={place.slide.id}
              slide={place.slide}
              number={place.number}
              theme={deck.theme}
              language={deck.language}
              isCurrent={place.slide.id === selection.slide}
              isSelected={selection.slides.includes(place.slide.id)}
              people={namesOn(place.slide.id, others)}
              canDrag={editor.canEdit}
              onPick={pick}
              onDrop={drop}
            />
          ),
        )}
      </div>
      {editor.canEdit ? (
        <div className={styles.foot}>
          <button
            type="button"
            className={styles.add}
            onClick={() => addSlide(editor, "title_and_text")}
          >
            <Icon name="plus" />
            <span>New slide</span>
          </button>
          <IconButton
            icon="grid"
            label="New slide with a layout"
            onClick={() => editor.open("layouts")}
          />
        </div>
      ) : null}
    </nav>
  );
}

/** Who is on a slide, one name a line: a text, so that a slide is drawn again only if it changes. */
function namesOn(slide: string, others: readonly Present[]): string {
  return others
    .filter(({ slide_id }) => slide_id === slide)
    .map(({ name }) => name)
    .join("\n");
}
