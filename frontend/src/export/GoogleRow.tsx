/** Google Slides: set up, connected, and sent with one click; sent again into the same presentation. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type Ref, useEffect, useRef } from "react";
import { ApiError } from "../api/client";
import { type Google, google } from "../api/google";
import { Button, LinkButton } from "../components/Button";
import { Prose } from "../components/Prose";
import { AtGoogle } from "./AtGoogle";
import { presentationAddress } from "./addresses";
import { FORMATS } from "./choices";
import type { RowProps } from "./deck";
import { type Export, isActive, type Phase } from "./exportState";
import styles from "./GoogleRow.module.css";
import { Row } from "./Row";
import { Standing } from "./Standing";
import { type Connecting, useConnecting } from "./useConnecting";
import { exports } from "./useExports";

type Kind = "unknown" | "set-up" | "ask" | "connect" | "send";

export function GoogleRow({ choice, deck, one }: RowProps) {
  const { name, icon } = FORMATS[choice.format];
  const client = useQueryClient();
  const { data, error } = useQuery(google);
  const button = useRef<HTMLButtonElement>(null);
  const isHeld = one?.phase === "waiting";
  const connecting = useConnecting(data?.is_connected === false);
  // What was known of the account is void.
  useEffect(() => {
    if (isHeld) void client.invalidateQueries({ queryKey: google.queryKey });
  }, [isHeld, client]);
  // A server that knows nothing of Google.
  if (error instanceof ApiError && error.status === 404) return null;

  const start = () => void exports().start(deck.session, choice, deck.slides, deck.saved);
  const isBusy = one !== undefined && isActive(one);
  const kind = kindOf(data, isBusy);
  const isAtGoogle = kind === "connect" && connecting.isWaiting;
  return (
    <Row
      icon={icon}
      name={name}
      hint={hintOf(kind, data, error)}
      action={
        <>
          {kind === "set-up" ? <SettingsLink /> : null}
          {kind === "connect" && !isAtGoogle ? (
            <Button size="small" aria-label="Connect to Google" onClick={connecting.connect}>
              Connect
            </Button>
          ) : null}
          {kind === "send" ? <SendButton ref={button} one={one} onSend={start} /> : null}
        </>
      }
    >
      {kind === "connect" ? <AtGoogle connecting={connecting} /> : null}
      {one ? (
        <Standing one={one} isCurrent onDownload={start} onEnd={() => button.current?.focus()} />
      ) : null}
      {isHeld ? (
        <Held one={one} isConnected={data?.is_connected ?? false} connecting={connecting} />
      ) : null}
      {one?.phase === "done" ? <Sent result={one.result} /> : null}
    </Row>
  );
}

function kindOf(data: Google | undefined, isBusy: boolean): Kind {
  if (!data) return "unknown";
  // What runs can be cancelled whatever was changed meanwhile.
  if (isBusy) return "send";
  if (!data.is_configured) return data.can_configure ? "set-up" : "ask";
  return data.is_connected ? "send" : "connect";
}

function hintOf(kind: Kind, data: Google | undefined, error: Error | null): ReactNode {
  switch (kind) {
    case "unknown":
      return error ? `It can’t be used now: ${error.message}` : "Checking…";
    case "set-up":
      return "Not set up yet. Upload your organization’s OAuth client in the settings.";
    case "ask":
      return "Not set up yet. Ask a workspace administrator to set it up in Tellr’s settings.";
    case "send":
      if (data?.email) {
        return (
          <>
            To the Drive of <bdi>{data.email}</bdi>
          </>
        );
      }
      break;
    case "connect":
      break;
  }
  return FORMATS["google-slides"].hint;
}

const AGAIN: Partial<Record<Phase, string>> = { done: "Send again", failed: "Try again" };

function SendButton({
  ref,
  one,
  onSend,
}: {
  ref: Ref<HTMLButtonElement>;
  one: RowProps["one"];
  onSend: () => void;
}) {
  const isBusy = one !== undefined && isActive(one);
  const label = isBusy ? "Sending…" : (AGAIN[one?.phase ?? "queued"] ?? "Send");
  return (
    <Button
      ref={ref}
      size="small"
      aria-label={`${label} to Google Slides`}
      aria-disabled={isBusy}
      onClick={isBusy ? undefined : onSend}
    >
      {label}
    </Button>
  );
}

/** In a new tab: the deck stays open. */
function SettingsLink() {
  return (
    <LinkButton size="small" href="/settings#google-title">
      Settings
    </LinkButton>
  );
}

/** The job waits until the account is connected again, and goes on by itself. */
function Held({
  one,
  isConnected,
  connecting,
}: {
  one: Export;
  isConnected: boolean;
  connecting: Connecting;
}) {
  return (
    <div className={styles.held}>
      <p>
        {isConnected ? (
          "Your account is connected. The export continues in a moment."
        ) : (
          <>
            <Prose text={one.waiting || "Google asks you to connect your account again."} /> Connect
            again, and the export continues by itself.
          </>
        )}
      </p>
      {connecting.isWaiting ? null : (
        <Button size="small" onClick={connecting.connect}>
          Connect again
        </Button>
      )}
      <AtGoogle connecting={connecting} />
    </div>
  );
}

function Sent({ result }: { result: Export["result"] }) {
  const address = result && "url" in result ? presentationAddress(result.url) : null;
  if (address === null) {
    return (
      <p className={styles.note}>
        The presentation is in your Google Drive. Its address isn’t one of Google’s, so it isn’t
        linked here.
      </p>
    );
  }
  return (
    <div className={styles.sent}>
      <LinkButton size="small" href={address}>
        Open in Google Slides
      </LinkButton>
      <p className={styles.note}>Sending again replaces what is in this presentation.</p>
    </div>
  );
}
