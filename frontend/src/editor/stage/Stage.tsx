/** The slide that is edited: blocks are selected and their texts edited where they are drawn. */
import { type MouseEvent, useEffect, useRef } from "react";
import { isActive, isOpen, type ShownTurn } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { Button } from "../../components/Button";
import { useStable } from "../../components/useStable";
import { isBlank, nameOfSlide } from "../../deck/find";
import { displayOf } from "../../engine/displayOf";
import { SlideView } from "../../slides/SlideView";
import { addSlide } from "../actions";
import { useEditor } from "../Editor";
import { BlockFrame } from "./BlockFrame";
import { EmptyHints } from "./EmptyHints";
import { PartField } from "./PartField";
import { partAt } from "./partAt";
import { SourceLink } from "./SourceLink";
import styles from "./Stage.module.css";

export function Stage() {
  const editor = useEditor();
  const { slide, selection, snapshot } = editor;
  const svg = useRef<SVGSVGElement>(null);

  useEffect(() => {
    // Keys reach the selected block, also when it was selected elsewhere.
    const inField = document.activeElement?.closest(
      "input, textarea, select, dialog, [role=listbox]",
    );
    if (selection.block === null || selection.editing || inField) return;
    svg.current?.querySelector<SVGElement>(`[data-block="${selection.block}"]`)?.focus();
  }, [selection.block, selection.editing]);

  const number = slide ? snapshot.deck.slides.indexOf(slide) + 1 : 0;
  const { theme, language } = snapshot.deck;
  const list = slide && displayOf(editor.engine, slide, { theme, number, language });
  const pick = useStable((block: string, event: MouseEvent, isSecond: boolean) => {
    const isText = isSecond && editor.canEdit && slide && list;
    const part = isText ? partAt(list, slide, block, pointIn(svg.current, event)) : null;
    editor.select({ ...selection, block, editing: part ? { block, part } : null });
  });
  const awaited = useConversation(editor.conversation, ({ turns }) =>
    isOpen(turns) ? (turns?.at(-1) ?? null) : null,
  );
  if (awaited && isBlank(snapshot.deck)) return <Awaited turn={awaited} />;
  if (!slide || !list) return <EmptyStage />;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the slide selects no block; Escape does the same
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      className={styles.stage}
      onClick={(event) => {
        const onBlock = event.target instanceof Element && event.target.closest("[data-block]");
        if (!onBlock) editor.select({ ...selection, block: null, editing: null });
      }}
    >
      <div className={styles.sheet}>
        <SlideView
          ref={svg}
          list={list}
          label={`Slide ${number}: ${nameOfSlide(slide)}`}
          hidden={selection.editing}
        >
          {list.frames.map((frame) => (
            <BlockFrame
              key={frame.block}
              frame={frame}
              slide={slide}
              isSelected={frame.block === selection.block}
              isEdited={frame.block === selection.editing?.block}
              onPick={pick}
            />
          ))}
          {selection.editing ? null : <SourceLink list={list} slide={slide} />}
          {editor.canEdit && !selection.editing ? <EmptyHints list={list} slide={slide} /> : null}
          {selection.editing?.part ? (
            <PartField
              key={JSON.stringify(selection.editing)}
              place={selection.editing}
              part={selection.editing.part}
              list={list}
              slide={slide}
            />
          ) : null}
        </SlideView>
      </div>
    </div>
  );
}

function EmptyStage() {
  const editor = useEditor();
  return (
    <div className={styles.stage}>
      <div className={styles.empty}>
        <p>The deck has no slides.</p>
        <Button tone="primary" icon="plus" onClick={() => addSlide(editor, "cover")}>
          Add a cover
        </Button>
      </div>
    </div>
  );
}

/** In the place of the first slide while the assistant works on it. */
function Awaited({ turn }: { turn: ShownTurn }) {
  return (
    <div className={styles.stage}>
      <div className={styles.awaited} data-working={isActive(turn) || undefined}>
        <span className={styles.line} />
        <span className={styles.line} />
        <span className={styles.area} />
        <p className={styles.soon}>
          {isActive(turn)
            ? "Your slides appear here as soon as each is written."
            : "Approve the outline, and the slides appear here."}
        </p>
      </div>
    </div>
  );
}

/** A point of the window in the slide's coordinates. */
function pointIn(svg: SVGSVGElement | null, { clientX, clientY }: MouseEvent) {
  const matrix = svg?.getScreenCTM?.()?.inverse();
  if (!matrix) return null;
  return {
    x: matrix.a * clientX + matrix.e,
    y: matrix.d * clientY + matrix.f,
  };
}
