import { Button } from "../components/Button";
import type { DeployError, Theme } from "./contract";
import { Frame } from "./Frame";
import { FailureCard } from "./failure/FailureCard";

/** The page without its deployer: why it could not be loaded, and what can be done about that. */
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

/** Why the deployer's module could not be had, in the catalogue's manner. */
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
      "This browser runs no WebAssembly",
      "The deployer is a WebAssembly module, and here it is switched off, as some hardened browsers do",
      "Open this page in another browser, or deploy with `tellr-app deploy create`",
    );
  }
  if (/content security policy|unsafe-eval/i.test(words)) {
    return entry(
      "WASM_BLOCKED",
      "This page may not run WebAssembly",
      `The page’s Content-Security-Policy forbids it: ${words}`,
      "Load the page again from its own address, `/deploy`; the policy there allows it. If it stays, something between you and the server rewrites its headers",
    );
  }
  return entry(
    "DEPLOYER_NOT_LOADED",
    "The deployer could not be loaded",
    words,
    "Check that the server is still running, then try again",
  );
}
