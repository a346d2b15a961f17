//! Figures that are read at each request for metrics: the pool of connections, memory.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;

use crate::database::Database;

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: i64) -> fmt::Result {
    let gauge = ConstGauge::new(value);
    let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
    gauge.encode(metric)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The pool of connections.
pub(super) struct OfDatabase(pub(super) Database);

impl fmt::Debug for OfDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfDatabase")
    }
}

impl Collector for OfDatabase {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let pool = self.0.pool();
        let figures = [
            ("database_connections", "Open connections to the database", pool.open),
            ("database_connections_idle", "Open connections that nothing uses", pool.idle),
            ("database_waiting", "Requests that wait for a connection", pool.waiting),
        ];
        figures.into_iter().try_for_each(|(name, help, count)| gauge(&mut encoder, name, help, whole(count)))
    }
}

/// The process.
#[derive(Debug)]
pub(super) struct OfProcess;

impl Collector for OfProcess {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(bytes) = resident_bytes() else { return Ok(()) };
        gauge(&mut encoder, "memory_bytes", "Memory of the process that is resident", bytes)
    }
}

/// As Linux tells it; elsewhere the figure is left out.
fn resident_bytes() -> Option<i64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = pages.split_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(i64::try_from(rustix::param::page_size()).ok()?)
}
