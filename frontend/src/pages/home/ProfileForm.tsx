import { useQuery } from "@tanstack/react-query";
import type { ProfileFields } from "../../api/library";
import { prompts, styles as stylesQuery } from "../../api/queries";
import type { AssistantOptions, Profile } from "../../api/schema";
import { SelectField } from "../../components/FormField";
import { AssistantFields } from "./AssistantFields";
import { type Errors, type FormProps, ItemForm } from "./ItemForm";
import styles from "./ItemForm.module.css";
import { copyName } from "./TextForm";

/** The form of a profile. `from`: what it starts with, for a copy. */
export function ProfileForm({ from, ...rest }: FormProps & { from: Profile | undefined }) {
  const { data: allPrompts } = useQuery(prompts);
  const { data: allStyles } = useQuery(stylesQuery);
  const start: ProfileFields = {
    name: from ? (rest.item ? from.name : copyName(from.name)) : "",
    description: from?.description ?? "",
    prompt_id: from?.prompt_id ?? null,
    style_id: from?.style_id ?? null,
    options: chosenOf(from?.options ?? {}),
  };
  return (
    <ItemForm {...rest} kind="profiles" start={start} check={check}>
      {({ fields, errors, set }) => (
        <div className={styles.row}>
          <ItemSelect
            label="Prompt"
            items={allPrompts}
            chosen={fields.prompt_id}
            onChoose={(prompt_id) => set({ prompt_id })}
          />
          <ItemSelect
            label="Style"
            items={allStyles}
            chosen={fields.style_id}
            onChoose={(style_id) => set({ style_id })}
          />
          <AssistantFields
            options={fields.options}
            error={errors.options}
            onChange={(options) => set({ options: chosenOf(options) })}
          />
        </div>
      )}
    </ItemForm>
  );
}

type Id = Profile["id"];

function ItemSelect({
  label,
  items = [],
  chosen,
  onChoose,
}: {
  label: string;
  items: readonly { id: Id; name: string }[] | undefined;
  chosen: Id | null;
  onChoose: (id: Id | null) => void;
}) {
  return (
    <SelectField
      label={label}
      value={chosen ?? ""}
      onChange={({ target }) =>
        onChoose(items.find(({ id }) => String(id) === target.value)?.id ?? null)
      }
    >
      <option value="">None</option>
      {items.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function check({ name, options }: ProfileFields): Errors<ProfileFields> {
  const { temperature } = options;
  const isOutside = typeof temperature === "number" && !(temperature >= 0 && temperature <= 2);
  return {
    ...(name.trim() === "" ? { name: "Enter a name." } : {}),
    ...(isOutside ? { options: "Enter a number from 0 to 2, or nothing." } : {}),
  };
}

/** Only what is chosen: the server takes no `null` for what isn't. */
function chosenOf(options: AssistantOptions): AssistantOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value != null));
}
