//! The known failures, one variant each; their texts are in [`super::entries`].

use std::time::Duration;

use super::entry::Entry;
use super::outside;
use super::rules::{self, Evidence};
use super::{DeployError, ErrorClass, ErrorDetails, RefusedInput};
use crate::timestamp::Timestamp;

/// The owner of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaOwner {
    /// The app of this name.
    App(String),
    /// A database role other than the caller's, of no app that the caller can see.
    Role(String),
}

/// A known failure with the facts for its text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is a fact that the entry's words name; its name says it")]
pub enum Failure {
    // ---- input: refused before the first request ----
    /// A value is not valid for its key.
    InvalidValue { key: String, given: String, expected: String },
    /// A secret value is not valid for its key; it is not repeated.
    InvalidSecret { key: String, expected: String },
    /// A value that all users of the app could read looks like a secret; it is not repeated.
    LooksSecret { key: String },
    /// Required values are missing.
    MissingValue { keys: Vec<String>, why: String },
    /// A secret in a configuration file.
    SecretInFile { key: String },
    /// A configuration file together with direct arguments.
    ConfigConflict { arguments: Vec<String> },
    /// The YAML can't be parsed.
    YamlSyntax { place: Option<(usize, usize)>, problem: String },
    /// The YAML exceeds the size limit.
    YamlTooLarge { bytes: usize, limit: usize },
    /// The file is not text in UTF-8.
    YamlEncoding { found: String },
    /// An unknown key.
    UnknownKey { key: String, known: Vec<String>, nearest: Option<String> },
    /// A value has the wrong type.
    WrongType { key: String, expected: String, found: String },
    /// A file with `environments`, none of which has the selected name.
    UnknownEnvironment { wanted: String, known: Vec<String> },
    /// Data would be lost, and there is no interactive prompt to confirm it.
    ConfirmationNeeded { operation: String, app: String },
    /// The user did not confirm that data may be lost: another name was typed than the one asked for, or none.
    NotConfirmed { name: String, is_typed: bool },
    /// A saved plan whose app has changed since.
    PlanOutdated { moved: Vec<String> },
    /// The running program was to be deployed, but isn't built for the platform.
    OwnProgramUnfit { problem: String },
    /// A file to upload exceeds the platform's limit.
    FileTooLarge { file: String, bytes: usize, limit: usize },

    // ---- reaching the workspace ----
    /// No answer.
    Unreachable { problem: String },
    /// The workspace answers, but a browser blocks the answers for pages of this origin.
    OriginRefused { problem: String },
    /// The workspace can't be determined, or the given address is not one.
    NoWorkspace { problem: String },
    /// The program can't listen on a local port.
    PortUnavailable { port: u16, problem: String },
    /// No usable credential; no request was sent.
    NotSignedIn { problem: String },
    /// 401 during a run.
    TokenExpired { doing: String, problem: String },
    /// The workspace kept answering "too many requests".
    RateLimited { doing: String, waited: Duration },
    /// The workspace kept failing.
    WorkspaceUnavailable { doing: String, status: u16, code: String, request: String, problem: String },
    /// The host that forwards requests to the workspace refused one.
    NotPassedOn { doing: String, problem: String },
    /// An answer that can't be parsed.
    UnreadableAnswer { doing: String, status: u16, problem: String },
    /// The host name of the workspace doesn't resolve.
    HostNotFound { problem: String },
    /// The certificate of the workspace, or of a proxy in front of it, is not trusted.
    CertificateNotTrusted { problem: String },
    /// An HTTP proxy requires authentication.
    ProxyAuthentication { problem: String },
    /// The caller's address is on no IP access list.
    AddressBlocked { problem: String },
    /// The workspace only answers through a private endpoint.
    PrivateLink { problem: String },
    /// A sign-in page instead of an answer.
    SignInPage { doing: String },
    /// The OAuth token lacks a scope.
    ScopeMissing { doing: String, problem: String },
    /// A redirect to another location.
    Redirected { doing: String },
    /// An unexpected answer.
    UnexpectedAnswer { doing: String, status: u16, code: String, request: String, problem: String },

    // ---- permissions ----
    /// 403 on a resource.
    PermissionDenied { doing: String, what: String, needed: String, problem: String },

    // ---- the app ----
    /// The name is taken by an app that no unfinished run created.
    AppAlreadyExists { app: String, creator: Option<String>, ours: bool },
    /// The name is taken, but no app of this name is visible.
    AppNameRefused { app: String },
    /// `update` to the other of the two app packages.
    PackageDiffers { app: String, deployed: String, wanted: String },
    /// `update` or `delete` of an app that doesn't exist.
    AppNotFound { app: String },
    /// The app existed before the lock was acquired, but no longer afterwards.
    AppDeleted { app: String, by: Option<String> },
    /// An app of this name is still being deleted.
    AppDeleting { app: String, waited: Duration },
    /// An app without the service principal that it needs.
    NoServicePrincipal { app: String },
    /// The workspace's limit of apps is reached.
    AppQuota { app: String, problem: String },
    /// Databricks Apps isn't available here.
    AppsUnavailable { problem: String },
    /// API scopes were requested, but user authorisation is disabled.
    UserAuthorizationOff { problem: String },
    /// A serving endpoint, a Genie space or a SQL warehouse that can't be found.
    ServiceNotFound { what: String, setting: &'static str, problem: String },
    /// A serving endpoint that exists, but doesn't answer yet, or no longer.
    EndpointNotReady { name: String, state: String },
    /// `share_with` names a user, a group or a service principal that the workspace doesn't have.
    GranteeNotFound { who: String, problem: String },
    /// The platform doesn't know a scope.
    ScopeRefused { scopes: Vec<String>, problem: String },
    /// A resource can't be attached.
    ResourceRefused { resource: String, problem: String },
    /// Compute entered the state ERROR.
    ComputeFailed { app: String, problem: String },
    /// Compute didn't come up in time.
    ComputeTimeout { app: String, state: String, waited: Duration },
    /// The app record can't be changed now.
    AppUpdateFailed { app: String, problem: String },

    // ---- the deployment ----
    /// The deployment ended as FAILED.
    DeploymentFailed { app: String, url: String, problem: String, log: Vec<String> },
    /// The deployment was cancelled by another user.
    DeploymentCancelled { app: String, problem: String },
    /// Another deployment of this app is running and doesn't end.
    DeploymentBusy { app: String, by: Option<String>, waited: Duration },
    /// The deployment doesn't end.
    DeploymentTimeout { app: String, url: String, waited: Duration, log: Vec<String> },
    /// The index has no such version of the app's package.
    PackageVersionMissing { package: String, version: String, index: String, newest: Option<String> },
    /// The app runs, but reports that it isn't ready.
    AppNotReady { app: String, url: String, problem: String, log: Vec<String> },
    /// The app runs in another version than the deployed one.
    AppVersionDiffers { app: String, wanted: String, runs: String },
    /// The app came up and then crashed, or never answered.
    AppCrashed { app: String, url: String, state: String, problem: String, log: Vec<String> },

    /// The app's URL doesn't let the caller read the log, or another credential is required. `personal`: the
    /// credential is a personal access token.
    LogRefused { app: String, status: u16, personal: bool },
    /// The log can't be read because the app isn't running, or its URL doesn't answer.
    LogUnreachable { app: String, compute: String, problem: String },

    // ---- Lakebase ----
    /// Lakebase isn't available here.
    LakebaseUnavailable { problem: String },
    /// Nothing of this name, where an existing one is required.
    LakebaseNotFound { name: String },
    /// The name belongs to a project that was deleted but not purged.
    LakebaseNameReserved { name: String, problem: String },
    /// Creating it ended in an error.
    LakebaseFailed { name: String, problem: String },
    /// It didn't become ready.
    LakebaseTimeout { name: String, state: String, waited: Duration },
    /// The limit of projects or instances is reached.
    LakebaseQuota { name: String, problem: String },
    /// The instance exists but is stopped.
    LakebaseStopped { name: String },
    /// The restore point couldn't be created, so nothing was dropped.
    RestorePointFailed { name: String, problem: String },

    // ---- the schema ----
    /// This host can't connect to a database.
    SqlUnavailable { problem: String },
    /// No connection to the database.
    DatabaseUnreachable { host: String, problem: String },
    /// The database refused the login.
    DatabaseLogin { user: String, problem: String },
    /// No database credential.
    DatabaseCredential { name: String, problem: String },
    /// The schema belongs to another user.
    SchemaNotOwned { schema: String, problem: String },
    /// The schema belongs to another app. `owner` is that app, or the role that has data in it.
    SchemaOfAnotherApp { schema: String, database: String, owner: SchemaOwner, free: Option<String> },
    /// A schema to drop doesn't exist, and isn't the one that the app is deployed with: that is `used`.
    SchemaNotFound { schema: String, database: String, used: Option<String> },
    /// The app's role doesn't exist.
    AppRoleMissing { role: String },
    /// Any other database error.
    SchemaFailed { schema: String, sqlstate: String, problem: String },

    // ---- the key ----
    /// There is encrypted data, but its key is missing.
    KeyMissing { app: String, places: Vec<String> },
    /// A key was given, but another one is in use.
    KeyDiffers { app: String, place: String },
    /// Two places hold different keys.
    TwoKeys { app: String, scope: String, key: String },

    /// The deployed `app.yaml` can't be read, so it is unknown whether it holds the key.
    AppYamlUnreadable { path: String, problem: String },
    /// The deployed `app.yaml` specifies the key in an unsupported form.
    KeyEntryUnreadable { path: String, problem: String },
    /// The stored value is not a valid key.
    KeyUnreadable { secret: String },
    /// The limit of secret scopes is reached.
    SecretScopeQuota { scope: String, problem: String },

    // ---- files, journal, lock ----
    /// The workspace refused a file as too large.
    FileRefused { file: String, problem: String },
    /// A file is in the place of a required folder.
    PathTaken { path: String },
    /// The folder doesn't exist and can't be created.
    PathMissing { path: String, problem: String },
    /// Another user's app whose record doesn't name the folder it was deployed from.
    NoWorkspacePath { app: String },
    /// The folder holds another app's files.
    FolderInUse { path: String, other: String },
    /// Nothing shows that the app was deployed by Tellr, so it isn't changed.
    NotTellr { app: String, path: String },
    /// `update` of an app that the original deployer created, without `adopt`.
    NotAdopted { app: String, creator: Option<String> },
    /// `adopt` by a user other than the app's creator.
    AdoptedByOther { app: String, creator: Option<String>, me: String },
    /// A move to our app that has no schema for it, or names another database.
    MoveNeedsSchema { app: String, schema: String, database: String, free: Option<String> },
    /// A move from a schema that doesn't exist.
    NothingToMove { app: String, schema: String },
    /// The way back to the original app, without its version.
    VersionNeeded { app: String, schema: String },
    /// A version of the original app that deletes the data of the deployed one.
    UpgradeDeletesData { app: String, from: String, to: String },
    /// Another run is in progress.
    Locked { app: String, holder: String, operation: String, since: Timestamp, path: String },
    /// The lock at `path` isn't seen by runs that work in `folder`.
    LockElsewhere { app: String, path: String, folder: String },
    /// The lock was taken over during the run.
    LockLost { app: String, holder: Option<String> },
    /// The journal was written by a newer deployer.
    JournalNewer { path: String, version: u32, known: u32 },
    /// The app isn't healthy in a release. `not_put_back`: why the previous one isn't running again.
    ReleaseFailed {
        app: String,
        release: u32,
        previous: u32,
        problem: String,
        not_put_back: Option<String>,
        remedy: String,
        log: Vec<String>,
    },
    /// No release has this number, or it is forgotten; `kept` are the numbers of those to roll back to.
    ReleaseUnknown { app: String, release: u32, kept: Vec<u32> },
    /// There is no release to go back to.
    NoEarlierRelease { app: String, others: Vec<u32> },
    /// The app wasn't healthy in this release.
    ReleaseNeverRan { app: String, release: u32, problem: String },
    /// The release's program can't work with the tables as they are now.
    ReleaseTooOld { app: String, release: u32, knows: u32, works_from: u32 },
    /// A file of the release isn't in the app's folder any more.
    ReleaseFileMissing { release: u32, path: String },
    /// The database has no branches to restore from.
    NoRestorePoint { app: String, why: String },
    /// The app's data can't be restored from this branch; `known` are those that it can be restored from.
    BranchUnknown { app: String, branch: String, known: Vec<String> },
    /// The list of releases can't be read.
    ReleasesUnreadable { path: String, problem: String },

    // ---- the user ----
    /// Cancelled.
    Cancelled { app: String, stands: Vec<String> },
}

impl From<Failure> for DeployError {
    fn from(failure: Failure) -> Self {
        let class = if failure.is_input() { ErrorClass::Input } else { ErrorClass::Deployment };
        let (log, mut refused) = (failure.log(), failure.refused());
        if let Some(key) = refused.as_mut().and_then(|refused| refused.key.as_mut()) {
            *key = outside::blank_secrets(key);
        }
        let rule = failure.evidence().and_then(rules::find);
        let entry = match rule {
            Some(rule) => failure.explained(rule),
            None => failure.entry(),
        };
        let Entry { code, message, cause, remedy, docs } = entry;
        let reason = rule.map(|rule| rule.code.to_owned());
        // By now, all text from outside is in one of these fields.
        let [message, cause, remedy] = [message, cause, remedy].map(|text| outside::shown(&text));
        let log = outside::log_lines(&log);
        let (code, docs) = (code.to_owned(), docs.to_owned());
        ErrorDetails { code, class, message, cause, reason, remedy, docs, step: None, log, refused }.into()
    }
}

impl Failure {
    fn is_input(&self) -> bool {
        matches!(
            self,
            Self::InvalidValue { .. }
                | Self::InvalidSecret { .. }
                | Self::LooksSecret { .. }
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
                | Self::PlanOutdated { .. }
                | Self::NoWorkspace { .. }
                | Self::PortUnavailable { .. }
                | Self::OwnProgramUnfit { .. }
                | Self::FileTooLarge { .. }
                | Self::ReleaseUnknown { .. }
                | Self::NoEarlierRelease { .. }
                | Self::BranchUnknown { .. }
                | Self::NoRestorePoint { .. }
                | Self::ServiceNotFound { .. }
        )
    }

    /// The key, or the position in a file.
    fn refused(&self) -> Option<RefusedInput> {
        let (key, line, column) = match self {
            Self::InvalidValue { key, .. }
            | Self::InvalidSecret { key, .. }
            | Self::LooksSecret { key }
            | Self::SecretInFile { key }
            | Self::UnknownKey { key, .. }
            | Self::WrongType { key, .. } => (Some(key.clone()), None, None),
            Self::MissingValue { keys, .. } => (keys.first().cloned(), None, None),
            Self::UnknownEnvironment { .. } => (Some("environment".to_owned()), None, None),
            Self::ReleaseUnknown { .. } => (Some("to_release".to_owned()), None, None),
            Self::BranchUnknown { .. } => (Some("restore_from".to_owned()), None, None),
            Self::YamlSyntax { place, .. } => {
                (None, place.map(|(line, _)| line), place.map(|(_, column)| column))
            }
            _ => return None,
        };
        Some(RefusedInput { key, line, column })
    }

    /// What others wrote about it, in which a rule may find the cause. Failures whose own entry says more than a
    /// rule could have none.
    fn evidence(&self) -> Option<Evidence<'_>> {
        Some(match self {
            Self::UnexpectedAnswer { code, problem, .. }
            | Self::WorkspaceUnavailable { code, problem, .. } => Evidence::Body { code, text: problem },
            Self::TokenExpired { problem, .. }
            | Self::NotSignedIn { problem }
            | Self::Unreachable { problem }
            | Self::CertificateNotTrusted { problem }
            | Self::UnreadableAnswer { problem, .. }
            | Self::PermissionDenied { problem, .. }
            | Self::ResourceRefused { problem, .. }
            | Self::AppUpdateFailed { problem, .. }
            | Self::ComputeFailed { problem, .. }
            | Self::LakebaseFailed { problem, .. }
            | Self::LakebaseQuota { problem, .. }
            | Self::RestorePointFailed { problem, .. }
            | Self::AppsUnavailable { problem }
            | Self::LakebaseUnavailable { problem }
            | Self::PathMissing { problem, .. } => Evidence::Body { code: "", text: problem },
            Self::SchemaFailed { problem, .. } => Evidence::LogTail { text: problem, lines: &[] },
            Self::DeploymentFailed { problem, log, .. }
            | Self::AppNotReady { problem, log, .. }
            | Self::AppCrashed { problem, log, .. } => Evidence::LogTail { text: problem, lines: log },
            Self::DeploymentTimeout { log, .. } => Evidence::LogTail { text: "", lines: log },
            _ => return None,
        })
    }

    /// The last lines of the log that were read, if the failure comes from running the app. The platform's
    /// message is the cause, and no part of the log.
    fn log(&self) -> Vec<String> {
        let (Self::DeploymentFailed { log, .. }
        | Self::AppCrashed { log, .. }
        | Self::AppNotReady { log, .. }
        | Self::ReleaseFailed { log, .. }
        | Self::DeploymentTimeout { log, .. }) = self
        else {
            return Vec::new();
        };
        log.clone()
    }
}
