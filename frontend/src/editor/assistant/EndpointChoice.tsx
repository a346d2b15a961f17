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
  return (
    <label className={styles.endpoint}>
      Model
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{none}</option>
        {given.endpoints.map(({ name, ready }) => (
          <option key={name} value={name}>
            {ready ? name : `${name} (not ready)`}
          </option>
        ))}
      </select>
    </label>
  );
}
