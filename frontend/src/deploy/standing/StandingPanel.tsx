/** The status of the app before a run: an unfinished run, another user's run, or a running app. */
import { Button } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon, type IconName } from "../../components/Icon";
import { logPage, Prose, webAddress } from "../../components/Prose";
import type { Operation, RunOperation, SharedWith, Status } from "../contract";
import { sentence } from "../form/Field";
import { shortMoment } from "./moment";
import styles from "./StandingPanel.module.css";
import type { Standing } from "./useStanding";

type Tone = "plain" | "attention" | "problem";

const NOUN: Record<RunOperation, string> = {
  create: "deployment",
  update: "update",
  delete: "deletion",
  rollback: "rollback",
  restore: "restore",
};

export function StandingPanel({
  standing,
  operation,
  ownRun,
  onResume,
  onSwitch,
}: {
  standing: Standing;
  operation: Operation;
  /** The run that this page started before it was reloaded. */
  ownRun: string | undefined;
  onResume: () => void;
  onSwitch: (operation: Operation) => void;
}) {
  const { status, error, looking, look } = standing;
  if (error) {
    return (
      <Panel tone="problem" icon="warning" title={<Prose text={sentence(error.message)} />}>
        <p>
          <Prose text={sentence(error.cause)} /> You can fill in the form meanwhile.
        </p>
        <Button size="small" icon="refresh" onClick={look}>
          Check again
        </Button>
      </Panel>
    );
  }
  if (!status) {
    return looking ? (
      <p className={styles.looking}>
        <Icon name="turn" turning />
        Checking the workspace
      </p>
    ) : null;
  }
  if (isOwnRun(status, ownRun)) return <Interrupted status={status} onResume={onResume} />;
  if (status.lock) return <Locked status={status} onLook={look} />;
  if (status.can_resume && status.last_run)
    return <Unfinished status={status} onResume={onResume} />;
  return <Settled status={status} operation={operation} onSwitch={onSwitch} />;
}

/** The run that this page started is the last one, has something left to do, and was not taken over. */
function isOwnRun({ last_run, lock }: Status, ownRun: string | undefined): boolean {
  if (ownRun === undefined || last_run?.id !== ownRun || last_run.status === "finished")
    return false;
  if (last_run.put_back !== undefined) return false;
  return lock === undefined || lock.id === ownRun;
}

function Interrupted({ status, onResume }: { status: Status; onResume: () => void }) {
  const operation = status.last_run?.operation ?? "create";
  return (
    <Panel tone="attention" icon="pause" title={`Your ${NOUN[operation]} was interrupted`}>
      <p>
        This page was reloaded during a run on <Name>{status.app_name}</Name>. Completed steps are
        kept; nothing is done twice.
        {status.lock ? " Resuming waits until the previous lock has expired, about 75 s." : ""}
      </p>
      <Wheel status={status} />
      <Button tone="primary" icon="launch" onClick={onResume}>
        Resume
      </Button>
    </Panel>
  );
}

function Unfinished({ status, onResume }: { status: Status; onResume: () => void }) {
  const run = status.last_run;
  if (!run) return null;
  const how = {
    running: "did not finish",
    failed: "failed",
    cancelled: "was stopped",
    finished: "ended",
  }[run.status];
  return (
    <Panel
      tone="attention"
      icon="pause"
      title={
        <>
          An unfinished {NOUN[run.operation]} of <Name>{status.app_name}</Name> can be resumed
        </>
      }
    >
      <p>
        {run.by} started it {shortMoment(run.started_at)}, and it {how}. Resuming uses its settings;
        completed steps are kept.
      </p>
      <Wheel status={status} />
      <Button tone="primary" icon="launch" onClick={onResume}>
        Resume
      </Button>
    </Panel>
  );
}

function Wheel({ status }: { status: Status }) {
  const wheel = status.last_run?.wheel;
  if (!wheel) return null;
  return (
    <p>
      It deployed a local file, <Name>{wheel}</Name>. Choose that file again first.
    </p>
  );
}

function Locked({ status, onLook }: { status: Status; onLook: () => void }) {
  const { lock } = status;
  if (!lock) return null;
  return (
    <Panel
      tone="attention"
      icon="lock"
      title={
        <>
          A run on <Name>{status.app_name}</Name> is in progress
        </>
      }
    >
      <p>
        {lock.holder} started {withArticle(lock.operation)} {shortMoment(lock.since)}. Only one run
        per app is possible at a time. This page checks again every few seconds.
      </p>
      <Button size="small" icon="refresh" onClick={onLook}>
        Check again
      </Button>
    </Panel>
  );
}

function withArticle(operation: string): string {
  const noun = (NOUN as Partial<Record<string, string>>)[operation] ?? "work";
  return noun === "update" ? "an update" : `a ${noun}`;
}

function Settled({
  status,
  operation,
  onSwitch,
}: {
  status: Status;
  operation: Operation;
  onSwitch: (operation: Operation) => void;
}) {
  const { app, app_name } = status;
  if (!app) {
    return operation === "create" ? (
      <Panel
        tone="plain"
        icon="check"
        title={
          <>
            The name <Name>{app_name}</Name> is free
          </>
        }
      />
    ) : (
      <Panel
        tone="attention"
        icon="warning"
        title={
          <>
            There is no app <Name>{app_name}</Name>
          </>
        }
      >
        <p>Check its name, or deploy it.</p>
        <Button size="small" onClick={() => onSwitch("create")}>
          Deploy it
        </Button>
      </Panel>
    );
  }
  const url = webAddress(app.url);
  return (
    <Panel
      tone={operation === "create" ? "attention" : "plain"}
      icon={operation === "create" ? "warning" : "check"}
      title={
        <>
          <Name>{app_name}</Name> already exists{app.creator ? ` (created by ${app.creator})` : ""}
        </>
      }
    >
      <p className={styles.facts}>
        {url ? (
          <>
            <a href={url} target="_blank" rel="noopener noreferrer">
              {url}
            </a>
            <a href={logPage(url)} target="_blank" rel="noopener noreferrer">
              log
            </a>
          </>
        ) : null}
        {status.app_version ? <span>version {status.app_version}</span> : null}
        {app.state ? <span>{app.state.toLowerCase()}</span> : null}
        {status.services?.serving_endpoint ? (
          <span>model {status.services.serving_endpoint}</span>
        ) : null}
        {app.instances ? <span>instances {app.instances}</span> : null}
        {status.shared_with?.length ? (
          <span>shared with {sharedWith(status.shared_with)}</span>
        ) : null}
      </p>
      {/* Of an app that runs, the message only repeats that. */}
      {app.message && app.state !== "RUNNING" ? (
        <CodeBlock label="Message of the platform" text={app.message} />
      ) : null}
      {status.unread?.map((why) => (
        <p key={why}>
          Not shown: <Prose text={sentence(why)} />
        </p>
      ))}
      {operation === "create" ? (
        <Button size="small" onClick={() => onSwitch("update")}>
          Update it instead
        </Button>
      ) : null}
    </Panel>
  );
}

/** The first of those who may use the app, and how many more there are. */
function sharedWith(all: readonly SharedWith[]): string {
  const names = all.slice(0, 3).map(({ name }) => name);
  const more = all.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function Panel({
  tone,
  icon,
  title,
  children,
}: {
  tone: Tone;
  icon: IconName;
  title: React.ReactNode;
  children?: React.ReactNode;
}) {
  return (
    <div className={styles[tone]}>
      <Icon name={icon} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children}
      </div>
    </div>
  );
}

function Name({ children }: { children: string }) {
  return <code className={styles.name}>{children}</code>;
}
