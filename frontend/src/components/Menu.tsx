import * as Radix from "@radix-ui/react-dropdown-menu";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./Menu.module.css";

export type MenuEntry =
  | {
      label: string;
      icon?: IconName | undefined;
      keys?: string | undefined;
      tone?: "danger";
      disabled?: boolean;
      onSelect: () => void;
    }
  | "separator";

interface MenuProps {
  trigger: ReactNode;
  entries: readonly MenuEntry[];
  /** Which edge of the trigger it is aligned with. */
  align?: "start" | "end";
}

/** A menu below its trigger. */
export function Menu({ trigger, entries, align = "start" }: MenuProps) {
  return (
    // Not modal: what makes a page inert and keeps it from scrolling needs inline styles.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.content} align={align} sideOffset={4} collisionPadding={8}>
          {entries.map((entry, index) =>
            entry === "separator" ? (
              <Radix.Separator key={`line ${String(index)}`} className={styles.separator} />
            ) : (
              <Radix.Item
                key={entry.label}
                className={styles.item}
                data-tone={entry.tone}
                disabled={entry.disabled ?? false}
                onSelect={entry.onSelect}
              >
                {entry.icon ? <Icon name={entry.icon} /> : null}
                {entry.label}
                {entry.keys ? <kbd className={styles.keys}>{entry.keys}</kbd> : null}
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
