//! A model of the workspace, in memory.
//!
//! It is a third reading of what the platform does on the wire, beside the deployer's and the local
//! workspace's, and shares no type with either: it takes a method, a path, a query and a body, and answers
//! with a status, headers and a text. What it knows of time is the number that it is given, so its states
//! change between two requests as a real platform's do.
//!
//! Where it is simpler than the platform: everybody may do everything, except write in the shared folder of a
//! workspace that is closed; all users share one database role; an app is one program that migrates its
//! schema, encrypts something with its key and then writes a row every few seconds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use deployer::host::{Method, WorkspaceRequest, WorkspaceResponse};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

mod answer;
mod apps;
mod files;
mod lakebase;
mod launch;
mod probes;
mod record;
mod schema;
mod secrets;

pub use answer::Answer;
pub(crate) use answer::headers;
pub use apps::Compute;
pub use files::{Files, RELEASES, is_lock};
pub use record::{Caller, Record};
pub use schema::{Database, Schema};

use apps::App;
use lakebase::{Instance, Operation, Project};

/// How long the platform takes for things, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Until compute runs.
    pub compute_start: u64,
    /// Until it is stopped.
    pub compute_stop: u64,
    /// Until a deployment has ended.
    pub deployment: u64,
    /// Until a change of an app's record is done.
    pub app_update: u64,
    /// How long the name of a deleted app stays taken.
    pub deletion: u64,
    /// Until the operation of a new project or branch has ended.
    pub operation: u64,
    /// Until a new endpoint has a host.
    pub hosts: u64,
    /// Until a provisioned instance is available.
    pub instance: u64,
    /// Until an app's role is in the database.
    pub role: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            compute_start: 20_000,
            compute_stop: 6_000,
            deployment: 12_000,
            app_update: 2_000,
            deletion: 30_000,
            operation: 3_000,
            hosts: 4_000,
            instance: 15_000,
            role: 1_000,
        }
    }
}

/// How what a request starts will end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// As usual.
    #[default]
    Well,
    /// It fails.
    Failed,
    /// Not before [`State::release`].
    Never,
}

/// The moment of what never ends.
const NEVER: u64 = u64::MAX;

/// The state of the workspace.
#[derive(Debug, Clone, Default)]
pub struct State {
    now_ms: u64,
    /// How long things take.
    pub pace: Pace,
    /// Without the autoscaling interface.
    pub provisioned_only: bool,
    /// Nobody may write in the shared folder.
    pub shared_closed: bool,
    /// How what the next request starts will end.
    pub ending: Ending,
    /// The workspace's files.
    pub files: Files,
    apps: BTreeMap<String, App>,
    scopes: BTreeMap<String, BTreeMap<String, String>>,
    projects: BTreeMap<String, Project>,
    instances: BTreeMap<String, Instance>,
    operations: BTreeMap<String, Operation>,
    /// The grants on each app.
    permissions: BTreeMap<String, Vec<Value>>,
    /// The tags of each app.
    tags: BTreeMap<String, BTreeMap<String, Value>>,
    /// The releases of each app that ran: their numbers and runs.
    ran: BTreeMap<String, BTreeSet<(u64, String)>>,
    /// The branch that each app was attached to last.
    attached: BTreeMap<String, String>,
    serial: u64,
}

/// A request, taken apart.
struct Asked<'r> {
    method: Method,
    query: &'r [(String, String)],
    body: &'r Value,
}

impl Asked<'_> {
    fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}

impl State {
    /// A workspace without anything in it.
    pub fn empty(provisioned_only: bool, shared_closed: bool) -> Self {
        Self { provisioned_only, shared_closed, ..Self::default() }
    }

    /// Answers a request at the time `now_ms`.
    pub fn handle(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        now_ms: u64,
        request: &WorkspaceRequest,
    ) -> WorkspaceResponse {
        self.settle(record, now_ms);
        record.sent(caller, request);
        let segments: Vec<Cow<'_, str>> = request
            .path
            .split('/')
            .skip(1)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
            .collect();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let body = request.body.as_ref().unwrap_or(&Value::Null);
        let asked = Asked { method: request.method, query: &request.query, body };
        let answer = self.route(record, caller, &asked, &segments).unwrap_or_else(|| {
            record.unknown_route(asked.method, &request.path);
            Answer::no_interface(&asked.method.to_string(), &request.path)
        });
        self.ending = Ending::Well;
        answer.into_response(now_ms)
    }

    fn route(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        asked: &Asked<'_>,
        segments: &[&str],
    ) -> Option<Answer> {
        match (asked.method, segments) {
            (Method::Get, ["api", "2.0", "preview", "scim", "v2", "Me"]) => Some(me(&caller.user)),
            (_, ["api", "2.0", "apps", rest @ ..]) => self.apps(record, caller, asked, rest),
            (
                Method::Get,
                ["api", "2.0", "preview", "scim", "v2", "Users" | "Groups" | "ServicePrincipals"],
            ) => Some(searched(asked)),
            (Method::Get | Method::Patch, ["api", "2.0", "permissions", "apps", app]) => {
                Some(self.permissions_of(record, caller, asked, app))
            }
            (_, ["api", "2.0", "entity-tag-assignments", rest @ ..]) => {
                Some(self.tags_of(record, caller, asked, rest))
            }
            (_, ["api", "2.0", "workspace", call]) => self.files(record, caller, asked, call),
            (_, ["api", "2.0", "secrets", rest @ ..]) => self.secrets(record, asked, rest),
            (_, ["api", "2.0", "postgres", rest @ ..]) if self.provisioned_only => {
                let path = format!("/api/2.0/postgres/{}", rest.join("/"));
                Some(Answer::no_interface(&asked.method.to_string(), &path))
            }
            (_, ["api", "2.0", "postgres", rest @ ..]) => self.postgres(record, caller, asked, rest),
            (_, ["api", "2.0", "database", "instances", rest @ ..]) => self.instances(asked, rest),
            (Method::Get, ["api", "2.0", "serving-endpoints", name]) => Some(service(name, "endpoint")),
            (Method::Get, ["api", "2.0", "genie", "spaces", id]) => Some(service(id, "space")),
            (Method::Get, ["api", "2.0", "sql", "warehouses", id]) => Some(service(id, "warehouse")),
            _ => None,
        }
    }

    /// Moves all states to `now_ms`, in the order in which they change.
    pub fn settle(&mut self, record: &mut Record, now_ms: u64) {
        while let Some(due) = self.next_change().filter(|due| *due <= now_ms) {
            self.write_rows(due);
            self.now_ms = self.now_ms.max(due);
            self.change_apps(record, due);
        }
        self.write_rows(now_ms);
        self.now_ms = self.now_ms.max(now_ms);
    }

    /// Ends what never ends by itself, as the platform does at last.
    pub fn release(&mut self) {
        self.release_apps();
        self.release_lakebase();
    }

    /// Whether an app of the name exists, and its compute.
    pub fn compute(&self, app: &str) -> Option<Compute> {
        self.apps.get(app).map(|app| app.compute)
    }

    fn id(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The tags of an app, one for each key.
    fn tags_of(&mut self, record: &mut Record, caller: &Caller, asked: &Asked<'_>, rest: &[&str]) -> Answer {
        let name = match rest {
            [] => asked.body["entity_id"].as_str().unwrap_or_default(),
            ["apps", name, "tags", ..] => *name,
            _ => return Answer::invalid("There is no such kind of object."),
        };
        if !self.apps.contains_key(name) {
            return Answer::not_found(format!("App with name {name} does not exist or is deleted."));
        }
        let tags = self.tags.entry(name.to_owned()).or_default();
        match (asked.method, rest) {
            (Method::Get, [_, _, _]) => {
                Answer::ok(json!({"tag_assignments": tags.values().collect::<Vec<_>>()}))
            }
            (Method::Post, []) => {
                let key = asked.body["tag_key"].as_str().unwrap_or_default();
                if tags.contains_key(key) {
                    return Answer::already_exists(format!(
                        "Tag assignment with tag key {key} already exists."
                    ));
                }
                tags.insert(key.to_owned(), asked.body.clone());
                record.effect(caller, || format!("POST entity-tag-assignments {name}"));
                Answer::ok(asked.body.clone())
            }
            (Method::Patch, [_, _, _, key]) => {
                let Some(tag) = tags.get_mut(*key) else {
                    return Answer::not_found(format!("Tag assignment with tag key {key} does not exist."));
                };
                *tag = asked.body.clone();
                record.effect(caller, || format!("PATCH entity-tag-assignments {name}"));
                Answer::ok(asked.body.clone())
            }
            _ => Answer::invalid("There is no such call."),
        }
    }

    /// Who may use an app. A change adds grants, and replaces the level of a grantee who has one.
    fn permissions_of(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        asked: &Asked<'_>,
        name: &str,
    ) -> Answer {
        let Some(app) = self.apps.get(name) else {
            return Answer::not_found(format!("App with name {name} does not exist or is deleted."));
        };
        let level =
            |level: &Value, inherited: bool| json!([{"permission_level": level, "inherited": inherited}]);
        let manages = json!("CAN_MANAGE");
        let list = self.permissions.entry(name.to_owned()).or_insert_with(|| {
            vec![
                json!({"user_name": app.creator, "all_permissions": level(&manages, false)}),
                json!({"group_name": "admins", "all_permissions": level(&manages, true)}),
            ]
        });
        if asked.method == Method::Patch {
            record.effect(caller, || format!("PATCH permissions/apps/{name}"));
            let who = |entry: &Value| {
                ["user_name", "group_name", "service_principal_name"]
                    .iter()
                    .find_map(|name| Some(((*name).to_owned(), entry[*name].as_str()?.to_owned())))
            };
            for entry in asked.body["access_control_list"].as_array().into_iter().flatten() {
                let Some((kind, grantee)) = who(entry) else {
                    return Answer::invalid("A grant names no grantee.");
                };
                if grantee.starts_with("missing") {
                    return Answer::not_found(format!("Principal {grantee} does not exist."));
                }
                list.retain(|there| who(there) != who(entry));
                list.push(
                    json!({kind: grantee, "all_permissions": level(&entry["permission_level"], false)}),
                );
            }
        }
        Answer::ok(json!({
            "object_id": format!("/apps/{name}"), "object_type": "apps", "access_control_list": list.clone(),
        }))
    }
}

/// A search of users, groups or service principals. One whose name says so is missing.
fn searched(asked: &Asked<'_>) -> Answer {
    let is_there = !asked.query("filter").unwrap_or_default().contains("\"missing");
    let found = if is_there { vec![json!({"id": "1"})] } else { Vec::new() };
    Answer::ok(json!({"totalResults": found.len(), "Resources": found}))
}

fn me(user: &str) -> Answer {
    Answer::ok(json!({
        "id": "7301284910", "userName": user, "displayName": user, "active": true,
        "emails": [{"value": user, "type": "work", "primary": true}],
    }))
}

/// What the assistant works with; one whose name says so is missing.
fn service(id: &str, kind: &str) -> Answer {
    if id.starts_with("missing") {
        let message = format!("{kind} {id} does not exist.");
        return Answer::problem(404, "RESOURCE_DOES_NOT_EXIST", message);
    }
    Answer::ok(match kind {
        "endpoint" => json!({"name": id, "state": {"ready": "READY"}, "permission_level": "CAN_QUERY"}),
        "space" => json!({"space_id": id, "title": id}),
        _ => json!({"id": id, "name": id, "state": "STOPPED"}),
    })
}

/// `2026-11-23T15:00:00.123Z`
fn rfc3339(millis: u64) -> String {
    let nanos = i128::from(millis) * 1_000_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(&time::format_description::well_known::Rfc3339).ok())
        .unwrap_or_default()
}

/// `Mon, 23 Nov 2026 15:00:00 GMT`
fn http_date(millis: u64) -> String {
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
}
