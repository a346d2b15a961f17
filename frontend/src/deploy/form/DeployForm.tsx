/** The form: what is usually changed in sight, the rest folded. */
import { type RefCallback, useId } from "react";
import { Icon } from "../../components/Icon";
import type { Status } from "../contract";
import { ChoiceField } from "./ChoiceField";
import styles from "./DeployForm.module.css";
import { Labelled, TextField } from "./Field";
import fieldStyles from "./Field.module.css";
import { useForm } from "./FormContext";
import { APP_SIZES, DATABASE_SIZES, DEFAULTS, FOLDED, KEY_PLACES, PACKAGES, takes } from "./fields";
import { SwitchField } from "./SwitchField";
import { WheelField } from "./WheelField";

const AS_IT_IS = { value: "", label: "As it is", note: "Unchanged" };

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
      {operation === "delete" ? null : (
        <details
          className={styles.more}
          open={unfolded}
          onToggle={(event) => onUnfold(event.currentTarget.open)}
        >
          <summary className={styles.summary}>
            <span className={styles.chevron}>
              <Icon name="chevron" />
            </span>
            More settings
            <Changed />
          </summary>
          <MoreSettings status={status} />
        </details>
      )}
    </div>
  );
}

function Names({ status }: { status: Status | null }) {
  const { operation } = useForm();
  const creates = operation === "create";
  const usual = operation === "delete" ? AS_DEPLOYED : DEFAULTS;
  return (
    <Section title="Names">
      <TextField
        name="app_name"
        placeholder={DEFAULTS.app_name}
        help="What the app is called in the workspace."
      />
      <div className={styles.pair}>
        <TextField
          name="lakebase_name"
          placeholder={(creates ? null : status?.lakebase_name) ?? usual.lakebase_name}
          help={creates ? "Made if there is none of this name." : null}
        />
        <TextField
          name="schema_name"
          placeholder={(creates ? null : status?.schema_name) ?? usual.schema_name}
          help={creates ? "The app’s own place in it." : null}
        />
      </div>
      {operation === "delete" ? <Folder status={status} /> : null}
    </Section>
  );
}

/** What is left out when deleting. */
const AS_DEPLOYED = { lakebase_name: "as deployed", schema_name: "as deployed" };

function Reset() {
  const { operation } = useForm();
  return operation === "update" ? (
    <SwitchField
      name="reset_database"
      danger
      help="Drops the schema with all that Tellr keeps in it, and makes it anew. The review says what can be got back."
    />
  ) : (
    <SwitchField
      name="reset_database"
      danger
      label="Drop the schema as well"
      help="Without it, database and schema stay. The review says what can be got back."
    />
  );
}

function SizeAndVersion() {
  const { operation } = useForm();
  const updates = operation === "update";
  return (
    <Section title="Size and version">
      <ChoiceField
        name="app_compute"
        choices={updates ? [AS_IT_IS, ...APP_SIZES] : APP_SIZES}
        otherwise={updates ? "" : "MEDIUM"}
      />
      {takes(operation, "lakebase_compute") ? (
        <ChoiceField
          name="lakebase_compute"
          choices={DATABASE_SIZES}
          otherwise="CU_1"
          help="It grows and shrinks between these compute units. A database that exists keeps its size."
        />
      ) : null}
      <TextField
        name="app_version"
        placeholder="this deployer’s own"
        help={
          <>
            One exact version, or <code>latest</code>.
          </>
        }
      />
    </Section>
  );
}

function MoreSettings({ status }: { status: Status | null }) {
  const { operation } = useForm();
  const updates = operation === "update";
  return (
    <div className={styles.folded}>
      <Folder status={status} />
      <TextField
        name="description"
        mono={false}
        placeholder={updates ? "as it is" : DEFAULTS.description}
      />
      <ChoiceField name="app_package" choices={PACKAGES} otherwise="tellr-app" />
      <WheelField />
      <SwitchField
        name="use_test_pypi"
        help="For trials: takes the package from TestPyPI, and what it needs from PyPI."
      />
      <SwitchField
        name="seed_databricks_defaults"
        help="Deck prompts and a style about the platform itself."
      />
      <TextField
        name="extra_scopes"
        placeholder="none"
        help="Beside the six that the app always asks for; separated by spaces."
      />
      <ChoiceField
        name="encryption_key_storage"
        choices={updates ? [{ ...AS_IT_IS, note: "Where it is now" }, ...KEY_PLACES] : KEY_PLACES}
        otherwise={updates ? "" : "secret_scope"}
      />
      <KeyField />
    </div>
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
  const app = values.app_name || DEFAULTS.app_name;
  return (
    <TextField
      name="app_file_workspace_path"
      placeholder={status?.app_file_workspace_path ?? `/Workspace/Users/<you>/.apps/${app}`}
      help="Where the app’s files lie in the workspace."
    />
  );
}

function KeyField() {
  const { operation, unkept, keep, register } = useForm();
  return (
    <Labelled
      name="encryption_key"
      help={
        operation === "create"
          ? "A Fernet key of your own. One is made if this is empty. It is used once, and kept nowhere in this page."
          : "The Fernet key in use. It is found if this is empty. It is kept nowhere in this page."
      }
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
      // Browsers offer to save what looks like a password; this one is somebody's data.
      autoComplete="new-password"
      data-1p-ignore
      data-lpignore="true"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** How many of the folded settings were changed, so that they are not forgotten. */
function Changed() {
  const { operation, values, unkept } = useForm();
  const given = { ...values, ...unkept };
  const count = FOLDED.filter((key) => takes(operation, key) && Boolean(given[key])).length;
  if (count === 0) return null;
  return <span className={styles.changed}>{count} changed</span>;
}
