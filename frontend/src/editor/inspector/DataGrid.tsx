/**
 * A grid of fields, as in a spreadsheet: Enter and the arrows go up and down, Tab across, and what is
 * copied from a spreadsheet can be pasted.
 */
import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { useEditor } from "../Editor";
import styles from "./DataGrid.module.css";
import { fromClipboard, type Grid } from "./grid";

interface DataGridProps {
  label: string;
  grid: Grid;
  /** Gets the whole grid as it is then. */
  onChange: (grid: Grid) => void;
  /** Whether a text is valid in a cell; its row and column count the headings as 0. */
  isValid: (text: string, row: number, column: number) => boolean;
  canAddColumns?: boolean;
}

export function DataGrid({ label, grid, onChange, isValid, canAddColumns = true }: DataGridProps) {
  const { canEdit, session } = useEditor();
  const table = useRef<HTMLTableElement>(null);
  // What isn't valid yet stands in its cell only.
  const [draft, setDraft] = useState<{ at: string; text: string } | null>(null);
  const [where, setWhere] = useState({ row: 1, column: 0 });
  const width = grid[0]?.length ?? 0;

  const set = (row: number, column: number, text: string) => {
    const valid = isValid(text, row, column);
    setDraft(valid ? null : { at: `${row} ${column}`, text });
    if (valid) onChange(grid.with(row, (grid[row] ?? []).with(column, text)));
  };
  const focus = (row: number, column: number) =>
    table.current?.querySelector<HTMLInputElement>(`[data-at="${row} ${column}"]`)?.focus();
  const press = (event: KeyboardEvent, row: number, column: number) => {
    const by = { ArrowUp: -1, ArrowDown: 1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    focus(row + by, column);
  };
  const paste = (event: ClipboardEvent, row: number, column: number) => {
    const pasted = fromClipboard(event.clipboardData.getData("text/plain"));
    if (pasted.length === 1 && pasted[0]?.length === 1) return;
    event.preventDefault();
    const next = grid.map((cells, y) =>
      cells.map((cell, x) => {
        const text = pasted[y - row]?.[x - column];
        return text !== undefined && isValid(text, y, x) ? text : cell;
      }),
    );
    onChange(next);
  };
  const add = (row: boolean) =>
    onChange(
      row
        ? grid.toSpliced(
            where.row + 1,
            0,
            Array.from({ length: width }, () => ""),
          )
        : grid.map((cells) => cells.toSpliced(where.column + 1, 0, "")),
    );
  const remove = (row: boolean) =>
    onChange(
      row ? grid.toSpliced(where.row, 1) : grid.map((cells) => cells.toSpliced(where.column, 1)),
    );

  return (
    <>
      <div className={styles.scroller}>
        <table ref={table} className={styles.grid} aria-label={label}>
          <tbody>
            {grid.map((cells, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={row}>
                {cells.map((text, column) => {
                  const at = `${row} ${column}`;
                  const Cell = row === 0 ? "th" : "td";
                  const isDraft = draft?.at === at;
                  return (
                    <Cell key={at}>
                      <input
                        className={styles.cell}
                        data-at={at}
                        data-kind={row > 0 && column > 0 ? "number" : "text"}
                        aria-label={nameOf(grid, row, column)}
                        aria-invalid={isDraft}
                        value={isDraft ? draft.text : text}
                        disabled={!canEdit}
                        onFocus={() => setWhere({ row, column })}
                        onBlur={() => {
                          setDraft(null);
                          session.settle();
                        }}
                        onChange={({ target }) => set(row, column, target.value)}
                        onKeyDown={(event) => press(event, row, column)}
                        onPaste={(event) => paste(event, row, column)}
                      />
                    </Cell>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {canEdit ? (
        <div className={styles.buttons}>
          <Button size="small" icon="plus" onClick={() => add(true)}>
            Add row
          </Button>
          <Button
            size="small"
            icon="bin"
            disabled={where.row === 0 || grid.length <= 2}
            onClick={() => remove(true)}
          >
            Delete row
          </Button>
          {canAddColumns ? (
            <>
              <Button size="small" icon="plus" onClick={() => add(false)}>
                Add column
              </Button>
              <Button
                size="small"
                icon="bin"
                disabled={where.column === 0 || width <= 2}
                onClick={() => remove(false)}
              >
                Delete column
              </Button>
            </>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function nameOf(grid: Grid, row: number, column: number): string {
  const heading = grid[0]?.[column] || `column ${column + 1}`;
  if (row === 0) return `Heading of column ${column + 1}`;
  return column === 0 ? `Row ${row}` : `${grid[row]?.[0] || `Row ${row}`}, ${heading}`;
}
