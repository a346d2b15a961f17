//! The log: messages with fields, on standard output, where the platform collects it.
//!
//! In production each line is a JSON object, for log search; elsewhere it is text. `TELLR_LOG` sets the
//! filter.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::settings::Environment;

/// Starts logging; call it once. `default` is the filter if `TELLR_LOG` is unset or invalid.
pub fn start(environment: Environment, default: &str) {
    let wanted = std::env::var("TELLR_LOG").ok().filter(|text| !text.trim().is_empty());
    let (filter, problem) = match wanted.as_deref().map(EnvFilter::try_new) {
        None => (EnvFilter::new(default), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (EnvFilter::new(default), Some(error)),
    };
    let builder =
        fmt::fmt().with_env_filter(filter).with_target(false).with_ansi(std::io::stdout().is_terminal());
    match environment {
        Environment::Production => {
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
        Environment::Development => builder.init(),
    }
    if let Some(problem) = problem {
        tracing::warn!(%problem, "TELLR_LOG could not be read; logging at `{default}`");
    }
}
