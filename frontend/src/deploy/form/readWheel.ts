import type { WheelArgument } from "../contract";

/** The platform's maximum file size; checked before reading, as a file may have gigabytes. */
const LIMIT_BYTES = 10 * 1024 * 1024;
const MEGABYTE = 1_000_000;

export interface ReadWheel {
  wheel: WheelArgument | null;
  problem: string | null;
}

/** Reads a file into the deployer's format. */
export async function readWheel(file: File): Promise<ReadWheel> {
  if (file.size > LIMIT_BYTES) {
    const size = (file.size / MEGABYTE).toFixed(1);
    const problem = `${file.name} is ${size} MB. Databricks Apps refuses files over 10 MB.`;
    return { wheel: null, problem };
  }
  try {
    return { wheel: { file_name: file.name, content: await base64(file) }, problem: null };
  } catch {
    return { wheel: null, problem: `${file.name} can’t be read. Choose it again.` };
  }
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  // In chunks: the number of a function's arguments is limited.
  const PIECE = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
