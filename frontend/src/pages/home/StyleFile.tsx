/** A new style from a company's PowerPoint file: choose or drop it, name it, and see what becomes of it. */
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiError } from "../../api/client";
import type { Style } from "../../api/schema";
import { MOST_STYLE_FILE_BYTES, STYLE_FILE_TYPES, uploadStyle } from "../../api/themes";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { CheckField, InputField } from "../../components/FormField";
import { DropZone } from "../../deploy/file/DropZone";
import forms from "./ItemForm.module.css";
import { useReload } from "./items";
import styles from "./StyleFile.module.css";
import { StyleNotes, StyleSlides } from "./StyleSlides";

interface StyleFileProps {
  canShare: boolean;
  /** `said`: what happened, for screen readers. */
  onClose: (said?: string) => void;
}

export function StyleFile({ canShare, onClose }: StyleFileProps) {
  const reload = useReload();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const { mutate, isPending, error, data, reset } = useMutation({
    mutationFn: (chosen: File) => uploadStyle(chosen, name.trim(), shared),
    onSuccess: () => void reload(),
  });
  const isTaken = error instanceof ApiError && error.code === "name_taken";

  const choose = (chosen: File | undefined) => {
    if (!chosen || isPending) return;
    reset();
    setProblem(problemOf(chosen));
    setFile(chosen);
    if (name === "") setName(chosen.name.replace(/\.[a-z]+$/i, "").slice(0, 100));
  };
  if (data) return <Made style={data} onClose={() => onClose("style created")} />;
  const refusal = problem ?? (error && !isTaken ? error.message : null);
  return (
    <Dialog title="New style from a PowerPoint file" size="form" onClose={() => onClose()}>
      <DropZone label="Drop the file" onFile={choose}>
        <form
          className={forms.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (file && !isPending && !problem && name.trim() !== "") mutate(file);
          }}
        >
          <p>
            Colours, fonts, backgrounds and logos of a <code>.pptx</code> or <code>.potx</code> file
            become a theme for decks. The slides in it aren’t read.
          </p>
          <div className={styles.file}>
            <Button icon="upload" disabled={isPending} onClick={() => input.current?.click()}>
              {file ? "Choose another file" : "Choose a file"}
            </Button>
            <span className={styles.name}>{file ? file.name : "or drop it here"}</span>
            <input
              ref={input}
              type="file"
              accept={STYLE_FILE_TYPES}
              aria-label="PowerPoint file"
              hidden
              onChange={({ target }) => {
                choose(target.files?.[0]);
                target.value = "";
              }}
            />
          </div>
          <InputField
            label="Name"
            name="name"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            error={isTaken ? error.message : undefined}
            onChange={({ target }) => setName(target.value)}
          />
          {canShare ? (
            <CheckField
              label="Share with everyone"
              hint="All users can use the style; administrators can change it."
              checked={shared}
              onChange={({ target }) => setShared(target.checked)}
            />
          ) : null}
          {refusal ? (
            <p role="alert" className={forms.problem}>
              {refusal}
            </p>
          ) : null}
          {isPending ? (
            <div role="status" className={styles.progress}>
              <progress aria-label="Uploading" />
              Uploading and reading {file?.name}…
            </div>
          ) : null}
          <div className={forms.foot}>
            <Button onClick={() => onClose()}>Cancel</Button>
            <Button
              tone="primary"
              submits
              disabled={!file || problem !== null || isPending || name.trim() === ""}
            >
              Create style
            </Button>
          </div>
        </form>
      </DropZone>
    </Dialog>
  );
}

function Made({ style, onClose }: { style: Style; onClose: () => void }) {
  return (
    <Dialog title={`“${style.name}” was created`} size="form" onClose={onClose}>
      <div className={forms.form}>
        {style.theme ? <StyleSlides theme={style.theme} name={style.name} /> : null}
        <StyleNotes style={style} />
        <div className={forms.foot}>
          <Button tone="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What can be said of a file before it is sent. */
export function problemOf({ name, size }: { name: string; size: number }): string | null {
  if (/\.(pptm|potm|ppsm)$/i.test(name)) {
    return "The file contains macros. Save it as .pptx or .potx, which have none.";
  }
  if (!/\.(pptx|potx)$/i.test(name)) return "Choose a PowerPoint file (.pptx or .potx).";
  if (size > MOST_STYLE_FILE_BYTES) {
    return "The file is larger than 32 MiB. Delete its slides and large pictures, and choose it again.";
  }
  return null;
}
