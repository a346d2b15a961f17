//! All texts of the catalogue as users see them, in one file for review: `texts.txt`.
//!
//! `UPDATE_EXPECT=1 cargo test -p deployer-wasm texts` regenerates it; a test reports a stale file, and
//! another one a failure without a sample here.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use expect_test::expect_file;

use super::{DeployError, Failure, SchemaOwner};
use crate::timestamp::Timestamp;

/// Each failure at least once, and once for each of its wordings.
#[expect(clippy::too_many_lines, reason = "a list of samples")]
fn samples() -> Vec<Failure> {
    let (app, name, url) =
        ("tellr".to_owned(), "tellr-db".to_owned(), "https://tellr-1.aws.databricksapps.com".to_owned());
    let (path, schema) = ("/Workspace/Users/ada@example.com/.apps/tellr".to_owned(), "app_data".to_owned());
    let (problem, doing) = ("the reason that was reported".to_owned(), "create the app `tellr`".to_owned());
    let (key, none, waited) = ("app_name".to_owned(), String::new(), Duration::from_secs(290));
    let text = |text: &str| text.to_owned();
    let since = Timestamp::from_millis(1_795_446_000_000);
    vec![
        Failure::InvalidValue {
            key: key.clone(),
            given: text("Tellr!"),
            expected: text("2–30 lower-case letters, digits or hyphens"),
        },
        Failure::LooksSecret { key: text("extra_env.PROXY") },
        Failure::InvalidSecret { key: text("encryption_key"), expected: text("a Fernet key") },
        Failure::MissingValue {
            keys: vec![text("app_name"), text("lakebase_name")],
            why: text("An existing app is changed only if these settings are given explicitly"),
        },
        Failure::SecretInFile { key: text("encryption_key") },
        Failure::ConfigConflict { arguments: vec![key.clone(), text("schema_name")] },
        Failure::YamlSyntax {
            place: Some((3, 7)),
            problem: text("The YAML parser says: did not find expected key"),
        },
        Failure::YamlSyntax { place: None, problem: text("The file is empty, or has only comments") },
        Failure::YamlTooLarge { bytes: 2_000_000, limit: 1_048_576 },
        Failure::YamlEncoding { found: text("UTF-16") },
        Failure::UnknownKey {
            key: text("colour"),
            known: vec![key.clone(), text("schema_name")],
            nearest: None,
        },
        Failure::UnknownKey { key: text("app_nam"), known: vec![key.clone()], nearest: Some(key.clone()) },
        Failure::WrongType { key, expected: text("text"), found: text("a number") },
        Failure::UnknownEnvironment { wanted: text("stage"), known: vec![text("production")] },
        Failure::UnknownEnvironment { wanted: text("stage"), known: vec![] },
        Failure::ConfirmationNeeded { operation: text("delete"), app: app.clone() },
        Failure::PlanOutdated { moved: vec![text("the active deployment"), text("the file `app.yaml`")] },
        Failure::NotConfirmed { name: app.clone(), is_typed: true },
        Failure::NotConfirmed { name: app.clone(), is_typed: false },
        Failure::FileTooLarge {
            file: text("tellr_app-0.1.0-py3-none-any.whl"),
            bytes: 12_000_000,
            limit: 10_485_760,
        },
        Failure::NoWorkspace { problem: problem.clone() },
        Failure::PortUnavailable { port: 8000, problem: problem.clone() },
        Failure::OwnProgramUnfit { problem: problem.clone() },
        Failure::Unreachable { problem: text("Connection refused") },
        Failure::HostNotFound { problem: text("Name or service not known") },
        Failure::CertificateNotTrusted { problem: text("invalid peer certificate: UnknownIssuer") },
        Failure::ProxyAuthentication { problem: none.clone() },
        Failure::AddressBlocked {
            problem: text(
                "Source IP address: 203.0.113.7 is blocked by Databricks IP ACL for workspace: 7084166586",
            ),
        },
        Failure::PrivateLink { problem: none.clone() },
        Failure::SignInPage { doing: doing.clone() },
        Failure::ScopeMissing {
            doing: doing.clone(),
            problem: text("Provided OAuth token does not have required scopes: apps"),
        },
        Failure::Redirected { doing: doing.clone() },
        Failure::OriginRefused { problem: problem.clone() },
        Failure::NotSignedIn { problem: problem.clone() },
        Failure::TokenExpired { doing: doing.clone(), problem: none.clone() },
        Failure::RateLimited { doing: doing.clone(), waited: Duration::ZERO },
        Failure::RateLimited { doing: doing.clone(), waited },
        Failure::WorkspaceUnavailable {
            doing: doing.clone(),
            status: 503,
            code: text("TEMPORARILY_UNAVAILABLE"),
            request: none.clone(),
            problem: none.clone(),
        },
        Failure::NotPassedOn { doing: doing.clone(), problem: problem.clone() },
        Failure::UnreadableAnswer {
            doing: doing.clone(),
            status: 200,
            problem: text("The answer is not JSON"),
        },
        Failure::UnexpectedAnswer {
            doing: doing.clone(),
            status: 409,
            code: text("CONFLICT"),
            request: text("5b0c9a1e-7c1f-4a53-9d4e-0a2b7c9d1e2f"),
            problem: problem.clone(),
        },
        Failure::PermissionDenied {
            doing,
            what: text("the app `tellr`"),
            needed: text("CAN MANAGE"),
            problem: none.clone(),
        },
        Failure::AppAlreadyExists { app: app.clone(), creator: Some(text("ben@example.com")), ours: false },
        Failure::AppAlreadyExists { app: app.clone(), creator: None, ours: true },
        Failure::AppNameRefused { app: app.clone() },
        Failure::PackageDiffers {
            app: app.clone(),
            deployed: text("databricks-tellr-app"),
            wanted: text("tellr-app"),
        },
        Failure::AppNotFound { app: app.clone() },
        Failure::AppDeleted { app: app.clone(), by: Some(text("ada@example.com")) },
        Failure::AppDeleting { app: app.clone(), waited: Duration::ZERO },
        Failure::AppDeleting { app: app.clone(), waited },
        Failure::NoServicePrincipal { app: app.clone() },
        Failure::AppQuota { app: app.clone(), problem: none.clone() },
        Failure::AppsUnavailable { problem: none.clone() },
        Failure::UserAuthorizationOff { problem: none.clone() },
        Failure::ScopeRefused { scopes: vec![text("files"), text("apps.apps")], problem: none.clone() },
        Failure::ResourceRefused { resource: text("the secret scope `tellr-tellr`"), problem: none.clone() },
        Failure::ServiceNotFound {
            what: text("serving endpoint `my-model`"),
            setting: "serving_endpoint",
            problem: none.clone(),
        },
        Failure::GranteeNotFound { who: text("group `sales`"), problem: none.clone() },
        Failure::EndpointNotReady { name: text("my-model"), state: text("NOT_READY") },
        Failure::ComputeFailed { app: app.clone(), problem: none.clone() },
        Failure::ComputeTimeout { app: app.clone(), state: text("STARTING"), waited },
        Failure::AppUpdateFailed { app: app.clone(), problem: none.clone() },
        Failure::DeploymentFailed {
            app: app.clone(),
            url: url.clone(),
            problem: problem.clone(),
            log: vec![],
        },
        Failure::DeploymentCancelled { app: app.clone(), problem: none.clone() },
        Failure::DeploymentBusy { app: app.clone(), by: Some(text("ben@example.com")), waited },
        Failure::DeploymentBusy { app: app.clone(), by: None, waited },
        Failure::DeploymentTimeout { app: app.clone(), url: url.clone(), waited, log: vec![] },
        Failure::PackageVersionMissing {
            package: text("tellr-app"),
            version: text("0.2.0"),
            index: text("pypi"),
            newest: Some(text("0.1.0")),
        },
        Failure::PackageVersionMissing {
            package: text("tellr-app"),
            version: text("latest"),
            index: text("pypi"),
            newest: None,
        },
        Failure::AppNotReady {
            app: app.clone(),
            url: url.clone(),
            problem: text("The database does not answer"),
            log: vec![],
        },
        Failure::AppVersionDiffers { app: app.clone(), wanted: text("0.2.0"), runs: text("0.1.0") },
        Failure::AppCrashed {
            app: app.clone(),
            url,
            state: text("CRASHED"),
            problem: problem.clone(),
            log: vec![],
        },
        Failure::LogRefused { app: app.clone(), status: 401, personal: true },
        Failure::LogRefused { app: app.clone(), status: 403, personal: false },
        Failure::LogUnreachable { app: app.clone(), compute: text("ACTIVE"), problem: problem.clone() },
        Failure::LogUnreachable { app: app.clone(), compute: text("STOPPED"), problem: none.clone() },
        Failure::LakebaseUnavailable { problem: none.clone() },
        Failure::LakebaseNotFound { name: name.clone() },
        Failure::LakebaseNameReserved { name: name.clone(), problem: none.clone() },
        Failure::LakebaseFailed { name: name.clone(), problem: none.clone() },
        Failure::LakebaseTimeout { name: name.clone(), state: text("STARTING"), waited },
        Failure::LakebaseQuota { name: name.clone(), problem: none.clone() },
        Failure::LakebaseStopped { name: name.clone() },
        Failure::RestorePointFailed { name: name.clone(), problem: none.clone() },
        Failure::SqlUnavailable { problem: problem.clone() },
        Failure::DatabaseUnreachable {
            host: text("ep-1.database.cloud.databricks.com"),
            problem: problem.clone(),
        },
        Failure::DatabaseLogin { user: text("ada@example.com"), problem: problem.clone() },
        Failure::DatabaseCredential { name, problem: problem.clone() },
        Failure::SchemaNotOwned { schema: schema.clone(), problem: problem.clone() },
        Failure::SchemaOfAnotherApp {
            schema: schema.clone(),
            database: text("tellr-db"),
            owner: SchemaOwner::App(text("slides")),
            free: Some(text("app_data_2")),
        },
        Failure::SchemaOfAnotherApp {
            schema: schema.clone(),
            database: text("tellr-db"),
            owner: SchemaOwner::Role(text("ben@example.com")),
            free: None,
        },
        Failure::SchemaNotFound {
            schema: text("app_dta"),
            database: text("tellr-db"),
            used: Some(text("app_data")),
        },
        Failure::SchemaNotFound { schema: text("app_data"), database: text("tellr-db"), used: None },
        Failure::AppRoleMissing { role: text("5b0c…") },
        Failure::SchemaFailed { schema, sqlstate: text("42501"), problem: problem.clone() },
        Failure::KeyMissing {
            app: app.clone(),
            places: vec![text("secret tellr-tellr/encryption-key"), text("app.yaml")],
        },
        Failure::KeyDiffers { app: app.clone(), place: text("the secret `tellr-tellr/encryption-key`") },
        Failure::TwoKeys { app: app.clone(), scope: text("tellr-tellr"), key: text("encryption-key") },
        Failure::AppYamlUnreadable { path: format!("{path}/app.yaml"), problem: problem.clone() },
        Failure::KeyEntryUnreadable { path: format!("{path}/app.yaml"), problem: problem.clone() },
        Failure::KeyUnreadable { secret: text("tellr-tellr/encryption-key") },
        Failure::SecretScopeQuota { scope: text("tellr-tellr"), problem: none.clone() },
        Failure::FileRefused { file: text("wheels/tellr_app.whl"), problem: none.clone() },
        Failure::PathTaken { path: path.clone() },
        Failure::PathMissing { path: path.clone(), problem: none },
        Failure::NoWorkspacePath { app: app.clone() },
        Failure::FolderInUse { path: path.clone(), other: text("slides") },
        Failure::NotTellr { app: app.clone(), path: path.clone() },
        Failure::Locked {
            app: app.clone(),
            holder: text("ben@example.com"),
            operation: text("create"),
            since,
            path: format!("{path}/.tellr/lock.json"),
        },
        Failure::LockElsewhere {
            app: app.clone(),
            path: format!("{path}/.tellr/lock.json"),
            folder: text("/Workspace/Users/ada@example.com/slides"),
        },
        Failure::NotAdopted { app: app.clone(), creator: Some(text("ben@example.com")) },
        Failure::NotAdopted { app: app.clone(), creator: None },
        Failure::AdoptedByOther {
            app: app.clone(),
            creator: Some(text("ben@example.com")),
            me: text("ada@example.com"),
        },
        Failure::AdoptedByOther { app: app.clone(), creator: None, me: text("ada@example.com") },
        Failure::MoveNeedsSchema {
            app: app.clone(),
            schema: text("app_data"),
            database: text("tellr-db"),
            free: Some(text("app_data_tellr")),
        },
        Failure::MoveNeedsSchema {
            app: app.clone(),
            schema: text("app_data"),
            database: text("tellr-db"),
            free: None,
        },
        Failure::NothingToMove { app: app.clone(), schema: text("app_data") },
        Failure::VersionNeeded { app: app.clone(), schema: text("app_data") },
        Failure::UpgradeDeletesData { app: app.clone(), from: text("0.1.21"), to: text("0.4.2") },
        Failure::LockLost { app: app.clone(), holder: Some(text("ben@example.com")) },
        Failure::LockLost { app: app.clone(), holder: None },
        Failure::ReleaseFailed {
            app: app.clone(),
            release: 2,
            previous: 1,
            problem: "The app `tellr` was deployed but doesn't answer. It reports that its database is down"
                .into(),
            not_put_back: None,
            remedy: "Read the log".into(),
            log: vec!["panic".into()],
        },
        Failure::ReleaseUnknown { app: app.clone(), release: 9, kept: vec![1, 2] },
        Failure::NoEarlierRelease { app: app.clone(), others: vec![] },
        Failure::NoEarlierRelease { app: app.clone(), others: vec![1, 2] },
        Failure::ReleaseNeverRan { app: app.clone(), release: 2, problem: "The app crashed".into() },
        Failure::ReleaseTooOld { app: app.clone(), release: 1, knows: 3, works_from: 5 },
        Failure::ReleaseFileMissing { release: 1, path: format!("{path}/wheels/0123456789ab/a.whl") },
        Failure::NoRestorePoint { app: app.clone(), why: "Its database is provisioned".into() },
        Failure::BranchUnknown { app: app.clone(), branch: "x".into(), known: vec!["production".into()] },
        Failure::ReleasesUnreadable {
            path: format!("{path}/.tellr/releases.json"),
            problem: "It isn't JSON".into(),
        },
        Failure::JournalNewer { path: format!("{path}/.tellr/deployment.json"), version: 9, known: 1 },
        Failure::Cancelled { app: app.clone(), stands: vec![] },
        Failure::Cancelled { app, stands: vec![text("lakebase"), text("app")] },
    ]
}

#[test]
fn all_texts_stand_in_one_file() {
    let mut all = String::from(
        "All errors of the deployer as people read them.\n\
         Written by `UPDATE_EXPECT=1 cargo test -p deployer-wasm texts`; change the words in entries.rs.\n",
    );
    for failure in samples() {
        let error = DeployError::from(failure);
        let _ = write!(
            all,
            "\n{}\n  Error:    {}\n  Why:      {}\n  What now: {}\n",
            error.code, error.message, error.cause, error.remedy
        );
    }
    expect_file!["texts.txt"].assert_eq(&all);
}

#[test]
fn every_failure_has_a_sample() {
    let variants: BTreeSet<&str> = include_str!("catalogue.rs")
        .split_once("pub enum Failure {")
        .and_then(|(_, rest)| rest.split_once("\n}"))
        .map(|(variants, _)| variants)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .filter_map(|line| line.split([' ', ',']).next())
        .collect();
    assert!(variants.len() > 60, "{variants:?}");
    let shown: Vec<String> = samples().iter().map(|failure| format!("{failure:?}")).collect();
    let known: BTreeSet<&str> = shown.iter().filter_map(|text| text.split([' ', '{']).next()).collect();
    assert_eq!(variants, known);
}

#[test]
fn texts_keep_one_manner() {
    for failure in samples() {
        let error = DeployError::from(failure);
        for text in [&error.message, &error.cause, &error.remedy] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
            let odd = [
                "somebody",
                "nobody",
                "whoever",
                "whatever",
                "goes on where",
                "gone on with",
                "may not do",
                "could be had",
                "at work",
                "lets in",
                "made anew",
                "broke off",
                "under way",
                // A catalogue text that looks like a secret would be redacted as one.
                "[hidden]",
            ];
            assert!(!odd.iter().any(|odd| text.contains(odd)), "{text}");
        }
        assert!(!error.docs.is_empty());
    }
}
