//! What stands for a slide, or for a part of it that is drawn, where only text can stand: names of bookmarks,
//! headings for screen readers, and charts in words.

use std::fmt::Write as _;

use crate::block::Block;
use crate::chart::{Chart, ChartKind};
use crate::deck::{Deck, Slide};
use crate::number::Decimal;
use crate::words::Words;

/// Values of a chart that are told one by one; of more, only the range is.
const MOST_VALUES: usize = 60;
/// Characters of a chart in words; more are cut.
const MOST_CHARACTERS: usize = 2_000;

/// A text on one line, without what isn't seen.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| {
            !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{feff}')
        })
        .collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a deck is called; never empty.
pub(crate) fn deck_title(deck: &Deck) -> String {
    let own = clean(&deck.title);
    let first = || deck.slides.iter().find_map(own_title);
    if own.is_empty() { first().unwrap_or_else(|| "Tellr".to_owned()) } else { own }
}

/// What a slide is called: by its title, or by its number.
pub(crate) fn slide_title(slide: &Slide, number: usize, language: Option<&str>) -> String {
    own_title(slide).unwrap_or_else(|| format!("{} {number}", Words::of(language).slide))
}

/// The title that stands on a slide.
pub(crate) fn own_title(slide: &Slide) -> Option<String> {
    slide.all_blocks().into_iter().find_map(|block| match block {
        Block::Title(heading) => Some(clean(&heading.text.plain())).filter(|title| !title.is_empty()),
        _ => None,
    })
}

/// A chart in words: its kind, and its values.
pub(crate) fn chart(chart: &Chart, language: Option<&str>) -> String {
    let words = Words::of(language);
    let mut text = match chart.kind {
        ChartKind::Bar | ChartKind::StackedBar => words.bar_chart,
        ChartKind::Line => words.line_chart,
        ChartKind::Area => words.area_chart,
        ChartKind::Pie => words.pie_chart,
        ChartKind::Scatter => words.scatter_chart,
    }
    .to_owned();
    let unit = chart.unit.as_deref().map(clean).filter(|unit| !unit.is_empty());
    let written = |value: Decimal| match &unit {
        Some(unit) => format!("{value} {unit}"),
        None => value.to_string(),
    };
    let count: usize = chart.series.iter().map(|series| series.values.len()).sum();
    for series in &chart.series {
        let name = clean(&series.name);
        let name = if name.is_empty() { "–" } else { &name };
        let _ = write!(text, ". {name}: ");
        if count > MOST_VALUES {
            let known = || series.values.iter().flatten().copied();
            let least = known().min_by(|one, two| one.as_f64().total_cmp(&two.as_f64()));
            let most = known().max_by(|one, two| one.as_f64().total_cmp(&two.as_f64()));
            match (least, most) {
                (Some(least), Some(most)) => {
                    let _ = write!(text, "{} … {} ({})", written(least), written(most), series.values.len());
                }
                _ => text.push_str(words.no_value),
            }
            continue;
        }
        for (index, value) in series.values.iter().enumerate() {
            let label = match (chart.categories.get(index), series.x.get(index)) {
                (Some(category), _) => clean(category),
                (None, Some(x)) => x.to_string(),
                (None, None) => (index + 1).to_string(),
            };
            let value = value.map_or_else(|| words.no_value.to_owned(), written);
            let comma = if index > 0 { ", " } else { "" };
            let _ = write!(text, "{comma}{label} {value}");
        }
    }
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
