/** The plan, shown before the run. */
import { type ReactNode, type RefObject, useId, useState } from "react";
import { Button } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon, type IconName } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { Tabs } from "../../components/Tabs";
import type { DeployerLike, KeptBranch, Operation, Plan, RunOperation } from "../contract";
import { FailureCard } from "../failure/FailureCard";
import { KeptBranches } from "../releases/KeptBranches";
import { isDestructive, type Request } from "../request";
import { capital } from "../run/Timeline";
import { Changes } from "./Changes";
import { Consequences } from "./Consequences";
import { PlanChart } from "./PlanChart";
import styles from "./Review.module.css";
import { usePlan } from "./usePlan";

const VERBS: Record<RunOperation, string> = {
  create: "Deploy",
  update: "Update",
  delete: "Delete",
  rollback: "Roll back",
  restore: "Restore",
};
const ICONS: Record<RunOperation, IconName> = {
  create: "launch",
  update: "launch",
  delete: "bin",
  rollback: "undo",
  restore: "data",
};
const TITLES: Record<RunOperation, string> = {
  create: "This is what deploying will do",
  update: "This is what the update will do",
  delete: "This is what deleting will do",
  rollback: "This is what the rollback will do",
  restore: "This is what the restore will do",
};

export function Review({
  deployer,
  request,
  headingRef,
  onBack,
  onSwitch,
  onRestore,
  onStart,
}: {
  deployer: DeployerLike;
  request: Request;
  headingRef: RefObject<HTMLHeadingElement | null>;
  onBack: () => void;
  onSwitch: (operation: Operation) => void;
  onRestore: (branch: string) => void;
  onStart: () => void;
}) {
  const { plan, error, look } = usePlan(deployer, request);
  const { operation, offered = [] } = request;
  const earlierData =
    offered.length > 0 ? <EarlierData branches={offered} onRestore={onRestore} /> : null;
  return (
    <div className={styles.review}>
      <header className={styles.header}>
        <h2 ref={headingRef} tabIndex={-1} className={styles.title}>
          {TITLES[operation]}
        </h2>
        <p className={styles.lead}>Nothing has been changed. The workspace was only read.</p>
      </header>
      {plan ? (
        <PlanView plan={plan} request={request} onBack={onBack} onStart={onStart}>
          {earlierData}
        </PlanView>
      ) : error ? (
        <>
          <FailureCard error={error} level={3}>
            <Button tone="primary" icon="back" onClick={onBack}>
              Back to the form
            </Button>
            {error.code === "APP_ALREADY_EXISTS" ? (
              <Button onClick={() => onSwitch("update")}>Update it instead</Button>
            ) : null}
            {error.code === "APP_NOT_FOUND" ? (
              <Button onClick={() => onSwitch("create")}>Deploy it instead</Button>
            ) : null}
            <Button icon="refresh" onClick={look}>
              Check again
            </Button>
          </FailureCard>
          {earlierData}
        </>
      ) : (
        <Looking onBack={onBack} />
      )}
    </div>
  );
}

/** A rollback brings back no data; this is the way to earlier data. */
function EarlierData({
  branches,
  onRestore,
}: {
  branches: readonly KeptBranch[];
  onRestore: (branch: string) => void;
}) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <h3 id={id} className={styles.subtitle}>
        Earlier data
      </h3>
      <p className={styles.hint}>
        A rollback brings back no data. These branches of the database have earlier data; a restore
        is a run of its own.
      </p>
      <KeptBranches branches={branches} onRestore={onRestore} />
    </section>
  );
}

function Looking({ onBack }: { onBack: () => void }) {
  return (
    <>
      <div className={styles.looking} role="status">
        <p className={styles.busy}>
          <Icon name="turn" turning />
          Checking the workspace
        </p>
        {["a", "b", "c", "d", "e"].map((key) => (
          <span key={key} className={styles.line} />
        ))}
      </div>
      <div className={styles.actions}>
        <Button icon="back" onClick={onBack}>
          Back
        </Button>
      </div>
    </>
  );
}

function PlanView({
  plan,
  request,
  onBack,
  onStart,
  children,
}: {
  plan: Plan;
  request: Request;
  onBack: () => void;
  onStart: () => void;
  /** Beside what is lost and what stays. */
  children: ReactNode;
}) {
  const id = useId();
  const destructive = isDestructive(request);
  const [typed, setTyped] = useState("");
  const confirmed = !destructive || typed === plan.app_name;
  return (
    <>
      <Facts plan={plan} />
      <Consequences plan={plan} />
      {children}
      {plan.changes.length > 0 ? (
        <section className={styles.card} aria-labelledby={`${id}-changes`}>
          <h3 id={`${id}-changes`} className={styles.subtitle}>
            Changes
          </h3>
          <Changes plan={plan} />
        </section>
      ) : null}
      <section className={styles.card} aria-labelledby={`${id}-steps`}>
        <h3 id={`${id}-steps`} className={styles.subtitle}>
          Steps
        </h3>
        <p className={styles.hint}>
          Steps with overlapping bars run at the same time. Each starts when the steps it depends on
          are done.
        </p>
        <PlanChart steps={plan.steps} />
      </section>
      {plan.files.length > 0 ? (
        <section className={styles.card} aria-labelledby={`${id}-files`}>
          <h3 id={`${id}-files`} className={styles.subtitle}>
            Files
          </h3>
          <p className={styles.hint}>
            Written to <code>{plan.app_file_workspace_path}</code>. The encryption key is not shown.
          </p>
          <Tabs
            label="Files"
            tabs={plan.files.map(({ name, content }) => ({
              name,
              content: (
                <CodeBlock
                  label={name}
                  text={content}
                  language={name.endsWith(".yaml") ? "yaml" : "text"}
                />
              ),
            }))}
          />
        </section>
      ) : null}
      {destructive ? (
        <div className={styles.confirm}>
          <label htmlFor={`${id}-typed`}>
            To confirm, type the app’s name: <code>{plan.app_name}</code>
          </label>
          <input
            id={`${id}-typed`}
            value={typed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && confirmed) onStart();
            }}
          />
        </div>
      ) : null}
      <div className={styles.actions}>
        <Button icon="back" onClick={onBack}>
          Back
        </Button>
        <Button
          tone={destructive ? "danger" : "primary"}
          icon={ICONS[plan.operation]}
          disabled={!confirmed}
          onClick={onStart}
        >
          {plan.resumes ? "Resume" : VERBS[plan.operation]}
        </Button>
      </div>
    </>
  );
}

function Facts({ plan }: { plan: Plan }) {
  const facts: [string, string | undefined][] = [
    ["App", plan.app_name],
    ["Database", plan.lakebase_name],
    ["Schema", plan.schema_name],
    ["Kind", plan.lakebase_type],
  ];
  return (
    <div className={styles.summary}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {plan.notes.length > 0 ? (
        <ul className={styles.notes}>
          {plan.notes.map((note) => (
            <li key={note}>
              <Prose text={capital(note)} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
