/** Which addresses at Google may be opened. Anything else that an answer names is not. */

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Google's page where a person agrees, or a stand-in on this machine. */
export const signInAddress = (address: string) => allowed(address, "accounts.google.com");

/** A presentation, or a stand-in on this machine. */
export const presentationAddress = (address: string) => allowed(address, "docs.google.com");

function allowed(address: string, host: string): string | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const { protocol, hostname, port, username, password } = url;
  if (username !== "" || password !== "") return null;
  const isGoogle = protocol === "https:" && hostname === host && port === "";
  const isHere = (protocol === "http:" || protocol === "https:") && LOOPBACK.includes(hostname);
  return isGoogle || isHere ? url.href : null;
}
