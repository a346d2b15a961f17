import { useQuery } from "@tanstack/react-query";
import type { Assistant } from "../../../api/chat";
import { profiles, prompts, styles as stylesQuery } from "../../../api/queries";
import { rememberEndpoint } from "../../../assistant/useEndpoint";
import { SelectField } from "../../../components/FormField";
import styles from "./Options.module.css";
import type { ChosenOptions } from "./options";

/** How the deck is made; without a choice, as the profile says. */
export function Options({
  options,
  assistant,
  endpoint,
  onChange,
}: {
  options: ChosenOptions;
  assistant: Assistant | undefined;
  /** The one that is used if none is chosen. */
  endpoint: string | null;
  onChange: (part: Partial<ChosenOptions>) => void;
}) {
  const { data: allProfiles } = useQuery(profiles);
  const { data: allPrompts } = useQuery(prompts);
  const { data: allStyles } = useQuery(stylesQuery);
  const byDefault = allProfiles?.find(({ is_default }) => is_default);
  return (
    <div className={styles.options}>
      <Choice
        label="Profile"
        none={byDefault?.name ?? "None"}
        items={allProfiles?.filter((profile) => profile !== byDefault)}
        value={options.profile}
        onChange={(profile) => onChange({ profile })}
      />
      <Choice
        label="Deck prompt"
        none="As in the profile"
        items={allPrompts}
        value={options.prompt}
        onChange={(prompt) => onChange({ prompt })}
      />
      <Choice
        label="Slide style"
        none="As in the profile"
        items={allStyles}
        value={options.style}
        onChange={(style) => onChange({ style })}
      />
      <Choice
        label="Model endpoint"
        none={endpoint ? `Default: ${endpoint}` : "Choose a model endpoint"}
        items={assistant?.endpoints.map(({ name, ready }) => ({
          id: name,
          name: ready ? name : `${name} (not ready)`,
        }))}
        value={options.endpoint}
        onChange={(chosen) => {
          rememberEndpoint(chosen);
          onChange({ endpoint: chosen });
        }}
      />
    </div>
  );
}

function Choice({
  label,
  none,
  items = [],
  value,
  onChange,
}: {
  label: string;
  none: string;
  items: readonly { id: string; name: string }[] | undefined;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <SelectField label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{none}</option>
      {items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
