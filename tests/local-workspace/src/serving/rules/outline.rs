//! The outline of a new deck: cover, the answer, its evidence, and what to do next.
//!
//! Each source gives beats: its chart first, then other measures, tables, comparisons and single names. As
//! many as are asked for are taken, the strongest first, so a deck of twenty slides has no empty one. What
//! stands in `content` is what the call for the slide reads again.

use serde::Serialize;

use super::insight::{Insight, Ranking, insight, ranking, trend};
use super::language::Language;
use super::phrases as say;
use super::prompt::{Prompt, slides_asked};
use super::table::{Shape, Table};
use super::topic;

/// Slides where nothing else is asked for.
const USUAL: usize = 6;
/// Slides at the most.
const MOST: usize = 40;

/// The model's answer.
#[derive(Debug, Serialize)]
pub(crate) struct Outline {
    pub(crate) title: String,
    pub(crate) language: &'static str,
    pub(crate) reply: String,
    pub(crate) slides: Vec<Beat>,
}

/// A slide of the outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Beat {
    pub(crate) title: String,
    pub(crate) layout: &'static str,
    pub(crate) content: String,
    pub(crate) sources: Vec<String>,
}

pub(crate) fn answer(prompt: &Prompt<'_>) -> Outline {
    let language = prompt.language();
    let count = prompt
        .attribute("wanted", "slides")
        .and_then(|count| count.parse().ok())
        .or_else(|| slides_asked(&prompt.request))
        .unwrap_or(USUAL)
        .clamp(1, MOST);
    let title = topic::of(&prompt.request, language);
    let tables: Vec<&Table> = prompt.sources.iter().filter(|table| table.shape() != Shape::Other).collect();
    let slides = slides(&tables, &title, count, language);
    Outline { reply: reply(prompt, &tables, language), title, language: language.tag(), slides }
}

fn slides(tables: &[&Table], title: &str, count: usize, language: Language) -> Vec<Beat> {
    let answer = the_answer(tables, language);
    let mut slides = Vec::new();
    if count > 1 {
        slides.push(Beat {
            title: title.to_owned(),
            layout: "cover",
            content: say::COVER_OF.say(language, &[]),
            sources: Vec::new(),
        });
    }
    let answer_title = answer.title.clone();
    slides.push(answer);
    let has_closing = count > 2;
    let room = (count - slides.len()).saturating_sub(usize::from(has_closing));
    let has_agenda = count >= 8;
    if has_agenda {
        slides.push(Beat {
            title: say::AGENDA.say(language, &[]),
            layout: "agenda",
            content: say::AGENDA_OF.say(language, &[]),
            sources: Vec::new(),
        });
    }
    let mut taken = vec![answer_title];
    let evidence = evidence(tables, language).into_iter().chain(in_words(tables, language));
    for beat in evidence {
        if taken.len() > room - usize::from(has_agenda) {
            break;
        }
        if !taken.contains(&beat.title) {
            taken.push(beat.title.clone());
            slides.push(beat);
        }
    }
    // Forty slides about nothing: what is missing is said with numbers.
    for number in 1.. {
        if taken.len() > room - usize::from(has_agenda) {
            break;
        }
        let beat =
            text_beat(format!("{} {number}", say::BACKUP.say(language, &[])), "title_and_text", language);
        taken.push(beat.title.clone());
        slides.push(beat);
    }
    if has_closing {
        slides.push(closing(tables, language));
    }
    slides
}

/// The strongest statement, with the numbers that carry it.
fn the_answer(tables: &[&Table], language: Language) -> Beat {
    let series = tables.iter().find_map(|table| {
        let measure = *table.measures().first()?;
        Some((
            *table,
            measure,
            trend(table, measure, language)?.growth.filter(|_| table.unit(measure).adds_up())?,
        ))
    });
    let leader = tables.iter().find_map(|table| {
        let Ranking { places, .. } = ranking(table, *table.measures().first()?)?;
        Some((*table, places[0].0.clone()))
    });
    let mut sources: Vec<String> = Vec::new();
    let asked = tables.first().and_then(|table| the_value(table, language));
    let title = match (&series, &leader) {
        _ if asked.is_some() => {
            sources.extend(tables.first().map(|table| table.id.clone()));
            asked.unwrap_or_default()
        }
        (Some((table, measure, growth)), Some((other, name))) => {
            sources.extend([table.id.clone(), other.id.clone()]);
            let changed = super::numbers::percent(growth.abs(), language);
            let noun = table.noun(*measure, language);
            let phrase = if *growth < 0.0 { say::FELL_AND_LEADS } else { say::GREW_AND_LEADS };
            phrase.say(language, &[("m", &noun), ("n", &changed), ("x", name)])
        }
        (Some((table, measure, _)), None) => {
            sources.push(table.id.clone());
            insight(table, *measure, language).map(|found| found.title).unwrap_or_default()
        }
        _ => match tables.iter().find_map(|table| Some((*table, first_insight(table, language)?))) {
            Some((table, found)) => {
                sources.push(table.id.clone());
                found.title
            }
            None => single_row(tables, language, &mut sources),
        },
    };
    if title.is_empty() {
        let mut beat = text_beat(say::ANSWER_PLAIN.say(language, &[]), "statement", language);
        beat.sources.clear();
        return beat;
    }
    for table in tables {
        if sources.len() < 4 && !sources.contains(&table.id) {
            sources.push(table.id.clone());
        }
    }
    Beat { title, layout: "metrics", content: say::NUMBERS_OF.say(language, &[]), sources }
}

/// The last value of a rate that the request asks for: it has no growth that could be said.
fn the_value(table: &Table, language: Language) -> Option<String> {
    let measure = table.stressed?;
    let unit = table.unit(measure);
    let last = trend(table, measure, language).filter(|_| !unit.adds_up())?.last;
    let noun = table.noun(measure, language);
    let name = say::IN_PERIOD.say(language, &[("x", &last.0), ("m", &noun)]);
    Some(say::VALUE.say(language, &[("m", &name), ("n", &unit.write(last.1, language))]))
}

fn single_row(tables: &[&Table], language: Language, sources: &mut Vec<String>) -> String {
    let found = tables.iter().find_map(|table| {
        let metric = super::insight::metrics(table, language).into_iter().next()?;
        let measure = *table.measures().first()?;
        let value = table.unit(measure).write(metric.value.as_f64()?, language);
        Some((table.id.clone(), say::VALUE.say(language, &[("m", &metric.label), ("n", &value)])))
    });
    found.map_or_else(String::new, |(id, title)| {
        sources.push(id);
        title
    })
}

fn first_insight(table: &Table, language: Language) -> Option<Insight> {
    table.measures().into_iter().find_map(|measure| insight(table, measure, language))
}

/// The beats that the data gives, strongest first.
pub(crate) fn evidence(tables: &[&Table], language: Language) -> Vec<Beat> {
    let mut beats = Vec::new();
    let beat = |found: Insight, table: &Table, layout: &'static str| Beat {
        title: found.title,
        layout,
        content: found.content,
        sources: vec![table.id.clone()],
    };
    let insights: Vec<(&Table, usize, Insight)> = tables
        .iter()
        .flat_map(|table| {
            let measures = table.measures().into_iter().enumerate();
            measures
                .filter_map(move |(rank, measure)| Some((*table, rank, insight(table, measure, language)?)))
        })
        .collect();
    let most = insights.iter().map(|(_, rank, _)| *rank).max().unwrap_or_default();
    let mut has_bars = false;
    for rank in 0..=most {
        for (table, _, found) in insights.iter().filter(|(_, other, _)| *other == rank) {
            let mut beat = beat(found.clone(), table, "chart_and_takeaway");
            // The second set of parts is shown as parts, if they are few.
            if has_bars && is_whole(table) {
                beat.content = as_pie(table, found, language);
            }
            has_bars |= found.chart.kind == "bar";
            beats.push(beat);
        }
        if rank == 0 {
            beats.extend(two_charts(tables, language));
        }
    }
    for table in tables {
        if let Some(names) = dimension(table)
            && table.rows.len() <= 15
        {
            let measure = table.noun(table.measures()[0], language);
            let parts = [("m2", table.noun(names, language)), ("m", measure)];
            let parts = parts.each_ref().map(|(name, value)| (*name, value.as_str()));
            beats.push(Beat {
                title: say::IN_NUMBERS.say(language, &parts),
                layout: "table",
                content: say::TABLE_OF.say(language, &parts),
                sources: vec![table.id.clone()],
            });
        }
    }
    beats.extend(tables.iter().filter_map(|table| comparison(table, language)));
    beats.extend(tables.iter().flat_map(|table| single_names(table, language)));
    beats
}

/// Whether the rows are the few parts of a whole.
fn is_whole(table: &Table) -> bool {
    const MOST_PARTS: usize = 5;
    let Some(measure) = table.measures().first().copied() else { return false };
    matches!(table.shape(), Shape::Parts(_))
        && table.rows.len() <= MOST_PARTS
        && table.unit(measure).adds_up()
        && table.numbers(measure).iter().all(|value| value.is_some_and(|value| value > 0.0))
}

/// The announcement of a pie instead of bars.
fn as_pie(table: &Table, found: &Insight, language: Language) -> String {
    let drawn = found.chart.values.first();
    let measure = table.measures().into_iter().find(|index| Some(&table.columns[*index].name) == drawn);
    let (Some(measure), Some(names)) = (measure, dimension(table)) else { return found.content.clone() };
    let parts = [("m2", table.noun(names, language)), ("m", table.noun(measure, language))];
    say::PIE_OF.say(language, &parts.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn dimension(table: &Table) -> Option<usize> {
    match table.shape() {
        Shape::Time(names) | Shape::Parts(names) => Some(names),
        _ => None,
    }
}

/// The first series beside the first ranking of the same measure.
fn two_charts(tables: &[&Table], language: Language) -> Option<Beat> {
    let found = tables.iter().find_map(|table| {
        let measure = *table.measures().first()?;
        let growth = trend(table, measure, language)?.growth.filter(|_| table.unit(measure).adds_up())?;
        Some((*table, table.noun(measure, language), growth))
    });
    let (series, noun, growth) = found?;
    let (parts, leader, dimension) = tables.iter().find_map(|table| {
        let measure = *table.measures().first()?;
        let Ranking { places, .. } = ranking(table, measure)?;
        let same = table.noun(measure, language) == noun;
        same.then(|| (*table, places[0].0.clone(), table.noun(dimension(table).unwrap_or(0), language)))
    })?;
    let changed = super::numbers::percent(growth.abs(), language);
    let phrase = if growth < 0.0 { say::TOGETHER_FELL } else { say::TOGETHER };
    Some(Beat {
        title: phrase.say(language, &[("x", &leader), ("m", &noun), ("n", &changed)]),
        layout: "two_charts",
        content: say::LINE_AND_BARS.say(language, &[("m", &noun), ("m2", &dimension)]),
        sources: vec![series.id.clone(), parts.id.clone()],
    })
}

/// The first and the last of a ranking.
fn comparison(table: &Table, language: Language) -> Option<Beat> {
    let measure = *table.measures().first()?;
    let Ranking { places, .. } = ranking(table, measure)?;
    let (first, last) = (&places[0], &places[places.len() - 1]);
    let gap = table.unit(measure).write(first.1 - last.1, language);
    let noun = table.noun(measure, language);
    let parts = [("x", first.0.as_str()), ("n", &gap), ("x2", &last.0), ("m", &noun)];
    Some(Beat {
        title: say::GAP.say(language, &parts),
        layout: "comparison",
        content: say::FIRST_AND_LAST.say(language, &parts),
        sources: vec![table.id.clone()],
    })
}

/// A chart for each name of a ranking but the first, which has its own already.
fn single_names(table: &Table, language: Language) -> Vec<Beat> {
    let Some(measure) = table.measures().first().copied() else { return Vec::new() };
    let (Some(Ranking { places, total }), Some(names)) = (ranking(table, measure), dimension(table)) else {
        return Vec::new();
    };
    if total <= 0.0 || !table.unit(measure).adds_up() {
        return Vec::new();
    }
    let noun = table.noun(measure, language);
    let by = table.noun(names, language);
    let beat = |(name, value): &(String, f64)| {
        let (value, share) = (
            table.unit(measure).write(*value, language),
            super::numbers::percent(value / total * 100.0, language),
        );
        let parts = [("x", name.as_str()), ("n", &value), ("m", &noun), ("n2", &share)];
        Beat {
            title: say::ADDS.say(language, &parts),
            layout: "chart",
            content: say::BARS_OF.say(language, &[("m", &noun), ("m2", &by)]),
            sources: vec![table.id.clone()],
        }
    };
    places.iter().skip(1).map(beat).collect()
}

fn text_beat(title: String, layout: &'static str, language: Language) -> Beat {
    Beat { title, layout, content: say::TEXT_OF.say(language, &[]), sources: Vec::new() }
}

/// Slides in words, for when there is no more data.
fn in_words(tables: &[&Table], language: Language) -> Vec<Beat> {
    let texts: &[(say::Phrase, &'static str)] = &[
        (say::SITUATION, "title_and_text"),
        (say::OPTIONS, "comparison"),
        (say::HOW_NEXT, "steps"),
        (say::STRENGTHS, "title_and_text"),
        (say::CONCERNS, "title_and_text"),
        (say::BACKUP, "title_and_text"),
    ];
    let with_data =
        [(say::LIMITS, "title_and_text"), (say::HOW_NEXT, "steps"), (say::BACKUP, "title_and_text")];
    let list: &[(say::Phrase, &'static str)] = if tables.is_empty() { texts } else { &with_data };
    list.iter().map(|(phrase, layout)| text_beat(phrase.say(language, &[]), layout, language)).collect()
}

fn closing(tables: &[&Table], language: Language) -> Beat {
    let ranked = tables.iter().find_map(|table| {
        let Ranking { places, .. } = ranking(table, *table.measures().first()?)?;
        Some((table.id.clone(), places[0].0.clone(), places[places.len() - 1].0.clone()))
    });
    let (title, sources) = match ranked {
        Some((id, first, last)) => (say::CLOSING.say(language, &[("x", &first), ("x2", &last)]), vec![id]),
        None => (say::CLOSING_PLAIN.say(language, &[]), Vec::new()),
    };
    Beat { title, layout: "closing", content: say::STEPS_OF.say(language, &[]), sources }
}

fn reply(prompt: &Prompt<'_>, tables: &[&Table], language: Language) -> String {
    if tables.is_empty() {
        return if prompt.sources.is_empty() {
            language.pick(
                "I had no data, so the deck makes its points in words. Add a Genie space or numbers of your own to support them.",
                "Ich hatte keine Daten, daher argumentiert die Präsentation in Worten. Mit einem Genie Space oder eigenen Zahlen lässt sie sich belegen.",
            )
        } else {
            language.pick(
                "The data I found has no numbers to draw, so the deck makes its points in words.",
                "Die gefundenen Daten enthalten keine darstellbaren Zahlen, daher argumentiert die Präsentation in Worten.",
            )
        }
        .to_owned();
    }
    let subject = |table: &&Table| match say::translated(table.subject(), language) {
        Some(known) if language == Language::German => known,
        _ => table.subject().to_owned(),
    };
    let list: Vec<String> = tables.iter().map(subject).collect();
    let list = list.join(", ");
    language.pick(
        format!("The deck gives the answer first and then its evidence, from: {list}. I assumed that the latest period is the one that counts."),
        format!("Die Präsentation nennt zuerst die Antwort und dann die Belege, aus: {list}. Ich nehme an, dass der letzte Zeitraum zählt."),
    )
}
