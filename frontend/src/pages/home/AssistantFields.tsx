/** What the assistant uses in a profile: model and data, each tested with one click. */
import { useQuery } from "@tanstack/react-query";
import { type Assistant, assistant } from "../../api/chat";
import type { AssistantOptions } from "../../api/schema";
import { CheckField, InputField, SelectField } from "../../components/FormField";
import styles from "./AssistantFields.module.css";
import { TestButton } from "./TestButton";

interface FieldsProps {
  options: AssistantOptions;
  /** What is wrong with the temperature. */
  error: string | undefined;
  onChange: (options: AssistantOptions) => void;
}

export function AssistantFields(props: FieldsProps) {
  const { data } = useQuery(assistant);
  if (!data) return null;
  const { options, error } = props;
  const set = (part: AssistantOptions) => props.onChange({ ...options, ...part });
  return (
    <div className={styles.fields}>
      <EndpointField given={data} options={options} set={set} />
      <div className={styles.row}>
        <InputField
          label="Temperature"
          name="options"
          hint="0 is the most even, 2 the most varied. Empty: the endpoint’s default."
          type="number"
          min={0}
          max={2}
          step={0.1}
          error={error}
          value={options.temperature ?? ""}
          onChange={({ target }) =>
            set({ temperature: target.value === "" ? null : Number(target.value) })
          }
        />
        <CheckField
          label="Review the outline first"
          hint="Slides are written once the outline is approved."
          checked={options.review_outline ?? false}
          onChange={({ target }) => set({ review_outline: target.checked || null })}
        />
      </div>
      <SpaceFields given={data} options={options} set={set} />
    </div>
  );
}

interface PartProps {
  given: Assistant;
  options: AssistantOptions;
  set: (part: AssistantOptions) => void;
}

function EndpointField({ given, options, set }: PartProps) {
  const { endpoint } = options;
  const listed = given.endpoints.map(({ name }) => name);
  // One that was chosen stays, also if it can't be listed at the moment.
  const all = endpoint && !listed.includes(endpoint) ? [...listed, endpoint] : listed;
  const tested = endpoint ?? given.endpoint;
  return (
    <div className={styles.tested}>
      <SelectField
        label="Model endpoint"
        value={endpoint ?? ""}
        onChange={({ target }) => set({ endpoint: target.value || null })}
      >
        <option value="">{given.endpoint ? `Default: ${given.endpoint}` : "Default"}</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </SelectField>
      <TestButton
        key={tested}
        about={tested ?? "the endpoint"}
        what={tested === null ? null : { endpoint: tested }}
      />
    </div>
  );
}

function SpaceFields({ given, options, set }: PartProps) {
  const { spaces } = options;
  return (
    <fieldset className={styles.spaces}>
      <legend className={styles.legend}>Data spaces</legend>
      <CheckField
        label="All that can be used"
        checked={spaces == null}
        onChange={({ target }) => set({ spaces: target.checked ? null : [] })}
      />
      {given.spaces.map(({ id, title, description }) => (
        <div key={id} className={styles.tested}>
          <CheckField
            label={title}
            hint={description}
            checked={spaces?.includes(id) ?? false}
            onChange={({ target }) => {
              const others = (spaces ?? []).filter((one) => one !== id);
              set({ spaces: target.checked ? [...others, id] : others });
            }}
          />
          <TestButton about={title} what={{ space: id }} />
        </div>
      ))}
      {given.spaces.length === 0 ? <p>There are no data spaces that you may use.</p> : null}
    </fieldset>
  );
}
