/** The deploy page: form, review, run and outcome. */
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Prose } from "../components/Prose";
import type { DeployAppProps, DeployerLike } from "./contract";
import styles from "./DeployApp.module.css";
import { Frame } from "./Frame";
import { ConfigPanel } from "./file/ConfigPanel";
import { DropZone } from "./file/DropZone";
import { DeployForm } from "./form/DeployForm";
import { sentence } from "./form/Field";
import { FormContext, type FormState } from "./form/FormContext";
import { type FieldKey, LABELS } from "./form/fields";
import { type FormValues, toArguments } from "./form/values";
import { OperationChoice } from "./OperationChoice";
import { Releases } from "./releases/Releases";
import { Review } from "./review/Review";
import { RunView } from "./run/RunView";
import { isLive } from "./run/runState";
import { announcement } from "./run/words";
import { Stages } from "./Stages";
import { StandingPanel } from "./standing/StandingPanel";
import { useDeployApp } from "./useDeployApp";

export function DeployApp(props: DeployAppProps) {
  const { deployer, theme = "auto", headingLevel = 1, where, notice } = props;
  const app = useDeployApp(props);
  const { view, run, request } = app;
  const headingRef = useRef<HTMLHeadingElement>(null);
  // From a rollback's review to a restore's, the view stays.
  const reviewed = view === "review" ? request?.operation : "";
  useFocusAfter(headingRef, `${view} ${reviewed} ${isLive(run)}`);
  const Heading = headingLevel === 1 ? "h1" : "h2";
  return (
    <Frame theme={theme}>
      <DropZone label="Drop it to fill the form" onFile={app.takeFile}>
        <div className={styles.page}>
          <header className={styles.header}>
            <div className={styles.titles}>
              <Heading className={styles.title}>Deploy Tellr</Heading>
              {where ? <Where {...where} /> : null}
            </div>
            <Stages
              view={view}
              phase={run.phase}
              operation={view === "form" || !request ? app.operation : request.operation}
            />
          </header>
          {notice}
          {view === "form" ? (
            <FormView
              deployer={deployer}
              app={app}
              headingRef={headingRef}
              told={notice !== undefined}
            />
          ) : null}
          {view === "review" && request ? (
            <Review
              key={request.operation}
              deployer={deployer}
              request={request}
              headingRef={headingRef}
              onBack={app.backToForm}
              onSwitch={app.switchTo}
              onRestore={app.reviewRestore}
              onStart={app.begin}
            />
          ) : null}
          {view === "run" && request ? (
            <RunView
              deployer={deployer}
              run={run}
              request={request}
              headingRef={headingRef}
              onStop={app.stop}
              onResume={app.begin}
              onBack={app.backToForm}
              onAgain={app.again}
            />
          ) : null}
        </div>
      </DropZone>
      <p className="visually-hidden" aria-live="polite">
        {view === "run" ? announcement(run) : ""}
      </p>
    </Frame>
  );
}

function FormView({
  deployer,
  app,
  headingRef,
  told,
}: {
  deployer: DeployerLike;
  app: ReturnType<typeof useDeployApp>;
  headingRef: React.RefObject<HTMLHeadingElement | null>;
  /** The shell already shows why the workspace can't be reached. */
  told: boolean;
}) {
  const { operation, values, unkept, checked, attempted, change, keep, register } = app;
  const yaml = useYaml(deployer, values);
  const form: FormState = {
    operation,
    values,
    unkept,
    attempted,
    change,
    keep,
    register,
    errorOf: (key) => checked.fields[key] ?? null,
  };
  return (
    <FormContext value={form}>
      <h2 ref={headingRef} tabIndex={-1} className="visually-hidden">
        Settings
      </h2>
      <OperationChoice value={operation} onChange={app.switchTo} />
      {told && app.standing.error ? null : (
        <StandingPanel
          standing={app.standing}
          operation={operation}
          ownRun={app.ownRun?.id}
          onResume={app.goOn}
          onSwitch={app.switchTo}
        />
      )}
      {app.standing.status?.app ? (
        <Releases
          deployer={deployer}
          status={app.standing.status}
          folder={values.app_file_workspace_path}
          open={app.releasesOpen}
          onOpen={app.setReleasesOpen}
          onRollback={app.reviewRollback}
          onRestore={app.reviewRestore}
        />
      ) : null}
      <div className={styles.columns}>
        <form
          noValidate
          className={styles.main}
          onSubmit={(event) => {
            event.preventDefault();
            app.review();
          }}
        >
          <DeployForm
            status={app.standing.status}
            unfolded={app.unfolded}
            onUnfold={app.setUnfolded}
          />
          <Submit app={app} />
        </form>
        {operation === "delete" ? null : (
          <aside className={styles.aside} aria-label="Configuration file">
            <ConfigPanel reader={app.file} yaml={yaml} />
          </aside>
        )}
      </div>
    </FormContext>
  );
}

function Submit({ app }: { app: ReturnType<typeof useDeployApp> }) {
  const { checked, attempted, goTo } = app;
  const wrong = Object.keys(checked.fields) as FieldKey[];
  const [first] = wrong;
  return (
    <div className={styles.submit}>
      <button type="submit" className={styles.review}>
        Review
        <Icon name="chevron" />
      </button>
      {attempted && checked.form ? (
        <p className={styles.wrong} role="alert">
          <Prose text={`${sentence(checked.form.message)} ${sentence(checked.form.remedy)}`} />
        </p>
      ) : attempted && first !== undefined ? (
        <p className={styles.wrong} role="alert">
          {wrong.length === 1 ? "One setting needs" : `${wrong.length} settings need`} a look:{" "}
          <Button tone="quiet" size="small" onClick={() => goTo(first)}>
            {LABELS[first]}
          </Button>
        </p>
      ) : (
        <p className={styles.hint}>Shows what will happen. Nothing is changed yet.</p>
      )}
    </div>
  );
}

function Where({ workspace, user }: { workspace: string; user?: string | undefined }) {
  const id = useId();
  return (
    <p className={styles.where} id={id}>
      {user ? (
        <>
          as <strong>{user}</strong>{" "}
        </>
      ) : null}
      in <strong>{workspace.replace(/^https?:\/\//, "")}</strong>
    </p>
  );
}

/** The form as a file; the last valid one while there are errors. */
function useYaml(deployer: DeployerLike, values: FormValues): string | null {
  const [yaml, setYaml] = useState<string | null>(null);
  const given = useMemo(() => toArguments("create", values), [values]);
  useEffect(() => {
    let current = true;
    Promise.resolve()
      .then(() => deployer.toYaml(given))
      .then(
        (text) => current && setYaml(text),
        () => undefined,
      );
    return () => {
      current = false;
    };
  }, [deployer, given]);
  return yaml;
}

/**
 * Moves the focus to the heading of the new view if the focused element was removed. A focus outside of it,
 * for example in another notebook cell, is left alone.
 */
function useFocusAfter(heading: React.RefObject<HTMLHeadingElement | null>, shown: string) {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const { ownerDocument } = heading.current ?? {};
    const active = ownerDocument?.activeElement;
    if (!active || active === ownerDocument.body) heading.current?.focus();
  }, [heading, shown]);
}
