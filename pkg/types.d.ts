// Generated from the deployer's Rust types; a test says when it is stale.
// UPDATE_EXPECT=1 cargo test -p deployer-wasm published

/**
 * What can be done.
 */
export type Operation = "create" | "update" | "delete";

/**
 * The arguments of `create`, all optional.
 */
export type CreateArguments = {
/**
 * The name of the app in the workspace.
 */
app_name?: string | null,
/**
 * The Lakebase database. `create` creates it if it doesn't exist.
 */
lakebase_name?: string | null,
/**
 * The Postgres schema in the database that holds the app's data.
 */
schema_name?: string | null,
/**
 * The size of the app's compute.
 */
app_compute?: string | null,
/**
 * The size of a database that is created, in compute units; it scales between half and twice of it.
 * A database that exists keeps its size.
 */
lakebase_compute?: string | null,
/**
 * The version of the app's package: one exact version, or `latest`.
 */
app_version?: string | null,
/**
 * The workspace folder for the app's files.
 */
app_file_workspace_path?: string | null,
/**
 * The description that the workspace shows beside the app's name.
 */
description?: string | null,
/**
 * Which of the two apps to deploy.
 */
app_package?: string | null,
/**
 * A wheel of the app on this machine, deployed instead of a published version.
 */
local_wheel?: WheelArgument | null,
/**
 * Install the app from TestPyPI, and its dependencies from PyPI.
 */
use_test_pypi?: boolean | null,
/**
 * Also add deck prompts and a style about the Databricks platform.
 */
seed_databricks_defaults?: boolean | null,
/**
 * API scopes of the app, in addition to the six that it always requests.
 */
extra_scopes?: Array<string> | null,
/**
 * Additional environment variables of the app, as names with values. Not for secrets: they are readable in
 * the app's files. Names that the deployer or the platform sets are refused. If omitted, they stay as
 * deployed.
 */
extra_env?: { [key in string]: string } | null,
/**
 * Where the encryption key is kept.
 */
encryption_key_storage?: string | null,
/**
 * A Fernet key to use. If omitted, the existing key is kept, or a new one is created.
 */
encryption_key?: SecretText | null,
/**
 * Which of the configuration file's `environments` to use.
 */
environment?: string | null, };

/**
 * The arguments of `update`.
 */
export type UpdateArguments = {
/**
 * The name of the app in the workspace.
 */
app_name?: string | null,
/**
 * The Lakebase database. `create` creates it if it doesn't exist.
 */
lakebase_name?: string | null,
/**
 * The Postgres schema in the database that holds the app's data.
 */
schema_name?: string | null,
/**
 * The size of the app's compute.
 */
app_compute?: string | null,
/**
 * The version of the app's package: one exact version, or `latest`.
 */
app_version?: string | null,
/**
 * The workspace folder for the app's files.
 */
app_file_workspace_path?: string | null,
/**
 * The description that the workspace shows beside the app's name.
 */
description?: string | null,
/**
 * Which of the two apps to deploy.
 */
app_package?: string | null,
/**
 * A wheel of the app on this machine, deployed instead of a published version.
 */
local_wheel?: WheelArgument | null,
/**
 * Install the app from TestPyPI, and its dependencies from PyPI.
 */
use_test_pypi?: boolean | null,
/**
 * Also add deck prompts and a style about the Databricks platform.
 */
seed_databricks_defaults?: boolean | null,
/**
 * API scopes of the app, in addition to the six that it always requests.
 */
extra_scopes?: Array<string> | null,
/**
 * Additional environment variables of the app, as names with values. Not for secrets: they are readable in
 * the app's files. Names that the deployer or the platform sets are refused. If omitted, they stay as
 * deployed.
 */
extra_env?: { [key in string]: string } | null,
/**
 * Where the encryption key is kept.
 */
encryption_key_storage?: string | null,
/**
 * A Fernet key to use. If omitted, the existing key is kept, or a new one is created.
 */
encryption_key?: SecretText | null,
/**
 * Which of the configuration file's `environments` to use.
 */
environment?: string | null,
/**
 * Drop the schema with all sessions, decks and settings in it; `update` creates it again, empty. A database
 * that can branch gets a restore point first.
 */
reset_database?: boolean | null, };

/**
 * The arguments of `delete`.
 */
export type DeleteArguments = {
/**
 * The name of the app in the workspace.
 */
app_name?: string | null,
/**
 * The Lakebase database. `create` creates it if it doesn't exist.
 */
lakebase_name?: string | null,
/**
 * The Postgres schema in the database that holds the app's data.
 */
schema_name?: string | null,
/**
 * The workspace folder for the app's files.
 */
app_file_workspace_path?: string | null,
/**
 * Which of the configuration file's `environments` to use.
 */
environment?: string | null,
/**
 * Drop the schema with all sessions, decks and settings in it; `update` creates it again, empty. A database
 * that can branch gets a restore point first.
 */
reset_database?: boolean | null, };

/**
 * The arguments of `status`.
 */
export type StatusArguments = {
/**
 * The name of the app in the workspace.
 */
app_name?: string | null,
/**
 * The workspace folder for the app's files.
 */
app_file_workspace_path?: string | null,
/**
 * Which of the configuration file's `environments` to use.
 */
environment?: string | null, };

/**
 * A wheel as a face hands it over.
 */
export type WheelArgument = {
/**
 * The file's name, without its folder.
 */
file_name: string,
/**
 * Its bytes in base64.
 */
content: string, };

/**
 * A secret that was not checked yet: never printed, overwritten when dropped.
 */
export type SecretText = string;

/**
 * What `create` returns.
 */
export type CreateResult = {
/**
 * Where the app answers.
 */
url: string,
/**
 * The app.
 */
app_name: string,
/**
 * Its database.
 */
lakebase_name: string,
/**
 * Its schema.
 */
schema_name: string,
/**
 * `created`.
 */
status: string,
/**
 * `autoscaling` or `provisioned`.
 */
lakebase_type: string,
/**
 * How each step went.
 */
steps: Array<StepReport>, };

/**
 * What `update` returns.
 */
export type UpdateResult = {
/**
 * Where the app answers.
 */
url: string,
/**
 * The app.
 */
app_name: string,
/**
 * The deployment.
 */
deployment_id: string,
/**
 * `updated`.
 */
status: string,
/**
 * Whether the schema was emptied.
 */
database_reset: boolean,
/**
 * `autoscaling` or `provisioned`.
 */
lakebase_type: string,
/**
 * The branch to go back to, where the schema was emptied and the database has branches.
 */
restore_point?: RestorePoint,
/**
 * What is gone.
 */
losses?: Array<Loss>,
/**
 * How each step went.
 */
steps: Array<StepReport>, };

/**
 * What `delete` returns.
 */
export type DeleteResult = {
/**
 * The app.
 */
app_name: string,
/**
 * `deleted`.
 */
status: string,
/**
 * Whether the schema was dropped.
 */
database_reset: boolean,
/**
 * `autoscaling` or `provisioned`, where the database is known.
 */
lakebase_type?: string,
/**
 * The branch to go back to, where the schema was dropped and the database has branches.
 */
restore_point?: RestorePoint,
/**
 * What is gone.
 */
losses?: Array<Loss>,
/**
 * How each step went.
 */
steps: Array<StepReport>, };

/**
 * What an operation would do as things stand. To know it took only requests that read.
 */
export type Plan = {
/**
 * The operation.
 */
operation: Operation,
/**
 * The app.
 */
app_name: string,
/**
 * Its database, where it is known.
 */
lakebase_name?: string,
/**
 * Its schema, where it is known.
 */
schema_name?: string,
/**
 * `autoscaling` or `provisioned`, where the database is known.
 */
lakebase_type?: string,
/**
 * The folder of the app's files.
 */
app_file_workspace_path: string,
/**
 * The steps and what each waits for: the same as the run will tell.
 */
steps: Array<PlannedStep>,
/**
 * The generated files as they would be written. The key is never in them, and what is not
 * known yet stands in parentheses.
 */
files: Array<PlannedFile>,
/**
 * What exists, what will be created, and what is resumed; sentences without a full stop.
 */
notes: Array<string>,
/**
 * What is gone afterwards; sentences without a full stop.
 */
lost: Array<string>,
/**
 * The same as data.
 */
losses: Array<Loss>,
/**
 * How often a person is to be asked before the run: not at all where nothing is lost, once where all of
 * it can be got back for a while or is the app alone, twice where data is lost without a way back.
 */
confirmations: number,
/**
 * What stays or can be got back, and for how long.
 */
recoverable: Array<string>,
/**
 * Whether an earlier run of the same operation did not finish, and is resumed.
 */
resumes: boolean, };

/**
 * A file as it would be written.
 */
export type PlannedFile = {
/**
 * Its path within the app's folder.
 */
name: string,
/**
 * Its text.
 */
content: string, };

/**
 * Something that is gone after an operation. A plan lists what will be lost, so that a face can show it
 * and ask before the run ([`crate::operations::Plan::confirmations`]); a result lists what was.
 *
 * As JSON, `{"kind": "app", "name": "tellr", "url": "https://…"}` or
 * `{"kind": "schema", "name": "app_data", "lakebase_name": "tellr-db", "tables": 12,
 * "largest": [{"name": "decks", "rows": 40}, …], "restore_point": {"prefix": "pre-reset-", "kept_days": 7}}`.
 */
export type Loss = { "kind": "app",
/**
 * Its name.
 */
name: string,
/**
 * Where it answered.
 */
url?: string, } | { "kind": "schema",
/**
 * Its name.
 */
name: string,
/**
 * The database that it is in.
 */
lakebase_name: string,
/**
 * How many tables are in it; absent where `unknown` says why this could not be found out.
 */
tables?: number,
/**
 * Up to 50 of the tables, the largest first, each with an estimate of its rows.
 */
largest: Array<TableEstimate>,
/**
 * Why the schema could not be looked at.
 */
unknown?: string,
/**
 * The branch that keeps the data for a while. Absent: there is no way back.
 */
restore_point?: PromisedRestorePoint, };

/**
 * The branch that is made before a schema is dropped.
 */
export type PromisedRestorePoint = {
/**
 * How its name begins; the moment it is made follows.
 */
prefix: string,
/**
 * For how many days the platform keeps it.
 */
kept_days: number, };

/**
 * How things stand with an app. To know it took only requests that read.
 */
export type Status = {
/**
 * The app that was asked about.
 */
app_name: string,
/**
 * The folder of its files; absent where the app is somebody else's and doesn't tell.
 */
app_file_workspace_path?: string,
/**
 * The app; absent where there is none of this name.
 */
app?: AppState,
/**
 * Its database, by what lies deployed.
 */
lakebase_name?: string,
/**
 * `autoscaling` or `provisioned`, by what lies deployed.
 */
lakebase_type?: string,
/**
 * Its schema, by what lies deployed.
 */
schema_name?: string,
/**
 * Which app, by what lies deployed.
 */
app_package?: string,
/**
 * Which version, by what lies deployed; absent where it was left to the package index.
 */
app_version?: string,
/**
 * The latest run that the journal knows of.
 */
last_run?: LastRun,
/**
 * Who is at work; absent when nobody is, or when whoever was has stopped renewing the lock.
 */
lock?: LockState,
/**
 * Whether the app was deployed. Files may have been written that never were: then package and version are
 * what the next deployment brings. Absent for false.
 */
deployed?: boolean,
/**
 * Whether the last run did not finish and no run is in progress: it can be resumed.
 */
can_resume: boolean, };

/**
 * An app as the platform shows it.
 */
export type AppState = {
/**
 * Where it answers.
 */
url?: string,
/**
 * Who created it.
 */
creator?: string,
/**
 * The state of its compute, such as `ACTIVE`.
 */
compute: string,
/**
 * The size of its compute, as the platform names it: also one that is not in the current API, such as `LIQUID`.
 */
compute_size?: string,
/**
 * The state of its process, such as `RUNNING`.
 */
state?: string,
/**
 * The platform's words on it.
 */
message?: string, };

/**
 * One run.
 */
export type LastRun = {
/**
 * Its id.
 */
id: string,
/**
 * `create`, `update` or `delete`.
 */
operation: Operation,
/**
 * Who started it.
 */
by: string,
/**
 * When, by the workspace's clock.
 */
started_at: Timestamp,
/**
 * Where it stands; `running` where it is under way or died.
 */
status: RunStatus,
/**
 * Its arguments, to go on with: all of them but a key and a wheel.
 */
arguments?: CreateArguments | UpdateArguments | DeleteArguments,
/**
 * The file name of the wheel that it deploys, which has to be given again to go on.
 */
wheel?: string, };

/**
 * The lock of an app: what the file says.
 */
export type LockState = {
/**
 * The run that holds it.
 */
id: string,
/**
 * Who holds it.
 */
holder: string,
/**
 * What for: `create`, `update` or `delete`.
 */
operation: string,
/**
 * Since when, by the workspace's clock.
 */
since: Timestamp,
/**
 * When it ends unless it is renewed, by the workspace's clock. For people: see the module.
 */
expires_at: Timestamp, };

/**
 * Where a run stands. A run that died stays `Running`.
 */
export type RunStatus = "running" | "finished" | "failed" | "cancelled";

/**
 * How a step went, for the result's `steps`.
 */
export type StepReport = {
/**
 * Its name.
 */
step: string,
/**
 * Where it ended.
 */
state: StepState,
/**
 * Milliseconds from the run's beginning to the step's.
 */
started_ms: number,
/**
 * How long it took, in milliseconds.
 */
elapsed_ms: number, };

/**
 * A branch to go back to.
 */
export type RestorePoint = {
/**
 * `projects/…/branches/pre-reset-…`.
 */
branch: string,
/**
 * When the platform removes it.
 */
expires_at: Timestamp, };

/**
 * One thing that happened, in the order of [`DeployEvent::sequence`].
 */
export type DeployEvent = {
/**
 * The run this belongs to; the same id stands in the journal and in the lock.
 */
run: string,
/**
 * Counts from 0 within a run, without gaps.
 */
sequence: number,
/**
 * When, by the host's clock.
 */
at: Timestamp,
/**
 * Milliseconds since the run began.
 */
elapsed_ms: number,
/**
 * What kind of event this is, which says what else is set.
 */
kind: EventKind,
/**
 * The step that speaks: a name of [`EventKind::Plan`]'s list.
 */
step?: string,
/**
 * Where the step stands now.
 */
state?: StepState,
/**
 * A sentence for people, without a full stop.
 */
message: string,
/**
 * With [`StepState::Waiting`]: how much of the usual time has passed, 0 to 1, where that is known.
 */
progress?: number,
/**
 * How long the step took, or has waited for the platform so far; milliseconds.
 */
step_elapsed_ms?: number,
/**
 * Something to open: the app, its logs.
 */
url?: string,
/**
 * With [`EventKind::Plan`]: the steps to come and what each waits for.
 */
steps?: Array<PlannedStep>,
/**
 * With [`StepState::Failed`] and [`EventKind::Failed`]: why.
 */
error?: DeployError, };

/**
 * The kinds of event.
 */
export type EventKind = "plan" | "step" | "notice" | "finished" | "failed";

/**
 * Where a step stands.
 */
export type StepState = "started" | "waiting" | "progress" | "done" | "unchanged" | "failed" | "skipped";

/**
 * A step that a run is going to take.
 */
export type PlannedStep = {
/**
 * Its name, such as `lakebase`.
 */
step: string,
/**
 * What it does, for people.
 */
title: string,
/**
 * The steps that have to be done first.
 */
waits_for: Array<string>, };

/**
 * What every face shows when something went wrong.
 */
export type DeployError = {
/**
 * A stable name to match on, such as `APP_ALREADY_EXISTS`.
 */
code: string,
/**
 * Whether the input was refused, before anything happened, or something failed later.
 */
class: ErrorClass,
/**
 * What happened, to what.
 */
message: string,
/**
 * Why.
 */
cause: string,
/**
 * What to do next.
 */
remedy: string,
/**
 * Where to read more.
 */
docs: string,
/**
 * The step that failed, where it was one.
 */
step?: string,
/**
 * The platform's own last words: the tail of a build or of the app's log.
 */
log?: Array<string>,
/**
 * With the class `input`: what of it was refused.
 */
refused?: RefusedInput, };

/**
 * The two classes of failure, which Python shows as `ValueError` and `DeploymentError`.
 */
export type ErrorClass = "input" | "deployment";

/**
 * What of the input was refused, so that a form shows an error where it belongs.
 */
export type RefusedInput = {
/**
 * The argument; or the key in a file, with those above it, such as
 * `environments.production.app_name`.
 */
key?: string,
/**
 * The line of the file, counted from 1.
 */
line?: number,
/**
 * The column in that line, counted from 1.
 */
column?: number, };

/**
 * A moment: milliseconds since 1970-01-01 UTC. Written as RFC 3339 in JSON.
 */
export type Timestamp = string;

/**
 * The HTTP methods the deployer uses.
 */
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/**
 * A request to the workspace's REST interface.
 */
export type WorkspaceRequest = {
/**
 * The method.
 */
method: Method,
/**
 * Absolute path within the workspace, such as `/api/2.0/apps/tellr`, already
 * percent-encoded where needed; never a URL.
 */
path: string,
/**
 * Query parameters, unencoded.
 */
query?: Array<[string, string]>,
/**
 * The JSON body, if any.
 */
body?: unknown,
/**
 * The body or the answer holds a secret: it must not be logged, and is left out of `Debug`.
 */
sensitive: boolean, };

/**
 * What the workspace answered.
 */
export type WorkspaceResponse = {
/**
 * The HTTP status.
 */
status: number,
/**
 * Headers that matter here, names in lower case: at least `date`, `retry-after`,
 * `x-databricks-org-id`, `content-type` and `location` are passed on where they are present.
 */
headers: Array<[string, string]>,
/**
 * The body as text. All answers the deployer reads are JSON.
 */
body: string, };

/**
 * Why there was no answer to a request.
 */
export type HostError = {
/**
 * What kind of failure, which decides whether trying again makes sense.
 */
kind: HostErrorKind,
/**
 * For people; holds no secret.
 */
message: string, };

/**
 * The kinds of [`HostError`].
 */
export type HostErrorKind = "connection" | "timeout" | "credential" | "refused" | "origin";

/**
 * What is asked.
 */
export type Probe = { "kind": "app_ready",
/**
 * The app's name.
 */
app: string, } | { "kind": "app_version",
/**
 * The app's name.
 */
app: string, } | { "kind": "app_log",
/**
 * The app's name.
 */
app: string, } | { "kind": "package",
/**
 * The package's name.
 */
package: string,
/**
 * The index.
 */
index: "pypi" | "test_pypi", };

/**
 * Which database a schema operation is for.
 */
export type LakebaseTarget = {
/**
 * The host name to connect to; port 5432.
 */
host: string,
/**
 * The database, `databricks_postgres`.
 */
database: string,
/**
 * The Postgres role to connect as: the deploying person's user name.
 */
user: string,
/**
 * What to mint the credential for.
 */
credential: CredentialTarget, };

/**
 * What a database credential is minted for: the two kinds of Lakebase have a call each.
 */
export type CredentialTarget = { "kind": "endpoint", "name": string } | { "kind": "instance", "name": string };

/**
 * The name of a Databricks App: 2 to 30 lower-case letters, digits and hyphens, beginning
 * with a letter and not ending with a hyphen. Unique in its workspace.
 */
export type AppName = string;

/**
 * The name of the Postgres schema that is the app's own: a lower-case identifier of at most
 * 63 bytes (Postgres would cut a longer one silently), not one that belongs to the system,
 * and not `public`, which a reset would drop with everything that others keep in it.
 */
export type SchemaName = string;

/**
 * What is to be done to the schema of `app`. `role` is the app's role in the database: the
 * client id of its service principal.
 */
export type SchemaOperation = { "operation": "set_up",
/**
 * The app.
 */
app: AppName,
/**
 * The schema.
 */
schema: SchemaName,
/**
 * The app's role, which has to exist.
 */
role: string, } | { "operation": "reset",
/**
 * The app.
 */
app: AppName,
/**
 * The schema.
 */
schema: SchemaName,
/**
 * The app's role, which has to exist.
 */
role: string, } | { "operation": "drop",
/**
 * The app.
 */
app: AppName,
/**
 * The schema.
 */
schema: SchemaName, } | { "operation": "inspect",
/**
 * The app.
 */
app: AppName,
/**
 * The schema.
 */
schema: SchemaName,
/**
 * The role whose rights are asked for, if any.
 */
role: string | null, };

/**
 * What came of a [`SchemaOperation`].
 */
export type SchemaOutcome = { "outcome": "done" } | { "outcome": "inspected" } & SchemaState;

/**
 * How a schema stands.
 */
export type SchemaState = {
/**
 * There is such a schema.
 */
exists: boolean,
/**
 * The role it belongs to.
 */
owner: string | null,
/**
 * The app it records as its own; none where it was made before schemas recorded one.
 */
app: string | null,
/**
 * The caller may record an app: the comment of a schema is its owner's to write.
 */
can_record: boolean,
/**
 * How many tables are in it.
 */
tables: number,
/**
 * Up to 50 of them, the largest first.
 */
largest: Array<TableEstimate>,
/**
 * There are rows that only the app's key can read, or were until lately: a table that was
 * emptied counts until the database has tidied up. It errs on the side of keeping the key.
 */
encrypted_data: boolean,
/**
 * The role asked for exists.
 */
role_exists: boolean,
/**
 * The role asked for may use the schema and create tables in it.
 */
role_granted: boolean,
/**
 * The role asked for owns a table in it, or the schema itself.
 */
role_owns: boolean,
/**
 * Up to 100 other roles than the caller and the one asked for that own the schema or a table
 * in it, or may create tables in it; no superusers.
 */
other_roles: Array<string>,
/**
 * The name of a schema that the app could have instead: there is none of this name.
 */
free_name: string | null, };

/**
 * A table and what the database's statistics say of its size.
 */
export type TableEstimate = {
/**
 * Its name.
 */
name: string,
/**
 * About how many rows are in it; absent where the database has not counted yet.
 */
rows: number | null, };

/**
 * Why a schema operation failed.
 */
export type SchemaError = {
/**
 * What kind of failure.
 */
kind: SchemaErrorKind,
/**
 * The five characters of Postgres' `SQLSTATE`, if the database answered.
 */
sqlstate?: string | null,
/**
 * For people; holds no secret.
 */
message: string, };

/**
 * The kinds of [`SchemaError`].
 */
export type SchemaErrorKind = "credential" | "signed_out" | "unavailable" | "login" | "connection" | "database";
