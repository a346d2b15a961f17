//! Prompts, styles and profiles.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::deck::{cut, line, writable};
use super::source::{Source, text};
use crate::database::DatabaseError;

/// The longest name.
const NAME: usize = 100;
/// The most Genie spaces of a profile.
const SPACES: usize = 20;

/// What was copied, by the original's ids.
#[derive(Default)]
pub(super) struct Copies {
    pub(super) prompts: HashMap<i64, Uuid>,
    pub(super) styles: HashMap<i64, Uuid>,
    pub(super) profiles: usize,
}

/// Copies them for all users, as in the original; a profile that the original shows only to its owner stays private
/// to that owner.
pub(super) async fn copy(source: &Source<'_>) -> Result<Copies, DatabaseError> {
    let prompts = texts(source, "slide_deck_prompt_library", "prompt_content", "deck_prompts").await?;
    let styles = texts(source, "slide_style_library", "style_content", "slide_styles").await?;
    default_style(source, &styles).await?;
    let mut copies = Copies { prompts, styles, profiles: 0 };
    copies.profiles = profiles(source, &copies).await?;
    Ok(copies)
}

/// The names that are taken in a table of ours, in lower case.
async fn taken(source: &Source<'_>, table: &str, active: &str) -> Result<HashSet<String>, DatabaseError> {
    let statement = format!("SELECT lower(name) FROM {table} WHERE owner IS NULL {active}");
    let rows = source.transaction.query(&statement, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// A name that isn't taken yet, as much like the given one as possible.
fn free(taken: &mut HashSet<String>, name: &str) -> String {
    let name = cut(&line(name), NAME);
    let mut wanted = if name.is_empty() { "Untitled".to_owned() } else { name.clone() };
    let mut number = 1;
    while !taken.insert(wanted.to_lowercase()) {
        let suffix = if number == 1 {
            " (databricks-tellr)".to_owned()
        } else {
            format!(" (databricks-tellr {number})")
        };
        wanted = format!("{}{suffix}", cut(&name, NAME - suffix.len()));
        number += 1;
    }
    wanted
}

async fn texts(
    source: &Source<'_>,
    from: &str,
    column: &str,
    to: &str,
) -> Result<HashMap<i64, Uuid>, DatabaseError> {
    let mut copies = HashMap::new();
    let mut taken = taken(source, to, "AND is_active").await?;
    for row in source.rows(from).await? {
        let content = text(&row, column).map(|content| cut(&writable(content), 50_000));
        let (Some(id), Some(content)) = (row["id"].as_i64(), content.filter(|content| !content.is_empty()))
        else {
            continue;
        };
        if row["is_active"] == json!(false) {
            continue;
        }
        let name = free(&mut taken, text(&row, "name").unwrap_or_default());
        let statement = format!(
            "INSERT INTO {to} (name, description, category, content) VALUES ($1, $2, $3, $4) RETURNING id"
        );
        let description = cut(&line(text(&row, "description").unwrap_or_default()), 1_000);
        let category = cut(&line(text(&row, "category").unwrap_or_default()), 50);
        let category = if category.is_empty() { "General".to_owned() } else { category };
        let made =
            source.transaction.query_one(&statement, &[&name, &description, &category, &content]).await?;
        copies.insert(id, made.get(0));
    }
    Ok(copies)
}

/// The default style, if people chose one other than what the original came with.
async fn default_style(source: &Source<'_>, styles: &HashMap<i64, Uuid>) -> Result<(), DatabaseError> {
    let rows = source.rows("slide_style_library").await?;
    let chosen = rows.iter().find(|row| row["is_default"] == json!(true) && row["is_system"] != json!(true));
    let Some(style) = chosen.and_then(|row| styles.get(&row["id"].as_i64()?)) else { return Ok(()) };
    source.transaction.batch_execute("UPDATE slide_styles SET is_default = false WHERE is_default").await?;
    source.transaction.execute("UPDATE slide_styles SET is_default = true WHERE id = $1", &[style]).await?;
    Ok(())
}

async fn profiles(source: &Source<'_>, copies: &Copies) -> Result<usize, DatabaseError> {
    let rows = source.rows("config_profiles").await?;
    let prompts = source.rows("config_prompts").await?;
    let spaces = source.rows("config_genie_spaces").await?;
    let mut shared = taken(source, "profiles", "").await?;
    let mut of_owner: HashMap<String, HashSet<String>> = HashMap::new();
    let mut count = 0;
    for row in rows.iter().filter(|row| row["is_deleted"] != json!(true)) {
        let choice = Choice::of(row, &prompts, &spaces);
        let (prompt, style) = (
            choice.prompt.and_then(|id| copies.prompts.get(&id)),
            choice.style.and_then(|id| copies.styles.get(&id)),
        );
        // Since 0.2.8 a profile is its owner's, unless it is opened to everybody; before, it was everybody's.
        let is_private =
            row.get("global_permission").is_some_and(Value::is_null) && text(row, "created_by").is_some();
        let owner = if is_private { Some(source.owner(row).await?) } else { None };
        let taken = match &owner {
            Some(owner) => of_owner.entry(owner.clone()).or_default(),
            None => &mut shared,
        };
        let name = free(taken, text(row, "name").unwrap_or_default());
        let description = cut(&line(text(row, "description").unwrap_or_default()), 1_000);
        let options = if choice.spaces.is_empty() { json!({}) } else { json!({ "spaces": choice.spaces }) };
        let made = source
            .transaction
            .query_one(
                "INSERT INTO profiles (owner, name, description, prompt_id, style_id, options)
                 VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                &[&owner, &name, &description, &prompt, &style, &options],
            )
            .await?;
        count += 1;
        if row["is_default"] == json!(true) && owner.is_none() {
            let id: Uuid = made.get(0);
            source
                .transaction
                .batch_execute("UPDATE profiles SET is_default = false WHERE is_default")
                .await?;
            source.transaction.execute("UPDATE profiles SET is_default = true WHERE id = $1", &[&id]).await?;
        }
    }
    Ok(count)
}

/// What a profile chooses, by the original's ids.
#[derive(Debug, Default, PartialEq, Eq)]
struct Choice {
    prompt: Option<i64>,
    style: Option<i64>,
    spaces: Vec<String>,
}

impl Choice {
    /// From the profile's `agent_config`, which later versions have, else from the tables of earlier ones.
    fn of(profile: &Value, prompts: &[Value], spaces: &[Value]) -> Self {
        let config = &profile["agent_config"];
        if config.is_object() {
            let tools = config["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
            let genie = tools.iter().filter(|tool| tool["type"] == json!("genie"));
            return Self {
                prompt: config["deck_prompt_id"].as_i64(),
                style: config["slide_style_id"].as_i64(),
                spaces: ids(genie),
            };
        }
        let of_profile = |row: &&Value| row["profile_id"] == profile["id"];
        let chosen = prompts.iter().find(of_profile);
        Self {
            prompt: chosen.and_then(|row| row["selected_deck_prompt_id"].as_i64()),
            style: chosen.and_then(|row| row["selected_slide_style_id"].as_i64()),
            spaces: ids(spaces.iter().filter(of_profile)),
        }
    }
}

/// The ids of Genie spaces, each once.
fn ids<'r>(rows: impl Iterator<Item = &'r Value>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in rows.filter_map(|row| text(row, "space_id")) {
        let id = cut(id.trim(), 255);
        if ids.len() < SPACES && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_says_where_it_comes_from() {
        let mut taken = HashSet::from(["executive summary".to_owned()]);
        assert_eq!(free(&mut taken, "Executive Summary"), "Executive Summary (databricks-tellr)");
        assert_eq!(free(&mut taken, "Executive summary"), "Executive summary (databricks-tellr 2)");
        assert_eq!(free(&mut taken, "Own"), "Own");
        assert_eq!(free(&mut taken, "\u{1} "), "Untitled");
        let long = "n".repeat(300);
        for _ in 0..12 {
            assert!(free(&mut taken, &long).chars().count() <= NAME);
        }
    }

    #[test]
    fn a_choice_is_read_from_either_place() {
        let (prompts, spaces) = (
            [json!({"profile_id": 1, "selected_deck_prompt_id": 5, "selected_slide_style_id": null})],
            [json!({"profile_id": 1, "space_id": "old"}), json!({"profile_id": 2, "space_id": "other"})],
        );
        let old = Choice::of(&json!({"id": 1, "agent_config": null}), &prompts, &spaces);
        assert_eq!(old, Choice { prompt: Some(5), style: None, spaces: vec!["old".into()] });
        let tools = json!([{"type": "genie", "space_id": "new"}, {"type": "mcp"}, {"type": "genie", "space_id": "new"}]);
        let config = json!({"tools": tools, "slide_style_id": 3, "deck_prompt_id": null});
        let new = Choice::of(&json!({"id": 1, "agent_config": config}), &prompts, &spaces);
        assert_eq!(new, Choice { prompt: None, style: Some(3), spaces: vec!["new".into()] });
    }
}
