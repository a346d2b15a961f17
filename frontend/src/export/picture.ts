/**
 * A slide as a picture: for the clipboard as PNG, or as an SVG file.
 *
 * The server draws it with its fonts inside. The page's Content-Security-Policy allows pictures from `data:` and
 * not from `blob:`.
 */

/** Pixels for each of the slide's units: sharp on most screens and projectors. */
const SCALE = 2;
const USUAL = { width: 1280, height: 720 };

/** An SVG picture with a size of its own, without which some browsers draw none. */
export function sized(svg: string): { text: string; width: number; height: number } {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.localName !== "svg" || parsed.querySelector("parsererror")) {
    throw new Error("The picture can’t be read.");
  }
  const [, , width, height] = (root.getAttribute("viewBox") ?? "")
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const size = width && height && width > 0 && height > 0 ? { width, height } : USUAL;
  root.setAttribute("width", String(size.width));
  root.setAttribute("height", String(size.height));
  return { text: new XMLSerializer().serializeToString(root), ...size };
}

export async function pngOf(svg: string): Promise<Blob> {
  const { text, width, height } = sized(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${base64(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise<Blob | null>((take) => canvas.toBlob(take, "image/png"));
  if (!png) throw new Error("The picture can’t be drawn in this browser.");
  return png;
}

/** In pieces: a function takes only so many arguments. */
function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(pieces.join(""));
}

/**
 * Puts a picture on the clipboard. Gives whether the clipboard took it.
 *
 * The clipboard is asked at once, with a promise: after a wait some browsers no longer count the click.
 */
export async function copied(png: Promise<Blob>): Promise<boolean> {
  // Its own failure is told by `png`, whether or not the clipboard is asked.
  png.catch(() => undefined);
  if (typeof ClipboardItem === "undefined" || !navigator.clipboard?.write) return false;
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    return true;
  } catch {
    return false;
  }
}

/** Saves a file under a name. */
export function save(file: Blob, name: string) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A title as the name of a file: without what systems refuse, and what could hide its real ending. */
export function fileNameOf(title: string, number: number, ending: string): string {
  const words = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f/\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, " ")
    .replace(/\s+/g, " ")
    .slice(0, 80)
    .replace(/^[. ~]+|[. ~]+$/g, "");
  return `${words || "Deck"}, slide ${number}.${ending}`;
}
