import { Button } from "../components/Button";
import type { DeployError, Theme } from "./contract";
import { Frame } from "./Frame";
import { FailureCard } from "./failure/FailureCard";

/** Shown if the deployer could not be loaded: the reason, and what to do. */
export function Unavailable({
  thrown,
  theme = "auto",
  onRetry,
}: {
  thrown: unknown;
  theme?: Theme;
  onRetry?: () => void;
}) {
  return (
    <Frame theme={theme}>
      <FailureCard error={whyUnavailable(thrown)}>
        {onRetry ? (
          <Button tone="primary" icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
      </FailureCard>
    </Frame>
  );
}

/** Why the deployer's module could not be loaded, in the catalogue's format. */
export function whyUnavailable(thrown: unknown): DeployError {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const entry = (code: string, message: string, cause: string, remedy: string): DeployError => ({
    code,
    class: "deployment",
    message,
    cause,
    remedy,
    docs: "",
  });
  if (typeof WebAssembly !== "object") {
    return entry(
      "WASM_MISSING",
      "WebAssembly is disabled in this browser",
      "The deployer is a WebAssembly module, and some hardened browsers disable WebAssembly",
      "Open this page in another browser, or deploy with `tellr-app deploy create`",
    );
  }
  if (/content security policy|unsafe-eval/i.test(words)) {
    return entry(
      "WASM_BLOCKED",
      "WebAssembly is blocked on this page",
      `The page’s Content-Security-Policy forbids it: ${words}`,
      "Reload the page from its own address, `/deploy`. If the message stays, a proxy between you and the server changes its headers",
    );
  }
  return entry(
    "DEPLOYER_NOT_LOADED",
    "The deployer could not be loaded",
    words,
    "Check that the server is still running, then try again",
  );
}
