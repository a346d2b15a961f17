//! Apps: `/api/2.0/apps/*`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::secrets::Empty;
use super::{Call, page, segment, services};
use crate::config::record::{Instances, Telemetry};
use crate::config::services::ServiceKind;
use crate::decode::null_as_default;
use crate::host::{Method, Timestamp};

/// An app.
#[derive(Debug, Clone, Deserialize)]
pub struct App {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Constant for the app's life; differs after the app is deleted and created again.
    #[serde(default)]
    pub id: Option<String>,
    /// The description for users.
    #[serde(default)]
    pub description: Option<String>,
    /// Its URL; sometimes without a scheme.
    #[serde(default)]
    pub url: Option<String>,
    /// The user name of its creator.
    #[serde(default)]
    pub creator: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub create_time: Option<Timestamp>,
    /// The UUID that is also the app's Postgres role.
    #[serde(default)]
    pub service_principal_client_id: Option<String>,
    /// Its compute.
    #[serde(default, deserialize_with = "null_as_default")]
    pub compute_status: Status,
    /// The process on that compute.
    #[serde(default, deserialize_with = "null_as_default")]
    pub app_status: Status,
    /// MEDIUM, LARGE or XLARGE; some apps still have LIQUID, which is not in the current API.
    #[serde(default)]
    pub compute_size: Option<String>,
    /// The least number of instances; absent if it was never set.
    #[serde(default)]
    pub compute_min_instances: Option<u32>,
    /// The greatest number of instances; absent if it was never set.
    #[serde(default)]
    pub compute_max_instances: Option<u32>,
    /// Where telemetry is written, kept as raw JSON.
    #[serde(default, deserialize_with = "null_as_default")]
    pub telemetry_export_destinations: Vec<Value>,
    /// The id of the usage policy.
    #[serde(default)]
    pub usage_policy_id: Option<String>,
    /// The attached resources, kept as raw JSON, so that unknown kinds are not lost.
    #[serde(default, deserialize_with = "null_as_default")]
    pub resources: Vec<Value>,
    /// The requested scopes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_api_scopes: Vec<String>,
    /// The folder of the last deployment.
    #[serde(default)]
    pub default_source_code_path: Option<String>,
    /// The active deployment.
    #[serde(default)]
    pub active_deployment: Option<Deployment>,
    /// The pending deployment.
    #[serde(default)]
    pub pending_deployment: Option<Deployment>,
}

impl App {
    /// The URL with a scheme.
    pub fn address(&self) -> String {
        match self.url.as_deref().unwrap_or_default() {
            "" => String::new(),
            url if url.contains("://") => url.to_owned(),
            url => format!("https://{url}"),
        }
    }

    /// The state of the compute, such as `ACTIVE`.
    pub fn compute(&self) -> &str {
        self.compute_status.state.as_deref().unwrap_or("UNKNOWN")
    }

    /// The folder it was deployed from.
    pub fn source_path(&self) -> Option<&str> {
        let deployed =
            self.active_deployment.as_ref().and_then(|deployment| deployment.source_code_path.as_deref());
        self.default_source_code_path.as_deref().filter(|path| !path.is_empty()).or(deployed)
    }
}

/// The fields that say how many instances run: the platform takes both or none.
pub fn instances_fields(instances: Instances) -> [(&'static str, Value); 2] {
    [("compute_min_instances", instances.least.into()), ("compute_max_instances", instances.most.into())]
}

impl App {
    /// How many instances run, as the setting `instances` is written; `None` if it was never set.
    pub fn instances(&self) -> Option<String> {
        let (least, most) = (self.compute_min_instances?, self.compute_max_instances?);
        Some(if least == most { least.to_string() } else { format!("{least}-{most}") })
    }

    /// Where telemetry is written; the first destination in Unity Catalog.
    pub fn telemetry(&self) -> Telemetry {
        let text = |destination: &Value, table: &str| {
            destination["unity_catalog"][table].as_str().map(str::to_owned)
        };
        let tables = self.telemetry_export_destinations.iter().find_map(|destination| {
            let [logs, metrics, traces] = TELEMETRY_TABLES.map(|table| text(destination, table));
            Some(Telemetry::Tables { logs: logs?, metrics: metrics?, traces: traces? })
        });
        tables.unwrap_or(Telemetry::Off)
    }

    /// The destinations of telemetry with `wanted` instead of what is there; those of other kinds stay.
    pub fn with_telemetry(&self, wanted: &Telemetry) -> Value {
        let mut all = self.telemetry_export_destinations.clone();
        all.retain(|destination| destination["unity_catalog"].is_null());
        if let Telemetry::Tables { logs, metrics, traces } = wanted {
            let [logs_field, metrics_field, traces_field] = TELEMETRY_TABLES;
            all.push(json!({
                "unity_catalog": {logs_field: logs, metrics_field: metrics, traces_field: traces},
            }));
        }
        all.into()
    }
}

/// The fields of a destination in Unity Catalog: logs, metrics, traces.
const TELEMETRY_TABLES: [&str; 3] = ["logs_table", "metrics_table", "traces_table"];

/// A state and the platform's message about it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Status {
    /// The state.
    #[serde(default)]
    pub state: Option<String>,
    /// The message.
    #[serde(default)]
    pub message: Option<String>,
}

/// A deployment of an app.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Deployment {
    /// Assigned by the platform.
    #[serde(default, deserialize_with = "null_as_default")]
    pub deployment_id: String,
    /// The source folder.
    #[serde(default)]
    pub source_code_path: Option<String>,
    /// The user who created it.
    #[serde(default)]
    pub creator: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub create_time: Option<Timestamp>,
    /// `IN_PROGRESS`, `SUCCEEDED`, `FAILED` or `CANCELLED`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: Status,
}

/// The state of an app update.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AppUpdate {
    /// `NOT_UPDATED`, `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: Status,
}

/// A resource of an app, in the format in which the platform attaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// Lakebase autoscaling: full paths.
    Postgres {
        /// `projects/…/branches/…`.
        branch: String,
        /// `projects/…/branches/…/databases/…`.
        database: String,
        /// `CAN_CONNECT_AND_CREATE`.
        permission: String,
    },
    /// Lakebase provisioned.
    Database {
        /// The instance.
        instance_name: String,
        /// The database in it.
        database_name: String,
        /// `CAN_CONNECT_AND_CREATE`.
        permission: String,
    },
    /// A secret.
    Secret {
        /// Its scope.
        scope: String,
        /// Its key.
        key: String,
        /// `READ`.
        permission: String,
    },
    /// A serving endpoint, a Genie space or a SQL warehouse.
    Service {
        /// Which of them.
        kind: ServiceKind,
        /// Its name or its id.
        id: String,
        /// What its users need.
        permission: String,
    },
}

impl Resource {
    /// The resource under its name, as an entry of an app's `resources`.
    pub fn named(&self, name: &str) -> Value {
        let (member, fields) = match self {
            Self::Postgres { branch, database, permission } => {
                ("postgres", vec![("branch", branch), ("database", database), ("permission", permission)])
            }
            Self::Database { instance_name, database_name, permission } => (
                "database",
                vec![
                    ("instance_name", instance_name),
                    ("database_name", database_name),
                    ("permission", permission),
                ],
            ),
            Self::Secret { scope, key, permission } => {
                ("secret", vec![("scope", scope), ("key", key), ("permission", permission)])
            }
            Self::Service { kind, id, permission } => {
                let (member, field, _) = services::member(*kind);
                let mut fields = vec![(field, id), ("permission", permission)];
                if *kind == ServiceKind::GenieSpace {
                    // A name to be shown is required. Unlike the space's title, its id never changes.
                    fields.push(("name", id));
                }
                (member, fields)
            }
        };
        let mut target = Map::new();
        for (field, text) in fields {
            target.insert(field.to_owned(), Value::String(text.clone()));
        }
        let mut entry = Map::new();
        entry.insert("name".to_owned(), name.into());
        entry.insert(member.to_owned(), Value::Object(target));
        Value::Object(entry)
    }

    /// Reads the entry `name` of an app's `resources`, if its kind is known here.
    pub fn find(resources: &[Value], name: &str) -> Option<Self> {
        Self::read(resources.iter().find(|entry| entry["name"] == name)?)
    }

    /// Reads an entry of an app's `resources`, if its kind is known here.
    pub fn read(entry: &Value) -> Option<Self> {
        let texts = |member: &str, one: &str, other: &str| {
            let text = |field: &str| entry[member][field].as_str().map(str::to_owned);
            Some((text(one)?, text(other)?, text("permission")?))
        };
        if let Some((branch, database, permission)) = texts("postgres", "branch", "database") {
            return Some(Self::Postgres { branch, database, permission });
        }
        if let Some((instance_name, database_name, permission)) =
            texts("database", "instance_name", "database_name")
        {
            return Some(Self::Database { instance_name, database_name, permission });
        }
        if let Some((scope, key, permission)) = texts("secret", "scope", "key") {
            return Some(Self::Secret { scope, key, permission });
        }
        ServiceKind::ALL.into_iter().find_map(|kind| {
            let (member, field, _) = services::member(kind);
            let (id, _, permission) = texts(member, field, field)?;
            Some(Self::Service { kind, id, permission })
        })
    }

    /// A serving endpoint, a Genie space or a SQL warehouse, with the permission that the app needs.
    pub fn service(kind: ServiceKind, id: &str) -> Self {
        let (_, _, permission) = services::member(kind);
        Self::Service { kind, id: id.to_owned(), permission: permission.to_owned() }
    }
}

/// The request to create an app.
#[derive(Debug, Clone)]
pub struct NewApp<'a> {
    /// The name.
    pub name: &'a str,
    /// The description for users.
    pub description: &'a str,
    /// MEDIUM, LARGE or XLARGE.
    pub compute_size: &'a str,
    /// The scopes of the API that the app may use on behalf of its users.
    pub user_api_scopes: &'a [String],
}

/// Reads an app.
pub fn get(name: &str) -> Call<App> {
    call(Method::Get, name, "", format!("read the app `{name}`"), "CAN USE")
}

/// A page of the apps that the caller can see.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Apps {
    /// The apps.
    #[serde(default, deserialize_with = "null_as_default")]
    pub apps: Vec<App>,
    /// The token of the next page; absent or empty on the last one.
    #[serde(default)]
    pub next_page_token: Option<String>,
}

page!(Apps, apps);

/// Lists apps, one page at a time.
pub fn list(page_token: Option<&str>) -> Call<Apps> {
    let mut call: Call<Apps> =
        call(Method::Get, "", "", "list the apps of the workspace".to_owned(), "CAN USE");
    call.request.path = "/api/2.0/apps".into();
    match page_token {
        Some(token) => call.query("page_token", token),
        None => call,
    }
}

/// Creates an app and starts its compute.
pub fn create(new: &NewApp<'_>) -> Call<App> {
    let body = json!({
        "name": new.name,
        "description": new.description,
        "compute_size": new.compute_size,
        "user_api_scopes": new.user_api_scopes,
    });
    let mut call: Call<App> = call(
        Method::Post,
        new.name,
        "",
        format!("create the app `{}`", new.name),
        "permission to create apps",
    );
    call.request.path = "/api/2.0/apps".into();
    call.query("no_compute", "false").body(body)
}

/// Starts the compute of a stopped app.
pub fn start(name: &str) -> Call<App> {
    call(Method::Post, name, "/start", format!("start the app `{name}`"), "CAN MANAGE").body(json!({}))
}

/// Stops the compute of an app.
pub fn stop(name: &str) -> Call<App> {
    call(Method::Post, name, "/stop", format!("stopping the app `{name}`"), "CAN MANAGE").body(json!({}))
}

/// Changes the fields of `changes` and no others. The platform replaces whole lists: merge first.
pub fn update(name: &str, changes: Map<String, Value>) -> Call<AppUpdate> {
    let mask = changes.keys().cloned().collect::<Vec<_>>().join(",");
    call(
        Method::Post,
        name,
        "/update",
        format!("change the app `{name}`"),
        "CAN MANAGE on the app and on what is attached to it",
    )
    .body(json!({"app": changes, "update_mask": mask}))
}

/// Reads the state of the last update.
pub fn get_update(name: &str) -> Call<AppUpdate> {
    call(
        Method::Get,
        name,
        "/update",
        format!("read the progress of the change of the app `{name}`"),
        "CAN MANAGE",
    )
}

/// Deletes an app. The name stays taken for some time afterwards.
pub fn delete(name: &str) -> Call<Empty> {
    call(Method::Delete, name, "", format!("delete the app `{name}`"), "CAN MANAGE")
}

/// What the platform asks an app before its deployment counts as succeeded (SDK 0.148, October 2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthCheck {
    /// The path that has to answer with status 200.
    pub path: &'static str,
    /// For how long it may not, in seconds.
    pub timeout_secs: u64,
}

/// Deploys the folder `source`.
pub fn deploy(name: &str, source: &str, check: Option<&HealthCheck>) -> Call<Deployment> {
    let mut body = json!({"source_code_path": source, "mode": "SNAPSHOT"});
    if let Some(HealthCheck { path, timeout_secs }) = check {
        body["health_check"] = json!({"path": path, "timeout": format!("{timeout_secs}s")});
    }
    call(Method::Post, name, "/deployments", format!("deploy the app `{name}`"), "CAN MANAGE").body(body)
}

/// Reads a deployment.
pub fn get_deployment(name: &str, id: &str) -> Call<Deployment> {
    let path = format!("/deployments/{}", segment(id));
    call(Method::Get, name, &path, format!("read the deployment of the app `{name}`"), "CAN USE")
}

fn call<T>(method: Method, name: &str, path: &str, doing: String, needed: &'static str) -> Call<T> {
    Call::new(
        method,
        format!("/api/2.0/apps/{}{path}", segment(name)),
        doing,
        format!("the app `{name}`"),
        needed,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn a_resource_is_found_among_others_and_written_back_the_same() {
        let resource = Resource::Secret { scope: "s".into(), key: "k".into(), permission: "READ".into() };
        let entry = resource.named("encryption_key");
        assert_eq!(
            entry,
            json!({"name": "encryption_key", "secret": {"scope": "s", "key": "k", "permission": "READ"}})
        );
        let others = vec![json!({"name": "job", "job": {"id": "1"}}), entry];
        assert_eq!(Resource::find(&others, "encryption_key"), Some(resource));
        assert_eq!(Resource::find(&others, "job"), None);
    }

    #[test]
    fn what_the_assistant_works_with_is_written_as_the_platform_reads_it() {
        for (kind, member) in [
            (ServiceKind::ServingEndpoint, json!({"name": "x", "permission": "CAN_QUERY"})),
            (ServiceKind::GenieSpace, json!({"name": "x", "space_id": "x", "permission": "CAN_RUN"})),
            (ServiceKind::SqlWarehouse, json!({"id": "x", "permission": "CAN_USE"})),
        ] {
            let resource = Resource::service(kind, "x");
            let entry = resource.named("r");
            assert_eq!(entry, json!({"name": "r", kind.resource(): member}));
            assert_eq!(Resource::find(&[entry], "r"), Some(resource));
        }
    }

    #[test]
    fn only_the_masked_fields_are_sent() {
        let mut changes = Map::new();
        changes.insert("description".into(), "new".into());
        let call = update("tellr", changes);
        assert_eq!(
            call.request.body.unwrap(),
            json!({"app": {"description": "new"}, "update_mask": "description"})
        );
    }

    #[test]
    fn unknown_states_and_fields_do_not_break_reading() {
        let app: App = decode(json!({
            "name": "tellr", "compute_status": {"state": "HIBERNATING"}, "service_principal_id": 42, "new_field": [1],
        }))
        .unwrap();
        assert_eq!(app.compute(), "HIBERNATING");
    }

    #[test]
    fn an_address_without_a_scheme_gets_one() {
        let app: App = decode(json!({"name": "t", "url": "t-1.cloud.databricksapps.com"})).unwrap();
        assert_eq!(app.address(), "https://t-1.cloud.databricksapps.com");
    }
}
