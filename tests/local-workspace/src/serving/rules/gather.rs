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

/// The questions about sales, with the words that ask for them. The first four are asked where no word does.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("Revenue by quarter", &["quarter", "quartal", "vierteljähr", "trimest"]),
    (
        "Revenue by region",
        &["region", "région", "región", "emea", "apac", "america", "japan", "country", "countries", "länder"],
    ),
    ("Revenue by product line", &["product", "produkt", "produit", "portfolio", "sparte"]),
    ("Customers and churn by month", &["churn", "customer", "kunde", "abwander", "retention", "kündig"]),
    ("Units by product line", &["unit", "absatz", "stück", "volume"]),
    ("Revenue by month", &["month", "monat"]),
    ("Margin by product line", &["margin", "marge"]),
    ("Cost by product line", &["cost", "kosten"]),
    ("Profit by region", &["profit", "gewinn"]),
    ("Revenue and target by quarter", &["target", "ziel", "soll"]),
    ("New customers by region", &["new customer", "neukund"]),
];
/// Words of a request for whatever the data tells.
const BROAD: &[&str] = &[
    "review", "overview", "report", "summary", "bericht", "übersicht", "überblick", "rückblick", "data", "daten",
    "numbers", "zahlen", "figures", "business",
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
        for_change(&prompt.request)
    } else {
        for_deck(&prompt.request, &about, &turn.spaces.join(" "))
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

fn named(request: &str) -> Vec<&'static str> {
    QUESTIONS.iter().filter(|(_, words)| has_word(request, words)).map(|(question, _)| *question).collect()
}

fn for_deck(request: &str, about: &str, spaces: &str) -> Vec<String> {
    let sales = ["sale", "revenue", "umsatz", "vertrieb", "vente", "ingres", "churn", "kunde", "customer"];
    let is_broad = has_word(request, BROAD);
    let is_known = has_word(about, &sales)
        || !named(request).is_empty()
        // Who asks for the data of a space that is about sales doesn't say so again.
        || (is_broad && has_word(spaces, &sales));
    if !is_known {
        // Unknown data: the space understands the request better than the rules do.
        let topic = super::topic::of(request, Language::of_text(request).unwrap_or(Language::English));
        return vec![topic.clone(), format!("{topic} by month"), format!("{topic} by category")];
    }
    let mut questions = named(request);
    // One subject is looked at from several sides; a review looks at all.
    for (question, _) in QUESTIONS.iter().take(4) {
        if (questions.len() < 3 || (is_broad && questions.len() < 4)) && !questions.contains(question) {
            questions.push(question);
        }
    }
    questions.truncate(MOST);
    questions.into_iter().map(str::to_owned).collect()
}

/// Only where the change needs data that the deck doesn't have.
fn for_change(request: &str) -> Vec<String> {
    let mut questions: Vec<String> = Vec::new();
    for intent in intents(request) {
        match intent {
            Intent::Add { about, .. } => {
                let known = named(&about);
                questions.extend(known.into_iter().take(2).map(str::to_owned));
            }
            Intent::NewNumbers(about) => match (periods::named(&about), named(&about).first()) {
                (Some(period), None) => {
                    questions.push(format!("Revenue by region in {period}"));
                    questions.push("Revenue by month".to_owned());
                }
                (Some(period), Some(question)) => questions.push(format!("{question} in {period}")),
                (None, Some(question)) => questions.push((*question).to_owned()),
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
