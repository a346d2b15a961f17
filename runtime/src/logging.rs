//! The log: messages with fields, on standard output, where the platform collects it.
//!
//! In production each line is a JSON object, for log search; elsewhere it is text. `TELLR_LOG` sets the
//! filter: levels of the whole program and of its modules, such as `info,tellr_app=debug`. The level `trace` is compiled
//! out of the shipped program.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

use crate::settings::Environment;

/// Starts logging; call it once. `default` is the filter if `TELLR_LOG` is unset or invalid.
pub fn start(environment: Environment, default: &str) {
    let wanted = std::env::var("TELLR_LOG").ok().filter(|text| !text.trim().is_empty());
    let initial = || default.parse().unwrap_or_else(|_| Targets::new());
    let (filter, problem) = match wanted.as_deref().map(str::parse::<Targets>) {
        None => (initial(), None),
        Some(Ok(filter)) => (filter, None),
        Some(Err(error)) => (initial(), Some(error)),
    };
    let lines = fmt::layer().with_target(false).with_ansi(std::io::stdout().is_terminal());
    let lines = match environment {
        Environment::Production => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
        Environment::Development => lines.boxed(),
    };
    registry().with(lines).with(filter).init();
    if let Some(problem) = problem {
        tracing::warn!(%problem, "TELLR_LOG could not be read; logging at `{default}`");
    }
}
