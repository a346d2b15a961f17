import type { Assistant } from "../../api/chat";
import styles from "./Composer.module.css";

/** The model that answers the next messages; empty: the default. */
export function EndpointChoice({
  given,
  value,
  onChange,
}: {
  given: Assistant;
  value: string;
  onChange: (endpoint: string) => void;
}) {
  return (
    <label className={styles.endpoint}>
      Model
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">
          {given.endpoint ? `Default: ${given.endpoint}` : "As in the profile"}
        </option>
        {given.endpoints.map(({ name, ready }) => (
          <option key={name} value={name}>
            {ready ? name : `${name} (not ready)`}
          </option>
        ))}
      </select>
    </label>
  );
}
