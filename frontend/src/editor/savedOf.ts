import type { DeckSession } from "./DeckSession";

const WHY = {
  offline: "The server can’t be reached, so your last changes aren’t saved. They would be missing",
  conflict:
    "The deck was changed elsewhere, so your last changes aren’t saved. Decide in the editor which ones to keep",
  refused: "The server refused your last changes, so they aren’t saved. They would be missing",
} as const;

/** Saves all changes. Says why they can't be; `null`: the server has them. */
export async function savedOf(session: DeckSession): Promise<string | null> {
  if (session.get().saving.state === "offline") await session.flush();
  await session.saveAll();
  const { saving, unsaved } = session.get();
  if (unsaved === 0 || saving.state === "saved") return null;
  return saving.state === "saving" ? WHY.offline : WHY[saving.state];
}
