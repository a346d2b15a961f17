/** A run, from its start to its result. */
import { type RefObject, useId } from "react";
import { Button } from "../../components/Button";
import { webAddress } from "../../components/Prose";
import type { DeployerLike } from "../contract";
import { FailureCard } from "../failure/FailureCard";
import { Done } from "../outcome/Done";
import type { Request } from "../request";
import { wholeSeconds } from "./duration";
import { EventLog } from "./EventLog";
import styles from "./RunView.module.css";
import { elapsedAt, isLive, progressOf, type RunState } from "./runState";
import { Timeline } from "./Timeline";
import { useNow } from "./useNow";
import { DOING } from "./words";

export function RunView({
  deployer,
  run,
  request,
  headingRef,
  onStop,
  onResume,
  onBack,
  onAgain,
}: {
  deployer: DeployerLike;
  run: RunState;
  request: Request;
  headingRef: RefObject<HTMLHeadingElement | null>;
  onStop: () => void;
  onResume: () => void;
  onBack: () => void;
  onAgain: () => void;
}) {
  const id = useId();
  const live = isLive(run);
  return (
    <div className={styles.run}>
      {live ? <Running run={run} headingRef={headingRef} onStop={onStop} /> : null}
      {run.phase === "finished" ? (
        <Done
          deployer={deployer}
          run={run}
          request={request}
          headingRef={headingRef}
          onAgain={onAgain}
        />
      ) : null}
      {run.error ? (
        <FailureCard
          error={run.error}
          tone={run.phase === "cancelled" ? "stopped" : "problem"}
          headingRef={headingRef}
        >
          {/* Nothing is left to resume: the previous release runs again. */}
          {run.error.code === "RELEASE_FAILED" ? (
            <>
              <Button tone="primary" icon="back" onClick={onBack}>
                Back to the form
              </Button>
              <Button icon="refresh" onClick={onResume}>
                Deploy it again
              </Button>
            </>
          ) : (
            <>
              <Button tone="primary" icon="launch" onClick={onResume}>
                Resume
              </Button>
              <Button icon="back" onClick={onBack}>
                Back to the form
              </Button>
            </>
          )}
        </FailureCard>
      ) : null}
      {run.steps.length > 0 ? (
        <section className={styles.card} aria-labelledby={id}>
          <div className={styles.line}>
            <h3 id={id} className={styles.subtitle}>
              Timeline
            </h3>
            <p className={styles.legend} aria-hidden="true">
              <span className={styles.acting} /> working
              <span className={styles.waiting} /> waiting for the platform
            </p>
          </div>
          <Timeline run={run} />
          {run.log.some(({ status }) => status === "notice") ? <Notices run={run} /> : null}
        </section>
      ) : null}
      {run.log.length > 0 ? <EventLog lines={run.log} /> : null}
    </div>
  );
}

function Running({
  run,
  headingRef,
  onStop,
}: {
  run: RunState;
  headingRef: RefObject<HTMLHeadingElement | null>;
  onStop: () => void;
}) {
  const elapsed = elapsedAt(run, useNow(true));
  const { over, all } = progressOf(run.steps);
  const stopping = run.phase === "stopping";
  const url = webAddress(run.url);
  return (
    <section className={styles.running}>
      <div className={styles.line}>
        <h2 ref={headingRef} tabIndex={-1} className={styles.title}>
          {DOING[run.operation]} <span className={styles.app}>{run.appName}</span>
        </h2>
        <p className={styles.clock} aria-hidden="true">
          {wholeSeconds(elapsed)}
        </p>
      </div>
      <div
        className={styles.progress}
        role="progressbar"
        aria-label={`${DOING[run.operation]} ${run.appName}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(all, 1)}
        aria-valuenow={over}
        aria-valuetext={`${over} of ${all} steps`}
      >
        <span style={{ width: `${all === 0 ? 0 : (over / all) * 100}%` }} />
      </div>
      <div className={styles.line}>
        <p className={styles.hint}>
          {stopping
            ? "Stopping at the next safe point. Steps in progress are completed first."
            : `${over} of ${all} steps done. Keep this page open; if it closes, the deployment can be resumed.`}
          {url ? ` ${url}` : ""}
        </p>
        <Button size="small" icon="stop" disabled={stopping} onClick={onStop}>
          {stopping ? "Stopping" : "Cancel"}
        </Button>
      </div>
    </section>
  );
}

function Notices({ run }: { run: RunState }) {
  return (
    <ul className={styles.notices}>
      {run.log
        .filter(({ status }) => status === "notice")
        .map(({ id, message }) => (
          <li key={id}>{message.charAt(0).toUpperCase() + message.slice(1)}</li>
        ))}
    </ul>
  );
}
