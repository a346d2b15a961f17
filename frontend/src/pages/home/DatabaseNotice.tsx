import { Notice } from "../../components/Notice";
import type { ReadinessView, State } from "./useReadiness";

interface Explanation {
  tone: "warning" | "problem";
  title: string;
  next: string;
}

/** What each failure state means for users of the app. */
const EXPLANATIONS: Partial<Record<State, Explanation>> = {
  down: {
    tone: "problem",
    title: "The database can’t be reached",
    next: "The page keeps showing the last data it loaded, and checks again every two seconds.",
  },
  migrating: {
    tone: "warning",
    title: "The database is being migrated",
    next: "This takes a few seconds after an upgrade. The page continues by itself.",
  },
  emptied: {
    tone: "problem",
    title: "The database was emptied while Tellr was running",
    next: "Contact the person who deployed Tellr. A reset keeps the previous data for 7 days in a branch “pre-reset-…” of the database; deploying Tellr again creates empty tables.",
  },
  wrong_key: {
    tone: "problem",
    title: "The encryption key doesn’t match the data",
    next: "Ask the person who deployed Tellr to restore the app’s GOOGLE_OAUTH_ENCRYPTION_KEY. No data is lost.",
  },
  unreachable: {
    tone: "problem",
    title: "Tellr doesn’t answer",
    next: "The app may be restarting, or your connection is interrupted. This page keeps trying.",
  },
};

export function DatabaseNotice({ readiness }: { readiness: ReadinessView }) {
  const explanation = EXPLANATIONS[readiness.state];
  return (
    <>
      {explanation ? (
        <Notice tone={explanation.tone} title={explanation.title}>
          {readiness.message && readiness.state !== "unreachable" ? (
            <p>{readiness.message}</p>
          ) : null}
          <p>{explanation.next}</p>
        </Notice>
      ) : null}
      <p role="status" className="visually-hidden">
        {readiness.state === "ok" && readiness.recovered ? "The database is back" : ""}
      </p>
    </>
  );
}
