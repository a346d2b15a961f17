//! A slide that is there already, changed as an instruction says.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, Grid};
use super::intent::{Intent, intents};
use super::language::Language;
use super::slide::{Wanted, best_table, notes, shown, write};
use super::table::{Shape, Table};
use super::{periods, phrases};

/// Words of a line after shortening.
const SHORT_LINE: usize = 8;

/// The draft after the instruction. What the rules can't do leaves it as it is.
pub(crate) fn change(current: Draft, instruction: &str, wanted: &Wanted<'_>, own_data: &[Table]) -> Draft {
    let mut draft = current;
    let mut done = false;
    for intent in intents(instruction) {
        done = true;
        match intent {
            Intent::Translate(language) => translate(&mut draft, language),
            Intent::TableToChart => done = to_chart(&mut draft, wanted, own_data),
            Intent::ChartToTable => done = to_table(&mut draft, wanted, own_data),
            Intent::Shorter => draft = shorter(draft),
            Intent::MoreVisual => more_visual(&mut draft, wanted, own_data),
            Intent::NewNumbers(about) => done = new_numbers(&mut draft, wanted, &about),
            Intent::Title(title) => draft.title = title,
            _ => done = false,
        }
    }
    if !done {
        add_words(&mut draft, instruction, wanted);
    }
    if draft.layout.is_empty() {
        "title_and_text".clone_into(&mut draft.layout);
    }
    draft
}

fn translate(draft: &mut Draft, language: Language) {
    for text in draft.texts() {
        let lines: Vec<String> = text
            .lines()
            .map(|line| phrases::translated(line, language).unwrap_or_else(|| line.to_owned()))
            .collect();
        *text = lines.join("\n");
    }
    for chart in &mut draft.charts {
        chart.unit = unit(&chart.unit, language);
    }
    for metric in &mut draft.metrics {
        metric.unit = unit(&metric.unit, language);
    }
}

fn unit(text: &str, language: Language) -> String {
    const UNITS: [(&str, &str); 5] = [
        ("units", "Stück"),
        ("customers", "Kunden"),
        ("orders", "Bestellungen"),
        ("€ M", "€ Mio."),
        ("€ k", "€ Tsd."),
    ];
    let known = UNITS.iter().find(|(english, german)| [*english, *german].contains(&text));
    known.map_or_else(|| text.to_owned(), |(english, german)| language.pick(*english, *german).to_owned())
}

fn to_chart(draft: &mut Draft, wanted: &Wanted<'_>, own_data: &[Table]) -> bool {
    let named = draft.tables.first().map(|table| table.source.clone());
    let known = |id: &str| own_data.iter().chain(wanted.all).find(|table| table.id == id);
    let is_drawable =
        |table: &&Table| matches!(table.shape(), Shape::Time(_) | Shape::Parts(_) | Shape::Grid(..));
    let table = named
        .as_deref()
        .and_then(known)
        .filter(is_drawable)
        .or_else(|| own_data.iter().find(|table| is_drawable(table)))
        .or_else(|| wanted.tables.iter().copied().find(is_drawable));
    let Some(table) = table else { return false };
    let Some(found) = shown(table, &draft.title, "", wanted.language) else { return false };
    draft.tables.clear();
    draft.charts = vec![found.chart];
    "chart_and_takeaway".clone_into(&mut draft.layout);
    if draft.takeaway.is_empty() {
        draft.takeaway = found.takeaway;
        found.meaning.clone_into(&mut draft.takeaway_meaning);
    }
    if draft.bullets.is_empty() {
        draft.bullets = found.proofs.into_iter().take(3).collect();
    }
    true
}

fn to_table(draft: &mut Draft, wanted: &Wanted<'_>, own_data: &[Table]) -> bool {
    let Some(chart) = draft.charts.first().cloned() else { return false };
    let table = own_data.iter().chain(wanted.all).find(|table| table.id == chart.source).or(own_data.first());
    let grid = match table {
        Some(table) => Grid {
            source: table.id.clone(),
            columns: table.columns.iter().take(6).map(|column| column.name.clone()).collect(),
            ..Grid::default()
        },
        None => return false,
    };
    draft.charts.clear();
    draft.tables = vec![grid];
    "table".clone_into(&mut draft.layout);
    draft.takeaway.clear();
    true
}

/// Fewer and shorter lines; data stays.
pub(crate) fn shorter(mut draft: Draft) -> Draft {
    let most = if draft.charts.is_empty() { 3 } else { 2 };
    draft.bullets.truncate(most);
    for bullet in &mut draft.bullets {
        *bullet = cut(bullet, SHORT_LINE);
    }
    for side in &mut draft.columns {
        side.bullets.truncate(3);
        for bullet in &mut side.bullets {
            *bullet = cut(bullet, SHORT_LINE);
        }
    }
    for step in &mut draft.steps {
        step.text = cut(&step.text, SHORT_LINE);
    }
    draft.title = cut(&draft.title, 12);
    draft.text = draft.text.split_inclusive(['.', '!', '?']).next().unwrap_or_default().trim().to_owned();
    draft.text = cut(&draft.text, 20);
    draft.takeaway = cut(&draft.takeaway, 10);
    draft
}

/// Whole words, ending before a separator if there is one.
fn cut(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= most {
        return text.to_owned();
    }
    // A part of a sentence that stands by itself is better than one without its end.
    let clause = text.split([':', ';', ',', '(']).next().unwrap_or_default();
    let length = clause.split_whitespace().count();
    if length > 2 && length <= most {
        return clause.trim().to_owned();
    }
    words[..most].join(" ").trim_end_matches([',', ';', ':']).to_owned()
}

fn more_visual(draft: &mut Draft, wanted: &Wanted<'_>, own_data: &[Table]) {
    if !draft.tables.is_empty() && to_chart(draft, wanted, own_data) {
        return;
    }
    if !draft.charts.is_empty() {
        // The picture is there; it gets the room.
        draft.bullets.truncate(1);
        return;
    }
    let said = format!("{} {}", draft.title, draft.bullets.join(" "));
    let table = wanted.tables.first().copied().or_else(|| best_table(wanted, &said));
    if let Some(found) = table.and_then(|table| shown(table, &draft.title, "", wanted.language)) {
        draft.charts = vec![found.chart];
        "chart_and_takeaway".clone_into(&mut draft.layout);
        draft.bullets.truncate(2);
        draft.takeaway = found.takeaway;
        draft.text.clear();
        draft.notes = notes(&table.into_iter().collect::<Vec<_>>(), wanted.language);
    } else if draft.bullets.len() > 1 {
        let steps = draft.bullets.drain(..).take(5);
        draft.steps =
            steps.map(|title| super::draft::Step { title, ..super::draft::Step::default() }).collect();
        "steps".clone_into(&mut draft.layout);
    }
}

/// The slide from other data: the source that fits the words, with the period or name in it stressed.
fn new_numbers(draft: &mut Draft, wanted: &Wanted<'_>, about: &str) -> bool {
    let said = format!("{} {about}", draft.title);
    let named = wanted.tables.iter().copied().rfind(|table| !table.rows.is_empty());
    let Some(table) = named.or_else(|| best_table(wanted, &said)).or_else(|| wanted.all.last()) else {
        return false;
    };
    let layout = match table.shape() {
        Shape::Single => "metrics",
        Shape::Other => "table",
        _ => "chart_and_takeaway",
    };
    let content = draft.title.clone();
    let mut title = String::new();
    if let Some(found) = shown(table, &content, about, wanted.language) {
        title = found.title;
    }
    if let Some((period, said)) = period_title(table, about, wanted.language) {
        title = said;
        let fresh = write(&again(wanted, layout, &title, &content, table));
        *draft = fresh;
        if let Some(chart) = draft.charts.first_mut() {
            chart.highlight = period;
            "bar".clone_into(&mut chart.kind);
        }
        return true;
    }
    if title.is_empty() {
        title.clone_from(&content);
    }
    *draft = write(&again(wanted, layout, &title, &content, table));
    true
}

fn again<'a>(wanted: &Wanted<'a>, layout: &str, title: &str, content: &str, table: &'a Table) -> Wanted<'a> {
    Wanted {
        layout: layout.to_owned(),
        title: title.to_owned(),
        content: content.to_owned(),
        tables: vec![table],
        outline: wanted.outline.clone(),
        ..*wanted
    }
}

/// What was in the period that the words name, if the table has a row for it.
fn period_title(table: &Table, about: &str, language: Language) -> Option<(String, String)> {
    let Shape::Time(time) = table.shape() else { return None };
    let measure = *table.measures().first()?;
    let names = table.names(time);
    let row = names.iter().position(|name| periods::is_named(name, about))?;
    let value = table.unit(measure).write(table.numbers(measure)[row]?, language);
    let noun = table.noun(measure, language);
    let period = periods::said(names[row], language);
    let title = phrases::WAS.say(language, &[("m", &noun), ("x", &period), ("n", &value)]);
    Some((names[row].to_owned(), title))
}

/// The words that an instruction wants on the slide, as a point.
fn add_words(draft: &mut Draft, instruction: &str, wanted: &Wanted<'_>) {
    static ORDER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:please\s+|bitte\s+)?(?:mention|say|add|write|note|point out|state|rewrite|change|improve|erwähne?|sage?|ergänze?|schreibe?|füge? hinzu|ändere?|verbessere?)\b[\s,:]*(?:that|dass|the point|a point|den punkt)?[\s,:]*")
            .expect("a pattern of ours")
    });
    let line = instruction.lines().next().unwrap_or_default();
    let words = ORDER.replace(line, "");
    let words = words.trim().trim_end_matches('.').trim_matches(['"', '“', '”', '„']);
    if words.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return;
    }
    let mut characters = words.chars();
    let point: String =
        characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default();
    let point = cut(&point, 12);
    if matches!(draft.layout.as_str(), "cover" | "section" | "statement" | "quote") {
        draft.subtitle = point;
        return;
    }
    if draft.bullets.len() >= 4 {
        draft.bullets.truncate(3);
    }
    if draft.title.is_empty() {
        draft.title.clone_from(&wanted.title);
    }
    draft.bullets.push(point);
}
