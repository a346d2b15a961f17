/** Images that the server keeps for decks. */
import * as v from "valibot";
import { ApiError, readAnswer } from "./client";
import { fieldsOf } from "./schema";
import type * as api from "./schema.generated";

const imageSchema = fieldsOf<api.Uploaded>()({
  id: v.string(),
  width: v.number(),
  height: v.number(),
});
export type KeptImage = v.InferOutput<typeof imageSchema>;

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp"];
const MOST_BYTES = 20 * 1024 * 1024;

/** A slide shows no more pixels than this on a side. */
const LONGEST_SIDE = 2560;
/** The server decodes pictures of so many pixels: more would take too much of its memory. */
const MOST_PIXELS = 20_000_000;

/** Uploads an image; one that is very large is made smaller first. The server checks and re-encodes it. */
export async function uploadImage(file: File): Promise<KeptImage> {
  if (!IMAGE_TYPES.includes(file.type)) {
    throw new ApiError("An image is a PNG, JPEG or WebP file.", "unsupported_type", null);
  }
  const body = await smaller(file);
  if (body.size > MOST_BYTES) {
    throw new ApiError("The image is larger than 20 MiB.", "too_large", null);
  }
  const headers = { accept: "application/json", "content-type": body.type };
  return readAnswer("/api/images", { method: "POST", headers, body }, imageSchema);
}

/** The picture at the size that a slide needs, if it is too large for the server; else the file itself. */
async function smaller(file: File): Promise<Blob> {
  // A file that the browser can't decode is refused by the server, with a reason.
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const { width, height } = picture;
  const isLarge = width * height > MOST_PIXELS || file.size > MOST_BYTES;
  if (!isLarge) {
    picture.close();
    return file;
  }
  const scale = LONGEST_SIDE / Math.max(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), type, 0.92));
}
