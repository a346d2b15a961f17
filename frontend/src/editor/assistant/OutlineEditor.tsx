/** An outline that waits for approval: titles are edited, slides moved, removed and added. */
import { useEffect, useRef, useState } from "react";
import type { Outline, OutlineSlide, Turn } from "../../api/chat";
import { count } from "../../assistant/words";
import { Button } from "../../components/Button";
import { type Edge, makeDraggable } from "../../components/dragging";
import { Icon } from "../../components/Icon";
import { IconButton } from "../../components/IconButton";
import { LAYOUT_NAMES } from "../../deck/layouts";
import type { Layout } from "../../deck/model";
import { useEditor } from "../Editor";
import styles from "./OutlineEditor.module.css";
import { moved } from "./outlineOrder";

interface Row extends OutlineSlide {
  key: string;
}

/** The server refuses longer titles. */
const LONGEST_TITLE = 300;
const MOST_SLIDES = 40;

export function OutlineEditor({ turn, outline }: { turn: Turn; outline: Outline }) {
  const { conversation, canEdit } = useEditor();
  const [rows, setRows] = useState<readonly Row[]>(() =>
    outline.slides.map((slide, index) => ({ ...slide, key: `o${index}` })),
  );
  const [isSending, setSending] = useState(false);
  const [said, say] = useState("");
  /** The field to go to once it is there. */
  const [focus, setFocus] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const made = useRef(0);

  useEffect(() => {
    if (focus === null) return;
    list.current?.querySelector<HTMLElement>(`[data-key="${focus}"] textarea`)?.focus();
    setFocus(null);
  }, [focus]);

  const set = (key: string, part: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const move = (key: string, to: number) => {
    const next = moved(rows, key, to);
    if (next === rows) return;
    setRows(next);
    say(`Moved to place ${next.findIndex((row) => row.key === key) + 1} of ${next.length}`);
  };
  const remove = (key: string) => {
    const index = rows.findIndex((row) => row.key === key);
    setRows(rows.filter((row) => row.key !== key));
    say("Slide removed");
    setFocus((rows[index + 1] ?? rows[index - 1])?.key ?? null);
  };
  const add = () => {
    made.current += 1;
    const key = `n${made.current}`;
    setRows([...rows, { key, title: "", layout: "title_and_text", content: "", sources: [] }]);
    setFocus(key);
  };
  const approve = async () => {
    setSending(true);
    const slides = rows
      .filter(({ title }) => title.trim() !== "")
      .map(({ key: _key, ...slide }) => ({ ...slide, title: slide.title.trim() }));
    await conversation.approve(turn.id, { ...outline, slides });
    setSending(false);
  };
  const written = rows.filter(({ title }) => title.trim() !== "").length;

  return (
    <section className={styles.outline} aria-label="Outline">
      <ol ref={list} className={styles.list}>
        {rows.map((row, index) => (
          <OutlineRow
            key={row.key}
            row={row}
            index={index}
            list={turn.id}
            isLast={index === rows.length - 1}
            onTitle={(title) => set(row.key, { title })}
            onMove={move}
            onRemove={() => remove(row.key)}
          />
        ))}
      </ol>
      <button
        type="button"
        className={styles.add}
        disabled={rows.length >= MOST_SLIDES}
        onClick={add}
      >
        <Icon name="plus" />
        Add slide
      </button>
      <div className={styles.foot}>
        <Button size="small" onClick={() => void conversation.cancel(turn.id)}>
          Discard
        </Button>
        <Button
          size="small"
          tone="primary"
          disabled={isSending || written === 0 || !canEdit}
          onClick={() => void approve()}
        >
          Write {count(written, "slide")}
        </Button>
      </div>
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </section>
  );
}

function OutlineRow({
  row,
  index,
  list,
  isLast,
  onTitle,
  onMove,
  onRemove,
}: {
  row: Row;
  index: number;
  list: string;
  isLast: boolean;
  onTitle: (title: string) => void;
  onMove: (key: string, to: number) => void;
  onRemove: () => void;
}) {
  const item = useRef<HTMLLIElement>(null);
  const grip = useRef<HTMLSpanElement>(null);
  const [isDragging, setDragging] = useState(false);
  const [edge, setEdge] = useState<Edge | null>(null);
  const number = index + 1;
  const { key } = row;

  const moving = useRef(onMove);
  useEffect(() => {
    moving.current = onMove;
  });
  useEffect(() => {
    if (!item.current || !grip.current) return undefined;
    return makeDraggable(
      item.current,
      { list: `outline ${list}`, id: key, handle: grip.current },
      {
        setDragging,
        setEdge,
        drop: (dragged, at) => moving.current(dragged, at === "before" ? index : index + 1),
      },
    );
  }, [key, index, list]);

  return (
    <li
      ref={item}
      className={styles.row}
      data-key={key}
      data-dragging={isDragging || undefined}
      data-edge={edge ?? undefined}
    >
      <span ref={grip} className={styles.grip} title="Drag to reorder">
        <span className={styles.number}>{number}</span>
        <Icon name="grip" />
      </span>
      <div className={styles.words}>
        <textarea
          className={styles.title}
          aria-label={`Title of slide ${number}`}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          placeholder="What does this slide say?"
          rows={1}
          maxLength={LONGEST_TITLE}
          value={row.title}
          onChange={({ target }) => onTitle(target.value.replace(/\n/g, " "))}
          onKeyDown={(event) => {
            const by = { ArrowUp: -1, ArrowDown: 2 }[event.key];
            if (event.key === "Enter") event.preventDefault();
            if (!event.altKey || by === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            onMove(key, index + by);
          }}
        />
        <p className={styles.content} title={row.content}>
          {LAYOUT_NAMES[row.layout as Layout] ?? "Slide"}
          {row.content ? ` · ${row.content}` : ""}
        </p>
      </div>
      <div className={styles.tools}>
        <IconButton
          icon="up"
          label={`Move slide ${number} up`}
          disabled={index === 0}
          onClick={() => onMove(key, index - 1)}
        />
        <IconButton
          icon="downward"
          label={`Move slide ${number} down`}
          disabled={isLast}
          onClick={() => onMove(key, index + 2)}
        />
        <IconButton icon="bin" label={`Remove slide ${number}`} onClick={onRemove} />
      </div>
    </li>
  );
}
