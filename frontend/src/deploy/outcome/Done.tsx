/** The result of a successful run: the app's link, the duration, and the call as text. */
import { type RefObject, useEffect, useId, useState } from "react";
import { Button, LinkButton } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon } from "../../components/Icon";
import { webAddress } from "../../components/Prose";
import { type Tab, Tabs } from "../../components/Tabs";
import type { DeployerLike, Operation, RestorePoint, Result } from "../contract";
import { shown } from "../form/values";
import type { Request } from "../request";
import { shortDuration } from "../run/duration";
import type { RunState } from "../run/runState";
import { DID } from "../run/words";
import { shortMoment } from "../standing/moment";
import { asPython } from "./asPython";
import styles from "./Done.module.css";

const TITLES: Record<Operation, string> = {
  create: "Tellr is running",
  update: "Tellr is up to date",
  delete: "Tellr was deleted",
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
              {shortMoment(point.expires_at).replace(/^(on|at) /, "")}.
            </p>
          ) : null}
          <div className={styles.actions}>
            {link ? (
              <LinkButton tone="primary" href={link}>
                Open Tellr
              </LinkButton>
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

/** The request as a file; none for a deletion, which can't be described by a file. */
function useYaml(deployer: DeployerLike, request: Request): string | null {
  const [yaml, setYaml] = useState<string | null>(null);
  useEffect(() => {
    if (request.operation === "delete") return;
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
