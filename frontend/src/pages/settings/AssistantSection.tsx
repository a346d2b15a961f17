/** What the assistant can use: models and data spaces, each tested with one click. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Assistant, assistant } from "../../api/chat";
import { ApiError } from "../../api/client";
import { shownProblem } from "../../assistant/problems";
import { Badge } from "../../components/Badge";
import { Icon, type IconName } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { Skeleton } from "../../components/Skeleton";
import { TestButton } from "../home/TestButton";
import styles from "./AssistantSection.module.css";

export function AssistantSection() {
  const { data, error } = useQuery(assistant);
  if (error instanceof ApiError && error.status === 404 && !data) return null;
  return (
    <section className={styles.section} aria-labelledby="assistant-title">
      <header className={styles.head}>
        <h2 id="assistant-title" className={styles.title} tabIndex={-1}>
          Assistant
        </h2>
        <p className={styles.lead}>
          Models and data spaces that you can use. Choose which ones in a profile.
        </p>
      </header>
      {data ? <Lists given={data} /> : null}
      {error && !data ? (
        <p className={styles.failure}>They can’t be listed now: {error.message}</p>
      ) : null}
      {data || error ? null : <Skeleton label="Loading what the assistant can use" count={2} />}
    </section>
  );
}

function Lists({ given }: { given: Assistant }) {
  const { problem, endpoints, endpoint, spaces, user_authorization } = given;
  const noSpaces = user_authorization
    ? "There is no Genie space that you may use."
    : "User authorization is off, so data spaces can’t be listed.";
  return (
    <>
      {problem ? (
        <div className={styles.problem} role="status">
          <p className={styles.problemTitle}>{shownProblem(problem).title}</p>
          <p>
            <Prose text={problem.message || shownProblem(problem).advice} />
          </p>
        </div>
      ) : null}
      <div className={styles.lists}>
        <List title="Model endpoints" none="There is no endpoint that you may query.">
          {endpoints.map(({ name, ready }) => (
            <Row
              key={name}
              icon="sparkle"
              name={name}
              note={ready ? "" : "Not ready"}
              badge={name === endpoint ? "Default" : ""}
              test={{ endpoint: name }}
            />
          ))}
        </List>
        <List title="Data spaces" none={noSpaces}>
          {spaces.map(({ id, title, description }) => (
            <Row key={id} icon="data" name={title} note={description} test={{ space: id }} />
          ))}
        </List>
      </div>
    </>
  );
}

function List({
  title,
  none,
  children,
}: {
  title: string;
  none: string;
  children: readonly ReactNode[];
}) {
  return (
    <div className={styles.list}>
      <h3 className={styles.heading}>{title}</h3>
      {children.length > 0 ? <ul>{children}</ul> : <p className={styles.none}>{none}</p>}
    </div>
  );
}

function Row({
  icon,
  name,
  note,
  badge = "",
  test,
}: {
  icon: IconName;
  name: string;
  note: string;
  badge?: string;
  test: Parameters<typeof TestButton>[0]["what"];
}) {
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <Icon name={icon} />
        <div className={styles.words}>
          <p className={styles.name}>
            {name} {badge ? <Badge tone="accent">{badge}</Badge> : null}
          </p>
          {note ? <p className={styles.note}>{note}</p> : null}
        </div>
      </div>
      <TestButton about={name} what={test} />
    </li>
  );
}
