import { useId } from "react";
import type { Assistant } from "../../api/chat";
import styles from "./Composer.module.css";

/** The model that answers. `none`: what an empty value means. */
export function EndpointChoice({
  given,
  none,
  value,
  onChange,
}: {
  given: Assistant;
  none: string;
  value: string;
  onChange: (endpoint: string) => void;
}) {
  const id = useId();
  return (
    <div className={styles.endpoint}>
      <label htmlFor={id}>Model</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{none}</option>
        {given.endpoints.map(({ name, ready }) => (
          <option key={name} value={name}>
            {ready ? name : `${name} (not ready)`}
          </option>
        ))}
      </select>
    </div>
  );
}
