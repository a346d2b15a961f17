/** A deck from a file: a bare deck, or Tellr's own with its images. The server checks what is in it. */

/** The server reads no larger deck. */
const MOST_DECK_BYTES = 8 * 1024 * 1024;
/** A deck with its images. */
const MOST_BYTES = 64 * 1024 * 1024;
/** The newest format of files that this page knows. */
const NEWEST = 1;

export type ReadFile =
  /** A deck, and its images in base64 by the names that it has for them. */
  { deck: object; images: Images } | { problem: string };

export type Images = Readonly<Record<string, { type: string; data: string }>>;

export async function readDeckFile(file: File): Promise<ReadFile> {
  const name = `“${file.name}”`;
  if (file.size > MOST_BYTES) return { problem: `${name} is larger than 64 MiB.` };
  if (await isArchive(file)) {
    const problem = `${name} isn’t a deck of Tellr. PowerPoint and other documents can’t be imported; choose a file that was exported as “Tellr deck”.`;
    return { problem };
  }
  const found = parsed(await file.text());
  if (found === undefined) {
    const problem = `${name} isn’t JSON. Choose a file that was exported as “Tellr deck”.`;
    return { problem };
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    const problem = `${name} is JSON, but not a deck. Choose a file that was exported as “Tellr deck”.`;
    return { problem };
  }
  return "tellr" in found ? bundled(found, name) : bare(found, file);
}

function bundled(
  found: { tellr: unknown; deck?: unknown; images?: unknown },
  name: string,
): ReadFile {
  const { tellr, deck, images = {} } = found;
  if (typeof tellr !== "number") return { problem: `${name} doesn’t say its format.` };
  if (tellr > NEWEST) {
    const problem = `${name} was exported by a newer Tellr. Update this app, or export it there as a format that this one knows.`;
    return { problem };
  }
  if (typeof deck !== "object" || deck === null) return { problem: `${name} has no deck in it.` };
  if (!areImages(images)) return { problem: `${name} has images that can’t be read.` };
  return { deck, images };
}

function areImages(images: unknown): images is Images {
  if (typeof images !== "object" || images === null || Array.isArray(images)) return false;
  const isText = (value: unknown) => typeof value === "string";
  return Object.values(images).every((image) => isText(image?.type) && isText(image?.data));
}

function bare(found: object, { name, size }: File): ReadFile {
  if (!("format" in found) && !("slides" in found)) {
    const problem = `“${name}” is JSON, but not a deck. Choose a file that was exported as “Tellr deck”.`;
    return { problem };
  }
  if (size > MOST_DECK_BYTES) return { problem: `“${name}” is larger than 8 MiB.` };
  return { deck: found, images: {} };
}

/** Office documents are ZIP archives. */
async function isArchive(file: File): Promise<boolean> {
  return (await file.slice(0, 2).text()) === "PK";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
