import type { DeployError } from "../contract";

/** Converts a thrown value to an entry of the catalogue, as a plain object; usually it is one. */
export function asDeployError(thrown: unknown): DeployError {
  if (isDeployError(thrown)) {
    // The `message` of an `Error` isn't enumerable, so it isn't copied.
    return { ...thrown, message: thrown.message };
  }
  const cause = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return {
    code: "UNEXPECTED",
    class: "deployment",
    message: "Unexpected error",
    cause,
    remedy:
      "Reload the page and resume: completed steps are kept. If it happens again, report it with this text",
    docs: "",
  };
}

const TEXTS = ["code", "message", "cause", "remedy", "docs"] as const;

function isDeployError(thrown: unknown): thrown is DeployError {
  if (typeof thrown !== "object" || thrown === null) return false;
  const entry = thrown as Partial<Record<string, unknown>>;
  return TEXTS.every((name) => typeof entry[name] === "string");
}
