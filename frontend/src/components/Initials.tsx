import styles from "./Initials.module.css";

/** A person as a disc with initials. Decorative: the name is said beside it. */
export function Initials({
  name,
  size = "regular",
  tone = "accent",
}: {
  name: string;
  size?: "regular" | "small" | "tiny";
  /** `other`: another person than the user; `group`: no person. */
  tone?: "accent" | "other" | "group";
}) {
  return (
    <span className={styles.initials} data-size={size} data-tone={tone} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const first = words[0]?.charAt(0) ?? "";
  const last = words.length > 1 ? (words.at(-1)?.charAt(0) ?? "") : "";
  return (first + last).toUpperCase();
}
