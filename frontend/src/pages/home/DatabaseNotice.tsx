import { Notice } from "../../components/Notice";
import type { ReadinessView, State } from "./useReadiness";

interface Explanation {
  tone: "warning" | "problem";
  title: string;
  next: string;
}

/** For each state that is not well: what it means to somebody who wants to make slides. */
const EXPLANATIONS: Partial<Record<State, Explanation>> = {
  down: {
    tone: "problem",
    title: "The database can’t be reached",
    next: "What was read before stays on the page. It checks again every two seconds.",
  },
  migrating: {
    tone: "warning",
    title: "The database is being brought up to date",
    next: "This takes a few seconds after an upgrade. The page continues by itself.",
  },
  emptied: {
    tone: "problem",
    title: "The database was emptied while Tellr was running",
    next: "Ask whoever deployed Tellr. A reset keeps the previous data for 7 days in a branch “pre-reset-…” of the database; deploying Tellr again makes the tables anew, empty.",
  },
  wrong_key: {
    tone: "problem",
    title: "The encryption key is not the one this data was written with",
    next: "Ask whoever deployed Tellr to put back the app’s GOOGLE_OAUTH_ENCRYPTION_KEY. Nothing is lost.",
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
