//! Traces of the assistant's work, for a collector of OpenTelemetry and for MLflow.
//!
//! Problem: why an answer was slow, dear or bad is found in what models and Genie were asked, how long each call
//! took and what it cost. The platform has two places for that: a collector beside the app if its telemetry is on,
//! and an experiment of MLflow. But what people ask and what data says is theirs, and neither place may slow the
//! assistant down or fail it.
//!
//! Choice: off unless one of them is named. One trace a turn, whose id is the turn's, so that all attempts of all
//! processes, and later feedback, find it. Spans have the names and attributes of OpenTelemetry's conventions for
//! generative AI; text of people, models and data is in them only if the deployment says so (`TELLR_TRACE_CONTENT`).
//! Ended spans go into a bounded queue; what has no room is dropped and counted, and no caller waits.
//!
//! The messages of OTLP are seven small types on `prost`, sent with the HTTP clients that the app has. The SDK of
//! OpenTelemetry with its exporter would bring tonic and a second pipeline of its own, has no ids that follow from
//! a turn, and can't take the workspace's credential anew for each request. A collector over gRPC is spoken to in
//! its own protocol, without TLS: it is on this machine.
//!
//! An attempt that ends early sends its finished calls; the span of a stage is sent by the attempt that completes
//! it, and that of the turn when it has an outcome. A turn that waits for the approval of its outline has none yet.
//!
//! | module | content |
//! |---|---|
//! | `span` | spans of a turn, and their ids |
//! | `chat` | requests to models as spans |
//! | `feedback` | what people say about answers |
//! | `queue` | the queue before each destination |
//! | `destination`, `grpc` | where it is sent to; `trouble`: why it was not taken |
//! | `wire` | the messages of OTLP |

mod chat;
mod destination;
mod feedback;
mod grpc;
mod queue;
mod span;
mod trouble;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tokio::time::timeout;
use uuid::Uuid;

pub use chat::Chats;
pub use feedback::Feedback;
pub use span::{Open, SpanId, TurnTrace};

use crate::settings::{Protocol, TraceSettings};
use crate::workspace::{self, ClientError, RetryPolicy, Workspace};
use destination::{Destination, Http, OfWorkspace};
use grpc::Grpc;
use queue::{Counts, Item, Lane};
use wire::{Resource, attribute};

/// How long the end of the process waits for traces.
const CLOSING: Duration = Duration::from_secs(2);

/// Where traces go; cheap to clone.
#[derive(Clone, Default)]
pub struct Traces {
    shared: Option<Arc<Shared>>,
    figures: Figures,
}

struct Shared {
    lanes: Vec<(Lane, bool)>,
    has_content: bool,
}

#[derive(Clone, Default)]
struct Figures {
    sent: Family<To, Counter>,
    dropped: Family<To, Counter>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct To {
    destination: &'static str,
}

impl Traces {
    /// As the settings say.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn new(
        settings: &TraceSettings,
        workspace: Option<&Workspace>,
        retry: RetryPolicy,
    ) -> Result<Self, ClientError> {
        for problem in &settings.unusable {
            tracing::warn!("{} {}; no traces are sent there", problem.variable, problem.message);
        }
        let figures = Figures::default();
        let resource = resource(settings);
        let lane = |destination: Destination| {
            let to = To { destination: destination.name() };
            let counts = Counts {
                sent: figures.sent.get_or_create(&to).clone(),
                dropped: figures.dropped.get_or_create(&to).clone(),
            };
            let takes_feedback = destination.takes_feedback();
            (Lane::new(destination, resource.clone(), retry, counts), takes_feedback)
        };
        let lanes: Vec<_> = destinations(settings, workspace)?.into_iter().map(lane).collect();
        let has_content = settings.has_content;
        let shared = (!lanes.is_empty()).then(|| Arc::new(Shared { lanes, has_content }));
        Ok(Self { shared, figures })
    }

    /// Adds its figures to those of the process, if traces go anywhere.
    pub fn register(&self, registry: &mut Registry) {
        if self.shared.is_some() {
            let Figures { sent, dropped } = &self.figures;
            registry.register("trace_items_sent", "Spans and feedback that were sent", sent.clone());
            registry.register(
                "trace_items_dropped",
                "Spans and feedback that could not be sent",
                dropped.clone(),
            );
        }
    }

    /// The trace of a turn.
    pub fn of_turn(&self, turn: Uuid) -> TurnTrace {
        TurnTrace { shared: self.shared.clone(), turn }
    }

    /// Adds what a person says about a turn to its trace.
    pub fn feedback(&self, feedback: Feedback) {
        if let Some(shared) = &self.shared {
            let item = Item::Feedback(Arc::new(feedback.allowed(shared.has_content)));
            for (lane, _) in shared.lanes.iter().filter(|(_, takes_feedback)| *takes_feedback) {
                lane.push(&item);
            }
        }
    }

    /// Sends what is there before the process ends, for two seconds at most.
    pub async fn close(&self) {
        if let Some(shared) = &self.shared {
            let all = async {
                for (lane, _) in &shared.lanes {
                    lane.flush().await;
                }
            };
            let _ = timeout(CLOSING, all).await;
        }
    }
}

impl Shared {
    fn push(&self, item: &Item) {
        for (lane, _) in &self.lanes {
            lane.push(item);
        }
    }

    fn hurry(&self) {
        for (lane, _) in &self.lanes {
            lane.hurry();
        }
    }
}

fn destinations(
    settings: &TraceSettings,
    workspace: Option<&Workspace>,
) -> Result<Vec<Destination>, ClientError> {
    let mut found = Vec::new();
    if let Some(collector) = &settings.collector {
        let (endpoint, headers) = (&collector.endpoint, collector.headers.clone());
        match collector.protocol {
            Protocol::Grpc => found.extend(Grpc::new(endpoint, headers).map(Destination::Grpc)),
            Protocol::Http => {
                let http = Http::collector(workspace::client()?, endpoint.clone(), headers);
                found.push(Destination::Http(http));
            }
        }
    }
    if let Some(mlflow) = &settings.mlflow {
        match (&mlflow.server, workspace) {
            (Some(server), _) => {
                let http = Http::mlflow(workspace::client()?, server.clone(), &mlflow.experiment);
                found.extend(http.map(Destination::Server));
            }
            (None, Some(workspace)) => {
                let of_workspace = OfWorkspace::new(workspace.clone(), mlflow.clone());
                found.push(Destination::Workspace(Box::new(of_workspace)));
            }
            (None, None) => {
                tracing::warn!(
                    "MLFLOW_EXPERIMENT_ID is set, but there is no workspace; no traces are sent there"
                );
            }
        }
    }
    Ok(found)
}

fn resource(settings: &TraceSettings) -> Resource {
    let own = ["service.name", "service.version"];
    let mut attributes = vec![
        attribute("service.name", settings.service.as_str()),
        attribute("service.version", crate::VERSION),
    ];
    let more = settings.resource.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    attributes.extend(more.map(|(name, value)| attribute(name, value.as_str())));
    Resource { attributes }
}
