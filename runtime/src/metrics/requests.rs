//! Requests: how many, how long they took, how many are running.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of durations, in seconds: from an answer out of memory to the time limit of an answer.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 15.0, 30.0];

/// Figures about requests; cheap to clone.
#[derive(Clone)]
pub(super) struct Requests {
    answered: Family<Answered, Counter>,
    durations: Family<OfRoute, Histogram>,
    running: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

impl Requests {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let own = Self {
            answered: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            running: Gauge::default(),
        };
        registry.register("http_requests", "Requests that were answered", own.answered.clone());
        registry.register(
            "http_request_duration_seconds",
            "The time from a request's head to the head of its answer",
            own.durations.clone(),
        );
        registry.register("http_requests_running", "Requests that are not answered yet", own.running.clone());
        own
    }
}

/// Subtracts a request again, also if its client is gone and the answer is never made.
struct Running<'a>(&'a Gauge);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts a request. A layer of a router with routes, so that the route is known.
pub(super) async fn count(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let method = name_of(request.method());
    // Everything else is the page: its files, and its own addresses.
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or_else(|| "page".to_owned(), |path| path.as_str().to_owned());
    requests.running.inc();
    let running = Running(&requests.running);
    let began = Instant::now();
    let answer = next.run(request).await;
    drop(running);
    requests
        .durations
        .get_or_create(&OfRoute { route: route.clone() })
        .observe(began.elapsed().as_secs_f64());
    requests.answered.get_or_create(&Answered { method, route, status: answer.status().as_u16() }).inc();
    answer
}

/// A client can send any word as a method.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
