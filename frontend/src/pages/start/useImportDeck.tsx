import { useRef, useState } from "react";
import type { createSession } from "../../api/sessions";
import { Notice } from "../../components/Notice";

/** The server reads no larger deck. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Reads a deck.json that a person chooses. The server says what is wrong in it. */
export function useImportDeck(create: (made: Parameters<typeof createSession>[0]) => void) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST_BYTES) return setProblem("The file is larger than 8 MiB.");
    try {
      setProblem(null);
      create({ deck: JSON.parse(await file.text()) });
    } catch {
      setProblem(
        `“${file.name}” isn’t JSON. Choose a file that was exported with “Export deck.json”.`,
      );
    }
  };

  return {
    choose: () => input.current?.click(),
    input: (
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label="Deck file"
        hidden
        onChange={({ target }) => {
          void read(target.files?.[0]);
          target.value = "";
        }}
      />
    ),
    problem: problem ? (
      <Notice tone="problem" title="The file can’t be read">
        <p>{problem}</p>
      </Notice>
    ) : null,
  };
}
