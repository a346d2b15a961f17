//! The page, an API and the layers around both, as used by `serve` and `deploy-page`.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::security::headers::SECURITY_HEADERS;
use super::{error, frontend, requests};

/// The maximum size of a request. The platform's proxy allows far more; nothing here needs it.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;
/// The time limit of an answer. The platform's proxy gives up after 120 s, and users sooner.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(28);

/// `api` below `/api`, `own_limits` beside it for routes with limits of their own, `pages` besides the
/// page's files, and the layers, outermost first.
pub fn site<S: Clone + Send + Sync + 'static>(
    api: Router<S>,
    own_limits: Router<S>,
    pages: Router<S>,
) -> Router<S> {
    let answers_are_not_stored =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let api = limited(api.fallback(error::unknown_path), LARGEST_BODY_BYTES)
        .merge(own_limits)
        .layer(answers_are_not_stored);

    Router::new()
        .nest("/api", api)
        .route("/api/", get(error::unknown_path))
        .merge(pages)
        .fallback_service(get(frontend::serve))
        .layer(CatchPanicLayer::custom(requests::after_panic))
}

/// `router` with the layers that every answer passes, also that of a layer that refuses requests: the
/// security headers, an id, a log line.
pub fn observed<S: Clone + Send + Sync + 'static>(mut router: Router<S>) -> Router<S> {
    for (name, value) in SECURITY_HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.layer(from_fn(requests::observe))
}

/// Routes with a time limit, a limit for bodies in bytes, and JSON for the framework's refusals.
pub fn limited<S: Clone + Send + Sync + 'static>(routes: Router<S>, largest_body: usize) -> Router<S> {
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn(error::as_json))
            .layer(from_fn_with_state(ANSWER_TIMEOUT, requests::limit_time))
            .layer(RequestBodyLimitLayer::new(largest_body))
            .layer(DefaultBodyLimit::max(largest_body)),
    )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn an_answer_after_a_panic_carries_what_every_answer_does() {
        async fn broken() {
            panic!("planted");
        }
        let routes = || Router::new().route("/broken", get(broken));
        for path in ["/api/broken", "/broken"] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let router = observed(site::<()>(routes(), Router::new(), routes()));
            let answer = router.oneshot(request).await;
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), 500, "{path}");
            for (name, value) in SECURITY_HEADERS {
                assert_eq!(answer.headers().get(&name).expect("the header"), value, "{path} {name}");
            }
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{path}");
            assert!(answer.headers().contains_key("x-request-id"), "{path}");
        }
    }
}
