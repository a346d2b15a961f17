//! The search for data: questions to Genie spaces, all in one answer, then a short text.

use serde_json::{Value, json};

use super::intent::{Intent, intents};
use super::language::Language;
use super::prompt::Prompt;
use super::tags::{element, elements};
use super::{Reply, Turn, periods};
use crate::serving::request::Call;

/// The tool that asks a space.
pub(crate) const TOOL: &str = "query_data";

/// A question to the space with the sample data.
struct Question {
    english: &'static str,
    german: &'static str,
    /// The words that ask for it.
    words: &'static [&'static str],
}

const fn question(english: &'static str, german: &'static str, words: &'static [&'static str]) -> Question {
    Question { english, german, words }
}

/// The questions about sales. The first four are asked where no word asks for others.
const QUESTIONS: &[Question] = &[
    question("Revenue by quarter", "Umsatz nach Quartal", &["quarter", "quartal", "vierteljähr", "trimest"]),
    question(
        "Revenue by region",
        "Umsatz nach Region",
        &["region", "région", "región", "emea", "apac", "america", "japan", "country", "countries", "länder"],
    ),
    question(
        "Revenue by product line",
        "Umsatz nach Produktlinie",
        &["product", "produkt", "produit", "portfolio", "sparte"],
    ),
    question(
        "Customers and churn by month",
        "Kunden und Abwanderung nach Monat",
        &["churn", "customer", "kunde", "abwander", "retention", "kündig"],
    ),
    question("Units by product line", "Stückzahl nach Produktlinie", &["unit", "absatz", "stück", "volume"]),
    question("Revenue by month", "Umsatz nach Monat", &["month", "monat"]),
    question("Margin by product line", "Marge nach Produktlinie", &["margin", "marge"]),
    question("Cost by product line", "Kosten nach Produktlinie", &["cost", "kosten"]),
    question("Profit by region", "Rohertrag nach Region", &["profit", "gewinn", "rohertrag"]),
    question(
        "Revenue and target by quarter",
        "Umsatz und Umsatzziel nach Quartal",
        &["target", "ziel", "soll"],
    ),
    question("New customers by region", "Neukunden nach Region", &["new customer", "neukund"]),
];
/// Words of a request for whatever the data tells.
const BROAD: &[&str] = &[
    "review",
    "overview",
    "report",
    "summary",
    "bericht",
    "übersicht",
    "überblick",
    "rückblick",
    "data",
    "daten",
    "numbers",
    "zahlen",
    "figures",
    "business",
];
/// Questions at the most.
const MOST: usize = 5;

/// Asks, or says what was found.
pub(crate) fn answer(turn: &Turn<'_>, prompt: &Prompt<'_>) -> Reply {
    let language = prompt.language();
    if !turn.results.is_empty() {
        return Reply::text(summary(&turn.results, language));
    }
    let is_change = !prompt.slides().is_empty();
    if turn.spaces.is_empty() {
        return Reply::text(if is_change { unchanged(language) } else { no_space(language) });
    }
    let about = format!("{} {}", prompt.request, turn.about_spaces);
    let questions = if is_change {
        for_change(&prompt.request, language)
    } else {
        for_deck(&prompt.request, &about, &turn.spaces.join(" "), language)
    };
    if questions.is_empty() {
        return Reply::text(unchanged(language));
    }
    let space = best_space(&turn.spaces, &about, &prompt.request);
    let calls = questions
        .into_iter()
        .map(|question| Call::new(TOOL, json!({"space": space, "question": question})))
        .collect();
    let text = language.pick("I look at the data first.", "Ich sehe mir zuerst die Daten an.").to_owned();
    Reply { text, calls }
}

fn has_word(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

impl Question {
    fn in_language(&self, language: Language) -> &'static str {
        language.pick(self.english, self.german)
    }
}

/// How many of the questions are asked where no word asks for others.
const USUAL: usize = 4;

/// The questions that a request names, those first that it would not get anyway.
fn named(request: &str) -> Vec<&'static Question> {
    let (usual, special) = QUESTIONS.split_at(USUAL);
    special.iter().chain(usual).filter(|question| has_word(request, question.words)).collect()
}

/// The questions about sales that a request asks, the most important ones first: those that it names, then those
/// that show the same from other sides.
fn wanted(request: &str) -> Vec<&'static Question> {
    let mut questions = named(request);
    let is_broad = has_word(request, BROAD);
    for question in &QUESTIONS[..USUAL] {
        let is_missing = questions.iter().all(|other| other.english != question.english);
        if is_missing && (questions.len() < 3 || (is_broad && questions.len() < 4)) {
            questions.push(question);
        }
    }
    questions.truncate(MOST);
    questions
}

/// The place of a source among those that a request asks for: what it names comes first, whichever answer came
/// first. Others come last.
pub(crate) fn rank(request: &str, subject: &str) -> usize {
    let wanted = wanted(request);
    let is = |question: &&Question| {
        [question.english, question.german].iter().any(|text| text.to_lowercase() == subject.to_lowercase())
    };
    wanted.iter().position(is).unwrap_or(wanted.len())
}

fn for_deck(request: &str, about: &str, spaces: &str, language: Language) -> Vec<String> {
    let sales = ["sale", "revenue", "umsatz", "vertrieb", "vente", "ingres", "churn", "kunde", "customer"];
    let is_known = has_word(about, &sales)
        || !named(request).is_empty()
        // Who asks for the data of a space that is about sales doesn't say so again.
        || (has_word(request, BROAD) && has_word(spaces, &sales));
    if !is_known {
        // Unknown data: the space understands the request better than the rules do.
        let topic = super::topic::of(request, Language::of_text(request).unwrap_or(Language::English));
        return vec![topic.clone(), format!("{topic} by month"), format!("{topic} by category")];
    }
    wanted(request).into_iter().map(|question| question.in_language(language).to_owned()).collect()
}

/// Only where the change needs data that the deck doesn't have.
fn for_change(request: &str, language: Language) -> Vec<String> {
    let mut questions: Vec<String> = Vec::new();
    for intent in intents(request) {
        match intent {
            Intent::Add { about, .. } => {
                let known = named(&about);
                questions.extend(known.into_iter().take(2).map(|one| one.in_language(language).to_owned()));
            }
            Intent::NewNumbers(about) => match (periods::named(&about), named(&about).first()) {
                (Some(period), None) => {
                    questions.push(format!("Revenue by region in {period}"));
                    questions.push("Revenue by month".to_owned());
                }
                (Some(period), Some(question)) => {
                    questions.push(format!("{} in {period}", question.in_language(language)));
                }
                (None, Some(question)) => questions.push(question.in_language(language).to_owned()),
                (None, None) => questions.push(about),
            },
            _ => {}
        }
    }
    questions.truncate(MOST);
    questions
}

/// The space that shares most words with what is asked; the first one else.
fn best_space(spaces: &[String], about: &str, request: &str) -> String {
    let lower = format!("{request} {request} {about}").to_lowercase();
    let score = |title: &str| {
        title
            .to_lowercase()
            .split_whitespace()
            .filter(|word| word.len() > 2 && request.to_lowercase().contains(*word))
            .count()
            * 10
            + title
                .to_lowercase()
                .split_whitespace()
                .filter(|word| word.len() > 2 && lower.contains(*word))
                .count()
    };
    spaces.iter().rev().max_by_key(|title| score(title)).cloned().unwrap_or_default()
}

fn summary(results: &[&str], language: Language) -> String {
    let found: Vec<(String, usize)> = results
        .iter()
        .flat_map(|text| elements(text, "result"))
        .filter_map(|result| {
            let id = result.attribute("source")?;
            Some((id, result.attribute("rows").and_then(|rows| rows.parse().ok()).unwrap_or_default()))
        })
        .collect();
    let failed = results.iter().filter_map(|text| element(text, "error")).map(|error| error.text()).next();
    let rows: usize = found.iter().map(|(_, rows)| rows).sum();
    let mut said = match found.len() {
        0 => language.pick("I found no data for this.", "Ich habe dazu keine Daten gefunden.").to_owned(),
        1 => language.pick(
            format!("I found one table with {rows} rows."),
            format!("Ich habe eine Tabelle mit {rows} Zeilen gefunden."),
        ),
        tables => language.pick(
            format!("I found {tables} tables with {rows} rows in all."),
            format!("Ich habe {tables} Tabellen mit zusammen {rows} Zeilen gefunden."),
        ),
    };
    if let Some(why) = failed {
        let why: String = why.chars().take(200).collect();
        said.push_str(&language.pick(
            format!(" Not every question was answered: {why}"),
            format!(" Nicht jede Frage wurde beantwortet: {why}"),
        ));
    } else if found.is_empty() {
        said.push_str(language.pick(
            " The deck will make its points in words.",
            " Die Präsentation argumentiert daher in Worten.",
        ));
    }
    said
}

fn no_space(language: Language) -> String {
    language
        .pick(
            "I have no data source, so the deck will make its points in words. Choose a Genie space to support it with numbers.",
            "Ich habe keine Datenquelle, daher argumentiert die Präsentation in Worten. Ein Genie Space liefert Zahlen dazu.",
        )
        .to_owned()
}

fn unchanged(language: Language) -> String {
    language.pick("This needs no new data.", "Dafür sind keine neuen Daten nötig.").to_owned()
}

/// The titles of the spaces that the tool takes.
pub(crate) fn spaces(parameters: &Value) -> Vec<String> {
    let list = parameters["properties"]["space"]["enum"].as_array();
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
