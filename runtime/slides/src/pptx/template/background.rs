//! What is behind the content of a master or layout.

use super::color::{Palette, fraction};
use super::package::Relationships;
use super::sheet::{Sheet, picture_part};
use super::tree::{Node, Ns};
use crate::theme::Color;

/// A background.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Background {
    Solid(Color),
    /// A gradient, by its main colour.
    Gradient(Color),
    /// A picture, by the part with its bytes.
    Picture(Option<String>),
}

/// Where fills are looked up that a sheet only names.
pub(super) struct Fills<'a> {
    /// The theme.
    pub(super) theme: &'a Node,
    pub(super) relationships: &'a Relationships,
}

impl Background {
    /// The background that a sheet sets itself.
    pub(super) fn of(sheet: &Sheet, palette: &Palette, fills: &Fills<'_>) -> Option<Self> {
        let ground = sheet.root.path(&[(Ns::P, "cSld"), (Ns::P, "bg")])?;
        if let Some(own) = ground.child(Ns::P, "bgPr") {
            return own.children.iter().find_map(|fill| of_fill(fill, palette, None, &sheet.relationships));
        }
        let named = ground.child(Ns::P, "bgRef")?;
        let color = palette.color_in(named, None);
        let styles = fills.theme.path(&[(Ns::A, "themeElements"), (Ns::A, "fmtScheme")])?;
        // From 1 on ordinary fills, from 1001 on those of backgrounds.
        let (list, first) = match named.number("idx")? {
            number @ 1..=999 => ("fillStyleLst", number - 1),
            number @ 1001..=1999 => ("bgFillStyleLst", number - 1001),
            _ => return None,
        };
        let fill = styles.child(Ns::A, list)?.children.get(usize::try_from(first).ok()?);
        let found = fill.and_then(|fill| of_fill(fill, palette, color, fills.relationships));
        found.or(color.map(Self::Solid))
    }
}

fn of_fill(
    fill: &Node,
    palette: &Palette,
    own: Option<Color>,
    relationships: &Relationships,
) -> Option<Background> {
    match &*fill.name {
        "solidFill" => palette.color_in(fill, own).map(Background::Solid),
        "gradFill" => main_color(fill, palette, own).map(Background::Gradient),
        "pattFill" => {
            let ground = fill.child(Ns::A, "bgClr").or_else(|| fill.child(Ns::A, "fgClr"))?;
            palette.color_in(ground, own).map(Background::Solid)
        }
        "blipFill" => Some(Background::Picture(picture_part(fill, relationships))),
        _ => None,
    }
}

/// The mean of a gradient along its way.
fn main_color(fill: &Node, palette: &Palette, own: Option<Color>) -> Option<Color> {
    let mut stops: Vec<(f64, Color)> = fill
        .child(Ns::A, "gsLst")?
        .children
        .iter()
        .take(32)
        .filter_map(|stop| Some((fraction(stop.get("pos")?)?.clamp(0.0, 1.0), palette.color_in(stop, own)?)))
        .collect();
    stops.sort_by(|one, two| one.0.total_cmp(&two.0));
    let (first, last) = (*stops.first()?, *stops.last()?);
    stops.insert(0, (0.0, first.1));
    stops.push((1.0, last.1));
    let mut sum = [0.0; 3];
    for pair in stops.windows(2) {
        let part = pair[1].0 - pair[0].0;
        for (channel, total) in sum.iter_mut().enumerate() {
            *total +=
                part * f64::midpoint(f64::from(pair[0].1.rgb[channel]), f64::from(pair[1].1.rgb[channel]));
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of channels")]
    Some(Color { rgb: sum.map(|channel| channel.round().clamp(0.0, 255.0) as u8) })
}
