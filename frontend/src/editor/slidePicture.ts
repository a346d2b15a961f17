/** The slide on the stage as a picture: to the clipboard, or as a file. */
import { readPicture } from "../api/exports";
import { copied, fileNameOf, pngOf, save } from "../export/picture";
import type { Editor } from "./Editor";

/** Gives what came of it, in words, and says it to screen readers. */
export async function copyPicture(editor: Editor): Promise<string> {
  return told(editor, async () => {
    const png = drawn(editor).then(pngOf);
    if (await copied(png)) return "Copied. Paste it where you need it.";
    save(await png, nameIn(editor, "png"));
    return "The clipboard isn’t available, so the picture was downloaded.";
  });
}

export async function savePicture(editor: Editor): Promise<string> {
  return told(editor, async () => {
    const svg = await drawn(editor);
    save(new Blob([svg], { type: "image/svg+xml" }), nameIn(editor, "svg"));
    return "Downloaded.";
  });
}

async function told(editor: Editor, make: () => Promise<string>): Promise<string> {
  try {
    const outcome = await make();
    editor.announce(outcome);
    return outcome;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    editor.session.refuse(`The slide wasn’t copied. ${problem}`);
    return problem;
  }
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
