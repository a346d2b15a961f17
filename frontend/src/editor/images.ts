/** Images onto a slide: chosen from files, or pasted. */
import { IMAGE_TYPES, uploadImage } from "../api/images";
import { newId } from "../deck/ids";
import type { Image } from "../deck/model";
import { addBlock } from "./addBlock";
import type { Editor } from "./Editor";

/** Lets the person choose a file, and inserts it. */
export function chooseImage(editor: Editor) {
  choose((file) => void insertImage(editor, file));
}

/** Lets the person choose a file that takes an image's place; description, caption and fit stay. */
export function chooseReplacement(editor: Editor, block: Image) {
  choose(async (file) => {
    const image = await uploaded(editor, file);
    if (image === null) return;
    const field = { image };
    if (editor.change("Replace image", [{ op: "set_field", block: block.id, field }])) {
      editor.announce("Image replaced");
    }
  });
}

/** Uploads an image, then inserts it; says why if it can't be. */
export async function insertImage(editor: Editor, file: File): Promise<void> {
  const image = await uploaded(editor, file);
  if (image !== null) addBlock(editor, { type: "image", id: newId(), image, alt: "" });
}

function choose(take: (file: File) => void) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = IMAGE_TYPES.join();
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) take(file);
  };
  input.click();
}

/** The id of the uploaded image; `null` after saying why it can't be used. */
async function uploaded(editor: Editor, file: File): Promise<string | null> {
  editor.announce("Uploading the image");
  try {
    return (await uploadImage(file)).id;
  } catch (error) {
    editor.session.refuse(error instanceof Error ? error.message : String(error));
    return null;
  }
}
