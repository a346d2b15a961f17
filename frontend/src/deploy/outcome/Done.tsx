/** The result of a successful run: the app's link, the duration, and the call as text. */
import { type RefObject, useEffect, useId, useState } from "react";
import { Button, LinkButton } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon } from "../../components/Icon";
import { logPage, Prose, webAddress } from "../../components/Prose";
import { type Tab, Tabs } from "../../components/Tabs";
import type { DeployerLike, RestorePoint, Result, RunOperation } from "../contract";
import { sentence } from "../form/Field";
import { shown } from "../form/values";
import type { Request } from "../request";
import { shortDuration } from "../run/duration";
import type { RunState } from "../run/runState";
import { DID } from "../run/words";
import { plainMoment } from "../standing/moment";
import { asPython } from "./asPython";
import styles from "./Done.module.css";

const TITLES: Record<RunOperation, string> = {
  create: "Tellr is running",
  update: "Tellr is up to date",
  delete: "Tellr was deleted",
  rollback: "Tellr was rolled back",
  restore: "Tellr has the restored data",
};

export function Done({
  deployer,
  run,
  request,
  headingRef,
  onAgain,
}: {
  deployer: DeployerLike;
  run: RunState;
  request: Request;
  headingRef: RefObject<HTMLHeadingElement | null>;
  onAgain: () => void;
}) {
  const id = useId();
  const url = request.operation === "delete" ? null : run.url;
  const link = webAddress(url);
  const point = restorePoint(run.result);
  return (
    <>
      <section className={styles.done} aria-labelledby={id}>
        <p className={styles.mark} aria-hidden="true">
          <Icon name="check" />
        </p>
        <div className={styles.words}>
          <h2 id={id} ref={headingRef} tabIndex={-1} className={styles.title}>
            {TITLES[request.operation]}
          </h2>
          <p className={styles.lead}>
            {DID[request.operation]} <code>{run.appName}</code> in {shortDuration(run.elapsedMs)}.
          </p>
          {url ? (
            <p className={styles.address}>
              {link ? (
                <a href={link} target="_blank" rel="noopener noreferrer">
                  {url}
                </a>
              ) : (
                url
              )}
            </p>
          ) : null}
          {point ? (
            <p className={styles.lead}>
              Previous data is kept in the branch <code>{point.branch}</code> until{" "}
              {plainMoment(point.expires_at)}.
            </p>
          ) : null}
          <Particulars result={run.result} />
          <div className={styles.actions}>
            {link ? (
              <>
                <LinkButton tone="primary" href={link}>
                  Open Tellr
                </LinkButton>
                <LinkButton href={logPage(link)}>Log</LinkButton>
              </>
            ) : null}
            <Button onClick={onAgain}>
              {request.operation === "delete" ? "Back to the form" : "Change settings"}
            </Button>
          </div>
        </div>
      </section>
      <Texts deployer={deployer} request={request} result={run.result} />
    </>
  );
}

/** The release that was made, and what a rollback or a restore did. */
function Particulars({ result }: { result: Result | null }) {
  if (result === null) return null;
  const release = "release" in result ? result.release : undefined;
  const made = release === undefined ? null : `It is release ${release}.`;
  if ("returned_to" in result) {
    return (
      <>
        <p className={styles.lead}>
          {made} It has the version, files and settings of release {result.returned_to}.
        </p>
        <ul className={styles.lead}>
          {result.stays.map((what) => (
            <li key={what}>
              <Prose text={sentence(what)} />
            </li>
          ))}
        </ul>
      </>
    );
  }
  if ("restored_from" in result) {
    return (
      <p className={styles.lead}>
        {made} Its data is that of the branch <code>{idOf(result.restored_from)}</code>. The data
        before is kept in the branch <code>{idOf(result.previous_branch)}</code>; restoring that one
        undoes this.
      </p>
    );
  }
  return made === null ? null : <p className={styles.lead}>{made}</p>;
}

/** A branch's id, of its full path. */
function idOf(branch: string): string {
  return branch.split("/").at(-1) ?? branch;
}

function Texts({
  deployer,
  request,
  result,
}: {
  deployer: DeployerLike;
  request: Request;
  result: Result | null;
}) {
  const id = useId();
  const yaml = useYaml(deployer, request);
  const tabs: Tab[] = [
    {
      name: "Python",
      content: (
        <CodeBlock label="In a notebook" text={asPython(request.operation, request.given)} />
      ),
    },
    ...(yaml === null
      ? []
      : [
          {
            name: "YAML",
            content: (
              <CodeBlock label="tellr.yaml" text={yaml} language="yaml" download="tellr.yaml" />
            ),
          },
        ]),
    {
      name: "Result",
      content: <CodeBlock label="result.json" text={JSON.stringify(result, null, 2)} />,
    },
  ];
  return (
    <section className={styles.texts} aria-labelledby={id}>
      <h3 id={id} className={styles.subtitle}>
        Run it from code
      </h3>
      <Tabs label="Formats" tabs={tabs} />
    </section>
  );
}

/** The request as a file; none for the others, which can't be described by a file. */
function useYaml(deployer: DeployerLike, request: Request): string | null {
  const [yaml, setYaml] = useState<string | null>(null);
  useEffect(() => {
    if (request.operation !== "create" && request.operation !== "update") return;
    let current = true;
    const { reset_database: _reset, ...given } = shown(request.given);
    Promise.resolve()
      .then(() => deployer.toYaml(given))
      .then(
        (text) => current && setYaml(text),
        () => current && setYaml(null),
      );
    return () => {
      current = false;
    };
  }, [deployer, request]);
  return yaml;
}

function restorePoint(result: Result | null): RestorePoint | null {
  return result && "restore_point" in result ? (result.restore_point ?? null) : null;
}
