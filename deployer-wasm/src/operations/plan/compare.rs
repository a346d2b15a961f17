//! Compares what is wanted, what was last applied and what is there.
//!
//! Pure: it gets everything that was read. It follows the steps' own conditions for doing something, so that a
//! plan without changes is one whose run changes nothing; values that the platform spells in another way, or is
//! changing by itself, are no change.

use serde_json::Value;

use super::super::history::KeptBranch;
use super::changes::{Action, Applied, FieldChange, FieldValue, Reason, ResourceChange, ResourceKind};
use super::files::ComparedFile;
use super::placeholders::{THE_KEY, UNKNOWN};
use crate::config::record::RecordSettings;
use crate::config::tags::Tags;
use crate::config::{KeyStorage, LakebaseName, SchemaName, VersionPin, WorkspacePath};
use crate::engine::releases::{Release, ReleasedFile, sha256};
use crate::manifest::{APP_YAML, REQUIREMENTS, WHEEL_FOLDER, shown};
use crate::steps::key::ObservedKey;
use crate::steps::lakebase::Found;
use crate::steps::package::Published;
use crate::steps::resources::same_text;
use crate::steps::schema::Preview;
use crate::steps::services;
use crate::workspace::apps::{App, Resource};
use crate::workspace::tags::Assigned;

/// The settings of the app's record; `None`: left as it is.
pub(super) struct WantedApp<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) compute_size: Option<&'a str>,
    pub(super) scopes: Vec<String>,
    pub(super) settings: RecordSettings,
    /// The grants that are missing.
    pub(super) grants: Vec<String>,
    /// The tags that are missing or have another value.
    pub(super) tags: Vec<FieldChange>,
}

/// The settings for who may use the app, and for its tags. They aren't part of the app's record or a release: nothing is
/// deployed again for them.
pub(in crate::operations) fn is_beside_record(name: &str) -> bool {
    name == SHARE_WITH || name == "tags" || name.starts_with(TAG)
}

const SHARE_WITH: &str = "share_with";
/// The field of a tag begins with it.
const TAG: &str = "tags.";

/// The tags that the app lacks, or has with another value.
pub(super) fn tags(wanted: &Tags, there: &Assigned) -> Vec<FieldChange> {
    let changed = wanted.iter().filter_map(|(key, value)| {
        let there = there.value(key).map(Into::into);
        FieldChange::set(format!("{TAG}{key}"), Applied::Unknown, Some(value.into()), there)
    });
    changed.collect()
}

/// The fields of the record's settings, and of its grants and tags.
fn settings(wanted: &WantedApp<'_>, found: Option<&App>, current: Option<&Release>) -> Vec<FieldChange> {
    let RecordSettings { instances, telemetry, usage_policy } = &wanted.settings;
    let there = |text: fn(&App) -> String| found.map(text);
    let rows = [
        (
            "instances",
            instances.map(|instances| instances.to_string()),
            there(|app| app.instances().unwrap_or_else(|| "1".to_owned())),
        ),
        ("telemetry", telemetry.as_ref().map(ToString::to_string), there(|app| app.telemetry().to_string())),
        ("usage_policy", usage_policy.clone(), there(|app| app.usage_policy_id.clone().unwrap_or_default())),
    ];
    let applied = |field: &str| Applied::known(current.and_then(|release| release.app[field].as_str()));
    let changed = rows.into_iter().filter_map(|(field, wanted, there)| {
        FieldChange::set(field, applied(field), Some(wanted?.into()), there.map(Into::into))
    });
    let shared = Some(wanted.grants.clone()).filter(|grants| !grants.is_empty());
    let shared =
        shared.and_then(|grants| FieldChange::set(SHARE_WITH, Applied::Unknown, Some(grants.into()), None));
    changed.chain(shared).chain(wanted.tags.iter().cloned()).collect()
}

/// The branch of the database that the app uses after a restore from `from`, and now.
pub(super) fn restored(database: &LakebaseName, from: &KeptBranch, present: &str) -> Option<ResourceChange> {
    let present = present.rsplit('/').next().unwrap_or_default();
    let new = if from.is_restore_point {
        format!("a new branch with the data of {}", from.id)
    } else {
        from.id.clone()
    };
    let branch = FieldChange::set("branch", Applied::Unknown, Some(new.into()), Some(present.into()))?;
    Some(ResourceChange::by_fields(ResourceKind::Database, database.as_str(), vec![branch]))
}

/// The app's record and its compute. `found` is `None` if a new app is created.
pub(super) fn app(wanted: &WantedApp<'_>, found: Option<&App>, current: Option<&Release>) -> ResourceChange {
    let applied = |field: &str| Applied::known(current.and_then(|release| release.app[field].as_str()));
    let Some(found) = found else {
        let new = |text: Option<&str>| text.map(FieldValue::from);
        let fields = [
            FieldChange::set("description", Applied::Unknown, new(wanted.description), None),
            FieldChange::set("compute_size", Applied::Unknown, new(wanted.compute_size), None),
            FieldChange::set("user_api_scopes", Applied::Unknown, Some(wanted.scopes.clone().into()), None),
        ];
        let fields = fields.into_iter().flatten().chain(settings(wanted, None, current)).collect();
        return ResourceChange {
            fields,
            ..ResourceChange::of(ResourceKind::App, wanted.name, Action::Create)
        };
    };
    let mut fields = Vec::new();
    for (field, wanted, there) in [
        ("description", wanted.description, found.description.as_deref()),
        ("compute_size", wanted.compute_size, found.compute_size.as_deref()),
    ] {
        // The platform omits empty fields.
        let there = there.unwrap_or_default();
        let applied = applied(field);
        let is_as_applied =
            matches!(&applied, Applied::Known(Some(FieldValue::Text(old))) if same_text(field, old, there));
        fields.extend(match wanted {
            Some(wanted) if same_text(field, wanted, there) => None,
            Some(wanted) => FieldChange::set(field, applied, Some(wanted.into()), Some(there.into())),
            None if is_as_applied => None,
            None => FieldChange::kept(field, applied, Some(there.into())),
        });
    }
    fields.extend(scopes(&wanted.scopes, &found.user_api_scopes, current));
    fields.extend(settings(wanted, Some(found), current));
    fields.extend(compute(found, current.is_some()));
    ResourceChange::by_fields(ResourceKind::App, wanted.name, fields)
}

/// Scopes are only added: others of the app are kept.
fn scopes(wanted: &[String], there: &[String], current: Option<&Release>) -> Option<FieldChange> {
    let old = current.and_then(|release| texts(&release.app["user_api_scopes"]));
    let missing: Vec<&String> = wanted.iter().filter(|scope| !there.contains(scope)).collect();
    let (field, remote) = ("user_api_scopes".to_owned(), Some(FieldValue::from(there.to_vec())));
    if !missing.is_empty() {
        let was_there = |scope: &&String| old.as_ref().is_some_and(|old| old.contains(*scope));
        let reason = if missing.iter().all(was_there) { Reason::Drifted } else { Reason::Wanted };
        let new: Vec<String> = there.iter().chain(missing).cloned().collect();
        return Some(FieldChange { field, old: old.map(Into::into), new: Some(new.into()), remote, reason });
    }
    let old = old?;
    let is_missing = old.iter().any(|scope| !there.contains(scope));
    let is_added = there.iter().any(|scope| !old.contains(scope));
    let reason = match (is_missing, is_added) {
        (true, _) => Reason::Drifted,
        (false, true) => Reason::ServerDefault,
        (false, false) => return None,
    };
    Some(FieldChange { field, old: Some(old.into()), new: remote.clone(), remote, reason })
}

/// The state of the app's compute, which every update starts.
fn compute(found: &App, was_applied: bool) -> Option<FieldChange> {
    let (state, running) = (found.compute(), Some(FieldValue::from("ACTIVE")));
    let reason = match state {
        "ACTIVE" => return None,
        "STARTING" | "UPDATING" => Reason::Managed,
        _ => differs_from(was_applied),
    };
    let old = running.clone().filter(|_| was_applied);
    Some(FieldChange { field: "compute".into(), old, new: running, remote: Some(state.into()), reason })
}

/// Why something is set again: it was changed elsewhere only if a release had applied it.
fn differs_from(was_applied: bool) -> Reason {
    if was_applied { Reason::Drifted } else { Reason::Wanted }
}

/// The database; `capacity` if one may be created.
pub(super) fn database(name: &str, found: &Found, capacity: Option<String>) -> ResourceChange {
    let of = |action| ResourceChange::of(ResourceKind::Database, name, action);
    match found {
        Found::Nothing { .. } => {
            let set = |field, text: &str| FieldChange::set(field, Applied::Unknown, Some(text.into()), None);
            let kind = set("kind", found.kind().as_str());
            let capacity = capacity.and_then(|capacity| set("capacity", &capacity));
            ResourceChange { fields: kind.into_iter().chain(capacity).collect(), ..of(Action::Create) }
        }
        Found::Provisioned | Found::Autoscaling(_) => of(Action::NoChange),
    }
}

/// The schema of the app `app`. `was_applied`: a release was deployed with it.
pub(super) fn schema(
    (app, name): (&str, &SchemaName),
    preview: &Preview,
    was_applied: bool,
) -> ResourceChange {
    let of = |action, fields| ResourceChange {
        fields,
        ..ResourceChange::of(ResourceKind::Schema, name.as_str(), action)
    };
    let state = match preview {
        Preview::NoDatabase => return of(Action::Create, Vec::new()),
        Preview::Unknown(why) => {
            return of(Action::Update, vec![FieldChange::unknown("state", format!("not checked: {why}"))]);
        }
        Preview::Known(state) => state,
    };
    let applied = |text: &str| if was_applied { Applied::known(Some(text)) } else { Applied::Unknown };
    if !state.exists {
        let exists = FieldChange::set("exists", applied("true"), Some("true".into()), None);
        // Only a schema that was there before is worth the field.
        return of(Action::Create, exists.filter(|_| was_applied).into_iter().collect());
    }
    let granted = |is: bool| FieldValue::from(if is { "granted" } else { "missing" });
    let grant = FieldChange::set(
        "privileges_of_the_app",
        applied("granted"),
        Some(granted(true)),
        Some(granted(state.role_granted)),
    );
    let unrecorded = state.app.is_none() && state.can_record;
    let recorded = unrecorded
        .then(|| FieldChange::set("recorded_app", Applied::Unknown, Some(app.into()), None))
        .flatten();
    match recorded {
        Some(recorded) => of(Action::Adopt, grant.into_iter().chain([recorded]).collect()),
        None => ResourceChange::by_fields(ResourceKind::Schema, name.as_str(), grant.into_iter().collect()),
    }
}

/// A schema that is dropped; with `and_created`, it is then created again.
pub(super) fn dropped_schema(name: &SchemaName, preview: &Preview, and_created: bool) -> ResourceChange {
    let gone = if and_created { Action::Recreate } else { Action::Delete };
    let (action, fields) = match preview {
        Preview::Known(state) if state.exists => {
            let tables = Some(state.tables.to_string().into());
            let none = and_created.then(|| "0".into());
            (gone, FieldChange::set("tables", Applied::Unknown, none, tables))
        }
        Preview::Unknown(why) => (gone, Some(FieldChange::unknown("state", format!("not checked: {why}")))),
        Preview::Known(_) | Preview::NoDatabase if and_created => (Action::Create, None),
        Preview::Known(_) | Preview::NoDatabase => (Action::NoChange, None),
    };
    let fields = fields.into_iter().collect();
    ResourceChange { fields, ..ResourceChange::of(ResourceKind::Schema, name.as_str(), action) }
}

/// The key's place.
pub(super) fn key(seen: &ObservedKey, current: Option<&Release>) -> ResourceChange {
    let name = "encryption_key";
    if seen.in_database {
        return ResourceChange::of(ResourceKind::Key, name, Action::NoChange);
    }
    let secret = format!("secret {}/{}", seen.scope, seen.key);
    let place = |storage| match storage {
        KeyStorage::SecretScope => FieldValue::from(secret.as_str()),
        KeyStorage::AppYaml => APP_YAML.into(),
    };
    let in_secret = seen.in_secret && (seen.storage == KeyStorage::SecretScope || !seen.in_yaml());
    let remote = match (in_secret, seen.in_yaml()) {
        (true, _) => Some(place(KeyStorage::SecretScope)),
        (false, true) => Some(place(KeyStorage::AppYaml)),
        (false, false) => None,
    };
    let applied = current.and_then(|release| match release.settings["encryption_key_storage"].as_str()? {
        "secret_scope" => Some(place(KeyStorage::SecretScope)),
        "app_yaml" => Some(place(KeyStorage::AppYaml)),
        _ => None,
    });
    let is_new = remote.is_none();
    let field = FieldChange::set("place", Applied::known(applied), Some(place(seen.storage)), remote);
    let change = ResourceChange::by_fields(ResourceKind::Key, name, field.into_iter().collect());
    if is_new { ResourceChange { action: Action::Create, ..change } } else { change }
}

/// A resource to attach; its target is `None` if it is known only after the database is created.
pub(super) type WantedAttachment = (String, Option<Resource>);

/// The attached resources that are the deployer's.
pub(super) fn attachments(
    wanted: &[WantedAttachment],
    there: &[Value],
    current: Option<&Release>,
) -> Vec<ResourceChange> {
    let of = |name: &str, action, fields| ResourceChange {
        fields,
        ..ResourceChange::of(ResourceKind::Attachment, name, action)
    };
    let entry = |name: &str| there.iter().find(|entry| entry["name"] == name);
    let applied = current.map(|release| &release.app["resources"]);
    let mut all = Vec::new();
    for (name, target) in wanted {
        let (found, old) = (entry(name), applied.and_then(|all| released(all, name)));
        let action = if found.is_some() { Action::Update } else { Action::Create };
        all.push(match target {
            None => of(name, action, vec![FieldChange::unknown("target", UNKNOWN)]),
            Some(target) if found.and_then(Resource::read).as_ref() == Some(target) => {
                of(name, Action::NoChange, Vec::new())
            }
            Some(target) => {
                let wanted = target.named(name);
                of(name, action, differing(old.as_ref(), Some(&wanted), found))
            }
        });
    }
    let is_wanted = |name: &str| wanted.iter().any(|(wanted, _)| wanted == name);
    let name_of = |entry: &Value| entry["name"].as_str().unwrap_or_default().to_owned();
    for entry in there.iter().filter(|entry| services::is_ours(entry)) {
        let name = name_of(entry);
        if !is_wanted(&name) {
            let old = applied.and_then(|all| released(all, &name));
            all.push(of(&name, Action::Delete, differing(old.as_ref(), None, Some(entry))));
        }
    }
    // Detached elsewhere, and not attached again: a setting that isn't given keeps what is there.
    for old in applied.into_iter().flat_map(released_entries) {
        let name = name_of(&old);
        if !name.is_empty() && !is_wanted(&name) && entry(&name).is_none() {
            let fields = differing(Some(&old), None, None);
            all.push(of(&name, Action::NoChange, fields));
        }
    }
    all
}

/// The texts of a resource, such as `postgres.branch`.
fn texts_of(entry: &Value) -> Vec<(String, FieldValue)> {
    let mut all = Vec::new();
    for (member, fields) in entry.as_object().into_iter().flatten() {
        for (field, value) in fields.as_object().into_iter().flatten() {
            if let Some(text) = value.as_str() {
                all.push((format!("{member}.{field}"), text.into()));
            }
        }
    }
    all
}

fn differing(old: Option<&Value>, new: Option<&Value>, remote: Option<&Value>) -> Vec<FieldChange> {
    let [old_texts, new_texts, remote_texts] =
        [old, new, remote].map(|entry| entry.map(texts_of).unwrap_or_default());
    let rows = [&new_texts, &remote_texts, &old_texts];
    let applied = |field: &str| match old {
        Some(_) => Applied::Known(value(&old_texts, field)),
        None => Applied::Unknown,
    };
    names(&rows)
        .into_iter()
        .filter_map(|field| {
            let (new, remote) = (value(&new_texts, &field), value(&remote_texts, &field));
            if new == remote {
                FieldChange::kept(field.clone(), applied(&field), remote)
            } else {
                FieldChange::set(field.clone(), applied(&field), new, remote)
            }
        })
        .collect()
}

/// The names in any of the lists, each once.
fn names(rows: &[&Vec<(String, FieldValue)>]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| row.iter()) {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}

fn value(row: &[(String, FieldValue)], name: &str) -> Option<FieldValue> {
    row.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The recorded resource `name`: in a list of entries, or in an object by names.
fn released(all: &Value, name: &str) -> Option<Value> {
    released_entries(all).into_iter().find(|entry| entry["name"] == name)
}

fn released_entries(all: &Value) -> Vec<Value> {
    match all {
        Value::Array(entries) => entries.clone(),
        Value::Object(by_name) => {
            let named = |(name, entry): (&String, &Value)| {
                let mut entry = entry.as_object()?.clone();
                entry.insert("name".into(), name.as_str().into());
                Some(Value::Object(entry))
            };
            by_name.iter().filter_map(named).collect()
        }
        _ => Vec::new(),
    }
}

/// One of the app's files.
pub(super) fn file(compared: &ComparedFile, current: Option<&Release>) -> ResourceChange {
    let ComparedFile { wanted, there, is_same, .. } = compared;
    let old = current.and_then(|release| released_file(release, &wanted.name));
    let of = |action, fields| ResourceChange {
        fields,
        ..ResourceChange::of(ResourceKind::File, wanted.name.as_str(), action)
    };
    let Some(there) = there else {
        let applied = Applied::known(old.map(|old| short(&old.sha256)));
        let new = Some(short(&sha256(&wanted.content)));
        return of(Action::Create, FieldChange::set("content", applied, new, None).into_iter().collect());
    };
    let old_text = old.and_then(|old| old.text.as_deref());
    let rows = |content: &[u8]| file_rows(&wanted.name, content);
    let (new_rows, remote_rows) = (rows(&wanted.content), rows(there));
    let old_rows = match (old, old_text) {
        (_, Some(text)) => Some(rows(text.as_bytes())),
        (Some(old), None) => Some(vec![("content".to_owned(), short(&old.sha256))]),
        (None, None) => None,
    };
    let applied = |field: &str| match &old_rows {
        Some(rows) => Applied::Known(value(rows, field)),
        None => Applied::Unknown,
    };
    let no_rows = Vec::new();
    let mut fields: Vec<FieldChange> = Vec::new();
    for field in names(&[&new_rows, &remote_rows, old_rows.as_ref().unwrap_or(&no_rows)]) {
        let (new, remote) = (value(&new_rows, &field), value(&remote_rows, &field));
        fields.extend(if new == remote {
            FieldChange::kept(field.clone(), applied(&field), remote)
        } else {
            FieldChange::set(field.clone(), applied(&field), new, remote)
        });
    }
    if *is_same {
        return of(Action::NoChange, fields);
    }
    if !fields.iter().any(FieldChange::is_made) {
        // A comment, the order, a quoting: nothing that the rows show.
        let generated = Some(FieldValue::from("as generated"));
        let applied = if old.is_some() { Applied::Known(generated.clone()) } else { Applied::Unknown };
        fields.extend(FieldChange::set("content", applied, generated, Some("edited".into())));
    }
    of(Action::Update, fields)
}

/// The content of a file for display, without secrets.
fn file_rows(name: &str, content: &[u8]) -> Vec<(String, FieldValue)> {
    let whole = || vec![("content".to_owned(), short(&sha256(content)))];
    let text = std::str::from_utf8(content);
    match (name, text) {
        (APP_YAML, _) => shown(content)
            .map_or_else(whole, |rows| rows.into_iter().map(|(name, text)| (name, text.into())).collect()),
        (REQUIREMENTS, Ok(text)) => requirement_rows(text),
        _ => whole(),
    }
}

/// The package's line and the wheel's hash. Other lines may have been added, and may hold the credential of an
/// index: of them, only a hash is shown.
fn requirement_rows(text: &str) -> Vec<(String, FieldValue)> {
    let (mut rows, mut others) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_package = line.starts_with("tellr-app")
            || line.starts_with("databricks-tellr-app")
            || line.strip_prefix("./").is_some_and(|path| path.starts_with(WHEEL_FOLDER));
        if is_package {
            rows.push(("package".to_owned(), line.into()));
        } else if let Some(hash) = line.strip_prefix("# SHA-256 of the wheel: ") {
            rows.push(("wheel_sha256".to_owned(), short(hash)));
        } else if !line.starts_with('#') {
            others.push(line);
        }
    }
    if !others.is_empty() {
        rows.push(("options".to_owned(), short(&sha256(others.join("\n").as_bytes()))));
    }
    rows
}

fn released_file<'r>(release: &'r Release, name: &str) -> Option<&'r ReleasedFile> {
    release.files.iter().find(|file| file.name == name)
}

/// The first digits of a hash, for display.
fn short(hash: &str) -> FieldValue {
    let digits: String = hash.chars().take(12).collect();
    FieldValue::Text(format!("sha256 {digits}"))
}

/// What decides whether the folder is deployed again.
pub(super) struct Deployed<'a> {
    pub(super) app: &'a str,
    pub(super) found: Option<&'a App>,
    pub(super) folder: &'a WorkspacePath,
    pub(super) files: &'a [ComparedFile],
    pub(super) published: &'a Published,
    pub(super) version: &'a VersionPin,
    pub(super) current: Option<&'a Release>,
}

/// The deployment, given the other changes.
pub(super) fn deployment(deployed: &Deployed<'_>, others: &[ResourceChange]) -> ResourceChange {
    let Deployed { app, found, folder, files, published, version, current } = *deployed;
    let of = |action, fields| ResourceChange {
        fields,
        ..ResourceChange::of(ResourceKind::Deployment, app, action)
    };
    let active = found.and_then(|app| app.active_deployment.as_ref());
    let source = Some(FieldValue::from(folder.as_str()));
    let Some(active) = active else {
        let applied = if current.is_some() { Applied::Known(source.clone()) } else { Applied::Unknown };
        let fields = FieldChange::set("source_code_path", applied, source, None);
        // Some apps have no active deployment while they are stopped.
        let action = if current.is_some() { Action::Update } else { Action::Create };
        return of(action, fields.into_iter().collect());
    };
    let mut fields = Vec::new();
    let remote = active.source_code_path.as_deref().map(FieldValue::from);
    let applied = if current.is_some() { Applied::Known(source.clone()) } else { Applied::Unknown };
    fields.extend(FieldChange::set("source_code_path", applied, source, remote));
    let made = |field: &str, old: Option<&str>, new: &str, remote: &str| FieldChange {
        field: field.to_owned(),
        old: old.map(Into::into),
        new: Some(new.into()),
        remote: Some(remote.into()),
        reason: differs_from(old.is_some()),
    };
    match current {
        None => fields.push(FieldChange {
            remote: Some(active.deployment_id.as_str().into()),
            ..FieldChange::unknown("deployment_id", "a new deployment: no release is recorded")
        }),
        Some(release) => {
            let old = release.deployment_id.as_deref();
            if old.is_some_and(|old| old != active.deployment_id) {
                fields.push(made("deployment_id", old, "a new deployment", &active.deployment_id));
            }
            let differing: Vec<String> = files
                .iter()
                .filter(|file| !is_released(release, file))
                .map(|file| file.wanted.name.clone())
                .collect();
            if !differing.is_empty() {
                let changed = FieldChange::set("files", Applied::Unknown, Some(differing.into()), None);
                fields.extend(changed);
            }
        }
    }
    let state = active.status.state.as_deref().unwrap_or_default();
    if matches!(state, "FAILED" | "CANCELLED") {
        fields.push(made("state", current.map(|_| "SUCCEEDED"), "SUCCEEDED", state));
    }
    let status = found.map(|app| app.app_status.state.as_deref().unwrap_or("UNKNOWN"));
    if let Some(status) = status.filter(|status| *status != "RUNNING") {
        fields.push(made("app_status", current.map(|_| "RUNNING"), "RUNNING", status));
    }
    if let (Published::Unknown(why), VersionPin::Latest) = (published, version) {
        fields.push(FieldChange::unknown("version", format!("latest; the index was not asked: {why}")));
    }
    let why = others.iter().filter(|change| needs_deployment(change));
    let why: Vec<String> = why.map(|change| format!("{} {}", change.resource.noun(), change.name)).collect();
    if !why.is_empty() {
        fields.extend(FieldChange::set("because_of", Applied::Unknown, Some(why.into()), None));
    }
    let action = if fields.iter().any(FieldChange::is_made) { Action::Update } else { Action::NoChange };
    of(action, fields)
}

/// Whether the app is deployed again after a change: where the running app sees it only then, and where its record
/// changes.
fn needs_deployment(change: &ResourceChange) -> bool {
    let concerns = match change.resource {
        ResourceKind::App if change.action == Action::Update => {
            change.fields.iter().any(|field| field.is_made() && !is_beside_record(&field.field))
        }
        ResourceKind::App | ResourceKind::File | ResourceKind::Attachment | ResourceKind::Key => true,
        ResourceKind::Database | ResourceKind::Schema => {
            matches!(change.action, Action::Create | Action::Recreate)
        }
        ResourceKind::Deployment => false,
    };
    concerns && change.is_made()
}

/// Whether a file is as the release deployed it.
fn is_released(release: &Release, file: &ComparedFile) -> bool {
    released_file(release, &file.wanted.name).is_some_and(|released| {
        let mask = |text: &str| text.replace(crate::engine::releases::KEY_MARK, THE_KEY);
        match &released.text {
            Some(text) => mask(text).as_bytes() == file.wanted.content,
            None => released.sha256 == sha256(&file.wanted.content),
        }
    })
}

fn texts(list: &Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests;
