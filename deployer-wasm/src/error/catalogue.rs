//! The known failures, one variant each; their words are in [`super::entries`].

use std::time::Duration;

use super::entry::Entry;
use super::outside;
use super::{DeployError, ErrorClass, RefusedInput, Told};
use crate::timestamp::Timestamp;

/// Whose a schema is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaOwner {
    /// The app of this name.
    App(String),
    /// A role of the database that is none of the caller's and of no app that the caller sees.
    Role(String),
}

/// A known failure and the facts that its words need.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is a fact that the entry's words name; its name says it")]
pub enum Failure {
    // ---- input: refused before the first request ----
    /// A value is not what its key takes.
    InvalidValue { key: String, given: String, expected: String },
    /// A value that is a secret is not what its key takes; it is not repeated.
    InvalidSecret { key: String, expected: String },
    /// Values that have no default aren't there.
    MissingValue { keys: Vec<String>, why: String },
    /// A secret in a configuration file.
    SecretInFile { key: String },
    /// A configuration file together with direct arguments.
    ConfigConflict { arguments: Vec<String> },
    /// The YAML can't be read at all.
    YamlSyntax { place: Option<(usize, usize)>, problem: String },
    /// The YAML is larger than any configuration is.
    YamlTooLarge { bytes: usize, limit: usize },
    /// The file is not text in UTF-8.
    YamlEncoding { found: String },
    /// A key that doesn't exist.
    UnknownKey { key: String, known: Vec<String>, nearest: Option<String> },
    /// The value of a key has another type.
    WrongType { key: String, expected: String, found: String },
    /// A file with `environments`, and none of the wanted name.
    UnknownEnvironment { wanted: String, known: Vec<String> },
    /// Data would be lost, and nobody can be asked whether that is wanted.
    ConfirmationNeeded { operation: String, app: String },
    /// Somebody was asked whether data may be lost, and did not confirm it.
    NotConfirmed { app: String },
    /// The running program was to be deployed, and isn't one for the platform.
    OwnProgramUnfit { problem: String },
    /// A file to upload is over the platform's limit.
    FileTooLarge { file: String, bytes: usize, limit: usize },

    // ---- reaching the workspace ----
    /// No answer at all.
    Unreachable { problem: String },
    /// The workspace answers, and a browser keeps the answers from a page of this origin.
    OriginRefused { problem: String },
    /// Which workspace is meant can't be told, or what was named is none.
    NoWorkspace { problem: String },
    /// A port of this machine can't be listened on.
    PortUnavailable { port: u16, problem: String },
    /// No usable credential, before any request.
    NotSignedIn { problem: String },
    /// 401 in the middle.
    TokenExpired { doing: String },
    /// The workspace kept saying "too many requests".
    RateLimited { doing: String, waited: Duration },
    /// The workspace kept failing.
    WorkspaceUnavailable { doing: String, status: u16, problem: String },
    /// What carries requests to the workspace did not pass one on.
    NotPassedOn { doing: String, problem: String },
    /// An answer that can't be read.
    UnreadableAnswer { doing: String, status: u16, problem: String },
    /// The host name of the workspace doesn't resolve.
    HostNotFound { problem: String },
    /// The certificate of the workspace, or of a proxy in front of it, isn't trusted.
    CertificateNotTrusted { problem: String },
    /// An HTTP proxy wants a sign-in.
    ProxyAuthentication { problem: String },
    /// The caller's address is on no IP access list.
    AddressBlocked { problem: String },
    /// The workspace only answers through a private endpoint.
    PrivateLink { problem: String },
    /// A page to sign in on, instead of an answer.
    SignInPage { doing: String },
    /// The OAuth token lacks a scope.
    ScopeMissing { doing: String, problem: String },
    /// Redirected somewhere else.
    Redirected { doing: String },
    /// An answer nobody expected.
    UnexpectedAnswer { doing: String, status: u16, code: String, problem: String },

    // ---- rights ----
    /// 403 on something.
    PermissionDenied { doing: String, what: String, needed: String, problem: String },

    // ---- the app ----
    /// The name is taken by an app that no run of ours created.
    AppAlreadyExists { app: String, creator: Option<String>, ours: bool },
    /// The name is taken, though no app of this name is shown.
    AppNameRefused { app: String },
    /// `update` with the other of the two app packages.
    PackageDiffers { app: String, deployed: String, wanted: String },
    /// `update` or `delete` of an app that isn't there.
    AppNotFound { app: String },
    /// The app was there before the lock was taken and is not under it.
    AppDeleted { app: String, by: Option<String> },
    /// An app of this name is still being deleted.
    AppDeleting { app: String, waited: Duration },
    /// An app without the identity that it needs.
    NoServicePrincipal { app: String },
    /// No more apps in this workspace.
    AppQuota { app: String, problem: String },
    /// Databricks Apps isn't available here.
    AppsUnavailable { problem: String },
    /// API scopes were asked for and user authorisation is switched off.
    UserAuthorizationOff { problem: String },
    /// The platform doesn't know a scope.
    ScopeRefused { scopes: Vec<String>, problem: String },
    /// A resource can't be attached.
    ResourceRefused { resource: String, problem: String },
    /// Compute went to ERROR.
    ComputeFailed { app: String, problem: String },
    /// Compute didn't come up in time.
    ComputeTimeout { app: String, state: String, waited: Duration },
    /// The app record can't be changed now.
    AppUpdateFailed { app: String, problem: String },

    // ---- the deployment ----
    /// The deployment ended as FAILED.
    DeploymentFailed { app: String, url: String, problem: String, log: Vec<String> },
    /// The deployment was cancelled by somebody.
    DeploymentCancelled { app: String, problem: String },
    /// Another deployment of this app is running and doesn't end.
    DeploymentBusy { app: String, by: Option<String>, waited: Duration },
    /// The deployment doesn't end.
    DeploymentTimeout { app: String, url: String, waited: Duration, log: Vec<String> },
    /// The index has no such version of the app's package.
    PackageVersionMissing { package: String, version: String, index: String, newest: Option<String> },
    /// The app runs, and says that it can't work.
    AppNotReady { app: String, url: String, problem: String, log: Vec<String> },
    /// The app runs, in another version than the one deployed.
    AppVersionDiffers { app: String, wanted: String, runs: String },
    /// The app came up and then crashed, or never answered.
    AppCrashed { app: String, url: String, state: String, problem: String, log: Vec<String> },

    // ---- Lakebase ----
    /// Lakebase isn't available here.
    LakebaseUnavailable { problem: String },
    /// Nothing of this name, where something is needed.
    LakebaseNotFound { name: String },
    /// The name belongs to a project that was deleted and not purged.
    LakebaseNameReserved { name: String, problem: String },
    /// Creating it ended in an error.
    LakebaseFailed { name: String, problem: String },
    /// It didn't become ready.
    LakebaseTimeout { name: String, state: String, waited: Duration },
    /// No more projects or instances here.
    LakebaseQuota { name: String, problem: String },
    /// There is an instance, but it is stopped.
    LakebaseStopped { name: String },
    /// The restore point couldn't be made, so nothing was dropped.
    RestorePointFailed { name: String, problem: String },

    // ---- the schema ----
    /// Nothing here can connect to the database.
    SqlUnavailable { problem: String },
    /// No connection to the database.
    DatabaseUnreachable { host: String, problem: String },
    /// The database doesn't let us in.
    DatabaseLogin { user: String, problem: String },
    /// No database credential.
    DatabaseCredential { name: String, problem: String },
    /// The schema belongs to somebody else.
    SchemaNotOwned { schema: String, problem: String },
    /// The schema is another app's. `owner` is that app, or else the role whose data is in it.
    SchemaOfAnotherApp { schema: String, database: String, owner: SchemaOwner, free: Option<String> },
    /// The app's role isn't there.
    AppRoleMissing { role: String },
    /// Any other refusal of the database.
    SchemaFailed { schema: String, sqlstate: String, problem: String },

    // ---- the key ----
    /// Encrypted data is there and its key isn't.
    KeyMissing { app: String, places: Vec<String> },
    /// A key was given and another one is in use.
    KeyDiffers { app: String, place: String },
    /// Two places hold a key, not the same.
    TwoKeys { app: String, scope: String, key: String },

    /// The deployed `app.yaml` is there and can't be read, so nobody knows whether it holds the key.
    AppYamlUnreadable { path: String, problem: String },
    /// The deployed `app.yaml` names the key in a form that isn't understood.
    KeyEntryUnreadable { path: String, problem: String },
    /// What lies where the key should be is none.
    KeyUnreadable { secret: String },
    /// No more secret scopes here.
    SecretScopeQuota { scope: String, problem: String },

    // ---- files, journal, lock ----
    /// The workspace finds a file too large.
    FileRefused { file: String, problem: String },
    /// Something that isn't a folder stands where a folder is needed.
    PathTaken { path: String },
    /// The folder isn't there and can't be made.
    PathMissing { path: String, problem: String },
    /// Somebody else's app that doesn't tell which folder it was deployed from.
    NoWorkspacePath { app: String },
    /// The folder holds another app's files.
    FolderInUse { path: String, other: String },
    /// The app isn't one of ours to change.
    NotTellr { app: String, path: String },
    /// Another deployer is at work.
    Locked { app: String, holder: String, operation: String, since: Timestamp, path: String },
    /// Our lock was taken over while we ran.
    LockLost { app: String, holder: Option<String> },
    /// The journal was written by a newer deployer.
    JournalNewer { path: String, version: u32, known: u32 },

    // ---- the person ----
    /// Cancelled.
    Cancelled { app: String, stands: Vec<String> },
}

impl From<Failure> for DeployError {
    fn from(failure: Failure) -> Self {
        let class = if failure.is_input() { ErrorClass::Input } else { ErrorClass::Deployment };
        let (log, refused) = (failure.log(), failure.refused());
        let Entry { code, message, cause, remedy, docs } = failure.entry();
        // Whatever came from outside is in one of these by now.
        let [message, cause, remedy] = [message, cause, remedy].map(|text| outside::shown(&text));
        let log = outside::log_lines(&log);
        let (code, docs) = (code.to_owned(), docs.to_owned());
        Told { code, class, message, cause, remedy, docs, step: None, log, refused }.into()
    }
}

impl Failure {
    fn is_input(&self) -> bool {
        matches!(
            self,
            Self::InvalidValue { .. }
                | Self::InvalidSecret { .. }
                | Self::MissingValue { .. }
                | Self::SecretInFile { .. }
                | Self::ConfigConflict { .. }
                | Self::YamlSyntax { .. }
                | Self::YamlTooLarge { .. }
                | Self::YamlEncoding { .. }
                | Self::UnknownKey { .. }
                | Self::WrongType { .. }
                | Self::UnknownEnvironment { .. }
                | Self::ConfirmationNeeded { .. }
                | Self::NotConfirmed { .. }
                | Self::NoWorkspace { .. }
                | Self::PortUnavailable { .. }
                | Self::OwnProgramUnfit { .. }
                | Self::FileTooLarge { .. }
        )
    }

    /// Which key, or which place in a file.
    fn refused(&self) -> Option<RefusedInput> {
        let (key, line, column) = match self {
            Self::InvalidValue { key, .. }
            | Self::InvalidSecret { key, .. }
            | Self::SecretInFile { key }
            | Self::UnknownKey { key, .. }
            | Self::WrongType { key, .. } => (Some(key.clone()), None, None),
            Self::MissingValue { keys, .. } => (keys.first().cloned(), None, None),
            Self::YamlSyntax { place, .. } => {
                (None, place.map(|(line, _)| line), place.map(|(_, column)| column))
            }
            _ => return None,
        };
        Some(RefusedInput { key, line, column })
    }

    /// The last lines of the log, where the failure comes from running the app: those that were read, or else
    /// those that the platform's own words end with. A single sentence of the platform is no log.
    fn log(&self) -> Vec<String> {
        let (log, problem) = match self {
            Self::DeploymentFailed { problem, log, .. } | Self::AppCrashed { problem, log, .. } => {
                (log, &**problem)
            }
            Self::AppNotReady { log, .. } | Self::DeploymentTimeout { log, .. } => (log, ""),
            _ => return Vec::new(),
        };
        if !log.is_empty() {
            return log.clone();
        }
        let said: Vec<String> =
            problem.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        if said.len() > 1 { said } else { Vec::new() }
    }
}
