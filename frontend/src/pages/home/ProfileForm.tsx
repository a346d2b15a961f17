import { useQuery } from "@tanstack/react-query";
import type { ProfileFields } from "../../api/library";
import { prompts, styles as stylesQuery } from "../../api/queries";
import type { Profile } from "../../api/schema";
import { SelectField } from "../../components/FormField";
import { type FormProps, ItemForm } from "./ItemForm";
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
  };
  return (
    <ItemForm {...rest} kind="profiles" start={start} check={check}>
      {({ fields, set }) => (
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

function check({ name }: ProfileFields) {
  return name.trim() === "" ? { name: "Enter a name." } : {};
}
