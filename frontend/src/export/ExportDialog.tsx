/** Exports of a deck: one row a format, each with what came of it. */
import { type ReactNode, useEffect, useState } from "react";
import type { Choice } from "../api/exports";
import { Dialog } from "../components/Dialog";
import { keyOf } from "./choices";
import type { ExportedDeck } from "./deck";
import styles from "./ExportDialog.module.css";
import type { Export } from "./exportState";
import { FileRow } from "./FileRow";
import { GoogleRow } from "./GoogleRow";
import { CheckOption, RadioOptions } from "./Options";
import { exports, useExports } from "./useExports";
import { spokenOf } from "./words";

type Lines = Extract<Choice, { format: "pptx" }>["lines"];

const LINES: readonly { value: Lines; label: string; hint: string }[] = [
  { value: "editable", label: "Editable", hint: "Text wraps as you edit it" },
  { value: "exact", label: "Keep every line break", hint: "Lines end exactly as here" },
];

export default function ExportDialog({
  deck,
  children,
  onClose,
}: {
  deck: ExportedDeck;
  /** More rows. */
  children?: ReactNode;
  onClose: () => void;
}) {
  const all = useExports(deck.session);
  const last = all.at(-1);
  const [lines, setLines] = useState<Lines>(() => linesOf(all));
  const [notes, setNotes] = useState(() => notesOf(all));
  useEffect(() => exports().see(deck.session));
  const row = (choice: Choice) => ({
    choice,
    deck,
    one: all.find((other) => keyOf(other.choice) === keyOf(choice)),
  });
  return (
    <Dialog title="Export" onClose={onClose} returnTo={() => openerOf(deck.session)}>
      <ul className={styles.rows}>
        <FileRow {...row({ format: "pptx", lines })} isFirst>
          <RadioOptions legend="Text" value={lines} options={LINES} onChange={setLines} />
        </FileRow>
        <FileRow {...row({ format: "pdf", notes })}>
          <CheckOption label="With speaker notes" isOn={notes} onChange={setNotes} />
        </FileRow>
        <GoogleRow {...row({ format: "google-slides" })} />
        <FileRow {...row({ format: "html" })} />
        <FileRow {...row({ format: "json" })} />
        {children}
      </ul>
      <p role="status" className="visually-hidden">
        {last ? spokenOf(last) : ""}
      </p>
    </Dialog>
  );
}

/** What else opens the exports of a deck: the note that an export has ended is gone once it was seen. */
function openerOf(session: string): HTMLElement | null {
  const openers = document.querySelectorAll<HTMLElement>("[data-exports]");
  const isThere = (one: HTMLElement) =>
    one.dataset.exports === session && one.offsetParent !== null;
  return [...openers].find(isThere) ?? null;
}

/** The options that were used last. */
function linesOf(all: readonly Export[]): Lines {
  const choice = all.findLast((one) => one.choice.format === "pptx")?.choice;
  return choice?.format === "pptx" ? choice.lines : "editable";
}

function notesOf(all: readonly Export[]): boolean {
  const choice = all.findLast((one) => one.choice.format === "pdf")?.choice;
  return choice?.format === "pdf" && choice.notes;
}
