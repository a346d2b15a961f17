import { LinkButton } from "../../components/Button";
import { Notice } from "../../components/Notice";
import styles from "./AccessNotice.module.css";
import type { Access } from "./access";

/** What to do before the workspace can be reached; nothing if it can be. */
export function AccessNotice({
  access,
  error,
}: {
  access: Access | undefined;
  error: Error | null;
}) {
  if (error) {
    return (
      <Notice tone="problem" title="The workspace can’t be reached from this page">
        <p>{ended(error.message)}</p>
      </Notice>
    );
  }
  if (!access || access.signed_in) return null;
  const workspace = access.host.replace(/^https?:\/\//, "");
  return (
    <Notice tone="warning" title={`Sign in to ${workspace}`}>
      {access.problem ? <p>{ended(access.problem)}</p> : null}
      {access.sign_in_url ? (
        <div className={styles.signIn}>
          <LinkButton tone="primary" href={access.sign_in_url}>
            Sign in
          </LinkButton>
          <p>Opens the workspace’s sign-in page. This page continues when you return.</p>
        </div>
      ) : null}
    </Notice>
  );
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
