import { useRef, useState } from "react";
import type { createSession } from "../../api/sessions";
import { Notice } from "../../components/Notice";
import { withOwnImages } from "./ownImages";
import { readDeckFile } from "./readDeckFile";

/** Reads a deck's file that a person chooses. Its images are uploaded first; the server says what is wrong in the deck. */
export function useImportDeck(create: (made: Parameters<typeof createSession>[0]) => void) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const read = async (file: File | undefined) => {
    if (!file) return;
    const found = await readDeckFile(file);
    setProblem("problem" in found ? found.problem : null);
    if ("problem" in found) return;
    try {
      create({ deck: await withOwnImages(found.deck, found.images) });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
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
