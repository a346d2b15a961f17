//! Where traces go: a collector, the workspace's MLflow, or an MLflow server.
//!
//! The workspace's MLflow keeps spans in a table of Unity Catalog. Its name, and the place that feedback names, are
//! tags of the experiment, looked up once. An experiment without such a table takes no spans over OTLP.

use axum::body::Bytes;
use deployer::host::{Method, WorkspaceRequest};
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::feedback::Feedback;
use super::grpc::Grpc;
use super::trouble::Trouble;
use crate::settings::MlflowSettings;
use crate::workspace::{Workspace, no_answer};

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
const EXPERIMENT_HEADER: HeaderName = HeaderName::from_static("x-mlflow-experiment-id");
const TABLE_HEADER: HeaderName = HeaderName::from_static("x-databricks-uc-table-name");
const TABLE_TAG: &str = "mlflow.experiment.databricksTraceSpanStorageTable";
const PLACE_TAG: &str = "mlflow.experiment.databricksTraceDestinationPath";

/// Where traces go.
pub(super) enum Destination {
    /// A collector that takes OTLP over HTTP.
    Http(Http),
    /// A collector that takes OTLP over gRPC.
    Grpc(Grpc),
    /// The workspace's MLflow.
    Workspace(Box<OfWorkspace>),
    /// An MLflow server.
    Server(Http),
}

impl Destination {
    /// Its name in figures and in the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Http(_) | Self::Grpc(_) => "collector",
            Self::Workspace(_) | Self::Server(_) => "mlflow",
        }
    }

    /// Sends encoded spans.
    pub(super) async fn spans(&mut self, body: Bytes) -> Result<(), Trouble> {
        match self {
            Self::Http(http) | Self::Server(http) => http.spans(body).await,
            Self::Grpc(grpc) => grpc.export(body).await,
            Self::Workspace(workspace) => workspace.spans(body).await,
        }
    }

    /// Sends what a person said. A collector has no place for it.
    pub(super) async fn feedback(&mut self, feedback: &Feedback) -> Result<(), Trouble> {
        match self {
            Self::Http(_) | Self::Grpc(_) => Ok(()),
            Self::Server(http) => http.feedback(feedback).await,
            Self::Workspace(workspace) => workspace.feedback(feedback).await,
        }
    }

    /// Whether it takes what people say.
    pub(super) fn takes_feedback(&self) -> bool {
        matches!(self, Self::Server(_) | Self::Workspace(_))
    }
}

/// A server that takes OTLP over HTTP.
pub(super) struct Http {
    client: reqwest::Client,
    base: Url,
    headers: HeaderMap,
}

impl Http {
    pub(super) fn collector(client: reqwest::Client, base: Url, headers: HeaderMap) -> Self {
        Self { client, base, headers }
    }

    /// None if the experiment's id can't stand in a header.
    pub(super) fn mlflow(client: reqwest::Client, base: Url, experiment: &str) -> Option<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(EXPERIMENT_HEADER, HeaderValue::from_str(experiment).ok()?);
        Some(Self { client, base, headers })
    }

    async fn spans(&self, body: Bytes) -> Result<(), Trouble> {
        let request = self.client.post(self.at("v1/traces")).headers(self.headers.clone());
        answered(request.header(CONTENT_TYPE, PROTOBUF).body(body)).await
    }

    async fn feedback(&self, feedback: &Feedback) -> Result<(), Trouble> {
        // The id that MLflow gives traces that it gets over OTLP.
        let trace = format!("tr-{}", feedback.trace());
        let url = self.at(&format!("api/3.0/mlflow/traces/{trace}/assessments"));
        let body = json!({ "assessment": feedback.assessment(&trace) });
        answered(self.client.post(url).json(&body)).await
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Result<(), Trouble> {
    let answer = request.send().await.map_err(|error| no_answer(&error))?;
    Trouble::of_status(answer.status().as_u16())
}

/// The workspace's MLflow.
pub(super) struct OfWorkspace {
    workspace: Workspace,
    settings: MlflowSettings,
    found: Option<Place>,
}

/// Where an experiment keeps its traces.
#[derive(Clone)]
struct Place {
    /// The table of spans.
    table: HeaderValue,
    /// `catalog.schema` or `catalog.schema.prefix`, for feedback.
    location: Option<String>,
}

impl OfWorkspace {
    pub(super) fn new(workspace: Workspace, settings: MlflowSettings) -> Self {
        Self { workspace, settings, found: None }
    }

    async fn spans(&mut self, body: Bytes) -> Result<(), Trouble> {
        let place = self.place().await?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, PROTOBUF);
        headers.insert(TABLE_HEADER, place.table);
        let status = self.workspace.post_bytes("/api/2.0/otel/v1/traces", &headers, body).await?;
        Trouble::of_status(status)
    }

    async fn feedback(&mut self, feedback: &Feedback) -> Result<(), Trouble> {
        let Some(location) = self.place().await?.location else {
            return Err(Trouble::staying(
                "the experiment doesn't say where its traces are, so feedback can't be added",
            ));
        };
        let trace = feedback.trace();
        let mut assessment = feedback.assessment(&trace);
        assessment["trace_location"] = place_json(&location);
        let warehouse = self.settings.warehouse.clone();
        let request = WorkspaceRequest {
            method: Method::Post,
            path: format!("/api/4.0/mlflow/traces/{location}/{trace}/assessments"),
            query: warehouse.map(|id| ("sql_warehouse_id".to_owned(), id)).into_iter().collect(),
            body: Some(assessment),
            sensitive: true,
        };
        Trouble::of_status(self.workspace.request(&request).await?.status)
    }

    async fn place(&mut self) -> Result<Place, Trouble> {
        if let Some(place) = &self.found {
            return Ok(place.clone());
        }
        let request = WorkspaceRequest {
            method: Method::Get,
            path: "/api/2.0/mlflow/experiments/get".to_owned(),
            query: vec![("experiment_id".to_owned(), self.settings.experiment.clone())],
            body: None,
            sensitive: false,
        };
        let answer = self.workspace.request(&request).await?;
        Trouble::of_status(answer.status)?;
        let experiment: Value = serde_json::from_str(&answer.body)
            .map_err(|_| Trouble::passing("the experiment can't be read: the answer is not JSON"))?;
        let tags = experiment["experiment"]["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        let tag = |name: &str| {
            let tag = tags.iter().find(|tag| tag["key"] == name)?;
            tag["value"].as_str().filter(|value| is_name(value))
        };
        let Some(table) = tag(TABLE_TAG).and_then(|table| HeaderValue::from_str(table).ok()) else {
            return Err(Trouble::staying(
                "the experiment keeps its traces in no table of Unity Catalog. Create one with a Unity Catalog trace \
                 location and set MLFLOW_EXPERIMENT_ID to it",
            ));
        };
        let place = Place { table, location: tag(PLACE_TAG).map(str::to_owned) };
        self.found = Some(place.clone());
        Ok(place)
    }
}

/// A name of Unity Catalog that can stand in a path as it is.
fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    text.len() <= 1_000 && text.split('.').all(is_part)
}

fn place_json(location: &str) -> Value {
    let parts: Vec<&str> = location.splitn(3, '.').collect();
    match parts.as_slice() {
        [catalog, schema, prefix] => json!({
            "type": "UC_TABLE_PREFIX",
            "uc_table_prefix": { "catalog_name": catalog, "schema_name": schema, "table_prefix": prefix },
        }),
        [catalog, schema] => {
            json!({ "type": "UC_SCHEMA", "uc_schema": { "catalog_name": catalog, "schema_name": schema } })
        }
        _ => Value::Null,
    }
}
