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

/** Uploads an image as it is; the server checks and re-encodes it. */
export async function uploadImage(file: File): Promise<KeptImage> {
  if (!IMAGE_TYPES.includes(file.type)) {
    throw new ApiError("An image is a PNG, JPEG or WebP file.", "unsupported_type", null);
  }
  if (file.size > MOST_BYTES) {
    throw new ApiError("The image is larger than 20 MiB.", "too_large", null);
  }
  const headers = { accept: "application/json", "content-type": file.type };
  return readAnswer("/api/images", { method: "POST", headers, body: file }, imageSchema);
}
