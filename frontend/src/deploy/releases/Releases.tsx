/** The releases of the app: which one runs, how each went, and the ways back. */
import { useId, useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import type { DeployerLike, History, Release, Status } from "../contract";
import { Fold } from "../Fold";
import { FailureCard } from "../failure/FailureCard";
import { sentence } from "../form/Field";
import { shortMoment } from "../standing/moment";
import { KeptBranches } from "./KeptBranches";
import styles from "./Releases.module.css";
import { useHistory } from "./useHistory";
import { madeBy, obstacle, STATES, versionOf } from "./words";

/** The newest releases are shown at first. */
const SHOWN = 5;

interface Ways {
  onRollback: (release: Release, history: History) => void;
  onRestore: (branch: string) => void;
}

export function Releases({
  deployer,
  status,
  folder,
  open,
  onOpen,
  ...ways
}: {
  deployer: DeployerLike;
  status: Status;
  /** The app's folder, if the form names one. */
  folder: string;
  open: boolean;
  onOpen: (open: boolean) => void;
} & Ways) {
  return (
    <Fold
      title="Releases"
      beside={<span className={styles.hint}>What was deployed, and the way back</span>}
      open={open}
      onToggle={onOpen}
    >
      {/* Fetched when the section is opened. */}
      {open ? <Recorded deployer={deployer} status={status} folder={folder} {...ways} /> : null}
    </Fold>
  );
}

function Recorded({
  deployer,
  status,
  folder,
  ...ways
}: { deployer: DeployerLike; status: Status; folder: string } & Ways) {
  const { history, error, look } = useHistory(deployer, status.app_name, folder);
  if (error) {
    return (
      <div className={styles.content}>
        <FailureCard error={error} level={3}>
          <Button icon="refresh" onClick={look}>
            Check again
          </Button>
        </FailureCard>
      </div>
    );
  }
  if (!history) {
    return (
      <p className={styles.looking} role="status">
        <Icon name="turn" turning />
        Reading the releases
      </p>
    );
  }
  return <Listed history={history} status={status} {...ways} />;
}

function Listed({
  history,
  status,
  onRollback,
  onRestore,
}: { history: History; status: Status } & Ways) {
  const id = useId();
  const [isWhole, setIsWhole] = useState(false);
  // Only one run per app is possible at a time.
  const isFree = status.lock === undefined;
  const { releases, current, restore_points, unread = [] } = history;
  return (
    <div className={styles.content}>
      {releases.length > 0 ? (
        <ol className={styles.list} aria-label="Releases">
          {releases.slice(0, isWhole ? undefined : SHOWN).map((release) => (
            <Entry
              key={release.number}
              release={release}
              badge={release.number === current ? currentWord(status) : null}
              onRollback={isFree ? () => onRollback(release, history) : null}
            />
          ))}
        </ol>
      ) : (
        <p className={styles.meta}>
          No release is recorded. The next deployment of the app is the first one.
        </p>
      )}
      {isWhole || releases.length <= SHOWN ? null : (
        <div>
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show all {releases.length} releases
          </Button>
        </div>
      )}
      {restore_points.length > 0 ? (
        <section className={styles.data} aria-labelledby={id}>
          <h3 id={id} className={styles.subtitle}>
            Earlier data
          </h3>
          <p className={styles.meta}>
            Branches of the database. A restore gives the app the data of a branch; its present data
            is kept in the branch that it uses now.
          </p>
          <KeptBranches branches={restore_points} onRestore={isFree ? onRestore : null} />
        </section>
      ) : null}
      {unread.map((why) => (
        <p key={why} className={styles.meta}>
          Not shown: <Prose text={sentence(why)} />
        </p>
      ))}
    </div>
  );
}

function Entry({
  release,
  badge,
  onRollback,
}: {
  release: Release;
  /** Says that this release is the deployed one. */
  badge: string | null;
  onRollback: (() => void) | null;
}) {
  const { number, state, by, at, problem, put_back } = release;
  const { word, isWell } = STATES[state];
  const why = obstacle(release);
  return (
    <li className={styles.entry} aria-current={badge === null ? undefined : "true"}>
      <div className={styles.words}>
        <p className={styles.head}>
          <span className={styles.number}>Release {number}</span>{" "}
          <code className={styles.version}>{versionOf(release)}</code>{" "}
          {badge === null ? null : <Badge tone="accent">{badge}</Badge>}{" "}
          <Badge tone={isWell ? "neutral" : "warning"}>{word}</Badge>
        </p>
        <p className={styles.meta}>
          {madeBy(release)} by {by} {shortMoment(at)}
        </p>
        {problem ? (
          <p className={styles.meta}>
            <Prose text={sentence(problem)} />
            {put_back === undefined ? null : ` Release ${put_back} was put back.`}
          </p>
        ) : null}
        {isWell && badge === null && why ? <p className={styles.meta}>{why}</p> : null}
      </div>
      {badge === null && !why && onRollback ? (
        <Button
          size="small"
          icon="undo"
          aria-label={`Roll back to release ${number}`}
          onClick={onRollback}
        >
          Roll back
        </Button>
      ) : null}
    </li>
  );
}

/** The deployed release runs, unless the app is stopped or has crashed. */
function currentWord({ app }: Status): string {
  return app?.state === undefined || app.state === "RUNNING" ? "Running" : "Deployed";
}
