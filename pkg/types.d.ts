// Generated from the deployer's Rust types; a test says when it is stale.
// UPDATE_EXPECT=1 cargo test -p deployer-wasm published

/**
 * The operations.
 */
export type Operation = "create" | "update" | "delete" | "rollback" | "restore";

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
 * How many instances of the app run, 1 to 5, such as `2`; or a range such as `1-3`, within which the platform
 * scales with the load. Beta of the platform.
 */
instances?: string | null,
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
 * The name of the model serving endpoint that the app's assistant asks; the app is permitted to query it.
 * Given as an empty text, it is detached.
 */
serving_endpoint?: string | null,
/**
 * The ids of the Genie spaces that the app's assistant asks for data. An empty list detaches them.
 */
genie_spaces?: Array<string> | null,
/**
 * The id of the SQL warehouse that the app may use. Given as an empty text, it is detached.
 */
sql_warehouse?: string | null,
/**
 * Who may use the app: users by user name, groups by name, service principals by application id; `users` is the
 * whole workspace. With `:CAN_MANAGE` after the name they may also change the app. Grants are only added.
 */
share_with?: Array<string> | null,
/**
 * Tags of the app, as keys with values, such as a cost center; a value may be empty. Other tags of the app stay. For
 * a governed tag you need the right to assign it. Not for secrets: others can read them.
 */
tags?: { [key in string]: string } | null,
/**
 * Where the platform writes the app's logs, metrics and traces: a Unity Catalog schema such as `main.tellr`, or
 * three tables for logs, metrics and traces, separated by commas. Given as an empty text, nothing is written.
 */
telemetry?: string | null,
/**
 * The id of the usage policy whose tags the app's usage is billed with.
 */
usage_policy?: string | null,
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
 * How many instances of the app run, 1 to 5, such as `2`; or a range such as `1-3`, within which the platform
 * scales with the load. Beta of the platform.
 */
instances?: string | null,
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
 * The name of the model serving endpoint that the app's assistant asks; the app is permitted to query it.
 * Given as an empty text, it is detached.
 */
serving_endpoint?: string | null,
/**
 * The ids of the Genie spaces that the app's assistant asks for data. An empty list detaches them.
 */
genie_spaces?: Array<string> | null,
/**
 * The id of the SQL warehouse that the app may use. Given as an empty text, it is detached.
 */
sql_warehouse?: string | null,
/**
 * Who may use the app: users by user name, groups by name, service principals by application id; `users` is the
 * whole workspace. With `:CAN_MANAGE` after the name they may also change the app. Grants are only added.
 */
share_with?: Array<string> | null,
/**
 * Tags of the app, as keys with values, such as a cost center; a value may be empty. Other tags of the app stay. For
 * a governed tag you need the right to assign it. Not for secrets: others can read them.
 */
tags?: { [key in string]: string } | null,
/**
 * Where the platform writes the app's logs, metrics and traces: a Unity Catalog schema such as `main.tellr`, or
 * three tables for logs, metrics and traces, separated by commas. Given as an empty text, nothing is written.
 */
telemetry?: string | null,
/**
 * The id of the usage policy whose tags the app's usage is billed with.
 */
usage_policy?: string | null,
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
 * Drop the app's schema with all sessions, decks and settings in it; only `update` creates it again, empty. The
 * database itself is kept. An autoscaling one gets a restore point first; a provisioned one has none.
 */
reset_database?: boolean | null,
/**
 * Take over an app that the original deployer, databricks-tellr, created: with its package and its data as they
 * are, or, with the package tellr-app, with a copy of its prompts, styles, profiles and sessions in a new schema.
 */
adopt?: boolean | null,
/**
 * What happens if the app isn't healthy after its deployment: put the previous release back, or keep the
 * failed one.
 */
on_failure?: string | null, };

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
 * Drop the app's schema with all sessions, decks and settings in it; only `update` creates it again, empty. The
 * database itself is kept. An autoscaling one gets a restore point first; a provisioned one has none.
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
 * The arguments of `rollback`.
 */
export type RollbackArguments = {
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
environment?: string | null,
/**
 * The release to go back to, by its number. If omitted: the last one that was healthy before the present one.
 */
to_release?: string | null,
/**
 * What happens if the app isn't healthy after its deployment: put the previous release back, or keep the
 * failed one.
 */
on_failure?: string | null, };

/**
 * The arguments of `restore`.
 */
export type RestoreArguments = {
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
environment?: string | null,
/**
 * What happens if the app isn't healthy after its deployment: put the previous release back, or keep the
 * failed one.
 */
on_failure?: string | null,
/**
 * The branch of the database to restore the app's data from: the id of a restore point, or of a branch that
 * the app used before. If omitted: the newest restore point.
 */
restore_from?: string | null, };

/**
 * A wheel as an interface passes it.
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
 * A secret that is not checked yet: never printed, overwritten when dropped.
 */
export type SecretText = string;

/**
 * What `create` returns.
 */
export type CreateResult = {
/**
 * The app's URL.
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
 * The number of the release that is deployed.
 */
release?: number,
/**
 * `autoscaling` or `provisioned`.
 */
lakebase_type: string,
/**
 * What the assistant works with. Absent if nothing is attached.
 */
services?: AttachedServices,
/**
 * The outcome of each step.
 */
steps: Array<StepReport>, };

/**
 * What `update` returns.
 */
export type UpdateResult = {
/**
 * The app's URL.
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
 * The number of the release that is deployed.
 */
release?: number,
/**
 * `autoscaling` or `provisioned`.
 */
lakebase_type: string,
/**
 * The restore point, if the schema was emptied and the database has branches.
 */
restore_point?: RestorePoint,
/**
 * What was lost.
 */
losses?: Array<Loss>,
/**
 * What the assistant works with. Absent if nothing is attached.
 */
services?: AttachedServices,
/**
 * The outcome of each step.
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
 * `autoscaling` or `provisioned`, if the database is known.
 */
lakebase_type?: string,
/**
 * The restore point, if the schema was dropped and the database has branches.
 */
restore_point?: RestorePoint,
/**
 * What was lost.
 */
losses?: Array<Loss>,
/**
 * The outcome of each step.
 */
steps: Array<StepReport>, };

/**
 * What `rollback` returns.
 */
export type RollbackResult = {
/**
 * The app's URL.
 */
url: string,
/**
 * The app.
 */
app_name: string,
/**
 * `rolled_back`.
 */
status: string,
/**
 * The number of the new release; absent if that couldn't be recorded.
 */
release?: number,
/**
 * The release whose files and settings it has.
 */
returned_to: number,
/**
 * The version of the app's package; absent for the newest one of the index.
 */
version?: string,
/**
 * What was not brought back; sentences without a full stop.
 */
stays: Array<string>,
/**
 * The deployment.
 */
deployment_id: string,
/**
 * The outcome of each step.
 */
steps: Array<StepReport>, };

/**
 * What `restore` returns.
 */
export type RestoreResult = {
/**
 * The app's URL.
 */
url: string,
/**
 * The app.
 */
app_name: string,
/**
 * `restored`.
 */
status: string,
/**
 * The number of the new release; absent if that couldn't be recorded.
 */
release?: number,
/**
 * The branch whose data the app has now, as a full path.
 */
restored_from: string,
/**
 * The branch that the app uses now, as a full path.
 */
branch: string,
/**
 * The branch that the app used before, with its data; `restore --from` its id undoes this.
 */
previous_branch: string,
/**
 * The deployment.
 */
deployment_id: string,
/**
 * The outcome of each step.
 */
steps: Array<StepReport>, };

/**
 * What the app's assistant works with, as far as it is attached to the app.
 */
export type AttachedServices = {
/**
 * The name of the model serving endpoint.
 */
serving_endpoint?: string,
/**
 * The ids of the Genie spaces.
 */
genie_spaces?: Array<string>,
/**
 * The id of the SQL warehouse.
 */
sql_warehouse?: string, };

/**
 * What an operation would do in the current state. Determined with read-only requests.
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
 * Its database, if known.
 */
lakebase_name?: string,
/**
 * Its schema, if known.
 */
schema_name?: string,
/**
 * `autoscaling` or `provisioned`, if the database is known.
 */
lakebase_type?: string,
/**
 * The folder of the app's files.
 */
app_file_workspace_path: string,
/**
 * What happens to each resource; what is lost comes first.
 */
changes: Array<ResourceChange>,
/**
 * Whether the operation would change nothing. If something couldn't be determined, it isn't empty.
 */
empty: boolean,
/**
 * The state that the plan is based on, as facts by name: it is refused later if one of them has changed.
 */
seen: { [key in string]: string },
/**
 * The steps and their dependencies: the same list that the run will emit.
 */
steps: Array<PlannedStep>,
/**
 * The generated files as they would be written. They never contain the key; values that are not known
 * yet are shown in parentheses.
 */
files: Array<PlannedFile>,
/**
 * What exists, what will be created, and what will be resumed; sentences without a full stop.
 */
notes: Array<string>,
/**
 * What will be deleted; sentences without a full stop.
 */
lost: Array<string>,
/**
 * The same as structured data.
 */
losses: Array<Loss>,
/**
 * How many confirmations to ask for before the run: none if nothing is lost, one if only the app is lost
 * or all of the data can be restored for some time, two if data is lost without a restore point.
 */
confirmations: number,
/**
 * What is kept or can be restored, and for how long.
 */
recoverable: Array<string>,
/**
 * Whether an earlier run of the same operation did not finish, and will be resumed.
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
 * What happens to one resource.
 */
export type ResourceChange = {
/**
 * Its kind.
 */
resource: ResourceKind,
/**
 * Its name: of a file its path within the app's folder, of an attachment the name that the app knows it by.
 */
name: string,
/**
 * What the operation does to it.
 */
action: Action,
/**
 * The fields that differ in any of the three values. With `no_change`, those that were changed elsewhere
 * and are kept.
 */
fields: Array<FieldChange>, };

/**
 * The kinds of resources of an app.
 */
export type ResourceKind = "app" | "database" | "schema" | "key" | "file" | "attachment" | "deployment";

/**
 * What an operation does to a resource.
 */
export type Action = "create" | "update" | "recreate" | "adopt" | "no_change" | "delete";

/**
 * A field of a resource that differs.
 */
export type FieldChange = {
/**
 * Its name: the platform's, or of a variable in `app.yaml` `env.` and the variable's name.
 */
field: string,
/**
 * What was last applied; absent if that isn't known, or if it was absent.
 */
old?: FieldValue,
/**
 * What it will be; absent if it is removed.
 */
new?: FieldValue,
/**
 * What it is now.
 */
remote?: FieldValue,
/**
 * Why it differs.
 */
reason: Reason, };

/**
 * A value of a field, as text. Values that may be secret are replaced.
 */
export type FieldValue = string | Array<string>;

/**
 * Why a field differs.
 */
export type Reason = "wanted" | "drifted" | "server_default" | "managed" | "unknown";

/**
 * Something that an operation deletes. A plan lists what will be lost, so that an interface can show it and
 * ask for confirmation before the run ([`crate::operations::Plan::confirmations`]); a result lists what was
 * lost.
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
 * Its URL.
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
 * The number of its tables; absent if `unknown` gives the reason why it couldn't be determined.
 */
tables?: number,
/**
 * Up to 50 of the tables, the largest first, each with an estimate of its rows.
 */
largest: Array<TableEstimate>,
/**
 * Why the schema couldn't be inspected.
 */
unknown?: string,
/**
 * The branch that keeps the data for some time. Absent: the data can't be restored.
 */
restore_point?: PromisedRestorePoint, };

/**
 * The branch that is created before a schema is dropped.
 */
export type PromisedRestorePoint = {
/**
 * The prefix of its name, which is followed by the time of creation.
 */
prefix: string,
/**
 * For how many days the platform keeps it.
 */
kept_days: number, };

/**
 * The status of an app. Determined with read-only requests.
 */
export type Status = {
/**
 * The app that was asked about.
 */
app_name: string,
/**
 * The folder of its files; absent if the app is another user's and its record doesn't name one.
 */
app_file_workspace_path?: string,
/**
 * The app; absent if it doesn't exist.
 */
app?: AppState,
/**
 * Its database, according to the deployed files.
 */
lakebase_name?: string,
/**
 * `autoscaling` or `provisioned`, according to the deployed files.
 */
lakebase_type?: string,
/**
 * Its schema, according to the deployed files.
 */
schema_name?: string,
/**
 * What the assistant works with, according to the app's record. Absent if nothing is attached.
 */
services?: AttachedServices,
/**
 * Who may use the app, beside its creator and the workspace's admins. Absent if it isn't shared, or if the
 * caller may not read that.
 */
shared_with?: Array<SharedWith>,
/**
 * Which app, according to the deployed files.
 */
app_package?: string,
/**
 * The version in the deployed files; absent if it is the newest one on the package index.
 */
app_version?: string,
/**
 * The latest run in the journal.
 */
last_run?: LastRun,
/**
 * The run in progress; absent if there is none, or if it has stopped renewing the lock.
 */
lock?: LockState,
/**
 * Whether the app was deployed. If only its files were written, package and version are those of the
 * next deployment. Absent for false.
 */
deployed?: boolean,
/**
 * What couldn't be read, and why; sentences without a full stop. Absent if everything was.
 */
unread?: Array<string>,
/**
 * Whether the last run did not finish, its app wasn't replaced by the previous release, and no run is in progress:
 * it can be resumed.
 */
can_resume: boolean, };

/**
 * An app as the platform reports it.
 */
export type AppState = {
/**
 * Its URL.
 */
url?: string,
/**
 * Its creator.
 */
creator?: string,
/**
 * The state of its compute, such as `ACTIVE`.
 */
compute: string,
/**
 * The size of its compute, as the platform names it; may be a value outside the current API, such as
 * `LIQUID`.
 */
compute_size?: string,
/**
 * How many instances run, such as `2` or `1-3`; absent if it was never set, which is one.
 */
instances?: string,
/**
 * Where its telemetry is written, as the setting `telemetry`; absent if nowhere.
 */
telemetry?: string,
/**
 * The state of its process, such as `RUNNING`.
 */
state?: string,
/**
 * The platform's message about it.
 */
message?: string, };

/**
 * The history of an app. Determined with read-only requests.
 */
export type History = {
/**
 * The app.
 */
app_name: string,
/**
 * The folder of its files.
 */
app_file_workspace_path: string,
/**
 * The number of the release that is deployed, if the last deployment is known to have succeeded.
 */
current?: number,
/**
 * The release that a rollback without a number goes back to.
 */
previous?: number,
/**
 * The releases that are kept, newest first.
 */
releases: Array<Release>,
/**
 * The branch of the database that the app uses, as a full path; absent for a provisioned database.
 */
branch?: string,
/**
 * The branches that the app's data can be restored from, newest first.
 */
restore_points: Array<KeptBranch>,
/**
 * What couldn't be read, and why; sentences without a full stop. Absent if everything was.
 */
unread?: Array<string>, };

/**
 * A deployment of the app.
 */
export type Release = {
/**
 * Its number; 1 is the first.
 */
number: number,
/**
 * `create`, `update`, `rollback` or `restore`.
 */
operation: Operation,
/**
 * The user who started it.
 */
by: string,
/**
 * When its deployment started, by the workspace's clock.
 */
at: Timestamp,
/**
 * The run that made it.
 */
run: string,
/**
 * How it went.
 */
state: ReleaseState,
/**
 * The app's package.
 */
package: string,
/**
 * The package's version; absent for the newest one of the index.
 */
version?: string,
/**
 * The version that the app itself reported.
 */
runs?: string,
/**
 * The settings, as `update` takes them: all except a key and a wheel.
 */
settings: UpdateArguments,
/**
 * The files of the deployment.
 */
files: Array<ReleasedFile>,
/**
 * The fields of the app's record that were set, as they were sent. For a plan.
 */
app?: unknown,
/**
 * The branch of the database, as a full path, if it has branches.
 */
branch?: string,
/**
 * The platform's id of the deployment.
 */
deployment_id?: string,
/**
 * What is known of its tables, as far as the app reports it.
 */
tables?: Tables,
/**
 * Why the app isn't healthy, or why that wasn't checked; a sentence without a full stop.
 */
problem?: string,
/**
 * The release whose files and settings it has, if it is a rollback.
 */
returned_to?: number,
/**
 * The release that was put back when this one failed.
 */
put_back?: number, };

/**
 * How a release went.
 */
export type ReleaseState = "deploying" | "healthy" | "unchecked" | "failed";

/**
 * A file of a release.
 */
export type ReleasedFile = {
/**
 * Its path within the app's folder.
 */
name: string,
/**
 * The SHA-256 of its content in hexadecimal digits; for a text with a mark, of the text with the mark.
 */
sha256: string,
/**
 * Its text, with [`KEY_MARK`] in the place of the key; absent for a wheel.
 */
text?: string,
/**
 * Whether it was removed from the app's folder since. Absent for false.
 */
removed?: boolean, };

/**
 * What a program requires of the database's tables. Both numbers are migrations, counted from 1.
 */
export type Tables = {
/**
 * The newest migration that the program knows.
 */
knows: number,
/**
 * The oldest program that can work with these tables, as the newest migration that it knows.
 */
works_from: number, };

/**
 * A branch of the app's database that holds data of the app.
 */
export type KeptBranch = {
/**
 * Its id, as `restore --from` takes it.
 */
id: string,
/**
 * Whether it was made as a restore point, and not as a branch for an app.
 */
is_restore_point: boolean,
/**
 * Whether it was made of the branch that the app uses, or of a source of that branch before the branch was made.
 * Otherwise this app's data in it may be stale: apps that share a database may use different branches.
 */
is_own: boolean,
/**
 * Whether the app uses it now.
 */
in_use: boolean,
/**
 * When it was created.
 */
created_at?: Timestamp,
/**
 * When the platform removes it; absent if it stays.
 */
expires_at?: Timestamp, };

/**
 * A user, a group or a service principal that may use an app.
 */
export type SharedWith = {
/**
 * The user name, the group's name, or the application id.
 */
name: string,
/**
 * `user`, `group` or `service principal`.
 */
kind: string,
/**
 * `CAN_USE` or `CAN_MANAGE`.
 */
level: string, };

/**
 * The Tellr apps of a workspace. Determined with read-only requests.
 */
export type AppList = {
/**
 * The Tellr apps, by name.
 */
apps: Array<ListedApp>,
/**
 * How many apps of any kind the caller can see in the workspace.
 */
apps_in_workspace: number, };

/**
 * A Tellr app.
 */
export type ListedApp = {
/**
 * Its name.
 */
app_name: string,
/**
 * The folder of its files, if known.
 */
app_file_workspace_path?: string,
/**
 * Its URL.
 */
url?: string,
/**
 * Its creator.
 */
creator?: string,
/**
 * The state of its compute, such as `ACTIVE`.
 */
compute: string,
/**
 * The size of its compute.
 */
compute_size?: string,
/**
 * The state of its process, such as `RUNNING`.
 */
state?: string,
/**
 * Which of the two packages, according to the deployed files.
 */
app_package?: string,
/**
 * The version in the deployed files; absent if it is the newest one on the package index.
 */
app_version?: string,
/**
 * The version that the app itself reports.
 */
runs?: string,
/**
 * Whether it works.
 */
health: Health,
/**
 * Why it isn't healthy, or why that is unknown.
 */
problem?: string,
/**
 * Whether the deployed app differs from its last release; absent if that is unknown.
 */
drift?: boolean,
/**
 * The number of the release that is deployed.
 */
release?: number,
/**
 * The latest run in the journal.
 */
last_run?: LastRun,
/**
 * Its database.
 */
lakebase_name?: string,
/**
 * `autoscaling` or `provisioned`.
 */
lakebase_type?: string,
/**
 * Its schema, according to the deployed files.
 */
schema_name?: string,
/**
 * What it uses per hour.
 */
cost: Cost,
/**
 * What couldn't be read, and why; sentences without a full stop. Absent if everything was.
 */
unread?: Array<string>, };

/**
 * Whether an app works.
 */
export type Health = "healthy" | "unchecked" | "changing" | "stopped" | "not_deployed" | "unhealthy";

/**
 * What an app uses per hour.
 */
export type Cost = {
/**
 * DBU per hour of the app's compute, as it is now, with the fewest instances that it may have: none while it is
 * stopped. Absent where the rate of a size isn't known.
 */
app_dbu_per_hour?: number,
/**
 * The smallest number of compute units of the database while it is awake. It may be shared with other apps.
 */
database_min_cu?: number,
/**
 * The largest number of compute units of the database.
 */
database_max_cu?: number, };

/**
 * The result of a check.
 */
export type Findings = {
/**
 * The app.
 */
app_name: string,
/**
 * What was checked for: `update` of an app that exists, or `create`.
 */
operation: Operation,
/**
 * Whether nothing stops the deployment: no finding is an error.
 */
ok: boolean,
/**
 * The findings: errors first, then warnings.
 */
findings: Array<Finding>,
/**
 * How long the checks took, in milliseconds.
 */
elapsed_ms: number, };

/**
 * One finding of a check.
 */
export type Finding = {
/**
 * What was checked, such as `app`, `database` or `rights`.
 */
check: string,
/**
 * How severe it is.
 */
severity: Severity,
/**
 * What was found; a sentence without a full stop.
 */
message: string,
/**
 * Why.
 */
cause?: string,
/**
 * Who can fix it; absent if nothing is to be fixed.
 */
who?: Fixer,
/**
 * How it is fixed.
 */
how?: string,
/**
 * The code of the error with which a run would stop.
 */
code?: string, };

/**
 * How severe a finding is, the most severe first.
 */
export type Severity = "error" | "warning" | "ok";

/**
 * Who can fix a finding.
 */
export type Fixer = "you" | "app_owner" | "workspace_admin" | "account_admin" | "databricks" | "no_action";

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
 * The user who started it.
 */
by: string,
/**
 * The start time, by the workspace's clock.
 */
started_at: Timestamp,
/**
 * Its state; `running` if it is in progress or died.
 */
status: RunStatus,
/**
 * Its arguments, to resume it: all except a key and a wheel.
 */
arguments?: CreateArguments | UpdateArguments | DeleteArguments | RollbackArguments | RestoreArguments,
/**
 * The file name of the wheel that it deploys, which has to be given again to resume it.
 */
wheel?: string,
/**
 * The release that was put back when the app of this run wasn't healthy: nothing of the run is left to do then.
 */
put_back?: number, };

/**
 * The lock of an app: the content of the file.
 */
export type LockState = {
/**
 * The run that holds it.
 */
id: string,
/**
 * The user who holds it.
 */
holder: string,
/**
 * The operation: `create`, `update` or `delete`.
 */
operation: string,
/**
 * When it was acquired, by the workspace's clock.
 */
since: Timestamp,
/**
 * When it expires unless it is renewed, by the workspace's clock. For users only: see the module.
 */
expires_at: Timestamp, };

/**
 * The state of a run. A run that died stays `Running`.
 */
export type RunStatus = "running" | "finished" | "failed" | "cancelled";

/**
 * The outcome of a step, for the result's `steps`.
 */
export type StepReport = {
/**
 * Its name.
 */
step: string,
/**
 * Its final state.
 */
state: StepState,
/**
 * Milliseconds from the start of the run to the start of the step.
 */
started_ms: number,
/**
 * Its duration, in milliseconds.
 */
elapsed_ms: number, };

/**
 * A branch from which data can be restored.
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
 * One event, in the order of [`DeployEvent::sequence`].
 */
export type DeployEvent = {
/**
 * The run this belongs to; the journal and the lock have the same id.
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
 * Milliseconds since the start of the run.
 */
elapsed_ms: number,
/**
 * The kind of event, which determines the other fields.
 */
kind: EventKind,
/**
 * The step it is about: a name in the list of [`EventKind::Plan`].
 */
step?: string,
/**
 * The state of the step.
 */
state?: StepState,
/**
 * A sentence for users, without a full stop.
 */
message: string,
/**
 * With [`StepState::Waiting`]: how much of the usual time has passed, 0 to 1, if known.
 */
progress?: number,
/**
 * How long the step took, or has waited for the platform so far; milliseconds.
 */
step_elapsed_ms?: number,
/**
 * A link: the app, its logs.
 */
url?: string,
/**
 * With [`EventKind::Plan`]: the steps and their dependencies.
 */
steps?: Array<PlannedStep>,
/**
 * With [`StepState::Failed`] and [`EventKind::Failed`]: the error.
 */
error?: DeployError, };

/**
 * The kinds of event.
 */
export type EventKind = "plan" | "step" | "notice" | "finished" | "failed";

/**
 * The state of a step.
 */
export type StepState = "started" | "waiting" | "progress" | "done" | "unchanged" | "failed" | "skipped";

/**
 * A step of the run.
 */
export type PlannedStep = {
/**
 * Its name, such as `lakebase`.
 */
step: string,
/**
 * A description for users.
 */
title: string,
/**
 * The steps that have to be done first.
 */
waits_for: Array<string>, };

/**
 * The error that every interface shows.
 */
export type DeployError = {
/**
 * A stable name to match on, such as `APP_ALREADY_EXISTS`.
 */
code: string,
/**
 * Whether the input was refused before anything happened, or something failed later.
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
 * The rule that found the cause in what the platform, the database or the app wrote, such as
 * `PIP_NO_VERSION`; a stable name to match on. Absent if none fits.
 */
reason?: string,
/**
 * What to do next.
 */
remedy: string,
/**
 * Where to read more.
 */
docs: string,
/**
 * The step that failed, if the error belongs to one.
 */
step?: string,
/**
 * The platform's own output: the tail of a build or of the app's log.
 */
log?: Array<string>,
/**
 * With the class `input`: which input was refused.
 */
refused?: RefusedInput, };

/**
 * The two classes of failure, which Python shows as `ValueError` and `DeploymentError`.
 */
export type ErrorClass = "input" | "deployment";

/**
 * Which input was refused, so that a form shows an error at the right field.
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
 * A point in time: milliseconds since 1970-01-01 UTC. Written as RFC 3339 in JSON.
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
 * The body or the answer holds a secret: it must not be logged, and `Debug` omits it.
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
 * Headers, with lower-case names: at least `date`, `retry-after`, `x-databricks-org-id`, `content-type`,
 * `location` and `x-request-id` are included where present.
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
 * The kind of failure, which determines whether a retry makes sense.
 */
kind: HostErrorKind,
/**
 * A message for users; holds no secret.
 */
message: string, };

/**
 * The kinds of [`HostError`].
 */
export type HostErrorKind = "connection" | "timeout" | "credential" | "refused" | "origin";

/**
 * The query.
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
app: string,
/**
 * Only lines that were written since then, in milliseconds since 1970-01-01 UTC by the platform's clock:
 * what is earlier is about another deployment.
 */
since_ms?: number, } | { "kind": "package",
/**
 * The package's name.
 */
package: string,
/**
 * The index.
 */
index: "pypi" | "test_pypi", };

/**
 * The database of a schema operation.
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
 * The Postgres role to connect as: the caller's user name.
 */
user: string,
/**
 * The resource to mint the credential for.
 */
credential: CredentialTarget, };

/**
 * The resource of a database credential: each of the two kinds of Lakebase has its own call.
 */
export type CredentialTarget = { "kind": "endpoint", "name": string } | { "kind": "instance", "name": string };

/**
 * The name of a Databricks App: 2 to 30 lower-case letters, digits and hyphens, starting with a letter
 * and not ending with a hyphen. Unique in its workspace.
 */
export type AppName = string;

/**
 * The name of the app's Postgres schema: a lower-case identifier of at most 63 bytes (Postgres would
 * silently truncate a longer one), not a system schema, and not `public`, which may hold other users'
 * data that a reset would drop.
 */
export type SchemaName = string;

/**
 * An operation on the schema of `app`. `role` is the app's role in the database: the client id of its
 * service principal.
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
 * The role whose privileges are queried, if any.
 */
role: string | null, };

/**
 * The outcome of a [`SchemaOperation`].
 */
export type SchemaOutcome = { "outcome": "done" } | { "outcome": "inspected" } & SchemaState;

/**
 * The state of a schema.
 */
export type SchemaState = {
/**
 * The schema exists.
 */
exists: boolean,
/**
 * The role that owns it.
 */
owner: string | null,
/**
 * The app that it records; `None` if it was created before schemas recorded one.
 */
app: string | null,
/**
 * The caller may record an app: only the owner may write a schema's comment.
 */
can_record: boolean,
/**
 * The number of its tables.
 */
tables: number,
/**
 * Up to 50 of them, the largest first.
 */
largest: Array<TableEstimate>,
/**
 * Whether it has, or recently had, rows encrypted with the app's key: an emptied table counts until the
 * database has vacuumed it. Erring on this side keeps the key.
 */
encrypted_data: boolean,
/**
 * The given role exists.
 */
role_exists: boolean,
/**
 * The given role may use the schema and create tables in it.
 */
role_granted: boolean,
/**
 * The given role owns a table in it, or the schema itself.
 */
role_owns: boolean,
/**
 * Up to 100 roles other than the caller and the given one that own the schema or a table in it, or may
 * create tables in it; no superusers.
 */
other_roles: Array<string>,
/**
 * An alternative schema name for the app that doesn't exist yet.
 */
free_name: string | null, };

/**
 * A table and its estimated size from the database's statistics.
 */
export type TableEstimate = {
/**
 * Its name.
 */
name: string,
/**
 * The estimated number of rows; absent if the database has no statistics yet.
 */
rows: number | null, };

/**
 * Why a schema operation failed.
 */
export type SchemaError = {
/**
 * The kind of failure.
 */
kind: SchemaErrorKind,
/**
 * The five characters of Postgres' `SQLSTATE`, if the database answered.
 */
sqlstate?: string | null,
/**
 * A message for users; holds no secret.
 */
message: string, };

/**
 * The kinds of [`SchemaError`].
 */
export type SchemaErrorKind = "credential" | "signed_out" | "unavailable" | "login" | "connection" | "database";
