//! Which layout of a file is meant for what. Files say it by a type, or else by names and placeholders.

use super::sheet::Sheet;
use super::source::Template;
use crate::deck::Layout;
use crate::theme::Ground;

const TITLES: [&str; 2] = ["title", "ctrTitle"];
const CONTENT: [&str; 7] = ["obj", "body", "chart", "tbl", "dgm", "media", "clipArt"];

/// What one of our layouts needs of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Cover,
    Section,
    Closing,
    Text,
    Two,
    TitleOnly,
    Picture,
}

/// The place of the layout that stands for one of ours; always one of the template's.
pub(super) fn layout_for(template: &Template, layout: Layout) -> usize {
    let need = match layout {
        Layout::Cover => Need::Cover,
        Layout::Section => Need::Section,
        Layout::Closing => Need::Closing,
        Layout::Agenda | Layout::TitleAndText => Need::Text,
        Layout::TwoColumns | Layout::TwoCharts | Layout::Comparison => Need::Two,
        Layout::ImageHalf => Need::Picture,
        Layout::ImageFull
        | Layout::Statement
        | Layout::Quote
        | Layout::ChartAndTakeaway
        | Layout::Chart
        | Layout::Metrics
        | Layout::Table
        | Layout::Steps => Need::TitleOnly,
    };
    let nearest: &[Need] = match need {
        Need::Cover => &[Need::Cover, Need::Section],
        Need::Section => &[Need::Section, Need::Cover],
        Need::Closing => &[Need::Closing, Need::Cover],
        Need::Text => &[Need::Text],
        Need::Two => &[Need::Two, Need::Text],
        Need::Picture => &[Need::Picture, Need::TitleOnly, Need::Text],
        Need::TitleOnly => &[Need::TitleOnly, Need::Text],
    };
    nearest.iter().find_map(|need| find(template, *need)).or_else(|| find(template, Need::Text)).unwrap_or(0)
}

/// The layout of covers, of sections, or of most slides.
pub(super) fn of_ground(template: &Template, ground: Ground) -> Option<&Sheet> {
    let need = match ground {
        Ground::Content => Need::Text,
        Ground::Cover => Need::Cover,
        Ground::Section => Need::Section,
    };
    find(template, need).map(|place| &template.layouts[place])
}

/// Layouts that are neither covers nor sections.
pub(super) fn usual(template: &Template) -> impl Iterator<Item = &Sheet> {
    template.layouts.iter().filter(|sheet| is_usual(sheet))
}

fn is_usual(sheet: &Sheet) -> bool {
    ![Need::Cover, Need::Section, Need::Closing].iter().any(|need| says(sheet, *need) || looks(sheet, *need))
}

fn find(template: &Template, need: Need) -> Option<usize> {
    let layouts = &template.layouts;
    let by_type = layouts.iter().position(|sheet| says(sheet, need));
    by_type.or_else(|| layouts.iter().position(|sheet| looks(sheet, need)))
}

/// Whether a layout is of the type.
fn says(sheet: &Sheet, need: Need) -> bool {
    let kinds: &[&str] = match need {
        Need::Cover => &["title"],
        Need::Section => &["secHead"],
        Need::Closing => &[],
        Need::Text => &["obj", "tx"],
        Need::Two => &["twoObj", "twoTxTwoObj", "twoColTx"],
        Need::TitleOnly => &["titleOnly"],
        Need::Picture => &["picTx"],
    };
    kinds.contains(&sheet.kind.as_str())
}

/// Whether the name or the placeholders of a layout without a type of its own speak for it.
fn looks(sheet: &Sheet, need: Need) -> bool {
    let is_typed = !matches!(sheet.kind.as_str(), "" | "cust");
    let name = sheet.name.to_lowercase();
    let is_named = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let has_title = sheet.has(&TITLES);
    let contents = sheet.placeholders.iter().filter(|one| CONTENT.contains(&one.kind.as_str())).count();
    match need {
        // A closing slide often has the type of a cover.
        Need::Closing => {
            is_named(&["closing", "thank", "contact", "danke", "merci", "gracias", "back cover"])
        }
        _ if is_typed => false,
        Need::Cover => {
            sheet.has(&["ctrTitle"]) || is_named(&["title slide", "cover", "titelfolie", "portada"])
        }
        Need::Section => is_named(&["section", "divider", "chapter", "kapitel", "abschnitt"]),
        Need::Text => has_title && contents >= 1 && is_usual(sheet),
        Need::Two => has_title && contents == 2 && is_usual(sheet),
        Need::TitleOnly => has_title && contents == 0 && !sheet.has(&["pic", "subTitle"]) && is_usual(sheet),
        Need::Picture => has_title && sheet.has(&["pic"]) && is_usual(sheet),
    }
}
