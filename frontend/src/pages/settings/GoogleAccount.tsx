/** The person's account at Google: connected or not. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { disconnectGoogle, type Google, google } from "../../api/google";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { AtGoogle } from "../../export/AtGoogle";
import { useConnecting } from "../../export/useConnecting";
import dialogs from "../start/dialogs.module.css";
import styles from "./GoogleSection.module.css";

export function GoogleAccount({ given }: { given: Google }) {
  const { is_configured, is_connected, email } = given;
  const connecting = useConnecting(!is_connected);
  const [isAsked, setAsked] = useState(false);
  const isConnectable = is_configured && !is_connected && !connecting.isWaiting;
  return (
    <div className={styles.card}>
      <div className={styles.row}>
        <div className={styles.words}>
          <h3 className={styles.name}>Your account</h3>
          <p className={styles.note}>
            {is_connected ? (
              <>
                Connected
                {email ? (
                  <>
                    {" "}
                    as <bdi>{email}</bdi>
                  </>
                ) : null}
                . Tellr can change only the presentations it made.
              </>
            ) : is_configured ? (
              "Not connected"
            ) : given.can_configure ? (
              "Upload the OAuth client first."
            ) : (
              "Not set up yet. Ask a workspace administrator to set it up on this page."
            )}
          </p>
        </div>
        {is_connected ? (
          <Button size="small" aria-label="Disconnect Google" onClick={() => setAsked(true)}>
            Disconnect
          </Button>
        ) : null}
        {isConnectable ? (
          <Button size="small" tone="primary" onClick={connecting.connect}>
            Connect to Google
          </Button>
        ) : null}
      </div>
      <AtGoogle connecting={connecting} />
      {isAsked ? <Disconnect onClose={() => setAsked(false)} /> : null}
    </div>
  );
}

function Disconnect({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: disconnectGoogle,
    onSuccess: async (left) => {
      await client.invalidateQueries({ queryKey: google.queryKey });
      if (left === null) onClose();
    },
  });
  if (data) {
    return (
      <Dialog title="Disconnected, with something left to do" onClose={onClose}>
        <p role="alert">{data}</p>
        <div className={dialogs.buttons}>
          <Button onClick={onClose}>Close</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Disconnect Google?" onClose={onClose}>
      <p>
        Tellr’s access to your Google account is revoked. Presentations stay in your Drive. To send
        decks again, connect again.
      </p>
      {error ? (
        <p role="alert" className={dialogs.problem}>
          {error.message}
        </p>
      ) : null}
      <div className={dialogs.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" disabled={isPending} onClick={() => mutate()}>
          Disconnect
        </Button>
      </div>
    </Dialog>
  );
}
