//! Figures about the running process for Prometheus, in the text format of `OpenMetrics`.
//!
//! Problem: an operator wants to see load, errors and waiting, without reading logs, and without a question
//! to the database, which would keep it awake.
//!
//! Choice: counters in the process, read through a port of their own on loopback. The app's port leads to
//! everybody who may use the app; loopback leads to what runs beside the app, such as a collector. Off
//! unless `TELLR_METRICS_PORT` is set, as two processes on a machine can't share a port.
//!
//! Labels have few values: the route as it is declared, never the path that was asked for.

mod process;
mod requests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::http::listener;
use crate::http::security::own::{self, OwnAddress};

use requests::Requests;
/// The media type of the text format.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Figures>);

struct Figures {
    registry: Registry,
    requests: Requests,
}

impl Metrics {
    /// The figures of this process and of its connections to `database`, and those that `more` adds.
    pub fn new(database: &Database, more: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("tellr");
        let requests = Requests::registered(&mut registry);
        registry.register_collector(Box::new(process::OfDatabase(database.clone())));
        registry.register_collector(Box::new(process::OfProcess));
        more(&mut registry);
        Self(Arc::new(Figures { registry, requests }))
    }

    /// All figures as text.
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// Serves `/metrics` on loopback; port 0 takes a free one. Returns where, and the task that serves.
///
/// # Errors
/// If the port can't be opened.
pub fn serve(metrics: Metrics, port: u16) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = listener::bind((Ipv4Addr::LOCALHOST, port).into())?;
    let address = listener.local_addr()?;
    // A page whose host name is made to point to this machine reads nothing.
    let own = OwnAddress::Direct { hosts: Arc::default(), is_public: false };
    let router = Router::new()
        .route("/metrics", get(show))
        .layer(from_fn_with_state(own, own::admit))
        .with_state(metrics);
    let serving = async {
        listener::serve(listener, router, std::future::pending(), listener::DRAIN).await;
    };
    Ok((address, tokio::spawn(serving)))
}

async fn show(State(metrics): State<Metrics>) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(OPENMETRICS))], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `router` with its requests counted.
pub fn counted<S: Clone + Send + Sync + 'static>(router: Router<S>, metrics: &Metrics) -> Router<S> {
    router.layer(from_fn_with_state(metrics.0.requests.clone(), requests::count))
}
