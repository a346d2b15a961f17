//! What a test can change of Genie: how its statuses go on, and what it answers.

use serde::{Deserialize, Serialize};

/// The status of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageStatus {
    /// It was received.
    Submitted,
    /// The tables are looked up.
    FetchingMetadata,
    /// What matters of them is chosen.
    FilteringContext,
    /// The model writes SQL.
    AskingAi,
    /// The warehouse starts.
    PendingWarehouse,
    /// The SQL is executed; its attachment is there already.
    ExecutingQuery,
    /// It is answered.
    Completed,
    /// It could not be answered.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// The result is no longer available.
    QueryResultExpired,
}

/// The settings of Genie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GenieSettings {
    /// What polls for a message show before its end, one after the other.
    pub statuses: Vec<MessageStatus>,
    /// Scripted answers; the first that fits a question is taken.
    pub answers: Vec<ScriptedAnswer>,
    /// How many questions the workspace takes in a minute; more are refused with 429.
    pub questions_per_minute: Option<usize>,
    /// Spaces beside the one with the sample data. They answer like it, and everyone may ask them.
    pub extra_spaces: Vec<ExtraSpace>,
}

impl Default for GenieSettings {
    /// Some of the statuses that the platform shows, no scripts, no limit.
    fn default() -> Self {
        Self {
            statuses: vec![
                MessageStatus::FetchingMetadata,
                MessageStatus::AskingAi,
                MessageStatus::ExecutingQuery,
            ],
            answers: Vec::new(),
            questions_per_minute: None,
            extra_spaces: Vec::new(),
        }
    }
}

/// Another space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraSpace {
    /// `space_id`.
    pub id: String,
    /// `title`.
    pub title: String,
    /// `description`.
    #[serde(default)]
    pub description: Option<String>,
}

/// A rule: which questions it is for, and what they get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedAnswer {
    /// A part of the question, in upper or lower case. The empty text fits every question.
    #[serde(default)]
    pub question: String,
    /// How many questions it is for; `None`: all.
    #[serde(default)]
    pub times: Option<u32>,
    /// A status that lasts longer than the others.
    #[serde(default)]
    pub stays: Option<Stay>,
    /// The answer.
    #[serde(default)]
    pub answer: Answer,
}

/// A status that is shown for a number of polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The status.
    pub status: MessageStatus,
    /// For how many polls, instead of the usual statuses.
    pub polls: usize,
}

/// How a message ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// With what the sample data says.
    #[default]
    Real,
    /// FAILED.
    Failed {
        /// `error.type`.
        #[serde(rename = "type")]
        kind: String,
        /// `error.error`.
        error: String,
    },
    /// CANCELLED.
    Cancelled,
    /// `QUERY_RESULT_EXPIRED`, until its query is executed again.
    Expired,
    /// COMPLETED with only so many rows of the real answer.
    Truncated(usize),
    /// COMPLETED with these attachments, of which there may be none.
    Attachments(Vec<Attached>),
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Attached {
    /// A text, verbatim.
    Text(String),
    /// What the sample data says to this question.
    Question(String),
    /// A query with these rows, verbatim.
    Rows {
        /// Its title.
        #[serde(default)]
        title: Option<String>,
        /// Its description.
        #[serde(default)]
        description: Option<String>,
        /// Its SQL.
        #[serde(default)]
        query: Option<String>,
        /// The columns.
        columns: Vec<ScriptedColumn>,
        /// The cells.
        rows: Vec<Vec<Option<String>>>,
        /// Whether rows are said to be missing.
        #[serde(default)]
        truncated: bool,
    },
}

/// A column of scripted rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedColumn {
    /// Its name.
    pub name: String,
    /// A type of Databricks SQL, such as `DOUBLE` or `DECIMAL(18,2)`.
    #[serde(rename = "type", default = "string")]
    pub kind: String,
}

fn string() -> String {
    "STRING".to_owned()
}

impl GenieSettings {
    /// The rule for a question, which is used up a bit.
    pub(super) fn take(&mut self, question: &str) -> Option<ScriptedAnswer> {
        let question = question.to_lowercase();
        let at = self.answers.iter().position(|rule| question.contains(&rule.question.to_lowercase()))?;
        let rule = self.answers[at].clone();
        match &mut self.answers[at].times {
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => {
                self.answers.remove(at);
            }
            None => {}
        }
        Some(rule)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, GenieSettings, MessageStatus, ScriptedAnswer, Stay};

    #[test]
    fn rules_are_written_as_the_readme_says() {
        let rules = json!([
            {"times": 1, "answer": {"failed": {"type": "SQL_EXECUTION_EXCEPTION", "error": "no"}}},
            {"question": "churn", "stays": {"status": "ASKING_AI", "polls": 30}},
            {"answer": "cancelled"},
            {"answer": "expired"},
            {"answer": {"truncated": 3}},
            {"answer": {"attachments": []}},
        ]);
        let rules: Vec<ScriptedAnswer> = serde_json::from_value(rules).expect("rules");
        let failed = Answer::Failed { kind: "SQL_EXECUTION_EXCEPTION".to_owned(), error: "no".to_owned() };
        assert_eq!((rules[0].times, &rules[0].answer), (Some(1), &failed));
        assert_eq!(rules[1].stays, Some(Stay { status: MessageStatus::AskingAi, polls: 30 }));
        assert_eq!(rules[1].answer, Answer::Real);
        assert_eq!(rules[4].answer, Answer::Truncated(3));
        let unknown = json!({"answer": {"truncated": 3}, "time": 1});
        assert!(serde_json::from_value::<ScriptedAnswer>(unknown).is_err());
    }

    #[test]
    fn the_first_rule_that_fits_is_used_as_often_as_it_says() {
        let rule = |question: &str, times, rows| ScriptedAnswer {
            question: question.to_owned(),
            times,
            stays: None,
            answer: Answer::Truncated(rows),
        };
        let answers = vec![rule("Churn", Some(2), 1), rule("", None, 2)];
        let mut settings = GenieSettings { answers, ..GenieSettings::default() };
        let mut take = |question| settings.take(question).map(|rule| rule.answer);
        assert_eq!(take("what is CHURN?"), Some(Answer::Truncated(1)));
        assert_eq!(take("revenue"), Some(Answer::Truncated(2)));
        assert_eq!(take("churn"), Some(Answer::Truncated(1)));
        assert_eq!(take("churn"), Some(Answer::Truncated(2)));
    }
}
