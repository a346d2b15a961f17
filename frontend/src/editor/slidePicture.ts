/** The slide on the stage as a picture: to the clipboard, or as a file. */
import { readPicture } from "../api/exports";
import { copied, fileNameOf, pngOf, save } from "../export/picture";
import type { Editor } from "./Editor";

/** Gives what came of it, in words. */
export async function copyPicture(editor: Editor): Promise<string> {
  const png = drawn(editor).then(pngOf);
  if (await copied(png)) return "Copied. Paste it where you need it.";
  save(await png, nameIn(editor, "png"));
  return "The clipboard isn’t available, so the picture was downloaded.";
}

export async function savePicture(editor: Editor): Promise<string> {
  const svg = await drawn(editor);
  save(new Blob([svg], { type: "image/svg+xml" }), nameIn(editor, "svg"));
  return "Downloaded.";
}

/** Says what came of it to screen readers, and what failed to everyone. */
export async function told(editor: Editor, how: typeof copyPicture): Promise<void> {
  try {
    editor.announce(await how(editor));
  } catch (error) {
    editor.session.refuse(messageOf(error));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** As the server draws it, with the last change. */
async function drawn(editor: Editor): Promise<string> {
  await editor.session.saveAll();
  const slide = editor.selection.slide;
  if (slide === null) throw new Error("There is no slide.");
  return readPicture(editor.id, slide);
}

function nameIn({ snapshot, selection }: Editor, ending: string): string {
  const place = snapshot.deck.slides.findIndex(({ id }) => id === selection.slide);
  return fileNameOf(snapshot.deck.title, place + 1, ending);
}
