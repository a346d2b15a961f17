//! Checks that the app runs, and in the deployed version.
//!
//! First the platform is polled until it reports that the process runs. Then the app itself is queried
//! through its URL: `/api/ready`, which is true when its database is usable, and `/api/version`. That detects
//! two faults that the platform doesn't see: an app without its database, and an old version that kept
//! running because nothing was reinstalled. If the app can't be queried, the result says so and why.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::app_log::last_lines;
use super::package::release;
use crate::decode::decode_text;
use crate::engine::releases::Tables;
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::{Host, HostErrorKind, Probe, Timestamp};
use crate::workspace::apps;

/// From a successful deployment to an app that the platform reports as running.
const RUNNING: Duration = Duration::from_mins(3);
/// From there to an app that is ready: it waits for its database, which may have to resume.
const READY: Duration = Duration::from_mins(2);
/// For an app whose URL can't be reached from this host; the platform has already reported that it runs.
const REACHED: Duration = Duration::from_secs(20);

/// `GET /api/ready`.
#[derive(Deserialize)]
struct Ready {
    ready: bool,
    database: Option<Database>,
}

#[derive(Deserialize)]
struct Database {
    message: Option<String>,
    works_from: Option<u32>,
}

/// `GET /api/version`.
#[derive(Deserialize)]
struct Version {
    version: String,
    migration: Option<u32>,
}

/// What was found out about an app that runs.
#[derive(Debug, Clone, Default)]
pub struct Health {
    /// Its URL.
    pub url: String,
    /// The version that it reports.
    pub runs: Option<String>,
    /// What it requires of the tables, if it reports that.
    pub tables: Option<Tables>,
    /// Why the app itself wasn't asked.
    pub unchecked: Option<String>,
}

/// The answer of the app's URL.
enum Answer<T> {
    Told(T),
    /// Not ready; may change on retry. The message to show if it doesn't.
    NotYet(String),
    /// The URL can't be reached from this host, as far as one attempt shows.
    Unreached(String),
    /// This host, or this credential, isn't able to query the app.
    CanNotAsk(String),
}

/// What the app is expected to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It has no such endpoints.
    Nothing,
    /// It is ready, in any version.
    AnyVersion,
    /// It is ready, in this version.
    Version(String),
}

/// Waits until the app runs and is ready.
///
/// # Errors
/// `APP_CRASHED`, `APP_NOT_READY`, `APP_VERSION_DIFFERS`.
pub async fn verify<H: Host>(
    step: StepHandle<'_, '_, H>,
    name: &str,
    expected: Expected,
) -> Result<Done<Health>, StepError> {
    let (url, since) = running(&step, name).await?;
    let expected = match expected {
        Expected::Nothing => {
            let message = format!("the app is running at {url}");
            let unchecked = Some("The original app can't be asked".to_owned());
            return Ok(Done::unchanged(Health { url, unchecked, ..Health::default() }, message));
        }
        Expected::AnyVersion => None,
        Expected::Version(version) => Some(version),
    };
    let health = ask(&step, name, (&url, since), expected).await?;
    let message = match (&health.unchecked, &health.runs) {
        (Some(why), _) => format!("the app is running at {url}; its readiness was not checked ({why})"),
        (None, Some(version)) => format!("the app is ready at {url} (version {version})"),
        (None, None) => format!("the app is ready at {url}"),
    };
    Ok(Done::unchanged(Health { url, ..health }, message))
}

/// Waits until the platform reports that the process runs; its URL, and when its deployment was created.
async fn running<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
) -> Result<(String, Option<Timestamp>), StepError> {
    let poller = step.poller(RUNNING);
    loop {
        let record = step.client().send(apps::get(name)).await?;
        let url = record.address();
        let since = record.active_deployment.as_ref().and_then(|deployment| deployment.create_time);
        let state = record.app_status.state.unwrap_or_else(|| "UNKNOWN".into());
        if state == "RUNNING" {
            return Ok((url, since));
        }
        if state == "CRASHED" || !poller.again(step).await? {
            let problem = record.app_status.message.unwrap_or_default();
            let (app, log) = (name.to_owned(), last_lines(step, name, since).await);
            return Err(Failure::AppCrashed { app, url, state, problem, log }.into());
        }
    }
}

/// Queries the app.
async fn ask<H: Host>(
    step: &StepHandle<'_, '_, H>,
    name: &str,
    (url, since): (&str, Option<Timestamp>),
    expected: Option<String>,
) -> Result<Health, StepError> {
    let unchecked = |why| Health { unchecked: Some(why), ..Health::default() };
    let poller = step.poller(READY);
    loop {
        let problem = match is_ready(step, name).await {
            Answer::Told(works_from) => match runs(step, name).await {
                Answer::Told(Version { version: runs, .. }) if differs(expected.as_deref(), &runs) => {
                    // The previous process may still answer for a moment.
                    if poller.waited(step) >= REACHED {
                        let (app, wanted) = (name.to_owned(), expected.unwrap_or_default());
                        return Err(Failure::AppVersionDiffers { app, wanted, runs }.into());
                    }
                    String::new()
                }
                Answer::Told(Version { version, migration }) => {
                    let tables = migration.zip(works_from);
                    let tables = tables.map(|(knows, works_from)| Tables { knows, works_from });
                    return Ok(Health { runs: Some(version), tables, ..Health::default() });
                }
                _ => return Ok(Health::default()),
            },
            Answer::CanNotAsk(why) => return Ok(unchecked(why)),
            Answer::Unreached(why) if poller.waited(step) >= REACHED => return Ok(unchecked(why)),
            Answer::Unreached(problem) | Answer::NotYet(problem) => problem,
        };
        if !poller.again(step).await? {
            let (app, url, log) = (name.to_owned(), url.to_owned(), last_lines(step, name, since).await);
            return Err(Failure::AppNotReady { app, url, problem, log }.into());
        }
    }
}

/// Whether the app is ready; then from which migration on a program works with its tables, if it says so.
async fn is_ready<H: Host>(step: &StepHandle<'_, '_, H>, name: &str) -> Answer<Option<u32>> {
    match answer::<Ready, H>(step, &Probe::AppReady { app: name.to_owned() }).await {
        Answer::Told(Ready { ready: true, database }) => {
            Answer::Told(database.and_then(|database| database.works_from))
        }
        Answer::Told(Ready { database, .. }) => {
            let said = database.and_then(|database| database.message);
            Answer::NotYet(said.unwrap_or_else(|| "The app reports that it is not ready".to_owned()))
        }
        Answer::NotYet(why) => Answer::NotYet(why),
        Answer::Unreached(why) => Answer::Unreached(why),
        Answer::CanNotAsk(why) => Answer::CanNotAsk(why),
    }
}

async fn runs<H: Host>(step: &StepHandle<'_, '_, H>, name: &str) -> Answer<Version> {
    answer(step, &Probe::AppVersion { app: name.to_owned() }).await
}

async fn answer<T: DeserializeOwned, H: Host>(step: &StepHandle<'_, '_, H>, probe: &Probe) -> Answer<T> {
    let answer = match step.probe(probe).await {
        Ok(answer) => answer,
        Err(error) => {
            return match error.kind {
                HostErrorKind::Connection | HostErrorKind::Timeout => Answer::Unreached(error.message),
                HostErrorKind::Credential | HostErrorKind::Refused | HostErrorKind::Origin => {
                    Answer::CanNotAsk(error.message)
                }
            };
        }
    };
    // `/api/ready` answers 503 with the same body while it isn't ready.
    if let Ok(told) = decode_text::<T>(&answer.body)
        && matches!(answer.status, 200 | 503)
    {
        return Answer::Told(told);
    }
    match answer.status {
        300..=399 | 401 | 403 => Answer::CanNotAsk(format!(
            "its URL did not accept this credential, status {}; personal access tokens are not accepted there",
            answer.status
        )),
        // The proxy in front of an app whose process isn't listening yet.
        429 | 500..=599 => Answer::NotYet(format!("Its URL answers with status {}", answer.status)),
        status => Answer::CanNotAsk(format!("it has no `/api/ready`, status {status}")),
    }
}

/// Whether the app runs another version than `expected`. Only plain releases are compared: Python's packaging
/// and the app spell other versions differently.
fn differs(expected: Option<&str>, runs: &str) -> bool {
    let plain =
        |version: &str| !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let expected = expected.map(|version| version.split('+').next().unwrap_or_default());
    expected.is_some_and(|expected| plain(expected) && plain(runs) && release(expected) != release(runs))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn only_plain_releases_are_compared() {
        for (expected, runs) in [("0.1.0", "0.2.0"), ("0.1.0", "0.1.1"), ("0.2.0+local.3", "0.1.0")] {
            assert!(differs(Some(expected), runs), "{expected} {runs}");
        }
        for (expected, runs) in [
            ("0.1.0", "0.1.0"),
            ("0.1", "0.1.0"),
            ("0.2.0rc1", "0.2.0-rc.1"),
            ("0.1.0+local", "0.1.0"),
            ("", "0.1.0"),
        ] {
            assert!(!differs(Some(expected), runs), "{expected} {runs}");
        }
        assert!(!differs(None, "0.1.0"));
    }
}
