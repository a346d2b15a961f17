/** Four readings of the running system; the database's is updated while the page is visible. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { version } from "../../api/queries";
import type { Database } from "../../api/schema";
import { Sparkline } from "./Sparkline";
import styles from "./SystemStatus.module.css";
import type { ReadinessView, State } from "./useReadiness";

const STATE_NAMES: Record<State, string> = {
  ok: "Connected",
  down: "Not reachable",
  migrating: "Migrating",
  emptied: "Emptied",
  wrong_key: "Wrong key",
  unreachable: "Unknown",
  checking: "Checking",
};

const KIND_NAMES: Record<Database["kind"], string> = {
  autoscaling: "Lakebase autoscaling",
  provisioned: "Lakebase provisioned",
  postgres: "PostgreSQL",
};

export function SystemStatus({
  readiness,
  heading = "hidden",
}: {
  readiness: ReadinessView;
  /** Whether the heading is seen, or only heard. */
  heading?: "hidden" | "shown";
}) {
  const { data: release } = useQuery(version);
  const { database, state, latencies } = readiness;
  const latency = state === "ok" ? database?.latency_ms : null;
  return (
    <section className={styles.section} aria-labelledby="system-title">
      <h2
        id="system-title"
        className={heading === "shown" ? styles.title : "visually-hidden"}
        tabIndex={-1}
      >
        System
      </h2>
      <dl className={styles.readings}>
        <Reading name="Database" note={databaseNote(database)}>
          <span className={styles.state} data-state={state}>
            {STATE_NAMES[state]}
          </span>
        </Reading>
        <Reading
          name="Response time"
          note={latencies.length > 1 ? <Sparkline values={latencies} /> : "One query, round trip"}
        >
          {latency == null ? "–" : formatMilliseconds(latency)}
        </Reading>
        <Reading
          name="Schema"
          note={
            database?.migration == null ? "No migration yet" : `Migration ${database.migration}`
          }
        >
          {database?.schema ?? "–"}
        </Reading>
        <Reading
          name="Tellr"
          note={release?.commit ? `Commit ${release.commit}` : "AI slide generator"}
        >
          {release?.version ?? "–"}
        </Reading>
      </dl>
    </section>
  );
}

function Reading({ name, note, children }: { name: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.reading}>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
      <dd className={styles.note}>{note}</dd>
    </div>
  );
}

function formatMilliseconds(value: number): string {
  return value < 1 ? "under 1 ms" : `${Math.round(value)} ms`;
}

function databaseNote(database: Database | null): string {
  if (!database) return "Checking the server";
  const kind = KIND_NAMES[database.kind];
  const [release] = database.server_version?.split(" ") ?? [];
  if (!release) return kind;
  return database.kind === "postgres" ? `${kind} ${release}` : `${kind}, PostgreSQL ${release}`;
}
