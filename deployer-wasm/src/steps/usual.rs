//! How long the platform usually takes for what a step waits for: what users report of real workspaces. Events tell
//! it while a step waits, and every face shows it from here; the notebook's package has a generated copy.

use std::time::Duration;

use crate::engine::Usual;

/// An app's compute that starts.
pub(super) const COMPUTE: Usual = Usual { text: "1 to 3 min", up_to: Duration::from_mins(3) };
/// A deployment, or another one that has to end first.
pub(super) const DEPLOYMENT: Usual = Usual { text: "1 to 3 min", up_to: Duration::from_mins(3) };
/// An app that is deleted and keeps its name until then.
pub(super) const DELETION: Usual = Usual { text: "up to 20 min", up_to: Duration::from_mins(20) };
/// An autoscaling project that is created.
pub(super) const PROJECT: Usual = Usual { text: "less than 1 min", up_to: Duration::from_mins(1) };
/// A provisioned instance that is created.
pub(super) const INSTANCE: Usual = Usual { text: "3 to 5 min", up_to: Duration::from_mins(5) };
/// A database of either kind.
const DATABASE: Usual = Usual { text: "less than 5 min", up_to: INSTANCE.up_to };
/// An app that was deployed and answers.
const ANSWER: Usual = Usual { text: "less than 1 min", up_to: Duration::from_mins(1) };

/// The steps that wait for the platform, and how long that usually takes.
pub const BY_STEP: [(&str, Usual); 4] =
    [("lakebase", DATABASE), ("app", COMPUTE), ("deployment", DEPLOYMENT), ("verify", ANSWER)];

/// How long a step usually takes, where it waits for the platform.
pub fn of_step(step: &str) -> Option<Usual> {
    BY_STEP.iter().find(|(name, _)| *name == step).map(|(_, usual)| *usual)
}
