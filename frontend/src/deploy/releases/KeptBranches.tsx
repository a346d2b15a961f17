import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import type { KeptBranch } from "../contract";
import { plainMoment, shortMoment } from "../standing/moment";
import styles from "./Releases.module.css";

/** The branches of the database that the app's data can be restored from. */
export function KeptBranches({
  branches,
  onRestore,
}: {
  branches: readonly KeptBranch[];
  /** Null while a restore isn't possible. */
  onRestore: ((branch: string) => void) | null;
}) {
  return (
    <ul className={styles.list} aria-label="Branches with earlier data">
      {branches.map((branch) => (
        <li key={branch.id} className={styles.entry}>
          <div className={styles.words}>
            <p className={styles.head}>
              <code className={styles.version}>{branch.id}</code>{" "}
              {branch.in_use ? <Badge tone="accent">In use</Badge> : null}
            </p>
            <p className={styles.meta}>{kept(branch)}</p>
          </div>
          {branch.in_use || !onRestore ? null : (
            <Button
              size="small"
              icon="data"
              aria-label={`Restore the data of ${branch.id}`}
              onClick={() => onRestore(branch.id)}
            >
              Restore
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function kept({ is_restore_point, is_own, created_at, expires_at }: KeptBranch): string {
  const of = is_own ? "" : " of another branch";
  const what = is_restore_point ? `Restore point${of}` : "Branch of the app";
  const since = created_at === undefined ? "" : `, created ${shortMoment(created_at)}`;
  const until = expires_at === undefined ? "kept" : `kept until ${plainMoment(expires_at)}`;
  return `${what}${since}, ${until}`;
}
