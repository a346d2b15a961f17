/** Images onto a slide: chosen from files, or pasted. */
import { IMAGE_TYPES, uploadImage } from "../api/images";
import { newId } from "../deck/ids";
import { addBlock } from "./addBlock";
import type { Editor } from "./Editor";

/** Lets the person choose a file, and inserts it. */
export function chooseImage(editor: Editor) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = IMAGE_TYPES.join();
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void insertImage(editor, file);
  };
  input.click();
}

/** Uploads an image, then inserts it; says why if it can't be. */
export async function insertImage(editor: Editor, file: File): Promise<void> {
  editor.announce("Uploading the image");
  try {
    const { id } = await uploadImage(file);
    addBlock(editor, { type: "image", id: newId(), image: id, alt: "" });
  } catch (error) {
    editor.session.refuse(error instanceof Error ? error.message : String(error));
  }
}
