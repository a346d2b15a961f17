/** The tables behind numbers: the rows as they were found, their types, the question and the query. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Source, source as sourceQuery } from "../../api/chat";
import { useConversation } from "../../assistant/useConversation";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Skeleton } from "../../components/Skeleton";
import { useEditor } from "../Editor";
import { type CellKind, kindOf, shownCell } from "./cells";
import styles from "./SourcesDialog.module.css";

/** More would make the page slow. */
const MOST_ROWS = 500;

export function SourcesDialog({ ids }: { ids: readonly string[] }) {
  const { conversation, showSources } = useEditor();
  const all = useConversation(conversation, (state) => state.sources);
  const [chosen, setChosen] = useState(ids[0] ?? "");
  const found = ids.flatMap((id) => all.find((one) => one.id === id) ?? []);
  const label = found.find(({ id }) => id === chosen)?.label ?? "Data";
  return (
    <Dialog title={label} size="wide" onClose={() => showSources([])}>
      {found.length > 1 ? (
        <fieldset className={styles.choices} aria-label="Sources of this slide">
          {found.map((one) => (
            <button
              key={one.id}
              type="button"
              className={styles.choice}
              aria-pressed={one.id === chosen}
              onClick={() => setChosen(one.id)}
            >
              {one.label}
            </button>
          ))}
        </fieldset>
      ) : null}
      <Loaded key={chosen} id={chosen} />
    </Dialog>
  );
}

function Loaded({ id }: { id: string }) {
  const { conversation } = useEditor();
  const { data, error } = useQuery(sourceQuery(conversation.session, id));
  if (data) return <Shown source={data} />;
  if (error) return <p className={styles.problem}>The data can’t be read now: {error.message}</p>;
  return <Skeleton label="Loading the data" count={1} />;
}

function Shown({ source }: { source: Source }) {
  const kinds = source.columns.map(({ kind }) => kindOf(kind));
  const rows = source.rows.slice(0, MOST_ROWS);
  return (
    <div className={styles.source}>
      <p className={styles.meta}>
        {[source.space, rowsOf(source, rows.length)].filter(Boolean).join(" · ")}
      </p>
      {source.question ? (
        <p className={styles.question}>
          <span className={styles.label}>Question</span>
          {source.question}
        </p>
      ) : null}
      <section
        className={styles.frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
        tabIndex={0}
        aria-label={`Rows of ${source.label}`}
      >
        <table className={styles.table}>
          <thead>
            <tr>
              {source.columns.map(({ name }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name, and don't move
                <th key={index} scope="col" data-kind={kinds[index]}>
                  <span className={styles.name}>{name}</span>
                  <span className={styles.kind}>{NAMES[kinds[index] ?? "text"]}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows don't move
              <tr key={place}>
                {source.columns.map((_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={index} data-kind={kinds[index]}>
                    <Cell value={row[index] ?? null} kind={kinds[index] ?? "text"} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {source.sql ? <Sql sql={source.sql} /> : null}
    </div>
  );
}

const NAMES: Record<CellKind, string> = {
  number: "Number",
  text: "Text",
  date: "Date",
  bool: "True or false",
};

function Cell({ value, kind }: { value: string | number | boolean | null; kind: CellKind }) {
  if (value === null) return <span className={styles.none}>no value</span>;
  return shownCell(value, kind);
}

function Sql({ sql }: { sql: string }) {
  const [said, say] = useState("Copy");
  return (
    <details className={styles.sql}>
      <summary className={styles.summary}>Query</summary>
      <div className={styles.code}>
        <pre className={styles.pre}>{sql}</pre>
        <Button
          size="small"
          icon="copy"
          onClick={() => {
            navigator.clipboard.writeText(sql).then(
              () => say("Copied"),
              () => say("Not copied"),
            );
          }}
        >
          {said}
        </Button>
      </div>
    </details>
  );
}

function rowsOf({ row_count, rows, truncated }: Source, shown: number): string {
  const total = Math.max(row_count, rows.length);
  const all = `${total.toLocaleString("en")} ${total === 1 ? "row" : "rows"}`;
  const part = shown < total ? `the first ${shown.toLocaleString("en")} of ${all}` : all;
  return truncated ? `${part}, truncated by the data space` : part;
}
