//! The words of the catalogue: one arm for each [`Failure`].

use super::catalogue::{Failure, SchemaOwner};
use super::wording::{list, said, said_by, spell};

const DOCS_APPS: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/";
const DOCS_APP_AUTH: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/auth";
const DOCS_APP_RESOURCES: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/resources";
const DOCS_LAKEBASE: &str = "https://docs.databricks.com/aws/en/oltp/";
const DOCS_SECRETS: &str = "https://docs.databricks.com/aws/en/security/secrets/";
const DOCS_AUTH: &str = "https://docs.databricks.com/aws/en/dev-tools/auth/";
const DOCS_PAGE: &str = "pkg/README.md";
const DOCS_CONFIG: &str = "README.md#configuration";

/// Words for one entry.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) cause: String,
    pub(super) remedy: String,
    pub(super) docs: &'static str,
}

impl Failure {
    #[expect(clippy::too_many_lines, reason = "a catalogue is one list")]
    pub(super) fn entry(self) -> Entry {
        match self {
            Self::InvalidValue { key, given, expected } => Entry {
                code: "INVALID_VALUE",
                message: format!("`{key}` can't be `{given}`"),
                cause: format!("`{key}` takes {expected}"),
                remedy: format!("Change `{key}` and run it again; nothing has been changed"),
                docs: DOCS_CONFIG,
            },
            Self::InvalidSecret { key, expected } => Entry {
                code: "INVALID_VALUE",
                message: format!("`{key}` is not valid (its value is not shown)"),
                cause: format!("`{key}` takes {expected}"),
                remedy: format!("Give a valid `{key}`, or leave it out to have one made; nothing has been sent yet"),
                docs: DOCS_CONFIG,
            },
            Self::MissingValue { keys, why } => {
                let keys_are = if keys.len() == 1 { "is" } else { "are" };
                let keys = list(&keys);
                Entry {
                    code: "MISSING_VALUE",
                    message: format!("{keys} {keys_are} missing"),
                    cause: why,
                    remedy: format!("Give {keys} and run it again; nothing has been changed"),
                    docs: DOCS_CONFIG,
                }
            }
            Self::SecretInFile { key } => Entry {
                code: "SECRET_IN_FILE",
                message: format!("`{key}` may not stand in a configuration file"),
                cause: "Such a file is shared, kept and committed, and a key in it is no longer a secret".into(),
                remedy: format!("Remove it: a key is made, kept safe and found again by itself. To bring your own, give the argument `{key}` beside the file"),
                docs: DOCS_SECRETS,
            },
            Self::ConfigConflict { arguments } => Entry {
                code: "CONFIG_CONFLICT",
                message: format!("A configuration file was given together with {}", list(&arguments)),
                cause: "The file and direct arguments could contradict each other, so they exclude each other".into(),
                remedy: "Put everything into the file, or leave the file out".into(),
                docs: DOCS_CONFIG,
            },
            Self::YamlSyntax { place, problem } => Entry {
                code: "YAML_SYNTAX",
                message: match place {
                    Some((line, column)) => {
                        format!("The configuration can't be read at line {line}, column {column}")
                    }
                    None => "The configuration can't be read".into(),
                },
                cause: format!("The YAML parser says: {problem}"),
                remedy: "Correct the file and run it again; nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::YamlTooLarge { bytes, limit } => Entry {
                code: "YAML_TOO_LARGE",
                message: format!("The configuration has {bytes} bytes, more than {limit}"),
                cause: "A configuration is a page of text; this is probably another file".into(),
                remedy: "Give the path of the right file".into(),
                docs: DOCS_CONFIG,
            },
            Self::YamlEncoding { found } => Entry {
                code: "YAML_ENCODING",
                message: "The configuration is not a text file in UTF-8".into(),
                cause: format!("It seems to be {found}"),
                remedy: "Save the file as UTF-8 (in Windows Notepad: Save as, Encoding: UTF-8) and run it again; nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::UnknownKey { key, known, nearest } => Entry {
                code: "UNKNOWN_KEY",
                message: match nearest {
                    Some(nearest) => format!("There is no key `{key}`; did you mean `{nearest}`?"),
                    None => format!("There is no key `{key}`"),
                },
                cause: format!("The keys here are {}", list(&known)),
                remedy: "Correct the key or remove it; nothing has been sent yet".into(),
                docs: DOCS_CONFIG,
            },
            Self::WrongType { key, expected, found } => Entry {
                code: "WRONG_TYPE",
                message: format!("`{key}` has the wrong type"),
                cause: format!("It takes {expected}, and {found} was given"),
                remedy: format!("Change `{key}` and run it again; nothing has been changed"),
                docs: DOCS_CONFIG,
            },
            Self::UnknownEnvironment { wanted, known } => Entry {
                code: "UNKNOWN_ENVIRONMENT",
                message: format!("The configuration has no environment `{wanted}`"),
                cause: format!("It has {}", list(&known)),
                remedy: "Set `ENVIRONMENT` (or the argument `environment`) to one of them, or add it to the file".into(),
                docs: DOCS_CONFIG,
            },
            Self::ConfirmationNeeded { operation, app } => Entry {
                code: "NOT_CONFIRMED",
                message: format!("`{operation}` of the app `{app}` is not confirmed"),
                cause: "Something is lost by it, and there is no terminal on which to ask whether that is wanted".into(),
                remedy: format!("In a script, add `--yes`. `tellr-app deploy plan {operation}` with the same flags shows what is lost; nothing has been changed"),
                docs: DOCS_CONFIG,
            },
            Self::NotConfirmed { app } => Entry {
                code: "NOT_CONFIRMED",
                message: format!("The name that was typed is not `{app}`"),
                cause: "What is lost has to be confirmed with its name".into(),
                remedy: "Run it again and type the name as it is shown; nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::OwnProgramUnfit { problem } => Entry {
                code: "OWN_PROGRAM_UNFIT",
                message: "The running program can't be deployed with `--self`".into(),
                cause: problem,
                remedy: "Deploy a published version with `app_version`, or a wheel for Linux on x86-64 with `local_wheel_path`: `make dist` builds one; nothing has been changed".into(),
                docs: DOCS_CONFIG,
            },
            Self::FileTooLarge { file, bytes, limit } => Entry {
                code: "FILE_TOO_LARGE",
                message: format!("`{file}` has {bytes} bytes, more than the {limit} an app's file may have"),
                cause: "Databricks Apps refuses a deployment with any file over 10 MB".into(),
                remedy: "Publish the package to the index and pin its version instead, or make the file smaller; nothing has been sent yet".into(),
                docs: DOCS_APPS,
            },

            Self::Unreachable { problem } => Entry {
                code: "WORKSPACE_UNREACHABLE",
                message: "The workspace can't be reached".into(),
                cause: problem,
                remedy: "Check the workspace's address and the network, then run the same again: it goes on where it stopped".into(),
                docs: DOCS_AUTH,
            },
            Self::OriginRefused { problem } => Entry {
                code: "ORIGIN_REFUSED",
                message: "The workspace doesn't answer this page".into(),
                cause: problem,
                remedy: "Run `tellr-app deploy-page`, which passes a page's requests on from its own origin, and open the address that it prints; or put a proxy in front of the workspace that answers this origin".into(),
                docs: DOCS_PAGE,
            },
            Self::NoWorkspace { problem } => Entry {
                code: "NO_WORKSPACE",
                message: "No workspace to work in".into(),
                cause: problem,
                remedy: "Name a profile of `~/.databrickscfg` (`--profile`), or the workspace's address (`--host`, or `DATABRICKS_HOST`), as in the browser's address bar; nothing has been sent".into(),
                docs: DOCS_AUTH,
            },
            Self::PortUnavailable { port, problem } => Entry {
                code: "PORT_UNAVAILABLE",
                message: format!("Port {port} of this machine can't be used"),
                cause: problem,
                remedy: "Stop the other program, or choose another port with `--port`; `--port 0` takes any that is free".into(),
                docs: DOCS_CONFIG,
            },
            Self::NotSignedIn { problem } => Entry {
                code: "NOT_SIGNED_IN",
                message: "There is no usable credential for the workspace".into(),
                cause: problem,
                remedy: "Sign in. On a command line: name a profile of `~/.databrickscfg`, set `DATABRICKS_HOST` and `DATABRICKS_TOKEN`, or sign in in the browser with `--sign-in`".into(),
                docs: DOCS_AUTH,
            },
            Self::TokenExpired { doing } => Entry {
                code: "TOKEN_EXPIRED",
                message: format!("The workspace did not accept the credential while {doing}"),
                cause: "The token has expired or was revoked".into(),
                remedy: "Sign in again and run the same again: it goes on where it stopped".into(),
                docs: DOCS_AUTH,
            },
            Self::RateLimited { doing, waited } => Entry {
                code: "RATE_LIMITED",
                message: if waited.as_secs() == 0 {
                    format!("The workspace is limiting requests, while {doing}")
                } else {
                    format!("The workspace is still limiting requests after {}, while {doing}", spell(waited))
                },
                cause: "Too many requests reach this workspace, from here or from others".into(),
                remedy: "Wait some minutes and run the same again: it goes on where it stopped".into(),
                docs: DOCS_APPS,
            },
            Self::WorkspaceUnavailable { doing, status, problem } => Entry {
                code: "WORKSPACE_UNAVAILABLE",
                message: format!("The workspace failed (status {status}) while {doing}"),
                cause: said(&problem, "It gave no reason"),
                remedy: "Wait some minutes and run the same again: it goes on where it stopped; if it stays, ask Databricks' support".into(),
                docs: "https://status.databricks.com/",
            },
            Self::NotPassedOn { doing, problem } => Entry {
                code: "NOT_PASSED_ON",
                message: format!("A request was not passed on to the workspace while {doing}"),
                cause: problem,
                remedy: "If the reason names something you can change, change it and run the same again: it goes on where it stopped".into(),
                docs: DOCS_AUTH,
            },
            Self::UnreadableAnswer { doing, status, problem } => Entry {
                code: "UNREADABLE_ANSWER",
                message: format!("The workspace's answer can't be read while {doing}: {problem}"),
                cause: format!("The workspace answered with status {status}, and not in the form that this version knows"),
                remedy: "Check that the address is a Databricks workspace's, then run the same again: it goes on \
                         where it stopped"
                    .into(),
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
                remedy: "Set `HTTPS_PROXY` to `http://user:password@proxy:port`, or add the workspace's host to `NO_PROXY` if it can be reached directly".into(),
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
                message: format!("Received a sign-in page instead of an answer: {doing}"),
                cause: "The workspace's address is not the address of its API, or the network requires a sign-in in the browser first".into(),
                remedy: "Check the workspace's address: `https://` and the host, as in the browser's address bar. On a guest or company network, sign in to the network first".into(),
                docs: DOCS_AUTH,
            },
            Self::ScopeMissing { doing, problem } => Entry {
                code: "TOKEN_SCOPE_MISSING",
                message: format!("The access token lacks a scope: {doing}"),
                cause: said(&problem, "The token was issued for fewer APIs than the deployment needs"),
                remedy: "Sign in with a token for all APIs (scope `all-apis`), or create one with the scope that is named".into(),
                docs: DOCS_AUTH,
            },
            Self::Redirected { doing } => Entry {
                code: "WORKSPACE_REDIRECTS",
                message: format!("The workspace sends us elsewhere while {doing}"),
                cause: "That is what an address does that isn't a workspace's own, or one that wants a sign-in".into(),
                remedy: "Check the workspace's address: `https://` and the host, as in the browser's address bar"
                    .into(),
                docs: DOCS_AUTH,
            },
            Self::UnexpectedAnswer { doing, status, code, problem } => Entry {
                code: "UNEXPECTED_ANSWER",
                message: format!("The workspace refused while {doing} ({})", format!("{status} {code}").trim()),
                cause: said(&problem, "It gave no reason"),
                remedy: "If the reason names something you can change, change it and run the same again: it goes on where it stopped".into(),
                docs: DOCS_APPS,
            },

            Self::PermissionDenied { doing, what, needed, problem } => Entry {
                code: "PERMISSION_DENIED",
                message: format!("You may not do this: {doing}"),
                cause: said(&problem, &format!("You lack a right on {what}")),
                remedy: format!("Ask a workspace admin, or the owner of {what}, for {needed}; then run the same again: it goes on where it stopped"),
                docs: DOCS_APP_RESOURCES,
            },

            Self::AppAlreadyExists { app, creator, ours } => Entry {
                code: "APP_ALREADY_EXISTS",
                message: match &creator {
                    Some(creator) => format!("App already exists: `{app}`, created by {creator}"),
                    None => format!("App already exists: `{app}`"),
                },
                cause: if ours {
                    "It was deployed from this folder before".into()
                } else {
                    "No run of this deployer in this folder created it, so it is not touched".into()
                },
                remedy: if ours {
                    "Use `update` to change it, or `delete` it first".into()
                } else {
                    "Choose another `app_name`, or `update` it if it is a Tellr of yours".into()
                },
                docs: DOCS_APPS,
            },
            Self::AppNameRefused { app } => Entry {
                code: "APP_ALREADY_EXISTS",
                message: format!("App already exists: `{app}`"),
                cause: "The workspace says that the name is taken, but shows no app of this name: it may be an app you have no permission on, or one whose deletion has not finished".into(),
                remedy: "Choose another `app_name`, or ask a workspace admin which app has the name".into(),
                docs: DOCS_APPS,
            },
            Self::PackageDiffers { app, deployed, wanted } => Entry {
                code: "PACKAGE_DIFFERS",
                message: format!("The app `{app}` runs `{deployed}`, and would be replaced by `{wanted}`"),
                cause: "The two keep their data in different tables; one can't go on with the other's".into(),
                remedy: format!(
                    "Set `app_package` to `{deployed}`; or, to start anew with `{wanted}`, set `reset_database`"
                ),
                docs: DOCS_CONFIG,
            },
            Self::AppNotFound { app } => Entry {
                code: "APP_NOT_FOUND",
                message: format!("There is no app `{app}` in this workspace"),
                cause: "It was never created, was deleted, or lives in another workspace".into(),
                remedy: "Check `app_name` and the workspace, or use `create`".into(),
                docs: DOCS_APPS,
            },
            Self::AppDeleting { app, waited } => Entry {
                code: "APP_DELETING",
                message: if waited.as_secs() == 0 {
                    format!("The app `{app}` is being deleted")
                } else {
                    format!("The app `{app}` is still being deleted after {}", spell(waited))
                },
                cause: "Databricks keeps the name of a deleted app for up to 20 minutes".into(),
                remedy: "Run the same again in some minutes, or choose another `app_name`".into(),
                docs: DOCS_APPS,
            },
            Self::NoServicePrincipal { app } => Entry {
                code: "NO_SERVICE_PRINCIPAL",
                message: format!("The app `{app}` has no service principal"),
                cause: "The platform makes it with the app; without it the app can't reach its database".into(),
                remedy: format!("Delete the app `{app}` and create it again; if it stays, ask Databricks' support"),
                docs: DOCS_APP_AUTH,
            },
            Self::AppQuota { app, problem } => Entry {
                code: "APP_QUOTA",
                message: format!("The app `{app}` can't be created: the workspace has no room for another app"),
                cause: said(&problem, "The workspace's maximum number of apps is reached"),
                remedy: "Delete an app that is no longer used, or ask a workspace admin to have the limit raised".into(),
                docs: DOCS_APPS,
            },
            Self::AppsUnavailable { problem } => Entry {
                code: "APPS_UNAVAILABLE",
                message: "Databricks Apps is not available in this workspace".into(),
                cause: said(&problem, "The workspace doesn't know the Apps interface"),
                remedy: "Ask a workspace admin to enable Databricks Apps (it needs a supported region and the Premium tier)".into(),
                docs: DOCS_APPS,
            },
            Self::UserAuthorizationOff { problem } => Entry {
                code: "USER_AUTHORIZATION_OFF",
                message: "The app's API scopes were refused: user authorization is switched off in this workspace".into(),
                cause: said(&problem, "Apps may not act as their users here"),
                remedy: "Ask a workspace admin to switch on user authorization for Databricks Apps, then run the same again".into(),
                docs: DOCS_APP_AUTH,
            },
            Self::ScopeRefused { scopes, problem } => Entry {
                code: "SCOPE_REFUSED",
                message: format!("The workspace refused the API scopes {}", list(&scopes)),
                cause: said(&problem, "A scope is not known or not allowed here"),
                remedy: "Remove the scope named from `extra_scopes`, or correct it".into(),
                docs: DOCS_APP_AUTH,
            },
            Self::ResourceRefused { resource, problem } => Entry {
                code: "RESOURCE_REFUSED",
                message: format!("The app can't be given {resource}"),
                cause: said(&problem, "The workspace gave no reason"),
                remedy: "Check that it exists and that you may manage it, then run the same again: it goes on where it stopped".into(),
                docs: DOCS_APP_RESOURCES,
            },
            Self::ComputeFailed { app, problem } => Entry {
                code: "COMPUTE_FAILED",
                message: format!("The compute of app `{app}` could not start"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: "Run the same again; if it fails again, try another `app_compute` or ask a workspace admin".into(),
                docs: DOCS_APPS,
            },
            Self::ComputeTimeout { app, state, waited } => Entry {
                code: "COMPUTE_TIMEOUT",
                message: format!("The compute of app `{app}` is still {state} after {}", spell(waited)),
                cause: "The platform normally needs one to three minutes; it may be short of capacity".into(),
                remedy: "Run the same again later: it goes on waiting where it stopped".into(),
                docs: DOCS_APPS,
            },
            Self::AppUpdateFailed { app, problem } => Entry {
                code: "APP_UPDATE_FAILED",
                message: format!("The settings of app `{app}` could not be changed"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: "Wait until the app is running or stopped, then run the same again".into(),
                docs: DOCS_APPS,
            },

            Self::DeploymentFailed { app, url, problem } => Entry {
                code: "DEPLOYMENT_FAILED",
                message: format!("The deployment of app `{app}` failed"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: format!("Read the app's log at {url}/logz; correct what it names and run the same again. An earlier deployment, if there was one, keeps running"),
                docs: DOCS_APPS,
            },
            Self::DeploymentCancelled { app, problem } => Entry {
                code: "DEPLOYMENT_CANCELLED",
                message: format!("The deployment of app `{app}` was cancelled on the platform"),
                cause: said(&problem, "Somebody cancelled it, or a newer deployment replaced it"),
                remedy: "Run the same again to deploy".into(),
                docs: DOCS_APPS,
            },
            Self::DeploymentBusy { app, by, waited } => Entry {
                code: "DEPLOYMENT_IN_PROGRESS",
                message: format!("Another deployment of app `{app}` is still in progress after {}", spell(waited)),
                cause: match by {
                    Some(by) => format!("{by} started it"),
                    None => "Somebody else started it".into(),
                },
                remedy: "Wait until it has ended and run the same again".into(),
                docs: DOCS_APPS,
            },
            Self::DeploymentTimeout { app, url, waited } => Entry {
                code: "DEPLOYMENT_TIMEOUT",
                message: format!("The deployment of app `{app}` has not ended after {}", spell(waited)),
                cause: "The app has to listen within about ten minutes; installing may take too long, or it doesn't listen on `DATABRICKS_APP_PORT`".into(),
                remedy: format!("Read the app's log at {url}/logz, then run the same again"),
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
            Self::AppNotReady { app, url, problem } => Entry {
                code: "APP_NOT_READY",
                message: format!("App `{app}` was deployed and is running, but is not ready"),
                cause: problem,
                remedy: format!("Open {url}/api/ready and the log at {url}/logz, fix the reported problem and run the same command again"),
                docs: DOCS_APPS,
            },
            Self::AppVersionDiffers { app, wanted, runs } => Entry {
                code: "APP_VERSION_DIFFERS",
                message: format!("App `{app}` still runs version {runs} after version {wanted} was deployed"),
                cause: "The platform did not install the new version".into(),
                remedy: "Stop and start the app in the workspace, then run the same command again".into(),
                docs: DOCS_APPS,
            },
            Self::AppCrashed { app, url, state, problem } => Entry {
                code: "APP_CRASHED",
                message: format!("The app `{app}` was deployed and is now {state}"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: format!("Read the app's log at {url}/logz; correct what it names and `update`"),
                docs: DOCS_APPS,
            },

            Self::LakebaseUnavailable { problem } => Entry {
                code: "LAKEBASE_UNAVAILABLE",
                message: "Lakebase is not available in this workspace".into(),
                cause: said(&problem, "The workspace knows neither of Lakebase's interfaces"),
                remedy: "Ask a workspace admin to enable Lakebase (it needs a supported region)".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseNotFound { name } => Entry {
                code: "LAKEBASE_NOT_FOUND",
                message: format!("Lakebase not found: `{name}`"),
                cause: "There is neither a provisioned instance nor an autoscaling project of this name".into(),
                remedy: "Check `lakebase_name`; `create` makes a database that doesn't exist yet".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseNameReserved { name, problem } => Entry {
                code: "LAKEBASE_NAME_RESERVED",
                message: format!("The name `{name}` belongs to a Lakebase project that was deleted"),
                cause: said(&problem, "A deleted project keeps its name, and can be brought back, until it is purged"),
                remedy: "Choose another `lakebase_name`, or restore or purge the deleted project in the workspace".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseFailed { name, problem } => Entry {
                code: "LAKEBASE_FAILED",
                message: format!("The Lakebase database `{name}` could not be set up"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: "If the reason names something you can change, change it; then run the same again: it goes on where it stopped".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseTimeout { name, state, waited } => Entry {
                code: "LAKEBASE_TIMEOUT",
                message: format!("The Lakebase database `{name}` is not ready after {} ({state})", spell(waited)),
                cause: "The platform may be short of capacity".into(),
                remedy: "Run the same again later: it goes on waiting where it stopped".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseQuota { name, problem } => Entry {
                code: "LAKEBASE_QUOTA",
                message: format!("The Lakebase database `{name}` can't be created: a limit of the workspace is reached"),
                cause: said(&problem, "The workspace has no room for another database or branch"),
                remedy: "Name an existing database in `lakebase_name`, or delete one that is no longer used".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::LakebaseStopped { name } => Entry {
                code: "LAKEBASE_STOPPED",
                message: format!("The Lakebase instance `{name}` is stopped"),
                cause: "Somebody stopped it; it is not started without being asked, as that costs money".into(),
                remedy: "Start it in the workspace, then run the same again".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::RestorePointFailed { name, problem } => Entry {
                code: "RESTORE_POINT_FAILED",
                message: format!("No restore point of `{name}` could be made, so nothing was reset"),
                cause: said(&problem, "The platform gave no reason"),
                remedy: "Delete an old `pre-reset-…` branch of the project if there are many, then run the same again".into(),
                docs: DOCS_LAKEBASE,
            },

            Self::SqlUnavailable { problem } => Entry {
                code: "SQL_UNAVAILABLE",
                message: "Nothing here can set up the database".into(),
                cause: problem,
                remedy: "Run `tellr-app deploy-page` and deploy from the page that it opens, or give the host a function `schema`".into(),
                docs: DOCS_PAGE,
            },
            Self::DatabaseUnreachable { host, problem } => Entry {
                code: "DATABASE_UNREACHABLE",
                message: format!("The database at `{host}` can't be reached"),
                cause: problem,
                remedy: "Port 5432 of that host must be reachable from where the deployer runs; check the network, then run the same again".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::DatabaseLogin { user, problem } => Entry {
                code: "DATABASE_LOGIN",
                message: format!("The database does not let `{user}` in"),
                cause: format!("The database says: {problem}"),
                remedy: format!("Ask the database's owner for a Postgres role for `{user}`, then run the same again"),
                docs: DOCS_LAKEBASE,
            },
            Self::DatabaseCredential { name, problem } => Entry {
                code: "DATABASE_CREDENTIAL",
                message: format!("No credential for the database `{name}` could be had"),
                cause: problem,
                remedy: format!("Ask the owner of `{name}` for the right to connect (CAN_USE), then run the same again"),
                docs: DOCS_LAKEBASE,
            },
            Self::SchemaNotOwned { schema, problem } => Entry {
                code: "SCHEMA_NOT_OWNED",
                message: format!("The schema `{schema}` belongs to somebody else"),
                cause: format!("The database says: {problem}"),
                remedy: "Choose another `schema_name`, or let the schema's owner run this".into(),
                docs: DOCS_LAKEBASE,
            },
            Self::SchemaOfAnotherApp { schema, database, owner, free } => Entry {
                code: "SCHEMA_OF_ANOTHER_APP",
                message: match &owner {
                    SchemaOwner::App(app) => {
                        format!("The schema `{schema}` of the database `{database}` belongs to the app `{app}`")
                    }
                    SchemaOwner::Role(role) => {
                        format!("The schema `{schema}` of the database `{database}` holds data of `{role}`")
                    }
                },
                cause: "Each app needs a schema of its own: two apps in one would overwrite each other's data, \
                        and a reset would delete the data of both. Nothing was changed"
                    .into(),
                remedy: match free {
                    Some(free) => format!("Set `schema_name` to a schema of this app's own, such as `{free}`, which is free"),
                    None => "Set `schema_name` to a schema of this app's own".into(),
                },
                docs: DOCS_CONFIG,
            },
            Self::AppRoleMissing { role } => Entry {
                code: "APP_ROLE_MISSING",
                message: format!("The database has no role `{role}` for the app"),
                cause: "The platform makes it when the database is attached to the app, and hasn't".into(),
                remedy: "Run the same again; if it stays, detach the database from the app in the workspace and run it once more".into(),
                docs: DOCS_APP_RESOURCES,
            },
            Self::SchemaFailed { schema, sqlstate, problem } => Entry {
                code: "SCHEMA_FAILED",
                message: format!("The database refused the work on the schema `{schema}` (SQLSTATE {sqlstate})"),
                cause: format!("The database says: {problem}"),
                remedy: "If the reason names something you can change, change it; then run the same again: it goes on where it stopped".into(),
                docs: DOCS_LAKEBASE,
            },

            Self::KeyMissing { app, places } => Entry {
                code: "KEY_MISSING",
                message: format!("The encryption key of app `{app}` can't be found, and its database holds encrypted data"),
                cause: format!("Looked for it in {}. A new key could not read that data, so none is made", list(&places)),
                remedy: "Give the key as `encryption_key`. If nobody has it, set `schema_name` to a new name: the app starts empty there, and this data stays".into(),
                docs: DOCS_SECRETS,
            },
            Self::KeyDiffers { app, place } => Entry {
                code: "KEY_DIFFERS",
                message: format!("App `{app}` already has an encryption key, and another one was given"),
                cause: format!("The key in {place} is in use; with another one the data encrypted so far could not be read"),
                remedy: "Leave `encryption_key` out to keep the key in use".into(),
                docs: DOCS_SECRETS,
            },

            Self::AppYamlUnreadable { path, problem } => Entry {
                code: "APP_YAML_UNREADABLE",
                message: format!("The deployed `{path}` can't be read"),
                cause: format!("{problem}. The file may hold the key that the app's data is encrypted with, so it is not replaced"),
                remedy: "Open the file in the workspace and correct it, then run it again. If it holds no `GOOGLE_OAUTH_ENCRYPTION_KEY` that is still needed, move it to another folder instead".into(),
                docs: DOCS_APPS,
            },
            Self::KeyEntryUnreadable { path, problem } => Entry {
                code: "KEY_ENTRY_UNREADABLE",
                message: format!("`{path}` names `GOOGLE_OAUTH_ENCRYPTION_KEY`, and the key can't be read"),
                cause: format!("Its entry can't be used: {problem}. Making a new key would make data unreadable that the old one encrypted"),
                remedy: "Write the entry in the workspace's file as `- name: GOOGLE_OAUTH_ENCRYPTION_KEY` with `value: <the key>` or `valueFrom: <the attached secret>` below it, then run it again. Remove it only if nothing was encrypted with it".into(),
                docs: DOCS_CONFIG,
            },
            Self::KeyUnreadable { secret } => Entry {
                code: "KEY_UNREADABLE",
                message: format!("The secret `{secret}` holds no encryption key"),
                cause: "It is not a Fernet key, so somebody has replaced it; what it holds is not shown".into(),
                remedy: "Put the key back that was there before; or, if nothing it has encrypted is needed, delete the secret and run the same again".into(),
                docs: DOCS_SECRETS,
            },
            Self::SecretScopeQuota { scope, problem } => Entry {
                code: "SECRET_SCOPE_QUOTA",
                message: format!("The secret scope `{scope}` can't be created: the workspace has no room for another scope"),
                cause: said(&problem, "The workspace's maximum number of secret scopes is reached"),
                remedy: "Delete a scope that is no longer used, or set `encryption_key_storage` to `app_yaml`, which needs none".into(),
                docs: DOCS_SECRETS,
            },

            Self::FileRefused { file, problem } => Entry {
                code: "FILE_TOO_LARGE",
                message: format!("`{file}` is larger than the workspace takes"),
                cause: said(&problem, "A file of an app may have 10 MB"),
                remedy: "Publish the package to the index and pin its version instead, or make the file smaller; then run the same again".into(),
                docs: DOCS_APPS,
            },
            Self::TwoKeys { app, scope, key } => Entry {
                code: "TWO_KEYS",
                message: format!("The app `{app}` has two encryption keys that differ"),
                cause: format!(
                    "One stands in its `app.yaml`, which it runs with, the other in the secret `{scope}/{key}`; \
                     moving the first there would overwrite the second"
                ),
                remedy: "Keep the key where it is (`encryption_key_storage: app_yaml`); or, if nothing was \
                         encrypted with the secret's key, delete that secret and run it again"
                    .into(),
                docs: DOCS_SECRETS,
            },

            Self::PathTaken { path } => Entry {
                code: "PATH_TAKEN",
                message: format!("`{path}` can't be used as a folder"),
                cause: "Something that is not a folder stands there, or on the way to it".into(),
                remedy: "Choose another `app_file_workspace_path`, or move what stands there".into(),
                docs: DOCS_APPS,
            },
            Self::PathMissing { path, problem } => Entry {
                code: "PATH_MISSING",
                message: format!("The folder `{path}` can't be made"),
                cause: said(&problem, "The folder above it doesn't exist"),
                remedy: "Choose an `app_file_workspace_path` below your own folder, `/Workspace/Users/<you>`".into(),
                docs: DOCS_APPS,
            },
            Self::NoWorkspacePath { app } => Entry {
                code: "NO_WORKSPACE_PATH",
                message: format!("It is not known from which folder app `{app}` was deployed"),
                cause: "The app has no deployment and no source path".into(),
                remedy: "Give `app_file_workspace_path`".into(),
                docs: DOCS_APPS,
            },
            Self::FolderInUse { path, other } => Entry {
                code: "FOLDER_IN_USE",
                message: format!("The folder `{path}` belongs to the app `{other}`"),
                cause: "Two apps in one folder would overwrite each other's files".into(),
                remedy: "Choose another `app_file_workspace_path`".into(),
                docs: DOCS_CONFIG,
            },
            Self::NotTellr { app, path } => Entry {
                code: "NOT_TELLR",
                message: format!("The app `{app}` does not look like a Tellr"),
                cause: format!("Neither an `app.yaml` of Tellr nor a journal of this deployer is in `{path}`"),
                remedy: "Check `app_name`; if it is a Tellr deployed from elsewhere, give `app_file_workspace_path`"
                    .into(),
                docs: DOCS_CONFIG,
            },
            Self::Locked { app, holder, operation, since, path } => Entry {
                code: "DEPLOY_LOCKED",
                message: format!("{holder} has been at work on app `{app}` ({operation}) since {since}"),
                cause: format!("Two deployments at once would undo each other; the lock `{path}` is being renewed"),
                remedy: "Wait until it has ended. A deployer that died frees the lock by itself within a minute".into(),
                docs: DOCS_APPS,
            },
            Self::LockLost { app, holder } => Entry {
                code: "LOCK_LOST",
                message: match &holder {
                    Some(holder) => format!("{holder} took over the work on app `{app}`"),
                    None => format!("This deployer lost its lock on app `{app}`"),
                },
                cause: "The lock could not be renewed in time, for example because the machine slept or the \
                        workspace did not answer"
                    .into(),
                remedy: "Look at the app; if nobody else is at work on it, run the same again".into(),
                docs: DOCS_APPS,
            },
            Self::JournalNewer { path, version, known } => Entry {
                code: "JOURNAL_NEWER",
                message: format!("`{path}` was written by a newer deployer"),
                cause: format!("It has format {version}; this deployer knows up to {known}"),
                remedy: "Upgrade the deployer and run the same again".into(),
                docs: DOCS_CONFIG,
            },

            Self::Cancelled { app, stands } => Entry {
                code: "CANCELLED",
                message: format!("The deployment of app `{app}` was cancelled"),
                cause: if stands.is_empty() {
                    "You asked for it; nothing had been begun".into()
                } else {
                    format!("You asked for it; begun or done so far: {}", list(&stands))
                },
                remedy: "Run the same again to go on where it stopped".into(),
                docs: DOCS_APPS,
            },
        }
    }
}
