import type { SourceSummary } from "../../api/chat";
import type { Query, ShownTurn } from "../../assistant/turnState";
import { isActive } from "../../assistant/turnState";
import { useConversation } from "../../assistant/useConversation";
import { count } from "../../assistant/words";
import { Icon } from "../../components/Icon";
import { useEditor } from "../Editor";
import styles from "./Found.module.css";

/** The questions to data spaces, each with the table that came of it. */
export function Found({ turn }: { turn: ShownTurn }) {
  const { conversation, showSources } = useEditor();
  const all = useConversation(conversation, (state) => state.sources);
  const found = turn.sources.flatMap((id) => all.find((source) => source.id === id) ?? []);
  const open = turn.live.queries.filter((query) => !found.some((one) => answers(one, query)));
  if (found.length === 0 && open.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Data">
      {found.map((source) => (
        <li key={source.id}>
          <button
            type="button"
            className={styles.row}
            data-state="done"
            onClick={() => showSources([source.id])}
          >
            <Icon name="table" />
            <span className={styles.words}>
              <span className={styles.question}>{source.question ?? source.label}</span>
              <span className={styles.meta}>
                {source.space ?? source.label} · {count(source.row_count, "row")}
                {source.truncated ? ", truncated" : ""}
              </span>
            </span>
            <Icon name="chevron" />
          </button>
        </li>
      ))}
      {open.map((query) => (
        <li
          key={`${query.space} ${query.question}`}
          className={styles.row}
          data-state={query.state}
        >
          <Icon name={isFailed(query) ? "warning" : "data"} />
          <span className={styles.words}>
            <span className={styles.question}>{query.question}</span>
            <span className={styles.meta}>
              {query.space} · {stateOf(query, isActive(turn))}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function answers({ space, question }: SourceSummary, query: Query): boolean {
  return space === query.space && question === query.question;
}

const isFailed = ({ state }: Query) => /fail|error|cancel|expired/i.test(state);

function stateOf(query: Query, isGoing: boolean): string {
  if (isFailed(query)) return "no answer";
  if (/^(?:answered|done|completed)$/i.test(query.state)) return "answered in words";
  if (!isGoing) return "not answered";
  return /exec|running|warehouse/i.test(query.state) ? "running the query…" : "asking…";
}
