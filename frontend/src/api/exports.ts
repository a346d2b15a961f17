/** Exports: a deck as a file, or as a presentation in Google Slides, written by a job of the server. */
import * as v from "valibot";
import { ApiError, fetchJson, sendJson } from "./client";

/** What a deck is exported as. */
export type Choice =
  | { format: "pptx"; lines: "editable" | "exact" }
  | { format: "pdf"; notes: boolean }
  | { format: "html" }
  | { format: "json" }
  | { format: "google-slides" };

const startedSchema = v.object({ job_id: v.string() });

const fileSchema = v.object({
  file_id: v.string(),
  name: v.string(),
  media_type: v.optional(v.string(), ""),
  size_bytes: v.number(),
  slides: v.number(),
  version: v.number(),
  expires_at: v.string(),
  /** What of the deck isn't in it as it was meant. */
  warnings: v.optional(v.array(v.string()), []),
});
/** A file that the server keeps until `expires_at`. */
export type ExportedFile = v.InferOutput<typeof fileSchema>;

const presentationSchema = v.object({ presentation_id: v.string(), url: v.string() });
/** A presentation in the person's Google Drive. */
export type Presentation = v.InferOutput<typeof presentationSchema>;

export const resultSchema = v.union([fileSchema, presentationSchema]);
export type Result = v.InferOutput<typeof resultSchema>;

const jobSchema = v.object({
  state: v.picklist(["queued", "running", "succeeded", "failed", "cancelled"]),
  result: v.optional(v.unknown()),
  error: v.nullish(v.string(), null),
});
export type ExportJob = v.InferOutput<typeof jobSchema>;

/** Asks for an export. Gives the job's id; it has already succeeded if the same version was written before. */
export async function startExport(session: string, choice: Choice): Promise<string> {
  const { format, ...options } = choice;
  const body = { session_id: session, ...options };
  return (await sendJson("POST", `/api/export/${format}`, body, startedSchema)).job_id;
}

const jobAt = (job: string, rest = "") => `/api/jobs/${encodeURIComponent(job)}${rest}`;

export const readExport = (job: string, signal: AbortSignal) =>
  fetchJson(jobAt(job), jobSchema, signal);

export const cancelExport = (job: string) =>
  sendJson("POST", jobAt(job, "/cancel"), {}, v.unknown());

export const exportedFile = ({ file_id }: ExportedFile) =>
  `/api/export/files/${encodeURIComponent(file_id)}`;

/** Whether the server still has a file. */
export async function isKept(file: ExportedFile): Promise<boolean> {
  const { ok, status } = await reached(exportedFile(file), { method: "HEAD" });
  if (ok || status === 404 || status === 410) return ok;
  throw new ApiError("The file can't be downloaded now.", "no_file", status);
}

/** Reads a slide as an SVG picture with its fonts. */
export async function readPicture(session: string, slide: string): Promise<string> {
  const path = `/api/sessions/${encodeURIComponent(session)}/slides/${encodeURIComponent(slide)}`;
  const headers = { accept: "image/svg+xml" };
  const response = await reached(`${path}/picture.svg`, { headers });
  if (response.ok) return response.text();
  const message =
    response.status === 404 ? "The slide isn't there any more." : "The slide can't be drawn now.";
  throw new ApiError(message, "no_picture", response.status);
}

async function reached(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new ApiError("Tellr's server can't be reached.", "unreachable", null);
  }
}
