//! The durations of this workspace.
//!
//! Durations are the time for the platform's own work (starting compute, deleting an app); latencies are
//! the time of a single request. They are handled differently: a duration is a timestamp in some state,
//! computed against the clock, while a latency is slept on the machine's clock and only reported, in the
//! header `x-local-latency-ms`, on a virtual one, so that a test driver can add it.
//!
//! The realistic values come from users' reports about real workspaces; their proportions matter most.

use std::str::FromStr;

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// Response header in which a workspace on a virtual clock reports the latency it did not sleep.
pub const LATENCY_HEADER: &str = "x-local-latency-ms";

/// The time for the platform's own work, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Durations {
    /// App compute from STARTING to ACTIVE.
    pub compute_start_ms: u64,
    /// App compute from STOPPING to STOPPED.
    pub compute_stop_ms: u64,
    /// A deployment without a real process; real ones take their actual time.
    pub deployment_ms: u64,
    /// An asynchronous app update.
    pub app_update_ms: u64,
    /// How long a deleted app stays visible as DELETING.
    pub app_delete_ms: u64,
    /// A Lakebase project until its operation is done.
    pub project_create_ms: u64,
    /// A new endpoint until its host is known, counted from the end of its creation.
    pub endpoint_hosts_ms: u64,
    /// A Lakebase branch until its operation is done.
    pub branch_create_ms: u64,
    /// A change of a role, database or endpoint.
    pub role_change_ms: u64,
    /// A provisioned instance until AVAILABLE.
    pub instance_create_ms: u64,
    /// The SQL warehouse from STARTING to RUNNING.
    pub warehouse_start_ms: u64,
}

/// The time of one request, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// GET and HEAD.
    pub read_ms: u64,
    /// All other requests.
    pub write_ms: u64,
    /// Workspace file imports.
    pub upload_ms: u64,
    /// Opening a connection to a database.
    pub sql_connect_ms: u64,
    /// Minting a database credential or an OAuth token.
    pub credential_ms: u64,
    /// Resuming a suspended database.
    pub wake_ms: u64,
}

impl Latency {
    /// The latency of a request of this kind.
    pub fn of(&self, method: &Method, path: &str) -> u64 {
        if path.ends_with("/credentials") || path.starts_with("/oidc/") {
            self.credential_ms
        } else if method == Method::GET || method == Method::HEAD {
            self.read_ms
        } else if path.starts_with("/api/2.0/workspace/import")
            || path.starts_with("/api/2.0/workspace-files/")
        {
            self.upload_ms
        } else {
            self.write_ms
        }
    }
}

/// Durations and latencies together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// The platform's own work.
    pub durations: Durations,
    /// The cost of one request.
    pub latency: Latency,
}

impl Pace {
    /// No delays.
    pub fn none() -> Self {
        Self::default()
    }

    /// The durations of a real workspace.
    pub fn realistic() -> Self {
        Self {
            durations: Durations {
                compute_start_ms: 120_000,
                compute_stop_ms: 15_000,
                deployment_ms: 15_000,
                app_update_ms: 3_000,
                app_delete_ms: 20_000,
                project_create_ms: 6_000,
                endpoint_hosts_ms: 2_000,
                branch_create_ms: 4_000,
                role_change_ms: 1_500,
                instance_create_ms: 160_000,
                warehouse_start_ms: 5_000,
            },
            latency: Latency {
                read_ms: 120,
                write_ms: 250,
                upload_ms: 400,
                sql_connect_ms: 300,
                credential_ms: 200,
                wake_ms: 300,
            },
        }
    }

    /// Realistic proportions, multiplied by `factor`.
    pub fn scaled(factor: f64) -> Self {
        let Self { durations: d, latency: l } = Self::realistic();
        let scale = |ms: u64| scale_ms(ms, factor);
        Self {
            durations: Durations {
                compute_start_ms: scale(d.compute_start_ms),
                compute_stop_ms: scale(d.compute_stop_ms),
                deployment_ms: scale(d.deployment_ms),
                app_update_ms: scale(d.app_update_ms),
                app_delete_ms: scale(d.app_delete_ms),
                project_create_ms: scale(d.project_create_ms),
                endpoint_hosts_ms: scale(d.endpoint_hosts_ms),
                branch_create_ms: scale(d.branch_create_ms),
                role_change_ms: scale(d.role_change_ms),
                instance_create_ms: scale(d.instance_create_ms),
                warehouse_start_ms: scale(d.warehouse_start_ms),
            },
            latency: Latency {
                read_ms: scale(l.read_ms),
                write_ms: scale(l.write_ms),
                upload_ms: scale(l.upload_ms),
                sql_connect_ms: scale(l.sql_connect_ms),
                credential_ms: scale(l.credential_ms),
                wake_ms: scale(l.wake_ms),
            },
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "milliseconds of minutes, far below 2^52; the float-to-integer cast saturates"
)]
fn scale_ms(ms: u64, factor: f64) -> u64 {
    (ms as f64 * factor).round() as u64
}

/// `none`, `realistic` or `scaled:<factor>`, the command line's format.
impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "none" => Ok(Self::none()),
            None if text == "realistic" => Ok(Self::realistic()),
            Some(("scaled", factor)) => match factor.parse::<f64>() {
                Ok(factor) if factor.is_finite() && factor >= 0.0 => Ok(Self::scaled(factor)),
                _ => Err(format!("`{factor}` is not a factor; try `scaled:0.1`")),
            },
            _ => Err(format!("`{text}` is no pace; it is `none`, `realistic` or `scaled:<factor>`")),
        }
    }
}
