//! The texts of the catalogue: one arm for each [`Failure`].

use super::catalogue::Failure;
use super::entry::{
    DOCS_APP_AUTH, DOCS_APP_PERMISSIONS, DOCS_APP_RESOURCES, DOCS_APPS, DOCS_AUTH, DOCS_CONFIG,
    DOCS_LAKEBASE, DOCS_PAGE, DOCS_SECRETS, Entry,
};
use super::wording::{ends, list, said, said_by, shortened, spell, with_request};

mod adoption;
mod configuration;
mod key;
mod lock;
mod log;
mod ownership;
mod releases;
mod services;
mod sharing;

// Texts shared by several entries.
const FIX_THE_CAUSE: &str = "If the reason names something you can fix, fix it, then run it again to resume";
/// For what no rule explains.
const REPORT_IT: &str = "Otherwise report it to Databricks support, and as an issue of this project, with the text above, \
     the time and the deployer's version, but without tokens, passwords and data";
const CHECK_THE_ADDRESS: &str =
    "Check the workspace's address: `https://` and the host, as in the browser's address bar";
const WAIT_AND_RESUME: &str = "Wait a few minutes and run it again to resume";
const RESUME_WAITING: &str = "Run it again later to resume waiting";
const MAKE_IT_SMALLER: &str =
    "Publish the package to the index and pin its version instead, or make the file smaller";
const NO_REASON_OF_WORKSPACE: &str = "The workspace gave no reason";
const NO_REASON: &str = "Databricks gave no reason";

fn read_the_log(url: &str, next: &str) -> String {
    format!("Read the app's log at {url}/logz, {next}")
}

impl Failure {
    #[expect(clippy::too_many_lines, reason = "a catalogue is one list")]
    pub(super) fn entry(self) -> Entry {
        match self {
            Self::InvalidValue { key, given, expected } => configuration::invalid_value(&key, &given, &expected),
            Self::InvalidSecret { key, expected } => configuration::invalid_secret(&key, &expected),
            Self::LooksSecret { key } => configuration::looks_secret(&key),
            Self::MissingValue { keys, why } => configuration::missing_value(&keys, why),
            Self::SecretInFile { key } => configuration::secret_in_file(&key),
            Self::ConfigConflict { arguments } => configuration::conflict(&arguments),
            Self::YamlSyntax { place, problem } => configuration::yaml_syntax(place, problem),
            Self::YamlTooLarge { bytes, limit } => configuration::yaml_too_large(bytes, limit),
            Self::YamlEncoding { found } => configuration::yaml_encoding(&found),
            Self::UnknownKey { key, known, nearest } => configuration::unknown_key(&key, &known, nearest.as_deref()),
            Self::WrongType { key, expected, found } => configuration::wrong_type(&key, &expected, &found),
            Self::UnknownEnvironment { wanted, known } => configuration::unknown_environment(&wanted, &known),
            Self::ConfirmationNeeded { operation, app } => Entry {
                code: "NOT_CONFIRMED",
                message: format!("`{operation}` of the app `{app}` is not confirmed"),
                cause: format!(
                    "It {}, and there is no terminal to ask for a confirmation",
                    if operation == "restore" { "replaces the data that the app shows" } else { "deletes data" }
                ),
                remedy: format!("In a script, add `--yes`. `tellr-app deploy plan {operation}` with the same flags shows what would be lost. Nothing has been changed"),
                docs: DOCS_CONFIG,
            },
            Self::PlanOutdated { moved } => Entry {
                code: "PLAN_OUTDATED",
                message: "The saved plan is out of date".into(),
                cause: format!("Changed since the plan was made: {}", moved.join(", ")),
                remedy: "Make a new plan with `plan … --out`, and review it. Nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::NotConfirmed { name, is_typed } => Entry {
                code: "NOT_CONFIRMED",
                message: if is_typed {
                    format!("The name typed is not `{name}`")
                } else {
                    "No name was typed".into()
                },
                cause: format!("Deleting data has to be confirmed with the name `{name}`"),
                remedy: "Run it again and type the name as shown. Nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::OwnProgramUnfit { problem } => Entry {
                code: "OWN_PROGRAM_UNFIT",
                message: "The running program can't be deployed with `--self`".into(),
                cause: problem,
                remedy: "Deploy a published version with `app_version`, or a wheel for Linux on x86-64 with `local_wheel_path`: `make dist` builds one. Nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::FileTooLarge { file, bytes, limit } => Entry {
                code: "FILE_TOO_LARGE",
                message: format!("`{file}` is too large: {bytes} bytes (limit {limit} for a file of an app)"),
                cause: "Databricks Apps rejects deployments with a file over 10 MB".into(),
                remedy: format!("{MAKE_IT_SMALLER}. Nothing has been changed"),
                docs: DOCS_APPS,
            },
            Self::Unreachable { problem } => Entry {
                code: "WORKSPACE_UNREACHABLE",
                message: "The workspace can't be reached".into(),
                cause: problem,
                remedy: "Check the workspace's address and the network, then run it again to resume".into(),
                docs: DOCS_AUTH,
            },
            Self::OriginRefused { problem } => Entry {
                code: "ORIGIN_REFUSED",
                message: "The workspace doesn't allow requests from this page".into(),
                cause: problem,
                remedy: "Run `tellr-app deploy-page` and open the address that it prints: it forwards the page's requests to the workspace. Or put a proxy that allows this origin in front of the workspace".into(),
                docs: DOCS_PAGE,
            },
            Self::NoWorkspace { problem } => Entry {
                code: "NO_WORKSPACE",
                message: "The workspace can't be determined".into(),
                cause: problem,
                remedy: "Set a profile of `~/.databrickscfg` (`--profile`), or the workspace's address (`--host` or `DATABRICKS_HOST`), as in the browser's address bar. Nothing has been sent".into(),
                docs: DOCS_AUTH,
            },
            Self::PortUnavailable { port, problem } => Entry {
                code: "PORT_UNAVAILABLE",
                message: format!("Port {port} of this machine can't be used"),
                cause: problem,
                remedy: "Stop the other program, or choose another port with `--port`; `--port 0` takes any free port".into(),
                docs: DOCS_CONFIG,
            },
            Self::NotSignedIn { problem } => Entry {
                code: "NOT_SIGNED_IN",
                message: "No usable credential for the workspace".into(),
                cause: problem,
                remedy: "Sign in. On the command line: choose a profile of `~/.databrickscfg`, set `DATABRICKS_HOST` and `DATABRICKS_TOKEN`, or sign in with the browser (`--sign-in`)".into(),
                docs: DOCS_AUTH,
            },
            Self::TokenExpired { doing, problem: _ } => Entry {
                code: "TOKEN_EXPIRED",
                message: format!("Couldn't {doing}: the workspace did not accept the credential"),
                cause: "The token has expired or was revoked".into(),
                remedy: "Sign in, then run it again to resume".into(),
                docs: DOCS_AUTH,
            },
            Self::RateLimited { doing, waited } => Entry {
                code: "RATE_LIMITED",
                message: if waited.as_secs() == 0 {
                    format!("Couldn't {doing}: the workspace limits requests")
                } else {
                    format!("Couldn't {doing}: the workspace still limits requests after {}", spell(waited))
                },
                cause: "Too many requests are sent to this workspace, by this deployer or by others".into(),
                remedy: WAIT_AND_RESUME.into(),
                docs: DOCS_APPS,
            },
            Self::WorkspaceUnavailable { doing, status, code, request, problem } => Entry {
                code: "WORKSPACE_UNAVAILABLE",
                message: format!("Couldn't {doing}: the workspace failed (status {})", format!("{status} {code}").trim()),
                cause: said(&with_request(&problem, &request), NO_REASON_OF_WORKSPACE),
                remedy: format!("{WAIT_AND_RESUME}. If this continues, contact Databricks support with this text"),
                docs: "https://status.databricks.com/",
            },
            Self::NotPassedOn { doing, problem } => Entry {
                code: "NOT_PASSED_ON",
                message: format!("Couldn't {doing}: the request was not forwarded to the workspace"),
                cause: problem,
                remedy: FIX_THE_CAUSE.into(),
                docs: DOCS_AUTH,
            },
            Self::UnreadableAnswer { doing, status, problem } => Entry {
                code: "UNREADABLE_ANSWER",
                message: format!("Couldn't {doing}: the workspace's answer can't be read ({problem})"),
                cause: format!("The workspace answered with status {status}, in a form that this version doesn't know"),
                remedy: "Check that the address is that of a Databricks workspace, then run it again to resume".into(),
                docs: DOCS_AUTH,
            },
            Self::HostNotFound { problem } => Entry {
                code: "WORKSPACE_HOST_NOT_FOUND",
                message: "The workspace's host name can't be resolved".into(),
                cause: problem,
                remedy: "Check the workspace's address for typing errors; if it is right, check the network, VPN and DNS".into(),
                docs: DOCS_AUTH,
            },
            Self::CertificateNotTrusted { problem } => Entry {
                code: "CERTIFICATE_NOT_TRUSTED",
                message: "The TLS certificate of the workspace's address is not trusted".into(),
                cause: problem,
                remedy: "If your company's proxy inspects traffic, set `SSL_CERT_FILE` (in Python `REQUESTS_CA_BUNDLE`) to a file with its CA certificate. If not, check the workspace's address".into(),
                docs: DOCS_AUTH,
            },
            Self::ProxyAuthentication { problem } => Entry {
                code: "PROXY_AUTHENTICATION",
                message: "The HTTP proxy requires authentication (407)".into(),
                cause: said_by("The proxy", &problem, "The proxy between here and the workspace did not accept the request"),
                remedy: "Add the user name and password to the proxy's address in `HTTPS_PROXY`, or add the workspace's host to `NO_PROXY` if it can be reached directly".into(),
                docs: DOCS_AUTH,
            },
            Self::AddressBlocked { problem } => Entry {
                code: "ADDRESS_BLOCKED",
                message: "The workspace's IP access list blocks this computer".into(),
                cause: said(&problem, "The IP address the request came from is not on the list"),
                remedy: "Connect through your company's network or VPN, or ask a workspace admin to add the IP address to the access list".into(),
                docs: "https://docs.databricks.com/aws/en/security/network/front-end/ip-access-list-workspace",
            },
            Self::PrivateLink { problem } => Entry {
                code: "PRIVATE_LINK_REQUIRED",
                message: "The workspace can only be reached through Private Link".into(),
                cause: said(&problem, "Public network access to this workspace is disabled"),
                remedy: "Run the deployer inside the network that has the private endpoint (VPN, a machine in it, or a notebook of the workspace)".into(),
                docs: "https://learn.microsoft.com/en-us/azure/databricks/security/network/classic/private-link-standard#authentication-troubleshooting",
            },
            Self::SignInPage { doing } => Entry {
                code: "SIGN_IN_PAGE",
                message: format!("Couldn't {doing}: received a sign-in page instead of an answer"),
                cause: "The workspace's address is not the address of its API, or the network requires a sign-in in the browser first".into(),
                remedy: format!("{CHECK_THE_ADDRESS}. On a guest or company network, sign in to the network first"),
                docs: DOCS_AUTH,
            },
            Self::ScopeMissing { doing, problem } => Entry {
                code: "TOKEN_SCOPE_MISSING",
                message: format!("Couldn't {doing}: the access token lacks a scope"),
                cause: said(&problem, "The token was issued for fewer APIs than the deployment needs"),
                remedy: "Sign in with a token for all APIs (scope `all-apis`), or create one with the scope that is named".into(),
                docs: DOCS_AUTH,
            },
            Self::Redirected { doing } => Entry {
                code: "WORKSPACE_REDIRECTS",
                message: format!("Couldn't {doing}: the workspace redirected the request"),
                cause: "The address is probably not that of a workspace, or it requires a sign-in".into(),
                remedy: CHECK_THE_ADDRESS.into(),
                docs: DOCS_AUTH,
            },
            Self::UnexpectedAnswer { doing, status, code, request, problem } => Entry {
                code: "UNEXPECTED_ANSWER",
                message: format!("Couldn't {doing}: the workspace refused ({})", format!("{status} {code}").trim()),
                cause: said(&with_request(&problem, &request), NO_REASON_OF_WORKSPACE),
                remedy: format!("{FIX_THE_CAUSE}. {REPORT_IT}"),
                docs: DOCS_APPS,
            },
            Self::PermissionDenied { doing, what, needed, problem } => Entry {
                code: "PERMISSION_DENIED",
                message: format!("Permission denied: {doing}"),
                cause: said(&problem, &format!("You lack a permission on {what}")),
                remedy: format!("Ask a workspace admin, or the owner of {what}, for {needed}; then run it again to resume"),
                docs: DOCS_APP_RESOURCES,
            },
            Self::AppAlreadyExists { app, creator, ours } => ownership::app_exists(&app, creator.as_deref(), ours),
            Self::AppNameRefused { app } => Entry {
                code: "APP_ALREADY_EXISTS",
                message: format!("App already exists: `{app}`"),
                cause: "The workspace says that the name is taken, but shows no app of this name: it may be an app you have no permission on, or one whose deletion has not finished".into(),
                remedy: "Choose another `app_name`, or ask a workspace admin which app has the name".into(),
                docs: DOCS_APPS,
            },
            Self::PackageDiffers { app, deployed, wanted } => adoption::package_differs(&app, &deployed, &wanted),
            Self::AppNotFound { app } => Entry {
                code: "APP_NOT_FOUND",
                message: format!("There is no app `{app}` in this workspace"),
                cause: "It was never created, was deleted, or is in another workspace".into(),
                remedy: "Check `app_name` and the workspace, or use `create`".into(),
                docs: DOCS_APPS,
            },
            Self::AppDeleted { app, by } => lock::app_deleted(&app, by),
            Self::AppDeleting { app, waited } => Entry {
                code: "APP_DELETING",
                message: if waited.as_secs() == 0 {
                    format!("The app `{app}` is being deleted")
                } else {
                    format!("The app `{app}` is still being deleted after {}", spell(waited))
                },
                cause: "Databricks keeps the name of a deleted app for up to 20 minutes".into(),
                remedy: "Run it again in a few minutes, or choose another `app_name`".into(),
                docs: DOCS_APPS,
            },
            Self::NoServicePrincipal { app } => Entry {
                code: "NO_SERVICE_PRINCIPAL",
                message: format!("The app `{app}` has no service principal"),
                cause: "Databricks creates it with the app; without it the app can't connect to its database".into(),
                remedy: format!("Delete the app `{app}` and create it again. If this continues, contact Databricks support"),
                docs: DOCS_APP_AUTH,
            },
            Self::AppQuota { app, problem } => Entry {
                code: "APP_QUOTA",
                message: format!("The app `{app}` can't be created: the workspace's limit of apps is reached"),
                cause: said(&problem, "The workspace's maximum number of apps is reached"),
                remedy: "Delete an app that is no longer used, or ask a workspace admin to raise the limit".into(),
                docs: DOCS_APPS,
            },
            Self::AppsUnavailable { problem } => Entry {
                code: "APPS_UNAVAILABLE",
                message: "Databricks Apps is not available in this workspace".into(),
                cause: said(&problem, "The workspace has no Apps API"),
                remedy: "Ask a workspace admin to enable Databricks Apps (it needs a supported region and the Premium tier)".into(),
                docs: DOCS_APPS,
            },
            Self::UserAuthorizationOff { problem } => Entry {
                code: "USER_AUTHORIZATION_OFF",
                message: "The app's API scopes were refused: user authorization is disabled in this workspace".into(),
                cause: said(&problem, "Apps can't act on behalf of their users in this workspace"),
                remedy: "Ask a workspace admin to enable user authorization for Databricks Apps, then run it again".into(),
                docs: DOCS_APP_AUTH,
            },
            Self::ScopeRefused { scopes, problem } => Entry {
                code: "SCOPE_REFUSED",
                message: format!("The workspace rejected the API scopes {}", list(&scopes)),
                cause: said(&problem, "A scope is unknown or not allowed in this workspace"),
                remedy: "Correct the scope in `extra_scopes`, or remove it".into(),
                docs: DOCS_APP_AUTH,
            },
            Self::ResourceRefused { resource, problem } => Entry {
                code: "RESOURCE_REFUSED",
                message: format!("Couldn't attach {resource} to the app"),
                cause: said(&problem, NO_REASON_OF_WORKSPACE),
                remedy: "Check that it exists and that you have permission to manage it, then run it again to resume".into(),
                docs: DOCS_APP_RESOURCES,
            },
            Self::ServiceNotFound { what, setting, problem } => services::not_found(&what, setting, &problem),
            Self::GranteeNotFound { who, problem } => sharing::grantee_not_found(&who, &problem),
            Self::EndpointNotReady { name, state } => services::endpoint_not_ready(&name, &state),
            Self::ComputeFailed { app, problem } => Entry {
                code: "COMPUTE_FAILED",
                message: format!("Couldn't start the compute of app `{app}`"),
                cause: said(&problem, NO_REASON),
                remedy: "Run it again. If it fails again, try another `app_compute` or ask a workspace admin".into(),
                docs: DOCS_APPS,
            },
            Self::ComputeTimeout { app, state, waited } => Entry {
                code: "COMPUTE_TIMEOUT",
                message: format!("The compute of app `{app}` is still {state} after {}", spell(waited)),
                cause: "Compute usually starts in 1 to 3 minutes; Databricks may be short of capacity".into(),
                remedy: RESUME_WAITING.into(),
                docs: DOCS_APPS,
            },
            Self::AppUpdateFailed { app, problem } => Entry {
                code: "APP_UPDATE_FAILED",
                message: format!("Couldn't change the settings of app `{app}`"),
                cause: said(&problem, NO_REASON),
                remedy: "Wait until the app is running or stopped, then run it again".into(),
                docs: DOCS_APPS,
            },
            Self::DeploymentFailed { app, url, problem, log: _ } => Entry {
                code: "DEPLOYMENT_FAILED",
                message: format!("The deployment of app `{app}` failed"),
                cause: said(&ends(&problem), NO_REASON),
                remedy: read_the_log(&url, "fix the problem it shows and run it again. An earlier deployment, if there was one, keeps running"),
                docs: DOCS_APPS,
            },
            Self::DeploymentCancelled { app, problem } => Entry {
                code: "DEPLOYMENT_CANCELLED",
                message: format!("The deployment of app `{app}` was cancelled in the workspace"),
                cause: said(&problem, "It was cancelled by another user, or replaced by a newer deployment"),
                remedy: "Run it again to deploy".into(),
                docs: DOCS_APPS,
            },
            Self::DeploymentBusy { app, by, waited } => Entry {
                code: "DEPLOYMENT_IN_PROGRESS",
                message: format!("Another deployment of app `{app}` is still in progress after {}", spell(waited)),
                cause: format!("{} started it", by.as_deref().map_or_else(|| "Another user".to_owned(), shortened)),
                remedy: "Wait until it has finished, then run it again".into(),
                docs: DOCS_APPS,
            },
            Self::DeploymentTimeout { app, url, waited, log: _ } => Entry {
                code: "DEPLOYMENT_TIMEOUT",
                message: format!("The deployment of app `{app}` has not ended after {}", spell(waited)),
                cause: "An app has about ten minutes to start; the installation may take too long, or the app doesn't listen on `DATABRICKS_APP_PORT`".into(),
                remedy: read_the_log(&url, "then run it again"),
                docs: DOCS_APPS,
            },
            Self::PackageVersionMissing { package, version, index, newest } => Entry {
                code: "PACKAGE_VERSION_MISSING",
                message: match version.as_str() {
                    "latest" => format!("Package `{package}` is not published on the index `{index}`"),
                    version => format!("Version {version} of `{package}` is not published on the index `{index}`"),
                },
                cause: match newest {
                    Some(newest) => format!("The newest version there is {newest}"),
                    None => "The index has no package of this name".into(),
                },
                remedy: "Set `app_version` to a published version, or deploy a wheel with `local_wheel_path`".into(),
                docs: DOCS_CONFIG,
            },
            Self::AppNotReady { app, url, problem, log: _ } => Entry {
                code: "APP_NOT_READY",
                message: format!("App `{app}` was deployed and is running, but is not ready"),
                cause: problem,
                remedy: format!("Open {url}/api/ready and the log at {url}/logz, fix the reported problem and run it again"),
                docs: DOCS_APPS,
            },
            Self::AppVersionDiffers { app, wanted, runs } => Entry {
                code: "APP_VERSION_DIFFERS",
                message: format!("App `{app}` still runs version {runs} after version {wanted} was deployed"),
                cause: "Databricks did not install the new version".into(),
                remedy: "Stop and start the app in the workspace, then run it again".into(),
                docs: DOCS_APPS,
            },
            Self::AppCrashed { app, url, state, problem, log: _ } => Entry {
                code: "APP_CRASHED",
                message: format!("The app `{app}` was deployed and is now {state}"),
                cause: said(&ends(&problem), NO_REASON),
                remedy: read_the_log(&url, "fix the problem it shows and run `update`"),
                docs: DOCS_APPS,
            },
            Self::LogRefused { app, status, personal } => log::refused(&app, status, personal),
            Self::LogUnreachable { app, compute, problem } => log::unreachable(&app, &compute, &problem),

            Self::LakebaseUnavailable { problem } => Entry {
                code: "LAKEBASE_UNAVAILABLE",
                message: "Lakebase is not available in this workspace".into(),
                cause: said(&problem, "The workspace has no Lakebase API"),
                remedy: "Ask a workspace admin to enable Lakebase (it needs a supported region)".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseNotFound { name } => Entry {
                code: "LAKEBASE_NOT_FOUND",
                message: format!("Lakebase not found: `{name}`"),
                cause: "No autoscaling project and no provisioned instance has this name".into(),
                remedy: "Check `lakebase_name`; `create` creates a database that doesn't exist".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseNameReserved { name, problem } => Entry {
                code: "LAKEBASE_NAME_RESERVED",
                message: format!("The name `{name}` belongs to a Lakebase project that was deleted"),
                cause: said(&problem, "A deleted project keeps its name until it is purged, and can be restored until then"),
                remedy: "Choose another `lakebase_name`, or restore or purge the deleted project in the workspace".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseFailed { name, problem } => Entry {
                code: "LAKEBASE_FAILED",
                message: format!("Couldn't set up the Lakebase database `{name}`"),
                cause: said(&problem, NO_REASON),
                remedy: FIX_THE_CAUSE.into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseTimeout { name, state, waited } => Entry {
                code: "LAKEBASE_TIMEOUT",
                message: format!("The Lakebase database `{name}` is not ready after {} ({state})", spell(waited)),
                cause: "Databricks may be short of capacity".into(),
                remedy: RESUME_WAITING.into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseQuota { name, problem } => Entry {
                code: "LAKEBASE_QUOTA",
                message: format!("The Lakebase database `{name}` can't be created: a limit of the workspace is reached"),
                cause: said(&problem, "The workspace's limit of databases or branches is reached"),
                remedy: "Set `lakebase_name` to an existing database, or delete one that is no longer used".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseStopped { name } => Entry {
                code: "LAKEBASE_STOPPED",
                message: format!("The Lakebase instance `{name}` is stopped"),
                cause: "It was stopped by a user. Starting it costs money, so the deployer doesn't".into(),
                remedy: "Start it in the workspace, then run it again".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::RestorePointFailed { name, problem } => Entry {
                code: "RESTORE_POINT_FAILED",
                message: format!("Couldn't create a restore point of `{name}`, so nothing was reset"),
                cause: said(&problem, NO_REASON),
                remedy: "Delete an old `pre-reset-…` branch of the project if there are many, then run it again".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::SqlUnavailable { problem } => Entry {
                code: "SQL_UNAVAILABLE",
                message: "Couldn't set up the database: no connection to PostgreSQL from here".into(),
                cause: problem,
                remedy: "Run `tellr-app deploy-page` and deploy from the page that it opens, or give the page's host a function `schema`".into(),
                docs: DOCS_PAGE,
            },
            Self::DatabaseUnreachable { host, problem } => Entry {
                code: "DATABASE_UNREACHABLE",
                message: format!("Couldn't reach the database at `{host}`"),
                cause: problem,
                remedy: "Port 5432 of that host must be reachable from where the deployer runs; check the network, then run it again".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::DatabaseLogin { user, problem } => Entry {
                code: "DATABASE_LOGIN",
                message: format!("The database refused the login of `{}`", shortened(&user)),
                cause: format!("The database says: {problem}"),
                remedy: format!("Ask the database's owner for a Postgres role for `{}`, then run it again", shortened(&user)),
                docs: DOCS_LAKEBASE,
            },
            Self::DatabaseCredential { name, problem } => Entry {
                code: "DATABASE_CREDENTIAL",
                message: format!("Couldn't get a credential for the database `{name}`"),
                cause: problem,
                remedy: format!("Ask the owner of `{name}` for the permission to connect (CAN_USE), then run it again"),
                docs: DOCS_LAKEBASE,
            },
            Self::SchemaNotOwned { schema, problem } => Entry {
                code: "SCHEMA_NOT_OWNED",
                message: format!("The schema `{schema}` belongs to another user"),
                cause: format!("The database says: {problem}"),
                remedy: "Choose another `schema_name`, or ask the schema's owner to run this".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::SchemaOfAnotherApp { schema, database, owner, free } => {
                ownership::schema_of_another_app(&schema, &database, &owner, free.as_deref())
            }
            Self::SchemaNotFound { schema, database, used } => {
                ownership::schema_not_found(&schema, &database, used.as_deref())
            }
            Self::AppRoleMissing { role } => Entry {
                code: "APP_ROLE_MISSING",
                message: format!("The database has no role `{role}` for the app"),
                cause: "Databricks creates it when the database is attached to the app, but has not done so".into(),
                remedy: "Run it again. If this continues, detach the database from the app in the workspace and run it once more".into(),
                docs: DOCS_APP_RESOURCES,
            },
            Self::SchemaFailed { schema, sqlstate, problem } => Entry {
                code: "SCHEMA_FAILED",
                message: format!("Couldn't change the schema `{schema}` (SQLSTATE {sqlstate})"),
                cause: format!("The database says: {problem}"),
                remedy: FIX_THE_CAUSE.into(),
                docs: DOCS_LAKEBASE,
            },
            Self::KeyMissing { app, places } => key::missing(&app, &places),
            Self::KeyDiffers { app, place } => key::differs(&app, &place),
            Self::AppYamlUnreadable { path, problem } => key::app_yaml_unreadable(&path, &problem),
            Self::KeyEntryUnreadable { path, problem } => key::entry_unreadable(&path, &problem),
            Self::KeyUnreadable { secret } => key::unreadable(&secret),
            Self::SecretScopeQuota { scope, problem } => key::scope_quota(&scope, &problem),
            Self::FileRefused { file, problem } => Entry {
                code: "FILE_TOO_LARGE",
                message: format!("`{file}` is too large for the workspace"),
                cause: said(&problem, "The limit for a file of an app is 10 MB"),
                remedy: format!("{MAKE_IT_SMALLER}; then run it again"),
                docs: DOCS_APPS,
            },
            Self::TwoKeys { app, scope, key } => key::two(&app, &scope, &key),
            Self::PathTaken { path } => Entry {
                code: "PATH_TAKEN",
                message: format!("`{path}` can't be used as a folder"),
                cause: "A file with this path, or with the path of a parent folder, exists".into(),
                remedy: "Choose another `app_file_workspace_path`, or move that file".into(),
                docs: DOCS_APPS,
            },
            Self::PathMissing { path, problem } => Entry {
                code: "PATH_MISSING",
                message: format!("Couldn't create the folder `{path}`"),
                cause: said(&problem, "Its parent folder doesn't exist"),
                remedy: "Choose an `app_file_workspace_path` below your own folder, `/Workspace/Users/<you>`".into(),
                docs: DOCS_APPS,
            },
            Self::NoWorkspacePath { app } => Entry {
                code: "NO_WORKSPACE_PATH",
                message: format!("Couldn't determine the folder that app `{app}` was deployed from"),
                cause: "The app has no deployment and no source path".into(),
                remedy: "Set `app_file_workspace_path`".into(),
                docs: DOCS_APPS,
            },
            Self::FolderInUse { path, other } => Entry {
                code: "FOLDER_IN_USE",
                message: format!("The folder `{path}` belongs to the app `{other}`"),
                cause: "Two apps can't share a folder: they would overwrite each other's files".into(),
                remedy: "Choose another `app_file_workspace_path`".into(),
                docs: DOCS_CONFIG,
            },
            Self::NotTellr { app, path } => ownership::not_tellr(&app, &path),
            Self::NotAdopted { app, creator } => adoption::not_adopted(&app, creator.as_deref()),
            Self::AdoptedByOther { app, creator, me } => adoption::by_other(&app, creator.as_deref(), &me),
            Self::MoveNeedsSchema { app, schema, database, free } => {
                adoption::move_needs_schema(&app, &schema, &database, free.as_deref())
            }
            Self::NothingToMove { app, schema } => adoption::nothing_to_move(&app, &schema),
            Self::VersionNeeded { app, schema } => adoption::version_needed(&app, &schema),
            Self::UpgradeDeletesData { app, from, to } => adoption::upgrade_deletes_data(&app, &from, &to),
            Self::Locked { app, holder, operation, since, path } => lock::held(&app, &holder, &operation, since, &path),
            Self::LockElsewhere { app, path, folder } => lock::elsewhere(&app, &path, &folder),
            Self::LockLost { app, holder } => lock::lost(&app, holder),
            Self::JournalNewer { path, version, known } => Entry {
                code: "JOURNAL_NEWER",
                message: format!("`{path}` was written by a newer deployer"),
                cause: format!("It has format {version}; this deployer supports formats up to {known}"),
                remedy: "Upgrade the deployer and run it again".into(),
                docs: DOCS_CONFIG,
            },
            Self::ReleaseFailed { app, release, previous, problem, not_put_back, remedy, .. } => releases::failed(&app, [release, previous], problem, not_put_back, &remedy),
            Self::ReleaseUnknown { app, release, kept } => releases::unknown(&app, release, &kept),
            Self::NoEarlierRelease { app, others } => releases::no_earlier(&app, &others),
            Self::ReleaseNeverRan { app, release, problem } => releases::never_ran(&app, release, problem),
            Self::ReleaseTooOld { app, release, knows, works_from } => releases::too_old(&app, release, knows, works_from),
            Self::ReleaseFileMissing { release, path } => releases::file_missing(release, &path),
            Self::NoRestorePoint { app, why } => releases::no_restore_point(&app, why),
            Self::BranchUnknown { app, branch, known } => releases::branch_unknown(&app, &branch, &known),
            Self::ReleasesUnreadable { path, problem } => releases::unreadable(&path, problem),
            Self::Cancelled { app, stands } => Entry {
                code: "CANCELLED",
                message: if app.is_empty() {
                    "Cancelled: nothing has been changed".into()
                } else if stands.is_empty() {
                    format!("Cancelled: the app `{app}` has not been changed")
                } else {
                    format!("The run on app `{app}` was cancelled")
                },
                cause: if stands.is_empty() {
                    "It was cancelled on request; nothing had been started".into()
                } else {
                    format!("It was cancelled on request; started or done so far: {}", list(&stands))
                },
                remedy: if stands.is_empty() { "Run it again".into() } else { "Run it again to resume".into() },
                docs: DOCS_APPS,
            },
        }
    }
}
