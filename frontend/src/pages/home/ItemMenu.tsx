import type { Item } from "../../api/library";
import { IconButton } from "../../components/IconButton";
import { Menu, type MenuEntry } from "../../components/Menu";
import styles from "./Card.module.css";
import type { Asked } from "./items";

interface ItemMenuProps<T> {
  item: T;
  onAsk: (asked: Asked<T>) => void;
  /** Absent: there is no default of this kind. */
  onMakeDefault?: (everyone: boolean) => void;
}

/** What can be done with an item; what only administrators can do is shown, but disabled. */
export function ItemMenu<T extends Item>({ item, onAsk, onMakeDefault }: ItemMenuProps<T>) {
  const isLocked = !item.can_edit;
  const isDefault = "is_default" in item && item.is_default;
  const defaults: MenuEntry[] = onMakeDefault
    ? [
        {
          label: "Set as default",
          icon: "star",
          disabled: isDefault,
          onSelect: () => onMakeDefault(false),
        },
        ...(item.shared && !isLocked
          ? [{ label: "Set as default for everyone", onSelect: () => onMakeDefault(true) }]
          : []),
      ]
    : [];
  return (
    <div className={styles.menu}>
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={`Actions for ${item.name}`} />}
        entries={[
          {
            label: "Edit",
            icon: "pencil",
            disabled: isLocked,
            onSelect: () => onAsk({ what: "edit", item }),
          },
          { label: "Duplicate", icon: "copy", onSelect: () => onAsk({ what: "copy", item }) },
          ...defaults,
          "separator",
          {
            label: "Delete",
            icon: "bin",
            tone: "danger",
            disabled: isLocked,
            onSelect: () => onAsk({ what: "delete", item }),
          },
        ]}
      />
    </div>
  );
}
