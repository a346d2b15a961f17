//! The headers of every answer, and the policies for content.

use axum::http::{HeaderName, header};

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
/// The policy of the page itself: it compiles the WebAssembly that deploys, and that lays slides out.
pub const PAGE_SECURITY_POLICY: &str = security_policy!("'self' 'wasm-unsafe-eval'");

/// Sent with every response.
pub const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];
