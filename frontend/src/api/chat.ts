/**
 * The assistant's API: turns of a conversation, what they found, and what the assistant can use.
 *
 * Types are those of the API's document. What isn't needed may be absent from an answer, so that a page that was
 * left open during an upgrade still reads what it knows.
 */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { fetchJson, sendJson } from "./client";
import { fieldsOf } from "./schema";
import type * as api from "./schema.generated";

export type { ChatOptions, ChatRequest, Rating, Stage } from "./schema.generated";

const list = <S extends v.GenericSchema>(of: S) => v.optional(v.array(of), []);
const text = v.optional(v.string(), "");

export const STAGES = [
  "gather",
  "plan",
  "review",
  "slides",
  "check",
  "done",
] as const satisfies readonly api.Stage[];

// The document has no type for outlines: the server stores and returns them as they are.
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

export const turnSlideSchema = fieldsOf<api.TurnSlide>()({
  number: v.number(),
  slide_id: v.nullish(v.string(), null),
  title: text,
  /** `writing` is only told, and not stored. */
  state: v.picklist(["waiting", "writing", "done", "failed"]),
});
export type TurnSlide = v.InferOutput<typeof turnSlideSchema>;

export const usageSchema = fieldsOf<api.TurnUsage>()({
  prompt_tokens: v.optional(v.number(), 0),
  completion_tokens: v.optional(v.number(), 0),
  calls: v.optional(v.number(), 0),
});
export type Usage = v.InferOutput<typeof usageSchema>;

const problemSchema = fieldsOf<api.TurnError>()({ code: v.string(), message: v.string() });
export type Problem = v.InferOutput<typeof problemSchema>;

const columnSchema = fieldsOf<api.SourceColumn>()({ name: v.string(), kind: text });

export const sourceSummarySchema = fieldsOf<api.SourceSummary>()({
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

const cellSchema = v.nullable(v.union([v.string(), v.number(), v.boolean()]));
type Cell = v.InferOutput<typeof cellSchema>;

// The document has no type for cells.
const sourceSchema = fieldsOf<Omit<api.SourceData, "rows"> & { rows: Cell[][] }>()({
  ...sourceSummarySchema.entries,
  sql: v.nullish(v.string(), null),
  rows: list(v.array(cellSchema)),
});
export type Source = v.InferOutput<typeof sourceSchema>;

export const turnSchema = fieldsOf<api.Turn>()({
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

const chatSchema = fieldsOf<api.Conversation>()({
  turns: list(turnSchema),
  sources: list(sourceSummarySchema),
});
export type Chat = v.InferOutput<typeof chatSchema>;

const spaceSchema = fieldsOf<api.SpaceView>()({
  id: v.string(),
  title: v.string(),
  description: text,
});
export type Space = v.InferOutput<typeof spaceSchema>;
const endpointSchema = fieldsOf<api.EndpointChoice>()({
  name: v.string(),
  ready: v.optional(v.boolean(), true),
});
export type Endpoint = v.InferOutput<typeof endpointSchema>;

const limitsSchema = fieldsOf<api.LimitsView>()({
  message_characters: v.optional(v.number(), 20_000),
  slides: v.optional(v.number(), 30),
});

export const assistantSchema = fieldsOf<api.Choices>()({
  available: v.boolean(),
  problem: v.nullish(problemSchema, null),
  endpoints: list(endpointSchema),
  endpoint: v.nullish(v.string(), null),
  spaces: list(spaceSchema),
  user_authorization: v.optional(v.boolean(), true),
  limits: v.optional(limitsSchema, {}),
});
export type Assistant = v.InferOutput<typeof assistantSchema>;

const testedSchema = fieldsOf<api.TestOutcome>()({
  ok: v.boolean(),
  message: text,
  duration_ms: v.optional(v.number(), 0),
});
export type Tested = v.InferOutput<typeof testedSchema>;

const jobSchema = fieldsOf<api.JobView>()({
  position: v.nullish(v.number(), null),
});
const undoneSchema = fieldsOf<api.Undone>()({ version: v.number() });

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

export const sendMessage = (request: api.ChatRequest) =>
  sendJson("POST", "/api/chat", request, turnSchema);

export const approveOutline = (turn: string, outline: Outline) =>
  sendJson("POST", at(turn, "outline"), { outline } satisfies api.OutlineRequest, turnSchema);

export const cancelTurn = (turn: string) => sendJson("POST", at(turn, "cancel"), {}, v.unknown());

/** Resumes a turn; with another endpoint if one is given. */
export const retryTurn = (turn: string, endpoint?: string) =>
  sendJson("POST", at(turn, "retry"), retryRequest(endpoint), turnSchema);

const retryRequest = (endpoint: string | undefined): api.RetryRequest =>
  endpoint === undefined ? {} : { endpoint };

export const undoTurn = (turn: string) => sendJson("POST", at(turn, "undo"), {}, undoneSchema);

export const sendFeedback = (turn: string, rating: api.Rating, comment?: string) => {
  const request: api.FeedbackRequest = { rating, ...(comment ? { comment } : {}) };
  return sendJson("POST", at(turn, "feedback"), request, v.unknown());
};

export const testAssistant = (what: api.TestRequest) =>
  sendJson("POST", "/api/assistant/test", what, testedSchema);
