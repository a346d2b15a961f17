import { Badge } from "../../components/Badge";
import type { FieldChange, FieldValue, Plan, ResourceChange } from "../contract";
import styles from "./Changes.module.css";
import {
  ACTIONS,
  CHANGED_OUTSIDE,
  isDrifted,
  isKept,
  isShown,
  nounOf,
  reasonOf,
  summary,
  textOf,
} from "./changes";

/** What happens to each resource, field by field. What is lost comes first, as in the plan. */
export function Changes({ plan }: { plan: Plan }) {
  const shown = plan.changes.filter(isShown);
  return (
    <>
      {plan.empty ? <p className={styles.nothing}>Nothing will change.</p> : null}
      <p className={styles.summary}>{summary(plan)}</p>
      {shown.length > 0 ? (
        <ul className={styles.list}>
          {shown.map((change) => (
            <Resource key={`${change.resource} ${change.name}`} change={change} />
          ))}
        </ul>
      ) : null}
    </>
  );
}

function Resource({ change }: { change: ResourceChange }) {
  const { sign, word, tone } = ACTIONS[change.action];
  const fields = change.fields.filter((field) => field.reason !== "server_default");
  return (
    <li className={styles.resource}>
      <p className={styles.head}>
        <span className={`${styles.action} ${styles[tone]}`}>
          <span aria-hidden="true">{sign}</span> {word}
        </span>
        <span>
          {nounOf(change)} <code className={styles.value}>{change.name}</code>
        </span>
        {isDrifted(change) ? <Badge tone="warning">{CHANGED_OUTSIDE}</Badge> : null}
      </p>
      {fields.length > 0 ? (
        <dl className={styles.fields}>
          {fields.map((field) => (
            <Field key={field.field} field={field} />
          ))}
        </dl>
      ) : null}
    </li>
  );
}

function Field({ field }: { field: FieldChange }) {
  const reason = reasonOf(field);
  return (
    <div className={styles.field} data-drifted={field.reason === "drifted" || undefined}>
      <dt>{field.field}</dt>
      <dd>
        {!isKept(field) && (field.remote !== undefined || field.new === undefined) ? (
          <>
            <Value value={field.remote} />
            <span aria-hidden="true"> → </span>
            <span className="visually-hidden"> becomes </span>
          </>
        ) : null}
        <Value value={field.new} />
        {reason ? <p className={styles.reason}>{reason}</p> : null}
      </dd>
    </div>
  );
}

function Value({ value }: { value: FieldValue | undefined }) {
  if (value === undefined) return <em>none</em>;
  return <code className={styles.value}>{textOf(value)}</code>;
}
