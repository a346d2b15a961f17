/** The file that Google's console gives for an OAuth client, as far as a mistake can be named before it is sent. */

/** Google's files have less than 1 KiB. */
const MOST_BYTES = 64 * 1024;

export type Read = { client: unknown } | { problem: string };

const WHERE =
  "In Google Cloud’s console, open “Credentials”, choose the OAuth client, and download its JSON.";

export async function readClientFile(file: File): Promise<Read> {
  if (file.size > MOST_BYTES) return { problem: `“${file.name}” is too large. ${WHERE}` };
  let client: unknown;
  try {
    client = JSON.parse(await file.text());
  } catch {
    return { problem: `“${file.name}” isn’t JSON. ${WHERE}` };
  }
  if (typeof client !== "object" || client === null || Array.isArray(client)) {
    return { problem: `“${file.name}” isn’t an OAuth client. ${WHERE}` };
  }
  if ("installed" in client) {
    const problem =
      "This client is for a desktop app. Create one of the type “Web application”, and upload that.";
    return { problem };
  }
  if ("type" in client && client.type === "service_account") {
    const problem =
      "This is the key of a service account. Create an OAuth client of the type “Web application”, and upload that.";
    return { problem };
  }
  if (!("web" in client)) return { problem: `“${file.name}” isn’t an OAuth client. ${WHERE}` };
  return { client };
}
