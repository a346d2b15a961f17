import type { ComponentProps } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./IconButton.module.css";

interface IconButtonProps
  extends Omit<ComponentProps<"button">, "className" | "type" | "children"> {
  icon: IconName;
  /** What it does, for screen readers and as its tooltip. */
  label: string;
  /** Its shortcut as it is shown, added to the tooltip. */
  keys?: string | undefined;
}

/** A button that shows an icon only. */
export function IconButton({ icon, label, keys, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={styles.button}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
