//! One question to Genie, from the call of the model to a source or to why there is none.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::context::Context;
use super::queries::sources::NewSource;
use super::stop::Stop;
use super::turn::{AskedGenie, SpaceChoice};
use super::types::SourceColumn;
use crate::prompting::{self, Cell, SourceTable};
use crate::workspace::genie::{Answer, Asked, Genie, GenieError, Progress, TableResult};

/// The first pause between two looks at a message; it grows to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// The longest question, in characters.
const LONGEST_QUESTION: usize = 2_000;
/// Rows of a source that are kept.
const MOST_ROWS: usize = 500;
/// The most bytes of a source's rows, as JSON. All sources of a deck are read when a slide is written.
const MOST_BYTES: usize = 512 * 1024;
/// How often an error that may pass is waited out.
const MOST_TROUBLE: u32 = 4;

/// What a model wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) space: SpaceChoice,
    pub(super) text: String,
}

/// The question of a call, if it is one that may be asked. Else what the model is told: names and arguments are the
/// model's, so only spaces of this turn are asked.
pub(super) fn question(name: &str, arguments: &str, spaces: &[SpaceChoice]) -> Result<Question, String> {
    if name != "query_data" {
        return Err("There is no such tool. Use `query_data`.".to_owned());
    }
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|_| "The arguments are not a JSON object. Give `space` and `question`.".to_owned())?;
    let text = arguments["question"].as_str().map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err("`question` is missing.".to_owned());
    }
    let wanted = arguments["space"].as_str().map(str::trim).unwrap_or_default();
    let named = spaces.iter().find(|space| space.title.eq_ignore_ascii_case(wanted) || space.id == wanted);
    let space = match (named, spaces) {
        (Some(space), _) | (None, [space]) => space.clone(),
        (None, _) => {
            let titles: Vec<&str> = spaces.iter().map(|space| space.title.as_str()).collect();
            return Err(format!("There is no such space. Use one of: {}.", titles.join(", ")));
        }
    };
    Ok(Question { space, text: text.chars().filter(|c| !c.is_control()).take(LONGEST_QUESTION).collect() })
}

/// What came of a question.
pub(super) enum Found {
    /// An answer, with data or words.
    Answer(Answer),
    /// None; why, for the model.
    Nothing(String),
}

/// Puts a question. `Ok(Err(_))`: this question can't be asked; the model is told why.
pub(super) async fn ask(
    context: &Context<'_>,
    genie: &Genie,
    question: &Question,
) -> Result<Result<AskedGenie, String>, Stop> {
    let mut trouble = 0;
    loop {
        match genie.start(&question.space.id, &question.text).await {
            Ok(Asked { conversation, message }) => {
                return Ok(Ok(AskedGenie { space: question.space.id.clone(), conversation, message }));
            }
            Err(error) => match after(context, &error, &mut trouble).await? {
                Again::Yes => {}
                Again::No(why) => return Ok(Err(why)),
            },
        }
    }
}

/// Waits for the answer to a question.
pub(super) async fn answer(context: &Context<'_>, genie: &Genie, asked: &AskedGenie) -> Result<Found, Stop> {
    let message = Asked { conversation: asked.conversation.clone(), message: asked.message.clone() };
    let (started, mut pause, mut trouble) = (Instant::now(), FIRST_PAUSE, 0);
    loop {
        match genie.poll(&asked.space, &message).await {
            Ok(Progress::Done(answer)) => return Ok(Found::Answer(answer)),
            Ok(Progress::Failed(why)) => return Ok(Found::Nothing(why)),
            Ok(Progress::Working(_)) => {}
            Err(error) => match after(context, &error, &mut trouble).await? {
                Again::Yes => continue,
                Again::No(why) => return Ok(Found::Nothing(why)),
            },
        }
        if started.elapsed() > context.assistant.limits().genie {
            return Ok(Found::Nothing("Genie took too long. Ask a simpler question.".to_owned()));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether asking again may help, and after how long if Genie says so.
#[expect(clippy::option_option, reason = "an error that stays, one that passes, and one that says when")]
pub(super) fn passing(error: &GenieError) -> Option<Option<Duration>> {
    match error {
        GenieError::Busy(pause) => Some(*pause),
        GenieError::Down | GenieError::NoAnswer(_) => Some(None),
        GenieError::SignIn | GenieError::NoRight | GenieError::NoSpace | GenieError::Refused(_) => None,
    }
}

enum Again {
    Yes,
    No(String),
}

/// Waits if Genie may answer soon.
async fn after(context: &Context<'_>, error: &GenieError, trouble: &mut u32) -> Result<Again, Stop> {
    if let Some(stop) = Stop::of_genie(error) {
        return Err(stop);
    }
    let Some(pause) = passing(error).filter(|_| *trouble < MOST_TROUBLE) else {
        return Ok(Again::No(error.to_string()));
    };
    let pause = pause.unwrap_or(Duration::from_secs(1 << *trouble)).min(Duration::from_mins(1));
    *trouble += 1;
    let body = json!({ "reason": "Genie is busy", "seconds": pause.as_secs() });
    context.job.tell("waiting", body).await?;
    tokio::time::sleep(pause).await;
    Ok(Again::Yes)
}

/// The source of a result, and the table that the model is shown of it.
pub(super) fn source(question: &Question, result: TableResult) -> (NewSource, SourceTable) {
    let columns: Vec<(String, String)> =
        result.columns.into_iter().map(|column| (column.name, column.type_name)).collect();
    let row_count = i64::try_from(result.row_count).unwrap_or(i64::MAX).max(0);
    let mut rows = result.rows;
    let is_cut = rows.len() > MOST_ROWS;
    rows.truncate(MOST_ROWS);
    let title = if result.title.trim().is_empty() { &question.text } else { &result.title };
    let label = format!("{}: {}", question.space.title, sentence_start(title));
    let mut table = SourceTable::of_query("S", &label, &columns, rows, result.truncated || is_cut);
    let kept = fitting(&table.rows);
    table.truncated |= kept < table.rows.len();
    table.rows.truncate(kept);
    let columns = table
        .columns
        .iter()
        .map(|column| SourceColumn {
            name: column.name.clone(),
            kind: serde_json::to_value(column.kind)
                .ok()
                .and_then(|kind| kind.as_str().map(str::to_owned))
                .unwrap_or_default(),
        })
        .collect();
    let new = NewSource {
        label: table.label.clone(),
        space_id: question.space.id.clone(),
        space: question.space.title.clone(),
        question: question.text.clone(),
        sql: result.sql.chars().take(20_000).filter(|c| *c != '\0').collect(),
        columns,
        rows: serde_json::to_value(&table.rows).unwrap_or_else(|_| json!([])),
        row_count: row_count.max(i64::try_from(table.rows.len()).unwrap_or(i64::MAX)),
        is_truncated: table.truncated,
    };
    (new, table)
}

/// How many of the first rows have no more than the most bytes together.
fn fitting(rows: &[Vec<Cell>]) -> usize {
    let mut left = MOST_BYTES;
    let fits = |row: &&Vec<Cell>| {
        let bytes = serde_json::to_string(row).map_or(usize::MAX, |json| json.len());
        left.checked_sub(bytes).inspect(|rest| left = *rest).is_some()
    };
    rows.iter().take_while(fits).count()
}

/// "Revenue by quarter" as it stands behind a colon: "revenue by quarter". Abbreviations and German nouns stay.
fn sentence_start(text: &str) -> String {
    let text = text.trim().trim_end_matches(['?', '.', '!']);
    if prompting::language_of(text) == Some("de") {
        return text.to_owned();
    }
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spaces(titles: &[&str]) -> Vec<SpaceChoice> {
        let space = |title: &&str| SpaceChoice {
            id: format!("id of {title}"),
            title: (*title).to_owned(),
            description: String::new(),
        };
        titles.iter().map(space).collect()
    }

    #[test]
    fn only_the_spaces_of_the_turn_are_asked() {
        let two = spaces(&["Sales", "People"]);
        let asked = question("query_data", r#"{"space":"sales","question":" Revenue? "}"#, &two);
        assert_eq!(
            asked.map(|asked| (asked.space.title, asked.text)),
            Ok(("Sales".to_owned(), "Revenue?".to_owned()))
        );
        for (name, arguments) in [
            ("query_data", r#"{"space":"Salaries","question":"All of them"}"#),
            ("query_data", r#"{"space":"Sales","question":""}"#),
            ("query_data", "{\"space\":"),
            ("query_data", "[]"),
            ("drop_table", r#"{"space":"Sales","question":"Revenue"}"#),
        ] {
            assert!(question(name, arguments, &two).is_err(), "{name} {arguments}");
        }
        // With one space there is no doubt which is meant.
        assert!(question("query_data", r#"{"question":"Revenue"}"#, &spaces(&["Sales"])).is_ok());
    }

    #[test]
    fn rows_are_kept_as_far_as_there_is_room() {
        let row = vec![Cell::Text("x".repeat(300)); 60];
        let kept = fitting(&vec![row.clone(); 500]);
        let bytes = serde_json::to_string(&row).expect("JSON").len();
        assert_eq!(kept, MOST_BYTES / bytes);
        assert_eq!(fitting(&vec![vec![Cell::Empty]; 500]), 500);
    }

    #[test]
    fn a_label_reads_like_one() {
        assert_eq!(sentence_start("Revenue by quarter?"), "revenue by quarter");
        assert_eq!(sentence_start("EMEA revenue"), "EMEA revenue");
        assert_eq!(sentence_start("Umsatz nach Quartal"), "Umsatz nach Quartal");
        assert_eq!(sentence_start(""), "");
    }
}
