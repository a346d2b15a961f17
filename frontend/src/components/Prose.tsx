import styles from "./Prose.module.css";

interface Piece {
  kind: "words" | "code" | "address";
  text: string;
  at: number;
}

/**
 * A sentence of the deployer: text between backticks is set as code. Everything else stays plain text.
 *
 * @param links also turns URLs into links; only for our own sentences
 */
export function Prose({ text, links = false }: { text: string; links?: boolean }) {
  return piecesOf(text, links).map(({ kind, text: words, at }) => {
    if (kind === "code") {
      return (
        <code key={at} className={styles.code}>
          {words}
        </code>
      );
    }
    if (kind === "address") {
      return (
        <a key={at} href={words} target="_blank" rel="noopener noreferrer">
          {words}
        </a>
      );
    }
    return <span key={at}>{words}</span>;
  });
}

const ADDRESS = /https?:\/\/[^\s`"'<>]*[^\s`"'<>.,;:!?)\]]/g;

function piecesOf(text: string, links: boolean): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [index, part] of text.split("`").entries()) {
    if (index % 2 === 1) pieces.push({ kind: "code", text: part, at });
    else pieces.push(...(links ? linked(part, at) : [{ kind: "words" as const, text: part, at }]));
    at += part.length + 1;
  }
  return pieces.filter(({ text: words }) => words !== "");
}

function linked(words: string, from: number): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { 0: address, index } of words.matchAll(ADDRESS)) {
    pieces.push({ kind: "words", text: words.slice(done, index), at: from + done });
    pieces.push({ kind: "address", text: address, at: from + index });
    done = index + address.length;
  }
  return [...pieces, { kind: "words", text: words.slice(done), at: from + done }];
}

/** `address`, if it is safe as a link target: the platform may send anything. */
export function webAddress(address: string | null | undefined): string | null {
  if (!address) return null;
  try {
    const { protocol, href } = new URL(address);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** The platform's page with the log of the app at `address`. */
export function logPage(address: string): string {
  return new URL("/logz", address).href;
}
