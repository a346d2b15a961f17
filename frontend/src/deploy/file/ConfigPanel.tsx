/** The configuration as a file: load, view, copy, save. */
import { useId, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { CodeBlock } from "../../components/CodeBlock";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import { sentence } from "../form/Field";
import styles from "./ConfigPanel.module.css";
import type { ConfigFile, ConfigFileReader } from "./useConfigFile";

export function ConfigPanel({ reader, yaml }: { reader: ConfigFileReader; yaml: string | null }) {
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [pasting, setPasting] = useState(false);
  const { file, read, open, choose, forget } = reader;
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.header}>
        <h3 id={id} className={styles.title}>
          As a file
        </h3>
        <p className={styles.lead}>
          Drop a YAML file here to fill in the form, or save the form as a file. The file never
          contains the encryption key.
        </p>
      </header>
      <div className={styles.actions}>
        <input
          ref={picker}
          type="file"
          accept=".yaml,.yml,text/yaml"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="Configuration file"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) open(chosen);
            event.target.value = "";
          }}
        />
        <Button size="small" icon="file" onClick={() => picker.current?.click()}>
          Open a file
        </Button>
        <Button size="small" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          Paste text
        </Button>
      </div>
      {pasting ? (
        <PasteBox
          onDone={(text) => {
            read("the pasted text", text);
            setPasting(false);
          }}
        />
      ) : null}
      {file ? <Given file={file} onChoose={choose} onForget={forget} /> : null}
      {file?.error ? (
        <CodeBlock
          label={file.name}
          text={file.text}
          language="yaml"
          marked={file.error.refused?.line}
        />
      ) : (
        <CodeBlock label="tellr.yaml" text={yaml ?? ""} language="yaml" download="tellr.yaml" />
      )}
    </section>
  );
}

function PasteBox({ onDone }: { onDone: (text: string) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  return (
    <div className={styles.paste}>
      <label htmlFor={id}>Configuration as YAML</label>
      <textarea
        id={id}
        rows={7}
        // biome-ignore lint/a11y/noAutofocus: the user has just opened this box
        autoFocus
        spellCheck={false}
        value={text}
        placeholder={"app_name: tellr\nlakebase_name: tellr-db"}
        onChange={(event) => setText(event.target.value)}
      />
      <Button size="small" tone="primary" disabled={!text.trim()} onClick={() => onDone(text)}>
        Fill in the form
      </Button>
    </div>
  );
}

function Given({
  file,
  onChoose,
  onForget,
}: {
  file: ConfigFile;
  onChoose: (environment: string) => void;
  onForget: () => void;
}) {
  const id = useId();
  const { name, error, environments, environment } = file;
  return (
    <div className={error ? styles.refused : styles.taken} role={error ? "alert" : "status"}>
      <Icon name={error ? "warning" : "check"} />
      <div className={styles.words}>
        {error ? (
          <>
            <p className={styles.what}>
              <Prose text={sentence(error.message)} />
            </p>
            <p>
              <Prose text={`${sentence(error.cause)} ${sentence(error.remedy)}`} />
            </p>
          </>
        ) : (
          <p>
            The form was filled in from <code>{name}</code>.
          </p>
        )}
        {environments.length > 0 ? (
          <p className={styles.environment}>
            <label htmlFor={id}>Environment</label>
            <select
              id={id}
              value={environment ?? ""}
              onChange={(event) => onChoose(event.target.value)}
            >
              {environments.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          </p>
        ) : null}
      </div>
      <button type="button" className={styles.forget} onClick={onForget}>
        <Icon name="cross" />
        <span className="visually-hidden">Dismiss this message</span>
      </button>
    </div>
  );
}
