//! Lakebase as its users see it: the control plane over HTTP, the databases over verified TLS.

mod autoscaling;
mod branches;
mod credentials;
mod drivers;
mod hosts;
mod provisioned;
mod roles;
mod scale_to_zero;
mod support;
