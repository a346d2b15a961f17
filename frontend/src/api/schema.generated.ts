// Generated from openapi.json by `npm run api-types`: edit the server's types instead.
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";

/**
 * What a share allows.
 */
export type Access = "view" | "edit";
/**
 * Choices of a request. What isn't given comes from the profile, else from the app's settings.
 */
export type ChatOptions = AssistantOptions & {
  /**
   * The profile.
   */
  profile_id?: string | null;
  /**
   * The deck prompt.
   */
  prompt_id?: string | null;
  /**
   * The slide style.
   */
  style_id?: string | null;
};
/**
 * What a turn does.
 */
export type TurnKind = "create" | "change";
/**
 * A rating.
 */
export type Rating = "up" | "down";
/**
 * How far a turn is.
 */
export type Stage = "gather" | "plan" | "review" | "slides" | "check" | "done";
/**
 * The state of a turn.
 */
export type TurnState = "queued" | "running" | "review" | "succeeded" | "failed" | "cancelled";
/**
 * What a new session begins with.
 */
export type Start = "blank" | "sample";
/**
 * How the texts of a PowerPoint file break into lines.
 */
export type LinesWanted = "editable" | "exact";
/**
 * The state of a job.
 */
export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
/**
 * A session of a list.
 */
export type ListedSession = SessionSummary & {
  cover?: Slide | null;
};
/**
 * What a caller may do with a deck.
 */
export type Role = "owner" | "editor" | "viewer";
/**
 * What a deck is shared with.
 */
export type PrincipalKind = "user" | "group";
/**
 * A save point with its deck.
 */
export type SavedDeck = SavePoint & {
  deck: Deck;
};
/**
 * A session with its deck.
 */
export type Session = SessionSummary & {
  deck: Deck;
};
/**
 * `GET /api/sessions/{id}/sources/{source}`.
 */
export type SourceData = SourceSummary & {
  /**
   * The rows that are kept: a number, a text or `null` for each column.
   */
  rows: {}[][];
  /**
   * The query that Genie ran.
   */
  sql: string;
};

/**
 * What the assistant uses. What isn't chosen comes from the app's settings.
 */
export interface AssistantOptions {
  /**
   * The model's serving endpoint.
   */
  endpoint?: string | null;
  /**
   * Whether the outline waits for approval.
   */
  review_outline?: boolean | null;
  /**
   * The Genie spaces that may be asked, by id; empty: none.
   *
   * @maxItems 20
   */
  spaces?: string[] | null;
  /**
   * How freely the model writes, 0–2; the endpoint's own default if it isn't given.
   */
  temperature?: number | null;
}
/**
 * `POST /api/chat`.
 */
export interface ChatRequest {
  /**
   * What the person wants; 1–20,000 characters.
   */
  message: string;
  options?: ChatOptions;
  /**
   * The slides it is about; empty: the whole deck.
   *
   * @maxItems 300
   */
  selection?: string[];
  /**
   * The deck's session; without one, a session with an empty deck is created.
   */
  session_id?: string | null;
}
/**
 * `GET /api/assistant`: what the caller may use.
 */
export interface Choices {
  /**
   * Whether a request can be made.
   */
  available: boolean;
  /**
   * The endpoint that is used if none is chosen.
   */
  endpoint?: string | null;
  /**
   * The endpoints that the caller may query, by name.
   */
  endpoints: EndpointChoice[];
  limits: LimitsView;
  problem?: TurnError | null;
  /**
   * The Genie spaces that the caller may ask, those of the app's settings first.
   */
  spaces: SpaceView[];
  /**
   * Whether the app may act on the caller's behalf, which Genie needs.
   */
  user_authorization: boolean;
}
/**
 * A model endpoint.
 */
export interface EndpointChoice {
  /**
   * Its name.
   */
  name: string;
  /**
   * Whether it is ready.
   */
  ready: boolean;
}
/**
 * How much is too much.
 */
export interface LimitsView {
  /**
   * Characters of a message.
   */
  message_characters: number;
  /**
   * Slides that one request may write.
   */
  slides: number;
  /**
   * Tokens of a request.
   */
  tokens: number;
  /**
   * Tokens of a person within 24 hours.
   */
  tokens_of_a_day: number;
}
/**
 * Why a turn failed.
 */
export interface TurnError {
  /**
   * A code for programs.
   */
  code: string;
  /**
   * What happened and what to do.
   */
  message: string;
}
/**
 * A Genie space.
 */
export interface SpaceView {
  /**
   * What it is about.
   */
  description: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Its title.
   */
  title: string;
}
/**
 * `GET /api/sessions/{id}/chat`.
 */
export interface Conversation {
  /**
   * The sources that they found, in the order of their names.
   */
  sources: SourceSummary[];
  /**
   * The caller's own turns, the oldest first; at most the last 200.
   */
  turns: Turn[];
}
/**
 * Data that was found, without its rows.
 */
export interface SourceSummary {
  /**
   * Its columns.
   */
  columns: SourceColumn[];
  /**
   * When it was found.
   */
  created_at: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * What footers of slides call it.
   */
  label: string;
  /**
   * `S1`, `S2`…, counted in the session.
   */
  name: string;
  /**
   * What it was asked.
   */
  question: string;
  /**
   * How many rows the source has.
   */
  row_count: number;
  /**
   * The Genie space that was asked.
   */
  space: string;
  /**
   * Whether fewer rows are kept.
   */
  truncated: boolean;
}
/**
 * A column of a source.
 */
export interface SourceColumn {
  /**
   * `number`, `text`, `date` or `bool`.
   */
  kind: string;
  /**
   * Its name.
   */
  name: string;
}
/**
 * What a person asked, and how far the answer is.
 */
export interface Turn {
  /**
   * Whether its change can be taken back.
   */
  can_undo: boolean;
  /**
   * When it was asked.
   */
  created_at: string;
  /**
   * From the request to the end, in milliseconds; `null` until it has ended.
   */
  duration_ms?: number | null;
  error?: TurnError | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * The job that works on it, or did last.
   */
  job_id?: string | null;
  kind?: TurnKind | null;
  /**
   * What the person wants.
   */
  message: string;
  /**
   * What the person should know: what is missing, or was left out.
   */
  notices: string[];
  /**
   * The outline of a new deck.
   */
  outline?: {} | null;
  /**
   * Its place in the queue, from 1; `null` unless it waits there.
   */
  position?: number | null;
  rating?: Rating | null;
  /**
   * What the assistant says.
   */
  reply?: string | null;
  /**
   * The slides it is about; empty: the whole deck.
   */
  selection: string[];
  /**
   * The deck's session.
   */
  session_id: string;
  /**
   * The slides that are written.
   */
  slides: TurnSlide[];
  /**
   * The sources that it found.
   */
  sources: string[];
  stage: Stage;
  state: TurnState;
  usage: TurnUsage;
}
/**
 * A slide that a turn writes.
 */
export interface TurnSlide {
  /**
   * Its place in the outline or in the list of changes, from 1.
   */
  number: number;
  /**
   * Its id in the deck.
   */
  slide_id: string;
  /**
   * `waiting`, `done` or `failed`.
   */
  state: string;
  /**
   * Its title.
   */
  title: string;
}
/**
 * What a turn cost.
 */
export interface TurnUsage {
  /**
   * How often it was asked.
   */
  calls: number;
  /**
   * Tokens that it wrote.
   */
  completion_tokens: number;
  /**
   * Tokens that the model read.
   */
  prompt_tokens: number;
}
/**
 * `POST /api/sessions`. Without `from` and `deck` it is a blank one.
 */
export interface CreateRequest {
  deck?: Deck | null;
  from?: Start | null;
  /**
   * The deck's title, instead of its own.
   */
  title?: string | null;
}
/**
 * `GET /api/user/current`; 401 without an identity.
 */
export interface CurrentUser {
  /**
   * A display name.
   */
  display_name: string;
  /**
   * The e-mail address; `null` for a caller without one, such as a service principal.
   */
  email?: string | null;
  /**
   * `platform` or `local`.
   */
  source: string;
  /**
   * The owner of the user's sessions: the e-mail address, or a service principal's id.
   */
  user_name: string;
}
/**
 * The database in [`Ready`]. Unknown fields are `null`; `message` is absent if there is no problem.
 */
export interface DatabaseStatus {
  /**
   * `autoscaling`, `provisioned` or `postgres`.
   */
  kind: string;
  /**
   * How long the database check took, in milliseconds.
   */
  latency_ms: number;
  /**
   * What is wrong and what to do, for users.
   */
  message?: string | null;
  /**
   * The newest migration applied.
   */
  migration?: number | null;
  /**
   * The schema of the app's tables.
   */
  schema: string;
  /**
   * The server's version, such as `17.2`.
   */
  server_version?: string | null;
  /**
   * `ok`, `down`, `migrating` or `wrong_key`.
   */
  state: string;
  /**
   * The lowest migration that a program has to know to work with the schema.
   */
  works_from?: number | null;
}
/**
 * Whose default.
 */
export interface DefaultRequest {
  /**
   * The default of everybody who has chosen none; for administrators. Else the caller's own.
   */
  everyone?: boolean;
}
/**
 * The answer to `POST /api/export/{format}`.
 */
export interface ExportAccepted {
  /**
   * The job that writes the file; its result is an `ExportedFile`.
   */
  job_id: string;
}
/**
 * `POST /api/export/{format}`.
 */
export interface ExportRequest {
  /**
   * The name of the author in the file's properties (default: none; nothing names who exported it).
   */
  author?: string | null;
  lines?: LinesWanted | null;
  /**
   * Of a PDF: whether the speaker notes stand under each slide (default: no).
   */
  notes?: boolean | null;
  /**
   * The deck's session.
   */
  session_id: string;
}
/**
 * The body of every error.
 */
export interface Failure {
  error: FailureDetail;
}
/**
 * The error.
 */
export interface FailureDetail {
  /**
   * A machine-readable code, such as `not_found`.
   */
  code: string;
  /**
   * A message for users.
   */
  message: string;
  /**
   * What is wrong in a deck or a patch, at most 20.
   */
  problems?: FailureProblem[];
  /**
   * The current version, if the request was made for another one.
   */
  version?: number | null;
}
/**
 * One thing that is wrong in a deck or a patch.
 */
export interface FailureProblem {
  /**
   * What, for users.
   */
  message: string;
  /**
   * Where, as in `slides[3].blocks[2].rows[7]`; empty for the whole.
   */
  path: string;
}
/**
 * `POST /api/chat/{turn}/feedback`.
 */
export interface FeedbackRequest {
  /**
   * More about it; at most 2,000 characters.
   */
  comment?: string | null;
  rating: Rating;
}
/**
 * The answer to `GET /api/export/google-slides/auth/status`.
 */
export interface GoogleAuthStatus {
  /**
   * Whether the caller's account is connected.
   */
  authorized: boolean;
  /**
   * Whether an administrator has uploaded the OAuth client.
   */
  credentials_configured: boolean;
}
/**
 * `POST /api/google/connection`.
 */
export interface GoogleConsent {
  /**
   * Google's page that asks for the person's consent. Open it in a new tab of the same browser.
   */
  url: string;
}
/**
 * `DELETE /api/google/connection`.
 */
export interface GoogleDisconnected {
  /**
   * Whether Google has confirmed that the app's access has ended.
   */
  is_revoked: boolean;
  /**
   * What to do if it has not.
   */
  message?: string | null;
}
/**
 * `POST /api/export/google-slides`.
 */
export interface GoogleExportRequest {
  /**
   * The session of the deck.
   */
  session_id: string;
}
/**
 * The answer to it.
 */
export interface GoogleExportStarted {
  /**
   * The job that exports. Its result is `{"presentation_id", "url"}`. While it waits for a connection, it tells an
   * event `waiting_for_google` with `{"reason", "message"}`.
   */
  job_id: string;
}
/**
 * `GET /api/google`.
 */
export interface GoogleStatus {
  /**
   * Whether the caller may upload it.
   */
  can_configure: boolean;
  /**
   * The address of that account.
   */
  email?: string | null;
  /**
   * Whether an administrator has uploaded the OAuth client.
   */
  is_configured: boolean;
  /**
   * Whether the caller's Google account is connected.
   */
  is_connected: boolean;
  /**
   * What the OAuth client has to list under "Authorized redirect URIs", exactly.
   */
  redirect_uri: string;
}
/**
 * `GET /api/health`: the process runs and answers. Says nothing about the database.
 */
export interface Health {
  /**
   * Always `ok`.
   */
  status: string;
}
/**
 * Something that happened to a job, or that it told.
 *
 * The kinds of the queue itself are `queued`, `started`, `retried`, `snoozed`, `interrupted`, `repeated`, and one
 * of `succeeded`, `failed` and `cancelled` as the last one. After a `started`, what earlier attempts told is void.
 */
export interface JobEvent {
  /**
   * The attempt that told it; 0 before the first.
   */
  attempt: number;
  /**
   * More about it.
   */
  body: {
    [k: string]: unknown;
  };
  /**
   * When, RFC 3339.
   */
  created_at: string;
  /**
   * Its number among those of the job, from 1, without gaps.
   */
  id: number;
  /**
   * What happened.
   */
  kind: string;
}
/**
 * `GET /api/jobs/{id}/events?after=`.
 */
export interface JobEvents {
  /**
   * Those after the given one, in order; at most [`PAGE`].
   */
  events: JobEvent[];
  /**
   * The id of the job's last event.
   */
  last_event: number;
  state: JobState;
}
/**
 * `GET /api/jobs/{id}`.
 */
export interface JobView {
  /**
   * How often it was begun.
   */
  attempt: number;
  /**
   * Whether its cancellation was requested.
   */
  cancel_requested: boolean;
  /**
   * When it was asked for, RFC 3339.
   */
  created_at: string;
  /**
   * Why it failed, the last time.
   */
  error?: string | null;
  /**
   * When it ended, RFC 3339.
   */
  finished_at?: string | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * What it does.
   */
  kind: string;
  /**
   * The id of its last event; 0 if there is none.
   */
  last_event: number;
  /**
   * Its place among those that wait, from 1; `null` unless it waits. Counted up to 1,000.
   */
  position?: number | null;
  /**
   * In percent.
   */
  progress: number;
  /**
   * What came of it, once it has succeeded.
   */
  result?: {
    [k: string]: unknown;
  };
  /**
   * The session it belongs to.
   */
  session_id?: string | null;
  state: JobState;
}
/**
 * A session, as lists show it.
 */
export interface SessionSummary {
  /**
   * When it was created.
   */
  created_at: string;
  /**
   * Its id.
   */
  id: string;
  owner: Person;
  role: Role;
  /**
   * Whether it is shared with anybody.
   */
  shared: boolean;
  /**
   * How many slides the deck has.
   */
  slide_count: number;
  /**
   * The deck's theme.
   */
  theme: string;
  /**
   * The deck's title.
   */
  title: string;
  /**
   * When the deck was last changed.
   */
  updated_at: string;
  updated_by?: Person | null;
  /**
   * The deck's version.
   */
  version: number;
}
/**
 * A person, as lists and histories name them.
 */
export interface Person {
  /**
   * The platform's stable id.
   */
  id: string;
  /**
   * A display name.
   */
  name: string;
}
/**
 * A new profile.
 */
export interface NewProfile {
  /**
   * One sentence; at most 1,000 characters.
   */
  description?: string;
  /**
   * Its name, unique among the caller's or among the shared ones; 1–100 characters.
   */
  name: string;
  options?: AssistantOptions;
  /**
   * The prompt; a shared one if the profile is shared.
   */
  prompt_id?: string | null;
  /**
   * Whether everybody has it; for administrators.
   */
  shared?: boolean;
  /**
   * The style; a shared one if the profile is shared.
   */
  style_id?: string | null;
}
/**
 * A new prompt or style.
 */
export interface NewText {
  /**
   * A category, 1–50 characters; `General` if it isn't given.
   */
  category?: string;
  /**
   * The instructions, 1–50,000 characters.
   */
  content: string;
  /**
   * One sentence; at most 1,000 characters.
   */
  description?: string;
  /**
   * Its name, unique among the caller's or among the shared ones; 1–100 characters.
   */
  name: string;
  /**
   * Whether everybody has it; for administrators.
   */
  shared?: boolean;
}
/**
 * `POST /api/chat/{turn}/outline`.
 */
export interface OutlineRequest {
  /**
   * The outline as the person wants it.
   */
  outline: {};
}
/**
 * `POST /api/sessions/{id}/patches`.
 */
export interface PatchRequest {
  /**
   * The patches, 1–100; each applies to what those before it have made.
   *
   * @minItems 1
   * @maxItems 100
   */
  patches: Patch[];
  /**
   * The version that the patches were made for.
   */
  version: number;
}
/**
 * The answer to [`PatchRequest`].
 */
export interface Patched {
  /**
   * The patches that take the change back, in the order in which they apply.
   */
  inverse: Patch[];
  /**
   * The version that the patches have made.
   */
  version: number;
}
/**
 * The answer to `GET /api/chat/poll/{request_id}`.
 */
export interface Polled {
  /**
   * Why it failed.
   */
  error?: string | null;
  /**
   * What happened after the given id, in order, each with its `type`.
   */
  events: {}[];
  /**
   * The id to ask with next.
   */
  last_message_id: number;
  result?: Turn | null;
  /**
   * `pending`, `running`, `completed` or `error`.
   */
  status: string;
}
/**
 * The answer to `GET /api/export/google-slides/poll/{job_id}`.
 */
export interface PolledGoogleExport {
  /**
   * Why it failed.
   */
  error?: string | null;
  /**
   * The job.
   */
  job_id: string;
  /**
   * The presentation, once it is completed.
   */
  presentation_id?: string | null;
  /**
   * Where it is opened.
   */
  presentation_url?: string | null;
  /**
   * In percent.
   */
  progress: number;
  /**
   * `pending`, `running`, `completed` or `error`.
   */
  status: string;
}
/**
 * The answer to `GET /api/export/pptx/poll/{job}`.
 */
export interface PptxPolled {
  /**
   * Why it failed.
   */
  error?: string | null;
  /**
   * The job.
   */
  job_id: string;
  /**
   * How much is done, in percent.
   */
  progress: number;
  /**
   * `pending`, `running`, `completed` or `error`.
   */
  status: string;
  /**
   * The number of slides, once it is completed.
   */
  total_slides?: number | null;
}
/**
 * The answer to `POST /api/export/pptx/async`.
 */
export interface PptxSubmitted {
  /**
   * To poll with.
   */
  job_id: string;
  /**
   * `pending`.
   */
  status: string;
}
/**
 * Who else has the deck open.
 */
export interface Presence {
  /**
   * The others, by name.
   */
  people: Present[];
  /**
   * The deck's version: another one than the page's means that there is something to load.
   */
  version: number;
}
/**
 * A person who has the deck open.
 */
export interface Present {
  /**
   * The platform's stable id.
   */
  id: string;
  /**
   * A display name.
   */
  name: string;
  /**
   * When they were last heard of.
   */
  seen_at: string;
  /**
   * The slide that they are editing.
   */
  slide_id?: string | null;
}
/**
 * `POST /api/sessions/{id}/presence`.
 */
export interface PresenceRequest {
  /**
   * The slide that the caller is editing.
   */
  editing?: string | null;
}
/**
 * A person or group of the workspace.
 */
export interface Principal {
  /**
   * The platform's stable id.
   */
  id: string;
  kind: PrincipalKind;
  /**
   * A display name.
   */
  name: string;
}
/**
 * `GET /api/principals`.
 */
export interface Principals {
  /**
   * By name, at most 20.
   */
  principals: Principal[];
}
/**
 * A named combination of prompt and style.
 */
export interface Profile {
  /**
   * Whether the caller may change and delete it.
   */
  can_edit: boolean;
  /**
   * One sentence.
   */
  description: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it is the caller's default for new sessions; true for at most one.
   */
  is_default: boolean;
  /**
   * Its name.
   */
  name: string;
  options: AssistantOptions;
  /**
   * The prompt, unless it was deleted.
   */
  prompt_id?: string | null;
  /**
   * Whether everybody has it; else only the caller.
   */
  shared: boolean;
  /**
   * The style, unless it was deleted.
   */
  style_id?: string | null;
}
/**
 * Changes of a profile. What isn't given stays.
 */
export interface ProfileChanges {
  /**
   * One sentence.
   */
  description?: string | null;
  /**
   * Its name.
   */
  name?: string | null;
  options?: AssistantOptions | null;
  /**
   * The prompt; `null`: none.
   */
  prompt_id?: string | null;
  /**
   * The style; `null`: none.
   */
  style_id?: string | null;
}
/**
 * `GET /api/settings/profiles`.
 */
export interface Profiles {
  /**
   * The default first, then by name.
   */
  profiles: Profile[];
}
/**
 * The content of a deck.
 */
export interface Prompt {
  /**
   * Whether the caller may change and delete it.
   */
  can_edit: boolean;
  /**
   * A category.
   */
  category: string;
  /**
   * The instructions.
   */
  content: string;
  /**
   * One sentence.
   */
  description: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * `seed`, `databricks` or `user`.
   */
  origin: string;
  /**
   * Whether everybody has it; else only the caller.
   */
  shared: boolean;
}
/**
 * `GET /api/settings/prompts`.
 */
export interface Prompts {
  /**
   * By name.
   */
  prompts: Prompt[];
}
/**
 * `GET /api/ready`: 200 when `ready`, else 503 with the same body.
 */
export interface Ready {
  database: DatabaseStatus;
  /**
   * Whether requests that need the database can be answered.
   */
  ready: boolean;
}
/**
 * `PATCH /api/sessions/{id}`.
 */
export interface RenameRequest {
  /**
   * The deck's title.
   */
  title: string;
}
/**
 * `POST /api/chat/{turn}/retry`.
 */
export interface RetryRequest {
  /**
   * Another endpoint than before.
   */
  endpoint?: string | null;
}
/**
 * A state of a deck to go back to.
 */
export interface SavePoint {
  /**
   * When it was saved.
   */
  created_at: string;
  created_by?: Person | null;
  /**
   * Given by a person, or what changed since the one before.
   */
  name: string;
  /**
   * Counted from 1, without gaps.
   */
  number: number;
  /**
   * How many slides it has.
   */
  slide_count: number;
}
/**
 * `POST /api/sessions/{id}/save-points`.
 */
export interface SavePointRequest {
  /**
   * A name; without one, what changed since the last save point.
   */
  name?: string | null;
}
/**
 * `GET /api/sessions/{id}/save-points`.
 */
export interface SavePoints {
  /**
   * The newest first.
   */
  save_points: SavePoint[];
}
/**
 * `GET /api/sessions`.
 */
export interface SessionList {
  /**
   * The value of `before` for the next page; `null` on the last one.
   */
  next?: string | null;
  /**
   * The last used first.
   */
  sessions: ListedSession[];
}
/**
 * One share of a deck.
 */
export interface Share {
  access: Access;
  /**
   * When it was first shared with them.
   */
  created_at: string;
  principal: Principal;
}
/**
 * `PUT /api/sessions/{id}/shares/{kind}/{principal}`.
 */
export interface ShareRequest {
  access: Access;
}
/**
 * `GET /api/sessions/{id}/shares`.
 */
export interface Shares {
  /**
   * By kind and name.
   */
  shares: Share[];
}
/**
 * The visual style of a deck.
 */
export interface Style {
  /**
   * Whether the caller may change and delete it.
   */
  can_edit: boolean;
  /**
   * A category.
   */
  category: string;
  /**
   * The instructions.
   */
  content: string;
  /**
   * One sentence.
   */
  description: string;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it is the caller's default for new decks; true for at most one.
   */
  is_default: boolean;
  /**
   * Its name.
   */
  name: string;
  /**
   * What was changed or left out of that file, a sentence each.
   */
  notes: string[];
  /**
   * `seed`, `databricks` or `user`.
   */
  origin: string;
  /**
   * Whether everybody has it; else only the caller.
   */
  shared: boolean;
  /**
   * The id of its theme, if it was read from a PowerPoint file; decks name it.
   */
  theme?: string | null;
}
/**
 * `GET /api/settings/styles`.
 */
export interface Styles {
  /**
   * The default first, then by name.
   */
  styles: Style[];
}
/**
 * The answer to `POST /api/chat/async`.
 */
export interface Submitted {
  /**
   * To poll with.
   */
  request_id: string;
  /**
   * The deck's session.
   */
  session_id: string;
  /**
   * `pending`.
   */
  status: string;
}
/**
 * The answer to [`TestRequest`].
 */
export interface TestOutcome {
  /**
   * How long it took, in milliseconds.
   */
  duration_ms: number;
  /**
   * What was found, or what to do.
   */
  message: string;
  /**
   * Whether it works.
   */
  ok: boolean;
}
/**
 * `POST /api/assistant/test`: one of the two.
 */
export interface TestRequest {
  /**
   * A model endpoint: it is asked for one word.
   */
  endpoint?: string | null;
  /**
   * The id of a Genie space: it is looked up.
   */
  space?: string | null;
}
/**
 * Changes of a prompt or style. What isn't given stays.
 */
export interface TextChanges {
  /**
   * A category.
   */
  category?: string | null;
  /**
   * The instructions.
   */
  content?: string | null;
  /**
   * One sentence.
   */
  description?: string | null;
  /**
   * Its name.
   */
  name?: string | null;
}
/**
 * `GET /api/themes`.
 */
export interface Themes {
  /**
   * The default first.
   */
  themes: {}[];
}
/**
 * The answer to `POST /api/chat/{turn}/undo`.
 */
export interface Undone {
  /**
   * The deck's version.
   */
  version: number;
}
/**
 * An image that was uploaded.
 */
export interface Uploaded {
  /**
   * Pixels, as it is kept.
   */
  height: number;
  /**
   * Its id, for an `image` block and for `GET /api/images/{id}`.
   */
  id: string;
  /**
   * Its media type, as it is kept.
   */
  type: string;
  /**
   * Pixels, as it is kept.
   */
  width: number;
}
/**
 * `GET /api/version`.
 */
export interface Version {
  /**
   * The commit, if it was given to the build; else `null`.
   */
  commit?: string | null;
  /**
   * The newest migration of the database that this build knows.
   */
  migration: number;
  /**
   * `tellr-app`.
   */
  name: string;
  /**
   * Such as `0.1.0`.
   */
  version: string;
}
/**
 * A deck with its version.
 */
export interface VersionedDeck {
  deck: Deck;
  /**
   * Grows by one with each change.
   */
  version: number;
}
