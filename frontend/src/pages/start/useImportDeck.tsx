import { useRef, useState } from "react";
import type { createSession } from "../../api/sessions";
import { Notice } from "../../components/Notice";
import { readDeckFile } from "./readDeckFile";

/** Reads a deck's file that a person chooses. The server says what is wrong in it. */
export function useImportDeck(create: (made: Parameters<typeof createSession>[0]) => void) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const read = async (file: File | undefined) => {
    if (!file) return;
    const found = await readDeckFile(file);
    setProblem("problem" in found ? found.problem : null);
    if ("made" in found) create(found.made);
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
