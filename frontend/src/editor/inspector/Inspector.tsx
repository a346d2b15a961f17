/** What can be set on the selected block, the slide and the deck. */
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useEditor } from "../Editor";
import { BlockPanel } from "./BlockPanel";
import { ChecksPanel, useFindings } from "./ChecksPanel";
import { DesignPanel } from "./DesignPanel";
import styles from "./Inspector.module.css";

const TABS = ["Content", "Design", "Checks"] as const;
type Tab = (typeof TABS)[number];

export function Inspector() {
  const editor = useEditor();
  const id = useId();
  const [chosen, setChosen] = useState<Tab>("Design");
  const list = useRef<HTMLDivElement>(null);
  const findings = useFindings();
  // Selecting a block shows its content; what was chosen since then holds.
  const [seen, setSeen] = useState<string | null>(null);
  if (editor.selection.block !== seen) {
    setSeen(editor.selection.block);
    if (editor.selection.block !== null) setChosen("Content");
    else if (chosen === "Content") setChosen("Design");
  }

  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = TABS.at((TABS.indexOf(chosen) + by) % TABS.length) ?? "Design";
    setChosen(next);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };

  return (
    <aside className={styles.inspector} aria-label="Inspector">
      <div ref={list} role="tablist" aria-label="Inspector" className={styles.tabs}>
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`${id}-${tab}`}
            data-tab={tab}
            className={styles.tab}
            aria-selected={tab === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => setChosen(tab)}
            onKeyDown={move}
          >
            {tab}
            {tab === "Checks" && findings.length > 0 ? (
              <span className={styles.count}>{findings.length}</span>
            ) : null}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen}`}
        className={styles.panel}
      >
        {chosen === "Content" ? <BlockPanel /> : null}
        {chosen === "Design" ? <DesignPanel /> : null}
        {chosen === "Checks" ? <ChecksPanel findings={findings} /> : null}
      </div>
    </aside>
  );
}
