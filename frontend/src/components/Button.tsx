import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

type Tone = "primary" | "plain" | "quiet" | "danger";

interface Looks {
  tone?: Tone;
  icon?: IconName | undefined;
  size?: "regular" | "small";
  children: ReactNode;
}

export function Button({
  tone = "plain",
  icon,
  size = "regular",
  submits = false,
  children,
  ...rest
}: Looks & {
  /** Whether it sends its form. */
  submits?: boolean;
} & Omit<ComponentProps<"button">, "className" | "type">) {
  return (
    <button
      type={submits ? "submit" : "button"}
      className={styles[tone]}
      data-size={size}
      {...rest}
    >
      {icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

/** A link that opens in a new tab, styled as a button. */
export function LinkButton({
  tone = "plain",
  icon = "external",
  size = "regular",
  href,
  children,
}: Looks & { href: string }) {
  return (
    <a
      className={styles[tone]}
      data-size={size}
      href={href}
      target="_blank"
      rel="noopener noreferrer"
    >
      <Icon name={icon} />
      {children}
    </a>
  );
}
