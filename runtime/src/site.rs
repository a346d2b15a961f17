//! The page, an API and the layers around both, as used by `serve` and `deploy-page`.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{api, frontend, requests};

/// The maximum size of a request. The platform's proxy allows far more; nothing here needs it.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;
/// The time limit of an answer. The platform's proxy gives up after 120 s, and users sooner.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(28);

/// The page needs no external resources, and must not be embedded in a frame.
macro_rules! security_policy {
    ($scripts:literal) => {
        concat!(
            "default-src 'none'; script-src ",
            $scripts,
            "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    };
}

const CONTENT_SECURITY_POLICY: &str = security_policy!("'self'");
/// Only the deploy page may compile WebAssembly.
pub(crate) const DEPLOY_PAGE_SECURITY_POLICY: &str = security_policy!("'self' 'wasm-unsafe-eval'");

/// Sent with every response.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// `api` below `/api`, `own_limits` beside it for routes with limits of their own, `pages` besides the
/// page's files, and the layers, outermost first.
pub(crate) fn site<S: Clone + Send + Sync + 'static>(
    api: Router<S>,
    own_limits: Router<S>,
    pages: Router<S>,
) -> Router<S> {
    let answers_are_not_stored =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let api = api
        .fallback(api::unknown_path)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(api::as_json))
                .layer(from_fn_with_state(ANSWER_TIMEOUT, requests::limit_time))
                .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES)),
        )
        .merge(own_limits)
        .layer(answers_are_not_stored);

    let mut router = Router::new()
        .nest("/api", api)
        .route("/api/", get(api::unknown_path))
        .merge(pages)
        .fallback_service(get(frontend::serve))
        .layer(CatchPanicLayer::custom(requests::after_panic));
    for (name, value) in SECURITY_HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)));
    }
    router.layer(from_fn(requests::observe))
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
            let answer = site::<()>(routes(), Router::new(), routes()).oneshot(request).await;
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
