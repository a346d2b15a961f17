//! Traces of the assistant's work, as collectors and MLflow get them.

mod destinations;
mod real_mlflow;
mod turns;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tellr_app::traces::Traces;

/// A figure of traces.
fn figure(traces: &Traces, name: &str) -> u64 {
    let mut registry = Registry::default();
    traces.register(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).expect("figures");
    let of =
        |line: &str| line.starts_with(name).then(|| line.rsplit(' ').next()?.parse::<u64>().ok()).flatten();
    text.lines().filter_map(of).sum()
}
