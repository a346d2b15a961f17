/** Entries of the catalogue, as the deployer words them. */
import type { DeployError } from "../../src/deploy/contract";

const DOCS = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/";

function entry(code: string, message: string, cause: string, remedy: string): DeployError {
  return { code, class: "deployment", message, cause, remedy, docs: DOCS };
}

export function refused(
  key: string,
  message: string,
  cause: string,
  code = "INVALID_VALUE",
): DeployError {
  return {
    code,
    class: "input",
    message,
    cause,
    remedy: `Change \`${key}\` and run it again; nothing has been changed`,
    docs: "README.md#configuration",
    refused: { key },
  };
}

export const COMPUTE_TIMEOUT = entry(
  "COMPUTE_TIMEOUT",
  "The compute of app `tellr-slow-compute` is still STARTING after 20 min",
  "The platform normally needs one to three minutes; it may be short of capacity",
  "Run the same again later: it goes on waiting where it stopped",
);

export const DEPLOYMENT_FAILED: DeployError = {
  ...entry(
    "DEPLOYMENT_FAILED",
    "The deployment of app `tellr-crash` failed",
    "The workspace says: Error installing packages. Please check /logz for more details.",
    "Read the app's log at https://tellr-crash-7084166586.aws.databricksapps.com/logz; correct what it names and run the same again. An earlier deployment, if there was one, keeps running",
  ),
  log: [
    "[BUILD] Installing packages with pip install -r requirements.txt",
    "[BUILD] Looking in indexes: the public index",
    "[BUILD] ERROR: Could not find a version that satisfies the requirement tellr-app==0.9.9 (from versions: 0.1.0)",
    "[BUILD] ERROR: No matching distribution found for tellr-app==0.9.9",
    "[BUILD] Error installing packages",
  ],
};

/** The app isn't healthy after its deployment, and the previous release runs again. */
export const RELEASE_FAILED: DeployError = {
  ...entry(
    "RELEASE_FAILED",
    "Release 6 of `tellr-unhealthy` isn't healthy; release 5 runs again",
    "The app `tellr-unhealthy` was deployed but doesn't answer. It reports that its database is down",
    "Read the app's log. To look at the failed release, deploy it again with `on_failure` set to `keep`",
  ),
  reason: "DATABASE_LOGIN_REFUSED",
  log: [
    "[APP] tellr-app 0.1.1 listens on 0.0.0.0:8000",
    '[APP] ERROR: password authentication failed for user "tellr-unhealthy"',
    "[APP] /api/ready answers 503: the database is down",
  ],
};

export function releaseTooOld(app: string, release: number): DeployError {
  return entry(
    "RELEASE_TOO_OLD",
    `Release ${release} of \`${app}\` can't read the app's tables as they are now`,
    "Its program knows the tables up to migration 3; the tables need one that knows migration 5",
    "Go back to a later release; or restore the data of that time first (`restore`). Nothing has been changed",
  );
}

export function releaseUnknown(app: string, release: number): DeployError {
  return entry(
    "RELEASE_UNKNOWN",
    `\`${app}\` has no release ${release}`,
    "You can roll back to the releases 1, 2, 3, 5",
    `The history of \`${app}\` lists its releases (\`history\`). Nothing has been changed`,
  );
}

export const TOKEN_EXPIRED = entry(
  "TOKEN_EXPIRED",
  "The workspace did not accept the credential while setting the app's resources",
  "The token has expired or was revoked",
  "Sign in again and run the same again: it goes on where it stopped",
);

/** What a platform might send that means no good. */
export const HOSTILE: DeployError = {
  ...entry(
    "DEPLOYMENT_FAILED",
    "The deployment of app `tellr-hostile` failed",
    "The workspace says: <img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script>",
    "Read the app's log at javascript:document.title='owned'; correct what it names and run the same again",
  ),
  docs: "javascript:document.title='owned'",
  log: [
    "<b>bold</b> \u001b[31mred\u001b[0m",
    "</pre><iframe srcdoc='<script>1</script>'></iframe>",
  ],
};

export const LOCKED = entry(
  "DEPLOY_LOCKED",
  "ben@example.com has been running `update` on app `tellr-locked` since 2026-11-25T13:12:04Z",
  "Two deployments at once would undo each other; the lock is being renewed",
  "Wait until it has ended. A deployer that died frees the lock by itself within a minute",
);

export const CANCELLED = entry(
  "CANCELLED",
  "The deployment of app `tellr` was cancelled",
  "You asked for it; begun or done so far: `lakebase`, `app` and `key`",
  "Run it again to resume where it stopped",
);

export const SIGNED_OUT = entry(
  "NOT_SIGNED_IN",
  "There is no usable credential for the workspace",
  "This browser did not come through the address that `tellr-app deploy-page` printed. Open it again from there",
  "Sign in, then run the same again",
);

export function alreadyExists(app: string): DeployError {
  return entry(
    "APP_ALREADY_EXISTS",
    `App already exists: \`${app}\`, created by ada@example.com`,
    "It was deployed from this folder before",
    "Use `update` to change it, or `delete` it first",
  );
}

export function notFound(app: string): DeployError {
  return entry(
    "APP_NOT_FOUND",
    `There is no app \`${app}\` in this workspace`,
    "It was never created, was deleted, or lives in another workspace",
    "Check `app_name` and the workspace, or use `create`",
  );
}
