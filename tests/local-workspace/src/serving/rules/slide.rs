//! The draft of one slide.
//!
//! What stands on it follows from its layout, its sources and the words of the outline: a measure or a name
//! that title or content mention is the one that is drawn or stressed. A slide that is there already is
//! changed, see [`super::rewrite`].

use super::draft::{Chart, Draft, Grid, Metric, Side, Step};
use super::insight::{Insight, Ranking, insight, metrics, ranking, siblings, trend};
use super::language::Language;
use super::periods;
use super::phrases as say;
use super::prompt::Prompt;
use super::rewrite;
use super::table::{Kind, Shape, Table};

/// A slide to write.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) layout: String,
    pub(crate) title: String,
    pub(crate) content: String,
    /// The slide's own tables, then the others of the prompt.
    pub(crate) tables: Vec<&'a Table>,
    /// The titles of the outline.
    pub(crate) outline: Vec<String>,
    pub(crate) is_first: bool,
    pub(crate) language: Language,
    pub(crate) all: &'a [Table],
}

pub(crate) fn answer(prompt: &Prompt<'_>) -> Draft {
    let own_data = prompt.own_data();
    let text = prompt.text_of("slide");
    let (title, content) = text.split_once('\n').unwrap_or((&text, ""));
    let named = prompt.attribute("slide", "sources").unwrap_or_default();
    let outline = prompt.text_of("outline");
    let current: Option<Draft> = serde_json::from_str(&prompt.text_of("current")).ok();
    let instruction = prompt.text_of("instruction");
    let said = match &current {
        Some(current) => format!("{} {} {}", current.title, current.takeaway, current.bullets.join(" ")),
        None => format!("{title} {content}"),
    };
    let language = prompt
        .attribute("wanted", "language")
        .map(|tag| Language::of_tag(&tag))
        .or_else(|| Language::of_text(&said))
        .or_else(|| Language::of_text(&outline))
        .or_else(|| Language::of_text(&prompt.request))
        .unwrap_or(Language::English);
    let tables: Vec<&Table> = named
        .split([' ', ',', ';'])
        .filter(|id| !id.is_empty())
        .filter_map(|id| prompt.sources.iter().chain(&own_data).find(|table| table.id == id))
        .collect();
    let wanted = Wanted {
        layout: prompt.attribute("slide", "layout").unwrap_or_default(),
        title: title.trim().to_owned(),
        content: content.trim().to_owned(),
        tables,
        outline: outline.lines().map(without_number).filter(|line| !line.is_empty()).collect(),
        is_first: prompt.attribute("slide", "number").is_some_and(|number| number == "1"),
        language,
        all: &prompt.sources,
    };
    let findings = prompt.text_of("findings");
    let mut draft = match current {
        Some(current) if !findings.is_empty() => rewrite::shorter(current),
        Some(current) => rewrite::change(current, &instruction, &wanted, &own_data),
        None if instruction.is_empty() => write(&wanted),
        None => write_from(&instruction, &wanted),
    };
    if draft.takeaway_meaning.is_empty() {
        // There is no name for no meaning.
        "neutral".clone_into(&mut draft.takeaway_meaning);
    }
    draft
}

fn without_number(line: &str) -> String {
    let line = line.trim();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if rest.len() < line.len() { rest.trim_start_matches(['.', ')', ':']) } else { line };
    rest.trim().to_owned()
}

/// A new slide that is asked for in words.
fn write_from(instruction: &str, wanted: &Wanted<'_>) -> Draft {
    let content = format!("{} {instruction}", wanted.content);
    let best = best_table(wanted, &format!("{} {content}", wanted.title));
    let tables = if wanted.tables.is_empty() { best.into_iter().collect() } else { wanted.tables.clone() };
    write(&Wanted {
        layout: wanted.layout.clone(),
        title: wanted.title.clone(),
        content,
        tables,
        outline: wanted.outline.clone(),
        ..*wanted
    })
}

/// The source that shares most words with a text.
pub(crate) fn best_table<'a>(wanted: &Wanted<'a>, text: &str) -> Option<&'a Table> {
    let scored = wanted.all.iter().map(|table| (table.matches(text), table));
    scored.filter(|(score, _)| *score > 0).rev().max_by_key(|(score, _)| *score).map(|(_, table)| table)
}

/// The slide.
pub(crate) fn write(wanted: &Wanted<'_>) -> Draft {
    let mut draft = Draft { layout: wanted.layout.clone(), title: wanted.title.clone(), ..Draft::default() };
    match wanted.layout.as_str() {
        "cover" | "section" => draft.subtitle = subtitle(wanted),
        "agenda" => draft.bullets = agenda(wanted),
        "metrics" => cards(&mut draft, wanted),
        "two_charts" => two_charts(&mut draft, wanted),
        "table" => table(&mut draft, wanted),
        "comparison" | "two_columns" => sides(&mut draft, wanted),
        "steps" => draft.steps = steps(wanted.language),
        "closing" => draft.bullets = next_steps(wanted),
        "statement" => draft.text = say::FOR_TALK.say(wanted.language, &[]),
        "quote" => draft.quote.clone_from(&wanted.title),
        "chart" | "chart_and_takeaway" => chart(&mut draft, wanted),
        _ => text(&mut draft, wanted),
    }
    let is_frame = matches!(draft.layout.as_str(), "cover" | "section" | "agenda" | "closing");
    if is_frame && wanted.tables.is_empty() {
        draft.notes.clone_from(&wanted.content);
    } else if draft.notes.is_empty() {
        draft.notes = notes(&wanted.tables, wanted.language);
    }
    draft
}

/// Where the numbers are from.
pub(crate) fn notes(tables: &[&Table], language: Language) -> String {
    let labels: Vec<&str> = tables.iter().map(|table| table.label.as_str()).collect();
    if labels.is_empty() {
        say::NOTES_PLAIN.say(language, &[])
    } else {
        say::NOTES_SOURCE.say(language, &[("x", &labels.join("; "))])
    }
}

fn subtitle(wanted: &Wanted<'_>) -> String {
    let Some(space) = wanted.all.iter().find_map(Table::space) else {
        return say::FOR_TALK.say(wanted.language, &[]);
    };
    let language = wanted.language;
    let period = wanted.all.iter().find_map(|table| trend(table, *table.measures().first()?, language));
    match period {
        Some(trend) => {
            let parts = [("x", space), ("x2", trend.first.0.as_str()), ("x3", trend.last.0.as_str())];
            say::FROM_DATA.say(wanted.language, &parts)
        }
        None => space.to_owned(),
    }
}

fn agenda(wanted: &Wanted<'_>) -> Vec<String> {
    let others: Vec<&String> =
        wanted.outline.iter().skip(1).filter(|title| **title != wanted.title).collect();
    // Four at the most, spread over the deck, as titles are sentences.
    let step = others.len().div_ceil(4).max(1);
    others.into_iter().step_by(step).take(4).cloned().collect()
}

fn cards(draft: &mut Draft, wanted: &Wanted<'_>) {
    const MOST: usize = 4;
    let of_each: Vec<Vec<Metric>> =
        wanted.tables.iter().map(|table| metrics(table, wanted.language)).collect();
    // The first number of each table, then their second ones.
    let most = of_each.iter().map(Vec::len).max().unwrap_or_default();
    for rank in 0..most {
        for metric in of_each.iter().filter_map(|list| list.get(rank)) {
            if draft.metrics.len() < MOST && draft.metrics.iter().all(|other| other.label != metric.label) {
                draft.metrics.push(metric.clone());
            }
        }
    }
    if draft.metrics.is_empty() {
        "title_and_text".clone_into(&mut draft.layout);
        text(draft, wanted);
    }
}

/// The measure that a text mentions, by most letters of its name; the first one else.
pub(crate) fn measure(table: &Table, text: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    let said: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).collect();
    // `churn` is said for `churn rate`, and `Abwanderung` for `Abwanderungsquote`.
    let letters = |name: &str| -> usize {
        let of_word =
            |word: &str| said.iter().filter(|said| word.starts_with(**said)).map(|said| said.len()).max();
        name.to_lowercase().split_whitespace().filter_map(of_word).sum()
    };
    let measures = table.measures();
    let scored = measures.iter().copied().map(|index| {
        let names =
            [Language::English, Language::German].map(|language| letters(&table.noun(index, language)));
        (names[0].max(names[1]), index)
    });
    scored.rev().max_by_key(|(score, _)| *score).map(|(_, index)| index)
}

/// The insight that title and content talk about, with the name that the title stresses.
pub(crate) fn shown(table: &Table, title: &str, content: &str, language: Language) -> Option<Insight> {
    let measure = measure(table, title)
        .filter(|index| Some(*index) != table.measures().first().copied())
        .or_else(|| measure(table, content))?;
    // One part of a measure is shown alone only if the title names it in full.
    let is_named = title.to_lowercase().contains(&table.noun(measure, language).to_lowercase());
    let measure = match siblings(table, measure) {
        Some(parts) if !is_named => parts[0],
        _ => measure,
    };
    let mut found = insight(table, measure, language)?;
    let lower = format!("{title} {content}").to_lowercase();
    if let Shape::Parts(names) | Shape::Time(names) = table.shape() {
        let mentioned = table
            .names(names)
            .into_iter()
            .find(|name| name.len() > 1 && title.split([',', ':']).any(|part| has_word(part, name)));
        if let Some(name) = mentioned
            && matches!(table.shape(), Shape::Parts(_))
        {
            name.clone_into(&mut found.chart.highlight);
        }
        let is_whole = table.rows.len() <= 5 && table.unit(measure).adds_up();
        if matches!(table.shape(), Shape::Parts(_)) && is_whole && wants_pie(&lower) {
            "pie".clone_into(&mut found.chart.kind);
        }
    }
    // Two measures of one unit belong into one chart over time, and so does what was planned.
    if let (Shape::Time(_), "line") = (table.shape(), found.chart.kind.as_str())
        && (lower.contains("both") || table.columns.iter().any(|column| column.name.contains("target")))
    {
        let unit = table.unit(measure);
        let same =
            table.measures().into_iter().filter(|other| *other != measure && table.unit(*other) == unit);
        found.chart.values.extend(same.take(3).map(|other| table.columns[other].name.clone()));
    }
    Some(found)
}

fn wants_pie(lower: &str) -> bool {
    ["pie", "kreisdiagramm", "torten"].iter().any(|word| lower.contains(word))
}

/// Whether a name stands in a text as words of its own.
fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn chart(draft: &mut Draft, wanted: &Wanted<'_>) {
    let said = format!("{} {}", wanted.title, wanted.content);
    let table =
        wanted.tables.iter().copied().find(|table| has_chart(table)).or_else(|| best_table(wanted, &said));
    let found = table.and_then(|table| shown(table, &wanted.title, &wanted.content, wanted.language));
    let Some(found) = found else {
        if wanted.tables.iter().any(|table| !table.rows.is_empty()) {
            return self::table(draft, wanted);
        }
        "title_and_text".clone_into(&mut draft.layout);
        return text(draft, wanted);
    };
    if draft.title.is_empty() {
        draft.title.clone_from(&found.title);
    }
    if draft.layout == "chart_and_takeaway" {
        draft.bullets = found.proofs.into_iter().take(3).collect();
        draft.takeaway = found.takeaway;
        found.meaning.clone_into(&mut draft.takeaway_meaning);
    }
    draft.charts = vec![found.chart];
    draft.notes = notes(&table.into_iter().collect::<Vec<_>>(), wanted.language);
}

fn has_chart(table: &Table) -> bool {
    matches!(table.shape(), Shape::Time(_) | Shape::Parts(_) | Shape::Grid(..))
}

fn two_charts(draft: &mut Draft, wanted: &Wanted<'_>) {
    let charts: Vec<Chart> = wanted
        .tables
        .iter()
        .filter_map(|table| shown(table, &wanted.title, &wanted.content, wanted.language))
        .map(|found| found.chart)
        .take(2)
        .collect();
    if charts.len() < 2 {
        "chart_and_takeaway".clone_into(&mut draft.layout);
        return chart(draft, wanted);
    }
    draft.charts = charts;
}

fn table(draft: &mut Draft, wanted: &Wanted<'_>) {
    const MOST_COLUMNS: usize = 6;
    let said = format!("{} {}", wanted.title, wanted.content);
    let Some(table) = wanted.tables.first().copied().or_else(|| best_table(wanted, &said)) else {
        "title_and_text".clone_into(&mut draft.layout);
        return text(draft, wanted);
    };
    "table".clone_into(&mut draft.layout);
    let columns = table.columns.iter().take(MOST_COLUMNS).map(|column| column.name.clone()).collect();
    draft.tables = vec![Grid { source: table.id.clone(), columns, ..Grid::default() }];
    draft.notes = notes(&[table], wanted.language);
}

fn sides(draft: &mut Draft, wanted: &Wanted<'_>) {
    let language = wanted.language;
    let ranked = wanted.tables.iter().find_map(|table| {
        let measure = measure(table, &wanted.title)?;
        Some((*table, measure, ranking(table, measure)?))
    });
    let Some((table, measure, Ranking { places, total })) = ranked else {
        let say = |phrase: say::Phrase| phrase.say(language, &[]);
        draft.columns = vec![
            Side { heading: say(say::OPTION_A), bullets: vec![say(say::OPTION_A1), say(say::OPTION_A2)] },
            Side { heading: say(say::OPTION_B), bullets: vec![say(say::OPTION_B1), say(say::OPTION_B2)] },
        ];
        return;
    };
    let (unit, noun) = (table.unit(measure), table.noun(measure, language));
    let side = |(name, value): &(String, f64)| {
        let value_text = unit.write(*value, language);
        let mut bullets = vec![say::VALUE.say(language, &[("m", &noun), ("n", &value_text)])];
        if unit.adds_up() && total > 0.0 {
            let share = super::numbers::percent(value / total * 100.0, language);
            bullets.push(say::SHARE.say(language, &[("n", &share)]));
        }
        Side { heading: name.clone(), bullets }
    };
    draft.columns = vec![side(&places[0]), side(&places[places.len() - 1])];
}

fn steps(language: Language) -> Vec<Step> {
    [(say::STEP1, say::STEP1_MORE), (say::STEP2, say::STEP2_MORE), (say::STEP3, say::STEP3_MORE)]
        .into_iter()
        .map(|(title, text)| Step {
            title: title.say(language, &[]),
            when: String::new(),
            text: text.say(language, &[]),
        })
        .collect()
}

fn next_steps(wanted: &Wanted<'_>) -> Vec<String> {
    let language = wanted.language;
    let sources = || wanted.tables.iter().copied().chain(wanted.all);
    let mut steps = Vec::new();
    if let Some(Ranking { places, .. }) =
        sources().find_map(|table| ranking(table, *table.measures().first()?))
    {
        steps.push(say::STEP_BUILD.say(language, &[("x", &places[0].0)]));
        steps.push(say::STEP_HELP.say(language, &[("x", &places[places.len() - 1].0)]));
    } else {
        steps.push(say::STEP_DECIDE.say(language, &[]));
        if wanted.all.is_empty() {
            steps.push(say::STEP_DATA.say(language, &[]));
        }
    }
    if let Some(trend) = sources().find_map(|table| trend(table, *table.measures().first()?, language)) {
        steps.push(say::STEP_CHECK.say(language, &[("x", &trend.last.0)]));
    }
    steps.push(say::STEP_OWNERS.say(language, &[]));
    steps
}

/// The points of a slide in words, by its title.
fn points(title: &str, language: Language) -> Vec<String> {
    let known = [
        (say::SITUATION, [say::SITUATION1, say::SITUATION2, say::SITUATION3]),
        (say::STRENGTHS, [say::STRENGTH1, say::STRENGTH2, say::STRENGTH3]),
        (say::CONCERNS, [say::CONCERN1, say::CONCERN2, say::CONCERN3]),
    ];
    let found = known.into_iter().find(|(phrase, _)| phrase.say(language, &[]) == title);
    let points = found.map_or([say::POINT1, say::POINT2, say::POINT3], |(_, points)| points);
    points.map(|phrase| phrase.say(language, &[])).into()
}

fn text(draft: &mut Draft, wanted: &Wanted<'_>) {
    let language = wanted.language;
    let proofs = wanted.tables.first().and_then(|table| {
        let found = shown(table, &wanted.title, &wanted.content, language)?;
        Some((found.proofs, found.takeaway))
    });
    if let Some((proofs, takeaway)) = proofs {
        draft.bullets = proofs;
        draft.takeaway = takeaway;
        return;
    }
    let last_period = wanted.all.iter().find_map(|table| {
        let times = table.columns.iter().position(|column| column.kind == Kind::Time)?;
        table.rows.last().map(|row| periods::said(row[times].trim(), language))
    });
    let is_about_limits = wanted.title == say::LIMITS.say(language, &[]);
    draft.bullets = match last_period {
        Some(last) if is_about_limits => vec![
            say::LIMIT1.say(language, &[]),
            say::LIMIT2.say(language, &[("x", &last)]),
            say::LIMIT3.say(language, &[]),
        ],
        _ => points(&wanted.title, language),
    };
    if wanted.is_first {
        draft.subtitle = subtitle(wanted);
    }
}
