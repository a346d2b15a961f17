/** All that can be done, found by typing: actions, layouts, themes and slides. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { nameOfSlide } from "../../deck/find";
import { LAYOUT_NAMES } from "../../deck/layouts";
import { LAYOUTS } from "../../deck/model";
import type { Theme } from "../../deck/theme";
import { useThemes } from "../../engine/useThemes";
import { ACTIONS, type Action, addSlide, isEnabled } from "../actions";
import { shown } from "../actions/keys";
import { type Editor, useEditor } from "../Editor";
import { onSlide } from "../selection";
import { matching } from "./matching";
import styles from "./Palette.module.css";

export function Palette() {
  const editor = useEditor();
  const id = useId();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const themes = useThemes(editor.engine);
  const all = [...ACTIONS, ...more(editor, themes)].filter((one) => isEnabled(one, editor));
  const found = matching(all, search, ({ group, label }) => `${group} ${label}`);
  const current = found[Math.min(chosen, found.length - 1)];

  useEffect(() => {
    list.current?.querySelector(`[data-index="${chosen}"]`)?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);

  const run = (one: Action | undefined) => {
    if (!one) return;
    editor.open(null);
    one.run(editor);
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") run(current);
    else if (by) setChosen((chosen + by + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title="All commands" onClose={() => editor.open(null)}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Search commands"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={current ? `${id}-${current.id}` : undefined}
        placeholder="Type to search"
        value={search}
        onChange={({ target }) => {
          setSearch(target.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Commands"
        className={styles.list}
      >
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field
          <div
            key={one.id}
            id={`${id}-${one.id}`}
            role="option"
            data-index={index}
            className={styles.option}
            aria-selected={one === current}
            onClick={() => run(one)}
            onPointerMove={() => setChosen(index)}
          >
            {one.icon ? <Icon name={one.icon} /> : <Icon name="chevron" />}
            {one.label}
            <span className={styles.group}>{one.group}</span>
            {one.keys ? <kbd className={styles.keys}>{shown(one.keys)}</kbd> : null}
          </div>
        ))}
        {found.length === 0 ? (
          <p className={styles.none}>No command is called “{search}”.</p>
        ) : null}
      </div>
    </Dialog>
  );
}

/** What depends on the deck: layouts for a new slide and for this one, themes, slides to go to. */
function more({ snapshot, slide }: Editor, themes: readonly Theme[]): Action[] {
  const layouts = LAYOUTS.flatMap((layout): Action[] => [
    {
      id: `add-${layout}`,
      label: `New slide: ${LAYOUT_NAMES[layout]}`,
      group: "Insert",
      icon: "plus",
      changes: true,
      run: (editor) => addSlide(editor, layout),
    },
    {
      id: `layout-${layout}`,
      label: `Layout: ${LAYOUT_NAMES[layout]}`,
      group: "Slide",
      icon: "grid",
      changes: true,
      can: () => slide !== undefined && slide.layout !== layout,
      run: (editor) => {
        if (!slide) return;
        editor.change("Change layout", [{ op: "set_layout", slide: slide.id, layout }]);
      },
    },
  ]);
  const toThemes = themes.map(
    ({ id, name }): Action => ({
      id: `theme-${id}`,
      label: `Theme: ${name}`,
      group: "Deck",
      icon: "palette",
      changes: true,
      run: (editor) => {
        editor.change("Change theme", [{ op: "set_theme", theme: id }]);
      },
    }),
  );
  const slides = snapshot.deck.slides.map(
    (one, index): Action => ({
      id: `slide-${one.id}`,
      label: `Go to ${index + 1}: ${nameOfSlide(one)}`,
      group: "Slide",
      run: (editor) => editor.select(onSlide(one.id)),
    }),
  );
  return [...layouts, ...toThemes, ...slides];
}
