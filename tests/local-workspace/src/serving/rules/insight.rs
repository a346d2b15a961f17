//! What a table says: the headline, its proof, and the chart that shows it.
//!
//! Every number in a text is a cell, or is calculated from cells and said to be so (a growth, a share, a
//! total). Metrics hold cells only, as the app compares them with the source.

use super::draft::{Chart, Metric, Series, exact};
use super::language::Language;
use super::numbers::percent;
use super::periods;
use super::phrases as say;
use super::table::{Shape, Table};

/// What one measure of a table says.
#[derive(Clone, Debug)]
pub(crate) struct Insight {
    /// The message as a sentence with its number.
    pub(crate) title: String,
    /// Short proofs, best first.
    pub(crate) proofs: Vec<String>,
    /// What follows.
    pub(crate) takeaway: String,
    /// `neutral`, `positive`, `negative` or `warning`.
    pub(crate) meaning: &'static str,
    /// The chart.
    pub(crate) chart: Chart,
    /// How the outline announces the chart.
    pub(crate) content: String,
}

/// First and last value of a series, with its extremes.
#[derive(Clone, Debug)]
pub(crate) struct Trend {
    /// Periods are in the words of the language.
    pub(crate) first: (String, f64),
    pub(crate) last: (String, f64),
    previous: (String, f64),
    peak: (String, f64),
    low: (String, f64),
    /// In percent; `None` from zero.
    pub(crate) growth: Option<f64>,
}

/// Names with their values, largest first.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    pub(crate) places: Vec<(String, f64)>,
    pub(crate) total: f64,
}

fn pairs(table: &Table, names: usize, measure: usize) -> Vec<(String, f64)> {
    let named = table.names(names).into_iter().map(str::to_owned);
    named.zip(table.numbers(measure)).filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The trend of a measure, if the table has a row for each period.
pub(crate) fn trend(table: &Table, measure: usize, language: Language) -> Option<Trend> {
    let Shape::Time(time) = table.shape() else { return None };
    let mut pairs = pairs(table, time, measure);
    if pairs.len() < 2 {
        return None;
    }
    if pairs.iter().all(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit())) {
        // Dates and `2025-Q1` sort as they follow; sources needn't be sorted.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
    }
    for (name, _) in &mut pairs {
        *name = periods::said(name, language);
    }
    let (first, last) = (pairs[0].clone(), pairs[pairs.len() - 1].clone());
    let previous = pairs[pairs.len() - 2].clone();
    let extreme = |sign: f64| pairs.iter().max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1))).cloned();
    let growth = (first.1 != 0.0).then(|| (last.1 - first.1) / first.1.abs() * 100.0);
    Some(Trend { previous, peak: extreme(1.0)?, low: extreme(-1.0)?, first, last, growth })
}

/// The ranking of a measure, if the table has a row for each name.
pub(crate) fn ranking(table: &Table, measure: usize) -> Option<Ranking> {
    let Shape::Parts(names) = table.shape() else { return None };
    let mut places = pairs(table, names, measure);
    places.sort_by(|a, b| b.1.total_cmp(&a.1));
    let total = places.iter().map(|(_, value)| value).sum();
    (places.len() > 1).then_some(Ranking { places, total })
}

/// Whether more of it is bad.
fn is_bad(table: &Table, measure: usize) -> bool {
    const BAD: &[&str] = &["churn", "lost", "cost", "return", "complaint", "abwander", "kosten", "verlor"];
    let name = table.columns[measure].name.to_lowercase();
    BAD.iter().any(|word| name.contains(word))
}

/// What a rise of so many percent means.
fn meaning(table: &Table, measure: usize, rise: f64) -> &'static str {
    match (rise.abs() < 0.5, (rise > 0.0) == is_bad(table, measure)) {
        (true, _) => "neutral",
        (false, true) => "negative",
        (false, false) => "positive",
    }
}

/// What a measure says; `None` if the table has nothing to draw.
pub(crate) fn insight(table: &Table, measure: usize, language: Language) -> Option<Insight> {
    match table.shape() {
        Shape::Time(time) => over_time(table, time, measure, language),
        Shape::Parts(names) => by_name(table, names, measure, language),
        Shape::Grid(first, second) => crossed(table, first, second, measure, language),
        Shape::Single | Shape::Other => None,
    }
}

fn chart(kind: &str, table: &Table, categories: usize, measure: usize, language: Language) -> Chart {
    Chart {
        kind: kind.to_owned(),
        source: table.id.clone(),
        categories: table.columns[categories].name.clone(),
        values: vec![table.columns[measure].name.clone()],
        unit: table.unit(measure).name(language),
        ..Chart::default()
    }
}

/// The columns that are the parts of one measure with this one, as `emea_revenue_eur` and `apac_revenue_eur`
/// are; the first of them stands for all.
pub(crate) fn siblings(table: &Table, measure: usize) -> Option<Vec<usize>> {
    const MOST_LINES: usize = 5;
    let last_word = |index: usize| {
        let noun = table.noun(index, Language::English);
        noun.rsplit_once(' ').map(|(_, last)| last.to_owned())
    };
    let word = last_word(measure)?;
    let is_one = |index: &usize| {
        last_word(*index).as_ref() == Some(&word) && table.unit(*index) == table.unit(measure)
    };
    let found: Vec<usize> = table.measures().into_iter().filter(is_one).collect();
    (found.len() > 1 && found.len() <= MOST_LINES).then_some(found)
}

/// A line for each part of a measure.
fn parts_over_time(table: &Table, time: usize, parts: &[usize], language: Language) -> Option<Insight> {
    let name = |index: usize| {
        let noun = table.noun(index, Language::English);
        let name = noun.rsplit_once(' ').map_or(noun.as_str(), |(name, _)| name).to_owned();
        // `emea` is a short form, `edge devices` are words.
        if name.len() <= 4 { name.to_uppercase() } else { capital(&name) }
    };
    let unit = table.unit(parts[0]);
    let noun = table.noun(parts[0], Language::English);
    let noun = super::nouns::noun(noun.rsplit_once(' ')?.1, language);
    let mut ranked: Vec<(usize, Trend)> =
        parts.iter().filter_map(|index| Some((*index, trend(table, *index, language)?))).collect();
    ranked.sort_by(|a, b| b.1.last.1.total_cmp(&a.1.last.1));
    let (leader, of_leader) = ranked.first()?;
    let value = unit.write(of_leader.last.1, language);
    let leader_name = name(*leader);
    let title = [("x", leader_name.as_str()), ("m", &noun), ("x2", &of_leader.last.0), ("n", &value)];
    let proofs = ranked.iter().skip(1).take(2).map(|(index, trend)| {
        say::SECOND.say(language, &[("x", &name(*index)), ("n", &unit.write(trend.last.1, language))])
    });
    let last_name = name(ranked.last()?.0);
    let mut chart = chart("line", table, time, parts[0], language);
    chart.values = parts.iter().map(|index| table.columns[*index].name.clone()).collect();
    chart.highlight.clone_from(&table.columns[*leader].name);
    Some(Insight {
        title: say::LEADS_IN.say(language, &title),
        proofs: proofs.collect(),
        takeaway: say::LEARN_FROM.say(language, &[("x", &leader_name), ("x2", &last_name)]),
        meaning: "neutral",
        chart,
        content: say::LINE_OF.say(language, &[("m2", &table.noun(time, language)), ("m", &noun)]),
    })
}

fn over_time(table: &Table, time: usize, measure: usize, language: Language) -> Option<Insight> {
    if let Some(parts) = siblings(table, measure).filter(|parts| parts[0] == measure) {
        return parts_over_time(table, time, &parts, language);
    }
    let trend = trend(table, measure, language)?;
    let (unit, noun) = (table.unit(measure), table.noun(measure, language));
    let write = |value: f64| unit.write(value, language);
    let (from, to) = (write(trend.first.1), write(trend.last.1));
    let rise = trend.last.1 - trend.first.1;
    let growth = trend.growth.filter(|_| unit.adds_up());
    let changed = percent(growth.unwrap_or_default().abs(), language);
    let parts = [
        ("m", noun.as_str()),
        ("n", if growth.is_some() { &changed } else { &from }),
        ("n2", &to),
        ("x", if growth.is_some() { &trend.first.0 } else { &trend.last.0 }),
        ("x2", &trend.last.0),
    ];
    let phrase = match growth {
        Some(growth) if growth.abs() < 0.05 => None,
        Some(growth) => Some(if growth > 0.0 { say::GREW } else { say::FELL }),
        None if rise == 0.0 || from == to => None,
        None => Some(if rise > 0.0 { say::ROSE_TO } else { say::DROPPED_TO }),
    };
    let title = phrase.map_or_else(
        || {
            let same = [
                ("m", noun.as_str()),
                ("n", to.as_str()),
                ("x", trend.first.0.as_str()),
                ("x2", trend.last.0.as_str()),
            ];
            say::STEADY.say(language, &same)
        },
        |phrase| phrase.say(language, &parts),
    );
    let mut proofs = vec![say::FROM_TO.say(language, &[("n2", &to), ("n", &from)])];
    if trend.peak.0 != trend.last.0 && trend.peak.0 != trend.first.0 {
        let peak = write(trend.peak.1);
        proofs.push(say::PEAK.say(language, &[("x", &trend.peak.0), ("n", &peak)]));
    }
    if trend.low.0 != trend.first.0 && trend.low.0 != trend.last.0 {
        let low = write(trend.low.1);
        proofs.push(say::LOW.say(language, &[("x", &trend.low.0), ("n", &low)]));
    }
    if unit.adds_up() && trend.previous.1 != 0.0 && trend.previous.0 != trend.first.0 {
        let step = (trend.last.1 - trend.previous.1) / trend.previous.1.abs() * 100.0;
        let sign = if step > 0.0 { "+" } else { "" };
        let step = format!("{sign}{}", percent(step, language));
        let names = [("x2", trend.previous.0.as_str()), ("x", &trend.last.0), ("n", &step)];
        proofs.push(say::LAST_CHANGE.say(language, &names));
    }
    let relative = if trend.first.1 == 0.0 { rise } else { rise / trend.first.1.abs() * 100.0 };
    let meaning = meaning(table, measure, relative);
    let takeaway = match (meaning, relative > 0.0) {
        ("neutral", _) => say::WATCH,
        (_, true) => say::KEEP_UP,
        (_, false) => say::TURN_ROUND,
    };
    let takeaway = match (meaning, relative > 0.0) {
        // What is bad and rises is to be stopped, not planned with.
        ("negative", true) | ("positive", false) => say::WATCH_CLOSELY,
        _ => takeaway,
    };
    let dimension = table.noun(time, language);
    Some(Insight {
        title,
        proofs,
        takeaway: takeaway.say(language, &[]),
        meaning,
        chart: chart("line", table, time, measure, language),
        content: say::LINE_OF.say(language, &[("m2", &dimension), ("m", &noun)]),
    })
}

fn by_name(table: &Table, names: usize, measure: usize, language: Language) -> Option<Insight> {
    let Ranking { places, total } = ranking(table, measure)?;
    let (unit, noun) = (table.unit(measure), table.noun(measure, language));
    let write = |value: f64| unit.write(value, language);
    let (leader, last) = (&places[0], &places[places.len() - 1]);
    let value = write(leader.1);
    let has_whole = unit.adds_up() && total > 0.0 && places.iter().all(|(_, value)| *value >= 0.0);
    let share = percent(leader.1 / total * 100.0, language);
    let title = if has_whole {
        let parts = [("n2", share.as_str()), ("n", &value), ("m", &noun), ("x", &leader.0)];
        say::LEADS.say(language, &parts)
    } else {
        say::HIGHEST.say(language, &[("n", &value), ("m", &noun), ("x", &leader.0)])
    };
    let mut proofs = vec![say::SECOND.say(language, &[("n", &write(places[1].1)), ("x", &places[1].0)])];
    if places.len() > 2 {
        proofs.push(say::LAST.say(language, &[("n", &write(last.1)), ("x", &last.0)]));
    }
    if has_whole {
        proofs.push(say::TOTAL.say(language, &[("n", &write(total))]));
    }
    let dimension = table.noun(names, language);
    Some(Insight {
        title,
        proofs,
        takeaway: say::LEARN_FROM.say(language, &[("x2", &last.0), ("x", &leader.0)]),
        meaning: "neutral",
        chart: Chart { highlight: leader.0.clone(), ..chart("bar", table, names, measure, language) },
        content: say::BARS_OF.say(language, &[("m2", &dimension), ("m", &noun)]),
    })
}

/// A table with a row for each pair: the cells become a series for each name of the second column. The
/// chart can't name columns then, so it holds the cells as its own numbers.
fn crossed(
    table: &Table,
    first: usize,
    second: usize,
    measure: usize,
    language: Language,
) -> Option<Insight> {
    const MAX_SERIES: usize = 5;
    let distinct = |column: usize| {
        let mut found: Vec<&str> = Vec::new();
        for name in table.names(column) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    };
    let (categories, series) = (distinct(first), distinct(second));
    let values = table.numbers(measure);
    let cell = |category: &str, name: &str| {
        let index =
            table.rows.iter().position(|row| row[first].trim() == category && row[second].trim() == name)?;
        values[index]
    };
    // Only where every pair has a value: a gap can't be written.
    let whole: Vec<&str> = categories
        .iter()
        .copied()
        .filter(|category| series.iter().all(|name| cell(category, name).is_some()))
        .collect();
    let last = *whole.last()?;
    let mut ranked: Vec<(&str, f64)> =
        series.iter().filter_map(|name| cell(last, name).map(|value| (*name, value))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let shown: Vec<&str> = series
        .iter()
        .copied()
        .filter(|name| ranked.iter().take(MAX_SERIES).any(|(other, _)| other == name))
        .collect();
    let (unit, noun) = (table.unit(measure), table.noun(measure, language));
    let is_time = matches!(table.columns[first].kind, super::table::Kind::Time);
    let leader = ranked.first()?;
    let value = unit.write(leader.1, language);
    let last = periods::said(last, language);
    let parts = [("n", value.as_str()), ("x2", &last), ("x", leader.0), ("m", &noun)];
    let mut proofs = Vec::new();
    for (name, value) in ranked.iter().skip(1).take(2) {
        proofs.push(say::SECOND.say(language, &[("n", &unit.write(*value, language)), ("x", name)]));
    }
    let own = |name: &str| Series {
        name: name.to_owned(),
        values: whole.iter().filter_map(|category| cell(category, name)).map(exact).collect(),
    };
    let dimension = table.noun(second, language);
    let content = if is_time { say::LINE_OF } else { say::BARS_OF };
    Some(Insight {
        title: say::LEADS_IN.say(language, &parts),
        proofs,
        takeaway: say::LEARN_FROM.say(language, &[("x2", ranked.last()?.0), ("x", leader.0)]),
        meaning: "neutral",
        chart: Chart {
            kind: if is_time { "line" } else { "bar" }.to_owned(),
            unit: unit.name(language),
            highlight: leader.0.to_owned(),
            own_categories: whole.iter().map(|name| (*name).to_owned()).collect(),
            own_series: shown.into_iter().map(own).collect(),
            ..Chart::default()
        },
        content: content.say(language, &[("m2", &dimension), ("m", &noun)]),
    })
}

/// The most telling cells of a table, as numbers in large type.
pub(crate) fn metrics(table: &Table, language: Language) -> Vec<Metric> {
    let mut found = Vec::new();
    for measure in table.measures() {
        let (unit, noun) = (table.unit(measure), table.noun(measure, language));
        let metric = |label: String, value: f64| Metric {
            label,
            value: exact(value),
            unit: unit.name(language),
            change: exact(0.0),
            change_unit: String::new(),
            meaning: "neutral".to_owned(),
        };
        if let Some(trend) = trend(table, measure, language) {
            let mut number =
                metric(say::IN_PERIOD.say(language, &[("x", &trend.last.0), ("d", &noun)]), trend.last.1);
            if let Some(growth) = trend.growth.filter(|_| unit.adds_up()) {
                let rounded = (growth * 10.0).round() / 10.0;
                number.change = exact(rounded);
                number.change_unit = if rounded == 0.0 { String::new() } else { "%".to_owned() };
                meaning(table, measure, growth).clone_into(&mut number.meaning);
            }
            found.push(number);
        } else if let Some(ranking) = ranking(table, measure) {
            let (name, value) = &ranking.places[0];
            found.push(metric(say::OF_PART.say(language, &[("x", name), ("m", &noun)]), *value));
        } else if table.shape() == Shape::Single
            && let Some(Some(value)) = table.numbers(measure).first()
        {
            let name = table
                .columns
                .iter()
                .zip(&table.rows[0])
                .find(|(column, _)| !matches!(column.kind, super::table::Kind::Number(_)))
                .map(|(_, cell)| cell.trim());
            let label = match name {
                Some(name) => say::OF_PART.say(language, &[("x", name), ("m", &noun)]),
                None => capital(&noun),
            };
            found.push(metric(label, *value));
        }
    }
    found
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
