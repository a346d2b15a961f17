import type { SourceSummary } from "../../api/chat";
import { sourceOf } from "../../assistant/sourced";
import { useConversation } from "../../assistant/useConversation";
import { count } from "../../assistant/words";
import { Icon } from "../../components/Icon";
import type { Source } from "../../deck/model";
import { useEditor } from "../Editor";
import { TextField } from "./fields";
import styles from "./SourceField.module.css";

/** Where numbers come from. Without a label there is no source; one of a stored source leads to its table. */
export function SourceField({
  source,
  onChange,
}: {
  source: Source | undefined;
  onChange: (source: Source | null) => void;
}) {
  const { conversation } = useEditor();
  const sources = useConversation(conversation, (state) => state.sources);
  return (
    <div className={styles.source}>
      <TextField
        label="Source"
        placeholder="Finance, Q3 close"
        value={source?.label ?? ""}
        onChange={(label) => onChange(label === "" ? null : { ...source, label })}
      />
      <Behind found={sourceOf(source?.label, sources)} hasAny={sources.length > 0} />
    </div>
  );
}

function Behind({ found, hasAny }: { found: SourceSummary | undefined; hasAny: boolean }) {
  const { showSources } = useEditor();
  if (found) {
    return (
      <button type="button" className={styles.open} onClick={() => showSources([found.id])}>
        <Icon name="table" />
        <span>
          Show the data
          <span className={styles.rows}>
            {" "}
            · {count(found.row_count, "row")}
            {found.truncated ? ", truncated" : ""}
          </span>
        </span>
      </button>
    );
  }
  // In a deck that was made by hand there is nothing to compare with.
  return hasAny ? <p className={styles.none}>Not from data that the assistant found.</p> : null;
}
