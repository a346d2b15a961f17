import { Prose } from "../../components/Prose";
import type { PlannedStep } from "../contract";
import { Chart, type ChartRow } from "../run/Chart";
import { capital } from "../run/Timeline";
import { stepName } from "../run/words";
import { rounds } from "./rounds";

/** The planned steps, drawn as if all took equally long: dependencies are further to the left. */
export function PlanChart({ steps }: { steps: readonly PlannedStep[] }) {
  const round = rounds(steps);
  const count = Math.max(1, ...round.values()) + 1;
  const rows = steps.map(({ step, title, waits_for }): ChartRow => {
    const at = round.get(step) ?? 0;
    return {
      key: step,
      name: stepName(step),
      icon: "dot",
      tone: "good",
      word: waits_for.length > 0 ? `after ${waits_for.map(stepName).join(", ")}` : "immediately",
      note: <Prose text={capital(title)} />,
      bars: [{ key: step, kind: "planned", place: [at / count, 1 / count] }],
      end: null,
    };
  });
  return <Chart label="Planned steps" rows={rows} />;
}
