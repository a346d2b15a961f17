/**
 * Text of a model: data, whatever it says. Markup in it is shown as it is written; only addresses that lead to the
 * web or to a mailbox become links, and each shows where it leads.
 */
import { memo } from "react";
import styles from "./ModelText.module.css";

const ADDRESS = /(?:https?:\/\/|mailto:)[^\s`"'<>()[\]{}\\|^]*[^\s`"'<>()[\]{}\\|^.,;:!?]/gi;

export const ModelText = memo(function ModelText({ text }: { text: string }) {
  const paragraphs = text.split(/\n{2,}/);
  return paragraphs.map((paragraph, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs are only added at the end
    <Paragraph key={index} text={paragraph.trim()} />
  ));
});

/** One that is complete isn't drawn anew while the next one arrives. */
const Paragraph = memo(function Paragraph({ text }: { text: string }) {
  if (text === "") return null;
  return <p className={styles.paragraph}>{linked(text)}</p>;
});

function linked(text: string) {
  const pieces = [];
  let done = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    const href = safeAddress(address);
    if (!href) continue;
    pieces.push(text.slice(done, index));
    pieces.push(
      <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {address}
      </a>,
    );
    done = index + address.length;
  }
  return [...pieces, text.slice(done)];
}

/** The address as a link's target; `null` if it may not be one. */
export function safeAddress(address: string): string | null {
  try {
    const { protocol, href } = new URL(address);
    return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? href : null;
  } catch {
    return null;
  }
}
