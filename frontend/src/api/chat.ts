/**
 * The assistant's API: turns of a conversation, what they found, and what the assistant can use.
 *
 * The types are written here by hand; what isn't needed may be absent from an answer, so that a page that was
 * left open during an upgrade still reads what it knows.
 */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { fetchJson, sendJson } from "./client";

const list = <S extends v.GenericSchema>(of: S) => v.optional(v.array(of), []);
const text = v.optional(v.string(), "");

export const STAGES = ["gather", "plan", "review", "slides", "check", "done"] as const;
export type Stage = (typeof STAGES)[number];

const outlineSlideSchema = v.object({
  title: v.string(),
  layout: v.optional(v.string(), "title_and_text"),
  content: text,
  sources: list(v.string()),
});
export type OutlineSlide = v.InferOutput<typeof outlineSlideSchema>;

export const outlineSchema = v.object({
  title: text,
  language: text,
  reply: text,
  slides: list(outlineSlideSchema),
});
export type Outline = v.InferOutput<typeof outlineSchema>;

const slideStateSchema = v.picklist(["waiting", "writing", "done", "failed"]);
export const turnSlideSchema = v.object({
  number: v.number(),
  slide_id: v.nullish(v.string(), null),
  title: text,
  state: slideStateSchema,
});
export type TurnSlide = v.InferOutput<typeof turnSlideSchema>;

export const usageSchema = v.object({
  prompt_tokens: v.optional(v.number(), 0),
  completion_tokens: v.optional(v.number(), 0),
  calls: v.optional(v.number(), 0),
});
export type Usage = v.InferOutput<typeof usageSchema>;

const problemSchema = v.object({ code: v.string(), message: v.string() });
export type Problem = v.InferOutput<typeof problemSchema>;

const columnSchema = v.object({ name: v.string(), kind: text });

export const sourceSummarySchema = v.object({
  id: v.string(),
  name: v.string(),
  label: v.string(),
  space: v.nullish(v.string(), null),
  question: v.nullish(v.string(), null),
  columns: list(columnSchema),
  row_count: v.optional(v.number(), 0),
  truncated: v.optional(v.boolean(), false),
  created_at: text,
});
export type SourceSummary = v.InferOutput<typeof sourceSummarySchema>;

const sourceSchema = v.object({
  ...sourceSummarySchema.entries,
  sql: v.nullish(v.string(), null),
  rows: list(v.array(v.nullable(v.union([v.string(), v.number(), v.boolean()])))),
});
export type Source = v.InferOutput<typeof sourceSchema>;

export const turnSchema = v.object({
  id: v.string(),
  session_id: v.string(),
  job_id: v.nullish(v.string(), null),
  message: v.string(),
  selection: v.optional(v.nullable(v.array(v.string())), []),
  /** `null` until it is known. */
  kind: v.nullish(v.picklist(["create", "change"]), null),
  stage: v.picklist(STAGES),
  state: v.picklist(["queued", "running", "review", "succeeded", "failed", "cancelled"]),
  reply: v.nullish(v.string(), null),
  outline: v.nullish(outlineSchema, null),
  slides: list(turnSlideSchema),
  sources: list(v.string()),
  notices: list(v.string()),
  error: v.nullish(problemSchema, null),
  usage: v.optional(usageSchema, {}),
  duration_ms: v.nullish(v.number(), null),
  can_undo: v.optional(v.boolean(), false),
  position: v.nullish(v.number(), null),
  rating: v.nullish(v.picklist(["up", "down"]), null),
  created_at: text,
});
export type Turn = v.InferOutput<typeof turnSchema>;

const chatSchema = v.object({ turns: list(turnSchema), sources: list(sourceSummarySchema) });
export type Chat = v.InferOutput<typeof chatSchema>;

const spaceSchema = v.object({ id: v.string(), title: v.string(), description: text });
export type Space = v.InferOutput<typeof spaceSchema>;
const endpointSchema = v.object({ name: v.string(), ready: v.optional(v.boolean(), true) });
export type Endpoint = v.InferOutput<typeof endpointSchema>;

export const assistantSchema = v.object({
  available: v.boolean(),
  problem: v.nullish(problemSchema, null),
  endpoints: list(endpointSchema),
  endpoint: v.nullish(v.string(), null),
  spaces: list(spaceSchema),
  user_authorization: v.optional(v.boolean(), true),
  limits: v.optional(
    v.object({
      message_characters: v.optional(v.number(), 20_000),
      slides: v.optional(v.number(), 30),
    }),
    {},
  ),
});
export type Assistant = v.InferOutput<typeof assistantSchema>;

const testedSchema = v.object({
  ok: v.boolean(),
  message: text,
  duration_ms: v.optional(v.number(), 0),
});
export type Tested = v.InferOutput<typeof testedSchema>;

const jobSchema = v.object({ state: v.string(), position: v.nullish(v.number(), null) });

export interface ChatOptions {
  endpoint?: string;
  spaces?: string[];
  prompt_id?: string;
  style_id?: string;
  profile_id?: string;
  review_outline?: boolean;
}

export interface ChatRequest {
  session_id?: string;
  message: string;
  selection?: string[];
  options?: ChatOptions;
}

const at = (turn: string, rest: string) => `/api/chat/${encodeURIComponent(turn)}/${rest}`;
const inSession = (id: string, rest: string) => `/api/sessions/${encodeURIComponent(id)}/${rest}`;

export const assistant = queryOptions({
  queryKey: ["assistant"],
  queryFn: ({ signal }) => fetchJson("/api/assistant", assistantSchema, signal),
  // What keeps the assistant from working is often gone a moment later.
  refetchInterval: ({ state }) => (state.data?.problem?.code === "down" ? 15_000 : false),
});

export const source = (session: string, id: string) =>
  queryOptions({
    queryKey: ["source", session, id],
    queryFn: ({ signal }) =>
      fetchJson(inSession(session, `sources/${encodeURIComponent(id)}`), sourceSchema, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const readChat = (session: string, signal: AbortSignal) =>
  fetchJson(inSession(session, "chat"), chatSchema, signal);

export const readJob = (job: string, signal: AbortSignal) =>
  fetchJson(`/api/jobs/${encodeURIComponent(job)}`, jobSchema, signal);

export const sendMessage = (request: ChatRequest) =>
  sendJson("POST", "/api/chat", request, turnSchema);

export const approveOutline = (turn: string, outline: Outline) =>
  sendJson("POST", at(turn, "outline"), { outline }, turnSchema);

export const cancelTurn = (turn: string) => sendJson("POST", at(turn, "cancel"), {}, v.unknown());

export const retryTurn = (turn: string) => sendJson("POST", at(turn, "retry"), {}, turnSchema);

export const undoTurn = (turn: string) =>
  sendJson("POST", at(turn, "undo"), {}, v.object({ version: v.number() }));

export const sendFeedback = (turn: string, rating: "up" | "down", comment?: string) =>
  sendJson("POST", at(turn, "feedback"), { rating, ...(comment ? { comment } : {}) }, v.unknown());

export const testAssistant = (what: { endpoint: string } | { space: string }) =>
  sendJson("POST", "/api/assistant/test", what, testedSchema);
