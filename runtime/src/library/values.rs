//! Which values are possible.

use super::types::{AssistantOptions, NewProfile, NewText, ProfileChanges, TextChanges};
use crate::http::Rejection;

const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 1_000;
const LONGEST_CATEGORY: usize = 50;
const LONGEST_CONTENT: usize = 50_000;
/// The longest name of an endpoint or id of a space.
const LONGEST_ID: usize = 255;
const MOST_SPACES: usize = 20;

/// A value without the spaces around it, if it has a length that is possible and no control characters.
fn checked(field: &str, value: &mut String, shortest: usize, longest: usize) -> Result<(), Rejection> {
    let trimmed = value.trim();
    if trimmed.len() < value.len() {
        *value = trimmed.to_owned();
    }
    let length = value.chars().count();
    if !(shortest..=longest).contains(&length) {
        let message = format!("`{field}`: use {shortest}–{longest} characters; these are {length}");
        return Err(Rejection::invalid(message));
    }
    let has_lines = field == "content";
    if value.chars().any(|c| c.is_control() && !(has_lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(Rejection::invalid(format!(
            "`{field}`: control characters can't be used here. Remove them"
        )));
    }
    Ok(())
}

fn name(value: &mut String) -> Result<(), Rejection> {
    checked("name", value, 1, LONGEST_NAME)
}

fn description(value: &mut String) -> Result<(), Rejection> {
    checked("description", value, 0, LONGEST_DESCRIPTION)
}

fn category(value: &mut String) -> Result<(), Rejection> {
    checked("category", value, 1, LONGEST_CATEGORY)
}

fn content(value: &mut String) -> Result<(), Rejection> {
    checked("content", value, 1, LONGEST_CONTENT)
}

fn each(
    value: &mut Option<String>,
    check: fn(&mut String) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    value.as_mut().map_or(Ok(()), check)
}

/// A name as it is kept.
pub(super) fn new_name(mut value: String) -> Result<String, Rejection> {
    name(&mut value)?;
    Ok(value)
}

pub(super) fn new_text(mut new: NewText) -> Result<NewText, Rejection> {
    name(&mut new.name)?;
    description(&mut new.description)?;
    category(&mut new.category)?;
    content(&mut new.content)?;
    Ok(new)
}

pub(super) fn text_changes(mut changes: TextChanges) -> Result<TextChanges, Rejection> {
    each(&mut changes.name, name)?;
    each(&mut changes.description, description)?;
    each(&mut changes.category, category)?;
    each(&mut changes.content, content)?;
    Ok(changes)
}

pub(super) fn new_profile(mut new: NewProfile) -> Result<NewProfile, Rejection> {
    name(&mut new.name)?;
    description(&mut new.description)?;
    options(&new.options)?;
    options(&new.options)?;
    Ok(new)
}

pub(super) fn profile_changes(mut changes: ProfileChanges) -> Result<ProfileChanges, Rejection> {
    each(&mut changes.name, name)?;
    each(&mut changes.description, description)?;
    changes.options.as_ref().map_or(Ok(()), options)?;
    Ok(changes)
}

/// Whether these can be what the assistant uses.
pub fn options(options: &AssistantOptions) -> Result<(), Rejection> {
    let is_name = |name: &String| {
        (1..=LONGEST_ID).contains(&name.chars().count()) && !name.chars().any(char::is_control)
    };
    if !options.endpoint.iter().all(is_name) {
        return Err(Rejection::invalid(format!(
            "`options.endpoint`: use a name of 1–{LONGEST_ID} characters"
        )));
    }
    if let Some(spaces) = &options.spaces
        && (spaces.len() > MOST_SPACES || !spaces.iter().all(is_name))
    {
        return Err(Rejection::invalid(format!(
            "`options.spaces`: use the ids of at most {MOST_SPACES} spaces"
        )));
    }
    if options.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
        return Err(Rejection::invalid("`options.temperature`: use a number of 0–2"));
    }
    Ok(())
}
