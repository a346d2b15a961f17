//! As much of a workspace as one deployment sees. The honest one is in `tests/local-workspace`;
//! this one only lets a run come to its end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::schema::SchemaState;

pub(super) struct Workspace {
    pub(super) requests: usize,
    /// Those of them that are no `GET`.
    pub(super) changes: usize,
    files: BTreeMap<String, Value>,
    project: bool,
    app: Option<Value>,
    scope: bool,
    secret: Option<String>,
    sql_refusal: Option<Value>,
    never_ready: bool,
}

impl Workspace {
    pub(super) fn new() -> Self {
        Self {
            requests: 0,
            changes: 0,
            files: BTreeMap::new(),
            project: false,
            app: None,
            scope: false,
            secret: None,
            sql_refusal: None,
            never_ready: false,
        }
    }

    /// The same, whose app compute never comes up.
    pub(super) fn never_ready(self) -> Self {
        Self { never_ready: true, ..self }
    }

    /// The same, whose database answers every script with `refusal`.
    pub(super) fn refusing_sql(self, refusal: Value) -> Self {
        Self { sql_refusal: Some(refusal), ..self }
    }

    pub(super) fn has_file(&self, name: &str) -> bool {
        self.files.keys().any(|path| path.ends_with(name))
    }

    /// The encryption key that was stored.
    pub(super) fn secret(&self) -> Option<String> {
        self.secret.clone()
    }

    pub(super) fn run_script(&self, script: &Value) -> Value {
        match &self.sql_refusal {
            Some(refusal) => refusal.clone(),
            None if script["returns_rows"] == true => {
                let state = SchemaState {
                    exists: true,
                    owner: Some("ada@example.com".into()),
                    app: Some("tellr".into()),
                    role_exists: true,
                    role_granted: true,
                    ..SchemaState::default()
                };
                json!({"row": [json!(state).to_string()]})
            }
            None => json!({"row": null}),
        }
    }

    pub(super) fn answer(&mut self, request: &Value) -> Value {
        self.requests += 1;
        self.changes += usize::from(request["method"] != "GET");
        let (status, body) = self.respond(request);
        json!({"status": status, "headers": [["content-type", "application/json"]], "body": body.to_string()})
    }

    fn respond(&mut self, request: &Value) -> (u16, Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (method, path, body) = (text(&request["method"]), text(&request["path"]), &request["body"]);
        let asked = |name: &str| {
            let pairs = request["query"].as_array().cloned().unwrap_or_default();
            pairs.iter().find(|pair| pair[0] == name).map(|pair| text(&pair[1])).unwrap_or_default()
        };
        let missing = (404, json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not there"}));
        let found = |value: Option<Value>| value.map_or_else(|| missing.clone(), |value| (200, value));
        let nothing = (200, json!({}));
        let project = json!({"name": "projects/tellr-db", "status": {"default_branch": "projects/tellr-db/branches/production"}});
        match (method.as_str(), path.trim_start_matches("/api/2.0/")) {
            ("GET", "preview/scim/v2/Me") => (200, json!({"userName": "ada@example.com"})),
            ("GET", path) if path.starts_with("database/") => missing,
            ("GET", "postgres/projects/tellr-db") => found(self.project.then_some(project)),
            ("POST", "postgres/projects") => {
                self.project = true;
                (200, json!({"name": "projects/tellr-db/operations/1", "done": false}))
            }
            ("GET", "postgres/projects/tellr-db/operations/1") => (200, json!({"name": "x", "done": true})),
            ("GET", "postgres/projects/tellr-db/branches/production/endpoints") => (
                200,
                json!({"endpoints": [{
                    "name": "projects/tellr-db/branches/production/endpoints/primary",
                    "status": {"endpoint_type": "ENDPOINT_TYPE_READ_WRITE", "current_state": "ACTIVE", "hosts": {"host": "ep-1.example.com"}},
                }]}),
            ),
            ("GET", "apps/tellr") => found(self.app.clone()),
            ("POST", "apps") => {
                let mut app = body.clone();
                let compute = if self.never_ready { "STARTING" } else { "ACTIVE" };
                app["id"] = "1".into();
                app["url"] = "https://tellr-1.example.com".into();
                app["creator"] = "ada@example.com".into();
                app["service_principal_client_id"] = "6f9a0c1e-1111-4222-8333-0123456789ab".into();
                app["compute_status"] = json!({"state": compute});
                self.app = Some(app.clone());
                (200, app)
            }
            ("DELETE", "apps/tellr") => {
                self.app = None;
                nothing
            }
            ("POST", "apps/tellr/update") => {
                if let (Some(app), Some(changes)) = (&mut self.app, body["app"].as_object()) {
                    for (field, value) in changes {
                        app[field] = value.clone();
                    }
                }
                (200, json!({"status": {"state": "SUCCEEDED"}}))
            }
            ("GET", "apps/tellr/update") => (200, json!({"status": {"state": "SUCCEEDED"}})),
            ("POST", "apps/tellr/deployments") => {
                if let Some(app) = &mut self.app {
                    app["app_status"] = json!({"state": "RUNNING"});
                    app["default_source_code_path"] = body["source_code_path"].clone();
                }
                (200, json!({"deployment_id": "d1", "status": {"state": "SUCCEEDED"}}))
            }
            (
                "GET",
                "postgres/projects/tellr-db/branches/production/databases" | "permissions/apps/tellr",
            )
            | ("POST", "workspace/mkdirs") => nothing,
            ("POST", "workspace/import") => {
                let path = text(&body["path"]);
                if body["overwrite"] != true && self.files.contains_key(&path) {
                    return (400, json!({"error_code": "RESOURCE_ALREADY_EXISTS", "message": "there"}));
                }
                self.files.insert(path, body["content"].clone());
                nothing
            }
            ("GET", "workspace/export") => {
                found(self.files.get(&asked("path")).map(|content| json!({"content": content})))
            }
            ("POST", "workspace/delete") => found(self.files.remove(&text(&body["path"])).map(|_| json!({}))),
            ("GET", "secrets/list") => found(self.scope.then(
                || json!({"secrets": self.secret.iter().map(|_| json!({"key": "x"})).collect::<Vec<_>>()}),
            )),
            ("POST", "secrets/scopes/create") => {
                self.scope = true;
                nothing
            }
            ("POST", "secrets/put") => {
                self.secret = Some(text(&body["string_value"]));
                nothing
            }
            ("GET", "secrets/get") => found(self.secret.as_ref().map(|value| json!({"value": value}))),
            (method, path) => panic!("nobody expected {method} {path}"),
        }
    }
}
