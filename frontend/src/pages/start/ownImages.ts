/** The images of an imported deck: each becomes one of the person's own, and the deck names it. */
import { uploadImage } from "../../api/images";
import type { Images } from "./readDeckFile";

/** The deck with the names of images that were uploaded. An image that can't be is said by its name. */
export async function withOwnImages(deck: object, images: Images): Promise<object> {
  const names = new Map<string, string>();
  for (const [name, { type, data }] of Object.entries(images)) {
    names.set(name, await uploaded(name, type, data));
  }
  return names.size > 0 ? (renamed(deck, names) as object) : deck;
}

async function uploaded(name: string, type: string, data: string): Promise<string> {
  try {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    return (await uploadImage(new File([bytes], name, { type }))).id;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The image “${name}” of the file can’t be used: ${why}`);
  }
}

/** The same with other names of images, wherever an image block stands. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, names));
  if (typeof value !== "object" || value === null) return value;
  const fields: Record<string, unknown> = {};
  for (const [field, one] of Object.entries(value)) fields[field] = renamed(one, names);
  const { type, image } = fields;
  if (type === "image" && typeof image === "string") fields.image = names.get(image) ?? image;
  return fields;
}
