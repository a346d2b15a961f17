import { useState } from "react";
import { Button } from "./Button";

/** Copies a short text that stands beside it. Where the clipboard refuses, it says so: the text can be selected. */
export function CopyButton({ text, about }: { text: string; about: string }) {
  const [state, setState] = useState<"no" | "yes" | "refused">("no");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("yes");
    } catch {
      setState("refused");
    }
  };
  const label = { no: "Copy", yes: "Copied", refused: "Select and copy it" }[state];
  return (
    <>
      <Button
        size="small"
        icon={state === "yes" ? "check" : "copy"}
        aria-label={`Copy ${about}`}
        onClick={copy}
      >
        {label}
      </Button>
      <span role="status" className="visually-hidden">
        {state === "no" ? "" : label}
      </span>
    </>
  );
}
