//! The platform's usual durations for the steps that wait for it, as reported by users of real workspaces.
//! Events include them while a step waits, and all interfaces show these values; the Python package has a
//! generated copy.

use std::time::Duration;

use crate::engine::Usual;

/// Starting an app's compute.
pub(super) const COMPUTE: Usual = Usual { text: "1 to 3 min", up_to: Duration::from_mins(3) };
/// A deployment, or another one that has to end first.
pub(super) const DEPLOYMENT: Usual = Usual { text: "1 to 3 min", up_to: Duration::from_mins(3) };
/// Deleting an app, until its name is available.
pub(super) const DELETION: Usual = Usual { text: "up to 20 min", up_to: Duration::from_mins(20) };
/// Creating an autoscaling project.
pub(super) const PROJECT: Usual = Usual { text: "less than 1 min", up_to: Duration::from_mins(1) };
/// Creating a provisioned instance.
pub(super) const INSTANCE: Usual = Usual { text: "3 to 5 min", up_to: Duration::from_mins(5) };
/// Creating a database of either kind.
const DATABASE: Usual = Usual { text: "less than 5 min", up_to: INSTANCE.up_to };
/// A deployed app starting to answer.
const ANSWER: Usual = Usual { text: "less than 1 min", up_to: Duration::from_mins(1) };

/// The steps that wait for the platform, and their usual durations.
pub const BY_STEP: [(&str, Usual); 4] =
    [("lakebase", DATABASE), ("app", COMPUTE), ("deployment", DEPLOYMENT), ("verify", ANSWER)];

/// The usual duration of a step that waits for the platform.
pub fn of_step(step: &str) -> Option<Usual> {
    BY_STEP.iter().find(|(name, _)| *name == step).map(|(_, usual)| *usual)
}
