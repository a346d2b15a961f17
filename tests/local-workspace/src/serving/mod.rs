//! Model serving: endpoints, and chat completions by a model that works by rules.
//!
//! An endpoint is addressed by its name and also has an id, which only its permissions use; a client that
//! confuses the two is refused here as on the platform.
//!
//! The answers have the form of OpenAI's interface, as the platform's have, whole or as a stream of events.
//! Endpoints stand in front of models of several makers and differ in what that form leaves open;
//! [`behavior`] has a switch for each difference. The platform's limits hold unless they are switched off.
//!
//! | module | content |
//! |---|---|
//! | `list` | the endpoints |
//! | `invoke` | a request, from permission to answer |
//! | `request`, `limits` | what a request says, and what the platform doesn't take |
//! | [`behavior`] | the switches, part of the workspace's settings |
//! | `completion`, `body`, `stream` | the answer: its text, whole, and as events |
//! | [`calls`] | the record of requests to models |
//! | `rules` | the model |

pub mod behavior;
mod body;
pub mod calls;
mod completion;
mod invoke;
mod limits;
mod list;
mod request;
mod rules;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use self::list::{exists, register};
pub use self::request::Kind;
use crate::workspace::Workspace;

/// `/api/2.0/serving-endpoints*` and `/serving-endpoints/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/api/2.0/serving-endpoints", get(list::list))
        .route("/api/2.0/serving-endpoints/{name}", get(list::read))
        .route("/serving-endpoints/{name}/invocations", post(invoke::by_name))
        .route("/serving-endpoints/chat/completions", post(invoke::by_model))
}
