/** The plan, shown before the run. */
import { type RefObject, useId, useState } from "react";
import { Button } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { Tabs } from "../../components/Tabs";
import type { DeployerLike, Operation, Plan } from "../contract";
import { FailureCard } from "../failure/FailureCard";
import { isDestructive, type Request } from "../request";
import { capital } from "../run/Timeline";
import { Consequences } from "./Consequences";
import { PlanChart } from "./PlanChart";
import styles from "./Review.module.css";
import { usePlan } from "./usePlan";

const VERBS: Record<Operation, string> = { create: "Deploy", update: "Update", delete: "Delete" };
const TITLES: Record<Operation, string> = {
  create: "This is what deploying will do",
  update: "This is what the update will do",
  delete: "This is what deleting will do",
};

export function Review({
  deployer,
  request,
  headingRef,
  onBack,
  onSwitch,
  onStart,
}: {
  deployer: DeployerLike;
  request: Request;
  headingRef: RefObject<HTMLHeadingElement | null>;
  onBack: () => void;
  onSwitch: (operation: Operation) => void;
  onStart: () => void;
}) {
  const { plan, error, look } = usePlan(deployer, request);
  const { operation } = request;
  return (
    <div className={styles.review}>
      <header className={styles.header}>
        <h2 ref={headingRef} tabIndex={-1} className={styles.title}>
          {TITLES[operation]}
        </h2>
        <p className={styles.lead}>Nothing has been changed. The workspace was only read.</p>
      </header>
      {plan ? (
        <PlanView plan={plan} request={request} onBack={onBack} onStart={onStart} />
      ) : error ? (
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
      ) : (
        <Looking onBack={onBack} />
      )}
    </div>
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
}: {
  plan: Plan;
  request: Request;
  onBack: () => void;
  onStart: () => void;
}) {
  const id = useId();
  const destructive = isDestructive(request);
  const [typed, setTyped] = useState("");
  const confirmed = !destructive || typed === plan.app_name;
  return (
    <>
      <Facts plan={plan} />
      <Consequences plan={plan} />
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
          icon={plan.operation === "delete" ? "bin" : "launch"}
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
