/**
 * The state of the database, as shown on the page.
 *
 * The server reports `ok`, `down`, `migrating`, `emptied` and `wrong_key`; the page adds `checking` (no
 * answer yet) and `unreachable` (the server itself doesn't answer). When the database recovers, all its
 * data is refetched, so the page never shows an outage that is over.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { LIBRARY_KEY, readiness } from "../../api/queries";
import type { Database, DatabaseState } from "../../api/schema";

export type State = DatabaseState | "checking" | "unreachable";

export interface ReadinessView {
  state: State;
  /** The last answer about the database; kept during an outage. */
  database: Database | null;
  /** Why it is not ready, in the server's words. */
  message: string | null;
  /** It was not ready at some time since the page was opened, and is again. */
  recovered: boolean;
  /** Latencies of the last answers in milliseconds, oldest first. */
  latencies: readonly number[];
}

const KEPT_LATENCIES = 24;

export function useReadiness(): ReadinessView {
  const { data, error, dataUpdatedAt } = useQuery(readiness);
  const state: State = error ? "unreachable" : (data?.database.state ?? "checking");
  const database = data?.database ?? null;
  return {
    state,
    database,
    message: error?.message ?? database?.message ?? null,
    recovered: useRecovered(state),
    latencies: useLatencies(state === "ok" ? (database?.latency_ms ?? null) : null, dataUpdatedAt),
  };
}

function useRecovered(state: State): boolean {
  const client = useQueryClient();
  const [outage, setOutage] = useState<"none" | "ongoing" | "over">("none");

  if (state !== "ok" && state !== "checking" && outage !== "ongoing") setOutage("ongoing");
  if (state === "ok" && outage === "ongoing") setOutage("over");

  useEffect(() => {
    if (outage === "over") void client.invalidateQueries({ queryKey: LIBRARY_KEY });
  }, [outage, client]);
  return outage === "over";
}

function useLatencies(latest: number | null, answeredAt: number): readonly number[] {
  const [kept, setKept] = useState<{ at: number; values: readonly number[] }>({
    at: 0,
    values: [],
  });
  if (latest !== null && answeredAt !== kept.at) {
    setKept({ at: answeredAt, values: [...kept.values, latest].slice(-KEPT_LATENCIES) });
  }
  return kept.values;
}
