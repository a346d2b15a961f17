/** What is said of an export. */
import type { ExportedFile } from "../api/exports";
import { nameOf } from "./choices";
import type { Export, Problem } from "./exportState";

/** Of a presentation's progress, the slides are the first half. */
const SLIDES_PERCENT = 50;

/** What happens now. */
export function nowOf(one: Export): string {
  const { phase, percent, slides, choice, isCancelling } = one;
  if (isCancelling) return "Cancelling…";
  if (phase === "saving") return "Saving your changes…";
  if (phase === "queued") return "Waiting to start…";
  if (phase === "waiting") return "Waiting for Google";
  const isPresentation = choice.format === "google-slides";
  if (isPresentation && percent >= SLIDES_PERCENT) return "Sending to Google…";
  const all = isPresentation ? SLIDES_PERCENT : 100;
  return slides > 0 ? `Slide ${slideAt(percent / all, slides)} of ${slides}` : "Writing…";
}

function slideAt(part: number, slides: number): number {
  return Math.min(slides, Math.round(part * slides) + 1);
}

/** For screen readers: said when it changes, so it changes at quarters only. */
export function spokenOf(one: Export): string {
  const name = nameOf(one.choice);
  const isPresentation = one.choice.format === "google-slides";
  switch (one.phase) {
    case "done":
      return isPresentation ? `${name}: the presentation is ready` : `${name}: downloaded`;
    case "failed":
      return `${name}: the export failed`;
    case "cancelled":
      return `${name}: cancelled`;
    case "expired":
      return `${name}: the file isn’t kept any more`;
    case "running":
      return `${name}: ${Math.floor(one.percent / 25) * 25} %`;
    default:
      return `${name}: ${nowOf(one)}`;
  }
}

/** What failed, and what to do. */
export function problemOf({ message, code, status }: Problem): string {
  const said = message === "" ? "The export failed" : message;
  const advice = adviceOf(code, status);
  if (advice === "") return said;
  return `${said.replace(/[.\s]+$/, "")}. ${advice}`;
}

function adviceOf(code: string, status: number | null): string {
  if (code === "unreachable") return "Check your connection, then try again.";
  if (status === 401) return "Reload the page to sign in again.";
  if (status === 503) return "Try again in a minute.";
  if (status === 404) return "It may have been deleted, or isn’t shared with you any more.";
  return "";
}

export function sizeOf(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** How large a file is, and until when it is kept. */
export function aboutFile({ size_bytes, expires_at }: ExportedFile, now = new Date()): string {
  const until = new Date(expires_at);
  const size = sizeOf(size_bytes);
  return Number.isNaN(until.getTime()) ? size : `${size} · available until ${whenOf(until, now)}`;
}

function whenOf(until: Date, now: Date): string {
  const time = until.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const days = dayOf(until) - dayOf(now);
  if (days === 0) return time;
  if (days === 1) return `tomorrow, ${time}`;
  const date = until.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return `${date}, ${time}`;
}

function dayOf(date: Date): number {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
}
