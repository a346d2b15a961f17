/** Exports that outlive a reload of the page, in the tab's storage. Anything else that is found there is left alone. */
import * as v from "valibot";
import { resultSchema } from "../api/exports";
import { begun, type Export } from "./exportState";

const KEY = "tellr.exports";
/** Enough for a day's work; the oldest give way. */
const MOST = 30;

const choiceSchema = v.variant("format", [
  v.object({ format: v.literal("pptx"), lines: v.picklist(["editable", "exact"]) }),
  v.object({ format: v.literal("pdf"), notes: v.boolean() }),
  v.object({ format: v.literal("html") }),
  v.object({ format: v.literal("json") }),
  v.object({ format: v.literal("google-slides") }),
]);
const keptSchema = v.object({
  session: v.string(),
  choice: choiceSchema,
  job: v.string(),
  slides: v.number(),
  /** `null`: it runs. */
  result: v.nullable(resultSchema),
});

/** Keeps those that run or have a result. */
export function keep(all: readonly Export[]) {
  const worth = all
    .filter(({ job, phase }) => job !== null && !["failed", "cancelled", "expired"].includes(phase))
    .slice(-MOST)
    .map(({ session, choice, job, slides, result }) => ({ session, choice, job, slides, result }));
  try {
    if (worth.length === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(worth));
  } catch {
    // Without storage they are known until the page is reloaded.
  }
}

export function kept(): Export[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.flatMap(read) : [];
  } catch {
    return [];
  }
}

function read(found: unknown): Export[] {
  const parsed = v.safeParse(keptSchema, found);
  if (!parsed.success) return [];
  const { session, choice, slides, job, result } = parsed.output;
  const one = { ...begun(session, choice, slides), job };
  return [
    result
      ? { ...one, phase: "done", result, percent: 100, isSeen: true }
      : { ...one, phase: "queued" },
  ];
}
