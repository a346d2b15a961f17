/** An error: what happened, why, what to do next, and the platform's own output. */
import { type ReactNode, type RefObject, useId } from "react";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon } from "../../components/Icon";
import { Prose, webAddress } from "../../components/Prose";
import type { DeployError } from "../contract";
import { sentence } from "../form/Field";
import { stepName } from "../run/words";
import styles from "./FailureCard.module.css";

export function FailureCard({
  error,
  tone = "problem",
  level = 2,
  headingRef,
  children,
}: {
  error: DeployError;
  /** `stopped` for a cancelled run. */
  tone?: "problem" | "stopped";
  level?: 2 | 3;
  headingRef?: RefObject<HTMLHeadingElement | null>;
  /** The available actions. */
  children?: ReactNode;
}) {
  const id = useId();
  // A user who cancelled the run needs no explanation.
  const docs = tone === "stopped" ? null : webAddress(error.docs);
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={styles[tone]} aria-labelledby={id}>
      <header className={styles.header}>
        <span className={styles.icon}>
          <Icon name={tone === "problem" ? "warning" : "pause"} />
        </span>
        <div>
          <Heading id={id} ref={headingRef} tabIndex={-1} className={styles.title}>
            <Prose text={error.message} />
          </Heading>
          <p className={styles.place}>
            {error.step ? <span>in the step “{stepName(error.step)}”</span> : null}
            <code>{error.code}</code>
            {error.reason ? <code>{error.reason}</code> : null}
          </p>
        </div>
      </header>
      <dl className={styles.facts}>
        <dt>Why</dt>
        <dd>
          <Prose text={sentence(saysMore(error) ? firstLine(error) : error.cause)} />
        </dd>
        <dt>What now</dt>
        <dd>
          <Prose text={sentence(error.remedy)} links />
        </dd>
        {docs ? (
          <>
            <dt>More</dt>
            <dd>
              <a href={docs} target="_blank" rel="noopener noreferrer">
                {docs}
              </a>
            </dd>
          </>
        ) : null}
      </dl>
      {saysMore(error) ? (
        <CodeBlock label="Last lines of the log" text={(error.log ?? []).join("\n")} />
      ) : null}
      {children ? <div className={styles.actions}>{children}</div> : null}
    </section>
  );
}

/** Without a log, the platform's one sentence is already shown under “Why”. */
function saysMore({ log = [], cause }: DeployError): boolean {
  return log.length > 1 || log.some((line) => !cause.includes(line));
}

/** A cause with several lines is a log, and is shown as one. */
function firstLine({ cause }: DeployError): string {
  return cause.split("\n")[0] ?? cause;
}
