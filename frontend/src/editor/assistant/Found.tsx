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
  if (found.length === 0 && turn.live.queries.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Data">
      {inOrder(found, turn.live.queries).map((item) =>
        "id" in item ? (
          <li key={item.id}>
            <FoundTable source={item} onOpen={() => showSources([item.id])} />
          </li>
        ) : (
          <li key={keyOf(item)}>
            <Asked query={item} isGoing={isActive(turn)} />
          </li>
        ),
      )}
    </ul>
  );
}

/** Each question stays where it was asked; what was found takes its place. */
function inOrder(
  found: readonly SourceSummary[],
  queries: readonly Query[],
): (SourceSummary | Query)[] {
  const asked = queries.flatMap((query): (SourceSummary | Query)[] => {
    const sources = found.filter((source) => answers(source, query));
    return sources.length > 0 ? sources : [query];
  });
  // Of what was found before the page was loaded, the questions may be unknown.
  return [...found.filter((source) => !asked.includes(source)), ...asked];
}

function FoundTable({ source, onOpen }: { source: SourceSummary; onOpen: () => void }) {
  return (
    <button type="button" className={styles.row} data-state="done" onClick={onOpen}>
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
  );
}

function Asked({ query, isGoing }: { query: Query; isGoing: boolean }) {
  return (
    <div className={styles.row} data-state={query.state}>
      <Icon name={isFailed(query) ? "warning" : "data"} />
      <span className={styles.words}>
        <span className={styles.question}>{query.question}</span>
        <span className={styles.meta}>
          {query.space} · {stateOf(query, isGoing)}
        </span>
      </span>
    </div>
  );
}

const keyOf = ({ space, question }: Query) => `${space} ${question}`;

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
