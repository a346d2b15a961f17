//! The title and the description of a query, in the language of the question.

use super::period::Period;
use super::question::{Growth, Question};
use super::words::{Dimension, Measure};

fn joined(names: &[&str], german: bool) -> String {
    let and = if german { " und " } else { " and " };
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{and}{last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Such as `Revenue and target by quarter in 2026`.
pub(super) fn title(question: &Question) -> String {
    let german = question.german;
    let measures: Vec<&str> = question.measures.iter().map(|measure| measure.name(german)).collect();
    let mut what = joined(&measures, german);
    if question.growth.is_some() {
        what = if german { format!("Wachstum: {what}") } else { format!("{what} growth") };
    }
    let by = if german { "nach" } else { "by" };
    let single: Vec<&str> = question.dimensions.iter().map(|dimension| dimension.names(german).0).collect();
    let mut title = match (question.rank, question.dimensions.as_slice()) {
        (Some(rank), [dimension, ..]) => {
            let which = match (rank.lowest, german) {
                (false, _) => "Top",
                (true, false) => "Bottom",
                (true, true) => "Schwächste",
            };
            format!("{which} {} {} {by} {what}", rank.count, dimension.names(german).1)
        }
        (_, []) => what,
        _ => format!("{what} {by} {}", joined(&single, german)),
    };
    let shown = |values: &[&str], dimension: Dimension| {
        values.len() == 1 || (!values.is_empty() && !question.dimensions.contains(&dimension))
    };
    let mut filters: Vec<&str> = Vec::new();
    if shown(&question.products, Dimension::ProductLine) {
        filters.extend(&question.products);
    }
    if shown(&question.regions, Dimension::Region) {
        filters.extend(&question.regions);
    }
    if !filters.is_empty() {
        title = format!("{title}, {}", joined(&filters, german));
    }
    if let Some(period) = question.period {
        let name = period.name(german);
        title = match (german, name.contains(' ') && !name.starts_with('Q')) {
            (true, false) => format!("{title} {name}"),
            (true, true) if !name.contains(" bis ") => format!("{title} im {name}"),
            (_, true) if name.contains(" bis ") || name.contains(" to ") => format!("{title}, {name}"),
            _ => format!("{title} in {name}"),
        };
    }
    let mut letters = title.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// What the columns mean, and what was left out.
pub(super) fn description(question: &Question, with_targets: bool) -> String {
    let german = question.german;
    let period = question.period.and_then(Period::with_data).unwrap_or(Period::ALL).name(german);
    let mut told =
        if german { format!("Zeitraum der Daten: {period}.") } else { format!("Data of {period}.") };
    let mut add = |english: &str, translated: &str| {
        told.push(' ');
        told.push_str(if german { translated } else { english });
    };
    if question.measures.contains(&Measure::Customers) {
        add("Customers are those at the end of each period.", "Kunden sind die am Ende jedes Zeitraums.");
    }
    if question.measures.contains(&Measure::Churn) {
        add(
            "Churn is the share of customers that left in a month.",
            "Abwanderung ist der Anteil der Kunden, die in einem Monat gekündigt haben.",
        );
    }
    if question.measures.contains(&Measure::Margin) {
        add(
            "Margin is revenue without cost, in percent of revenue.",
            "Marge ist Umsatz ohne Kosten in Prozent.",
        );
    }
    if with_targets {
        add("Targets are for whole quarters.", "Ziele gelten für ganze Quartale.");
    }
    match (question.growth, question.dimensions.first().is_some_and(|dimension| dimension.is_time())) {
        (None, _) => {}
        (Some(Growth::Previous), true) => {
            add("Growth is against the row before.", "Wachstum gegenüber der Zeile davor.");
        }
        _ => add("Growth is against the year before.", "Wachstum gegenüber dem Vorjahr."),
    }
    told
}
