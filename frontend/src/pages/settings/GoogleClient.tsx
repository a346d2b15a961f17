/** For administrators: the workspace's OAuth client, uploaded once and never shown again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { type Google, google, removeClient, uploadClient } from "../../api/google";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import dialogs from "../start/dialogs.module.css";
import { readClientFile } from "./clientFile";
import styles from "./GoogleSection.module.css";

type Asked = { what: "replace"; client: unknown; name: string } | { what: "remove" } | null;

export function GoogleClient({ given }: { given: Google }) {
  const [asked, setAsked] = useState<Asked>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const upload = useChange(uploadClient, () => setDone(true));
  const problem = refusal ?? upload.error?.message ?? null;

  const take = async (file: File | undefined) => {
    if (!file) return;
    setDone(false);
    upload.reset();
    const read = await readClientFile(file);
    setRefusal("problem" in read ? read.problem : null);
    if ("problem" in read) return;
    if (given.is_configured) {
      setAsked({ what: "replace", client: read.client, name: file.name });
    } else upload.mutate(read.client);
  };

  return (
    <div className={styles.card}>
      <div className={styles.row}>
        <div className={styles.words}>
          <h3 className={styles.name}>OAuth client</h3>
          <p className={styles.note}>
            {given.is_configured
              ? "Uploaded. It is encrypted and can’t be read back."
              : "Lets the people of this workspace connect their Google accounts."}
          </p>
        </div>
        {given.is_configured ? (
          <Button
            size="small"
            aria-label="Remove the OAuth client"
            onClick={() => setAsked({ what: "remove" })}
          >
            Remove
          </Button>
        ) : null}
      </div>
      <Address address={given.redirect_uri} />
      <FileField
        label={given.is_configured ? "Replace it" : "Upload its JSON file"}
        isBusy={upload.isPending}
        onFile={(file) => void take(file)}
      />
      {problem ? (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      ) : null}
      <p role="status" className={styles.done}>
        {isDone && !problem ? "Saved. People can connect their accounts now." : ""}
      </p>
      {asked?.what === "replace" ? (
        <Confirm
          title="Replace the OAuth client?"
          text={`“${asked.name}” takes the place of the current client. If it belongs to another project in Google Cloud, everyone has to connect their account again.`}
          label="Replace"
          change={() => uploadClient(asked.client)}
          onDone={() => setDone(true)}
          onClose={() => setAsked(null)}
        />
      ) : null}
      {asked?.what === "remove" ? (
        <Confirm
          title="Remove the OAuth client?"
          text="Nobody can send decks to Google Slides until another client is uploaded, and everyone has to connect their account again. Exports that are waiting for Google fail. Presentations stay in Drive."
          label="Remove"
          change={removeClient}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </div>
  );
}

function Address({ address }: { address: string }) {
  return (
    <div className={styles.address}>
      <p className={styles.label}>Redirect URI to register with the client</p>
      <div className={styles.copy}>
        <code className={styles.code}>{address}</code>
        <CopyButton text={address} about="redirect URI" />
      </div>
    </div>
  );
}

/** A file is chosen, or dropped on it. */
function FileField({
  label,
  isBusy,
  onFile,
}: {
  label: string;
  isBusy: boolean;
  onFile: (file: File | undefined) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const over = (isNow: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isNow);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is another way to what the button does
    <div
      className={styles.drop}
      data-over={isOver || undefined}
      onDragEnter={over(true)}
      onDragOver={over(true)}
      onDragLeave={over(false)}
      onDrop={(event) => {
        over(false)(event);
        onFile(event.dataTransfer.files[0]);
      }}
    >
      <Icon name="upload" />
      <p className={styles.dropWords}>{label}: drop it here, or</p>
      <Button size="small" aria-disabled={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? "Uploading…" : "Choose a file"}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label="OAuth client file"
        hidden
        onChange={({ target }) => {
          onFile(target.files?.[0]);
          target.value = "";
        }}
      />
    </div>
  );
}

function Confirm({
  title,
  text,
  label,
  change,
  onDone,
  onClose,
}: {
  title: string;
  text: string;
  label: string;
  change: () => Promise<unknown>;
  onDone?: () => void;
  onClose: () => void;
}) {
  const { mutate, isPending, error } = useChange(change, () => {
    onDone?.();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p className={styles.text}>{text}</p>
      {error ? (
        <p role="alert" className={dialogs.problem}>
          {error.message}
        </p>
      ) : null}
      <div className={dialogs.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" disabled={isPending} onClick={() => mutate(undefined)}>
          {label}
        </Button>
      </div>
    </Dialog>
  );
}

/** A change of the client; what is shown is then read anew. */
function useChange(change: (client: unknown) => Promise<unknown>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: google.queryKey });
      onDone();
    },
  });
}
