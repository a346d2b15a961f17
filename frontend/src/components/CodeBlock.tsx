import { useState } from "react";
import { Button } from "./Button";
import styles from "./CodeBlock.module.css";

type Language = "yaml" | "text";

/**
 * Text that can be selected, copied and saved as a file.
 *
 * Browsers may silently refuse copying and saving in a frame. After a refused copy the text stays selected,
 * ready for the keyboard.
 */
export function CodeBlock({
  label,
  text,
  language = "text",
  download,
  marked,
}: {
  label: string;
  text: string;
  language?: Language;
  /** The name of the saved file. */
  download?: string;
  /** The line to highlight, counted from 1. */
  marked?: number | undefined;
}) {
  const [copied, setCopied] = useState<"no" | "yes" | "selected">("no");

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      setCopied("selected");
    }
  };

  return (
    <div className={styles.block}>
      <div className={styles.bar}>
        <span className={styles.label}>{label}</span>
        <Button
          tone="quiet"
          size="small"
          icon={copied === "yes" ? "check" : "copy"}
          aria-label={`${copied === "yes" ? "Copied" : "Copy"} ${label}`}
          onClick={copy}
        >
          {copied === "yes" ? "Copied" : "Copy"}
        </Button>
        {download ? <Download text={text} name={download} /> : null}
      </div>
      {copied === "selected" ? (
        <>
          <p className={styles.hint} role="status">
            The clipboard is not open to this page. The text is selected: press Ctrl+C or ⌘C.
          </p>
          <textarea
            className={styles.selected}
            aria-label={label}
            readOnly
            value={text}
            rows={Math.min(16, text.split("\n").length)}
            ref={(area) => area?.select()}
          />
        </>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable, so it has to be focusable
        // biome-ignore lint/a11y/useSemanticElements: a section can't be preformatted by itself
        <pre className={styles.code} tabIndex={0} role="region" aria-label={label}>
          {linesOf(text).map(({ line, at, number }) => (
            <span key={at} className={styles.line} data-marked={number === marked || undefined}>
              {language === "yaml" ? <YamlLine line={line} /> : line}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}

function Download({ text, name }: { text: string; name: string }) {
  const [address, setAddress] = useState<string>();
  return (
    <a
      className={styles.download}
      download={name}
      aria-label={`Download ${name}`}
      href={address ?? "#"}
      onClick={(event) => {
        // Created on demand: the text may change with every key press.
        const made = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
        event.currentTarget.href = made;
        setAddress((before) => {
          if (before) URL.revokeObjectURL(before);
          return made;
        });
      }}
    >
      Download
    </a>
  );
}

function linesOf(text: string) {
  let at = 0;
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, index) => {
      const entry = { line, at, number: index + 1 };
      at += line.length + 1;
      return entry;
    });
}

/** A minimal YAML highlighter for keys; other syntax stays plain. */
function YamlLine({ line }: { line: string }) {
  if (/^\s*#/.test(line)) return <span className={styles.comment}>{line}</span>;
  const [, indent = "", key, rest = ""] = /^(\s*(?:- )?)([\w.-]+:)(.*)$/.exec(line) ?? [];
  if (key === undefined) return line;
  return (
    <>
      {indent}
      <span className={styles.key}>{key}</span>
      {rest}
    </>
  );
}
