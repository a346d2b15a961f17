/** The form: common settings are visible, the rest is collapsed. */
import { type RefCallback, useId } from "react";
import type { Status } from "../contract";
import { Fold } from "../Fold";
import { ChoiceField } from "./ChoiceField";
import styles from "./DeployForm.module.css";
import { Labelled, LinesField, TextField } from "./Field";
import fieldStyles from "./Field.module.css";
import { useForm } from "./FormContext";
import { FOLDED, type SwitchKey, setting, type TextKey, takes } from "./fields";
import { SwitchField } from "./SwitchField";
import type { FormValues } from "./values";
import { WheelField } from "./WheelField";

export function DeployForm({
  status,
  unfolded,
  onUnfold,
}: {
  status: Status | null;
  unfolded: boolean;
  onUnfold: (unfolded: boolean) => void;
}) {
  const { operation } = useForm();
  return (
    <div className={styles.form}>
      <Names status={status} />
      {operation === "create" ? null : <Reset />}
      {operation === "delete" ? null : <SizeAndVersion />}
      {operation === "delete" ? null : <Assistant />}
      {operation === "delete" ? null : (
        <Fold title="More settings" beside={<Changed />} open={unfolded} onToggle={onUnfold}>
          <MoreSettings status={status} />
        </Fold>
      )}
    </div>
  );
}

function Names({ status }: { status: Status | null }) {
  const { operation } = useForm();
  const known = operation === "create" ? null : status;
  return (
    <Section title="Names">
      <Field name="app_name" />
      <div className={styles.pair}>
        <Field name="lakebase_name" placeholder={known?.lakebase_name} />
        <Field name="schema_name" placeholder={known?.schema_name} />
      </div>
      {operation === "delete" ? <Folder status={status} /> : null}
    </Section>
  );
}

function Reset() {
  const { operation } = useForm();
  return operation === "update" ? (
    <SwitchField
      name="reset_database"
      danger
      help="Drops the schema with all its data and creates it again. The review shows what can be restored."
    />
  ) : (
    <SwitchField
      name="reset_database"
      danger
      label="Drop the schema as well"
      help="Otherwise the database and the schema are kept. The review shows what can be restored."
    />
  );
}

function SizeAndVersion() {
  const { operation } = useForm();
  return (
    <Section title="Size and version">
      <Field name="app_compute" />
      {takes(operation, "lakebase_compute") ? <Field name="lakebase_compute" /> : null}
      <Field name="app_version" />
    </Section>
  );
}

/** What the app's assistant works with. */
function Assistant() {
  return (
    <Section title="Assistant">
      <Field name="serving_endpoint" />
      <div className={styles.pair}>
        <Field name="genie_spaces" />
        <Field name="sql_warehouse" />
      </div>
    </Section>
  );
}

function MoreSettings({ status }: { status: Status | null }) {
  const { operation } = useForm();
  return (
    <div className={styles.folded}>
      {FOLDED.filter((name) => takes(operation, name)).map((name) => {
        switch (name) {
          case "app_file_workspace_path":
            return <Folder key={name} status={status} />;
          case "local_wheel":
            return <WheelField key={name} />;
          case "encryption_key":
            return <KeyField key={name} />;
          default:
            return <Field key={name} name={name as keyof FormValues} />;
        }
      })}
    </div>
  );
}

/** The field of a setting, according to its description. */
function Field({
  name,
  placeholder,
}: {
  name: keyof FormValues;
  placeholder?: string | null | undefined;
}) {
  const { operation } = useForm();
  const { kind, choices, help, leftOut, keptByUpdate } = setting(name);
  const otherwise = leftOut[operation];
  if (kind === "flag") return <SwitchField name={name as SwitchKey} help={help} />;
  const text = name as TextKey;
  if (kind === "map") return <LinesField name={text} help={help} />;
  if (choices.length === 0) {
    const mono = name !== "description";
    return <TextField name={text} placeholder={placeholder ?? otherwise} help={help} mono={mono} />;
  }
  const asItIs = operation === "update" && keptByUpdate;
  return (
    <ChoiceField
      name={text}
      choices={asItIs ? [{ value: "", label: "Unchanged", note: otherwise }, ...choices] : choices}
      otherwise={asItIs ? "" : otherwise}
      help={help}
    />
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h3 id={id} className={styles.title}>
        {title}
      </h3>
      {children}
    </section>
  );
}

function Folder({ status }: { status: Status | null }) {
  const { values } = useForm();
  const app = values.app_name || setting("app_name").leftOut.create;
  return (
    <TextField
      name="app_file_workspace_path"
      placeholder={status?.app_file_workspace_path ?? `/Workspace/Users/<you>/.apps/${app}`}
      help={setting("app_file_workspace_path").help}
    />
  );
}

function KeyField() {
  const { unkept, keep, register } = useForm();
  return (
    <Labelled
      name="encryption_key"
      help={`${setting("encryption_key").help} This page doesn’t store it.`}
    >
      {(control) => (
        <KeyInput
          control={control}
          register={register("encryption_key")}
          value={unkept.encryption_key}
          onChange={(encryption_key) => keep({ encryption_key })}
        />
      )}
    </Labelled>
  );
}

function KeyInput({
  control,
  register,
  value,
  onChange,
}: {
  control: React.ComponentProps<"input">;
  register: RefCallback<HTMLElement>;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <input
      {...control}
      ref={register}
      className={fieldStyles.mono}
      type="password"
      // Keeps browsers from offering to save the key as a password.
      autoComplete="new-password"
      data-1p-ignore
      data-lpignore="true"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The number of changed settings among the collapsed ones. */
function Changed() {
  const { operation, values, unkept } = useForm();
  const given = { ...values, ...unkept };
  const count = FOLDED.filter((key) => takes(operation, key) && Boolean(given[key])).length;
  if (count === 0) return null;
  return <span className={styles.changed}>{count} changed</span>;
}
