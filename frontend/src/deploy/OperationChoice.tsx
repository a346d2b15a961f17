import { useId } from "react";
import { Icon, type IconName } from "../components/Icon";
import type { Operation } from "./contract";
import styles from "./OperationChoice.module.css";

const OPERATIONS: readonly { value: Operation; name: string; note: string; icon: IconName }[] = [
  { value: "create", name: "Deploy", note: "Create a new Tellr app", icon: "launch" },
  { value: "update", name: "Update", note: "Change the version or settings", icon: "refresh" },
  { value: "delete", name: "Delete", note: "Delete the app; keep its data", icon: "bin" },
];

export function OperationChoice({
  value,
  onChange,
}: {
  value: Operation;
  onChange: (operation: Operation) => void;
}) {
  const id = useId();
  return (
    <fieldset className={styles.choice}>
      <legend className="visually-hidden">Operation</legend>
      {OPERATIONS.map((option) => (
        <label key={option.value} className={styles.option}>
          <input
            type="radio"
            name={id}
            className={styles.radio}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span className={styles.icon}>
            <Icon name={option.icon} />
          </span>
          <span className={styles.name}>{option.name}</span>{" "}
          <span className={styles.note}>{option.note}</span>
        </label>
      ))}
    </fieldset>
  );
}
