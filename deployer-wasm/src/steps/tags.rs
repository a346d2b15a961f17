//! The app's tags: sets the wanted ones that it lacks or has with another value, and leaves the others.

use serde_json::json;

use crate::config::tags::{MOST_TAGS, Tags};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::workspace::apps::App;
use crate::workspace::tags::{self, Assigned};
use crate::workspace::{ApiError, Client, ErrorKind};

/// The present tags of the app, if any are wanted and it exists.
///
/// # Errors
/// The workspace's refusal.
pub async fn look<H: Host>(
    client: &Client<'_, H>,
    app: Option<&App>,
    wanted: &Tags,
) -> Result<Assigned, Failure> {
    let Some(app) = app.filter(|app| !wanted.is_empty() && app.compute() != "DELETING") else {
        return Ok(Assigned::default());
    };
    let there = read(client, &app.name).await.map_err(ApiError::into_failure)?;
    let new = wanted.iter().filter(|(key, _)| there.value(key).is_none()).count();
    let all = there.count() + new;
    if new > 0 && all > MOST_TAGS {
        let (key, given) = ("tags".to_owned(), format!("{new} new tags"));
        let expected =
            format!("at most {MOST_TAGS} tags of an app; with those that it has it would get {all}");
        return Err(Failure::InvalidValue { key, given, expected });
    }
    Ok(there)
}

/// Sets the tags that differ.
///
/// # Errors
/// `PERMISSION_DENIED`, as for a governed tag, or the workspace's refusal.
pub async fn set<H: Host>(
    step: StepHandle<'_, '_, H>,
    app: &str,
    wanted: &Tags,
) -> Result<Done<()>, StepError> {
    let there = read(step.client(), app).await?;
    let differing: Vec<(&str, &str)> = differing(wanted, &there).collect();
    if differing.is_empty() {
        return Ok(Done::unchanged((), format!("the app `{app}` is tagged as wanted")));
    }
    let words = spelled(differing.iter().copied());
    let detail = json!({"tags": differing.iter().map(|(key, _)| key).collect::<Vec<_>>()});
    step.intend(detail.clone()).await?;
    for (key, value) in differing {
        let (create, update) = (tags::create(app, key, value), tags::update(app, key, value));
        // If another user created or removed the tag since it was read, or an answer was lost, the other request is sent.
        let (first, other, otherwise) = match there.value(key) {
            None => (create, update, ErrorKind::AlreadyExists),
            Some(_) => (update, create, ErrorKind::NotFound),
        };
        match step.client().send(first).await {
            Err(error) if error.is(otherwise) => step.client().send(other).await?,
            done => done?,
        };
    }
    step.did(detail).await?;
    Ok(Done::changed((), format!("tagged the app `{app}` with {words}")))
}

async fn read<H: Host>(client: &Client<'_, H>, app: &str) -> Result<Assigned, ApiError> {
    Ok(client.find_all(tags::list(app)).await?.unwrap_or_default())
}

/// The wanted tags that the app lacks, or has with another value.
pub fn differing<'a>(wanted: &'a Tags, there: &'a Assigned) -> impl Iterator<Item = (&'a str, &'a str)> {
    wanted.iter().filter(|(key, value)| there.value(key) != Some(value))
}

/// Tags as part of a sentence.
pub fn spelled<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    tags.map(|(key, value)| format!("`{key}={value}`")).collect::<Vec<_>>().join(", ")
}
