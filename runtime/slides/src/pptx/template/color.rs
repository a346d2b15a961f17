//! Colours as `DrawingML` writes them: by a role of the theme, and changed in steps.

use super::preset::preset;
use super::tree::{Node, Ns};
use crate::theme::Color;

/// The colours of a theme in the order of a `clrScheme`.
const SCHEME: [&str; 12] = [
    "dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink",
    "folHlink",
];
/// The roles that a `clrMap` gives them.
const ROLES: [&str; 12] = [
    "tx1", "bg1", "tx2", "bg2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink",
    "folHlink",
];
/// Changes of one colour; more aren't looked at.
const MAX_CHANGES: usize = 16;

pub(super) const BLACK: Color = Color { rgb: [0; 3] };
pub(super) const WHITE: Color = Color { rgb: [255; 3] };

/// The colours of a theme, and which has which role.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Palette {
    colors: [Option<Color>; 12],
    /// By role: the place in the scheme.
    map: [usize; 12],
}

impl Palette {
    /// From a theme's `clrScheme`, with the usual roles.
    pub(super) fn new(scheme: Option<&Node>) -> Self {
        let mut palette = Self { colors: [None; 12], map: std::array::from_fn(|index| index) };
        for (slot, name) in palette.colors.iter_mut().zip(SCHEME) {
            let color =
                scheme.and_then(|scheme| scheme.child(Ns::A, name)).and_then(|node| node.children.first());
            *slot = color.and_then(|color| base(color, None));
        }
        palette
    }

    /// The roles with what usually has them, as a `clrMap` writes them.
    pub(super) fn usual() -> impl Iterator<Item = (&'static str, &'static str)> {
        // In the order of the schema.
        [1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11].into_iter().map(|place| (ROLES[place], SCHEME[place]))
    }

    /// The same with the roles of a `clrMap` or `overrideClrMapping`.
    pub(super) fn mapped(&self, map: Option<&Node>) -> Self {
        let mut palette = self.clone();
        for (slot, role) in ROLES.iter().enumerate() {
            let name = map.and_then(|map| map.get(role));
            if let Some(place) = name.and_then(|name| SCHEME.iter().position(|known| *known == name)) {
                palette.map[slot] = place;
            }
        }
        palette
    }

    /// The colour of a role, or of a place in the scheme.
    pub(super) fn role(&self, name: &str) -> Option<Color> {
        let place = match ROLES.iter().position(|role| *role == name) {
            Some(role) => self.map[role],
            None => SCHEME.iter().position(|known| *known == name)?,
        };
        self.colors[place]
    }

    /// The colours of a background, text, and the second two. Black on white where the theme has none.
    pub(super) fn grounds(&self) -> [Color; 4] {
        let of = |role, default| self.role(role).unwrap_or(default);
        [of("bg1", WHITE), of("tx1", BLACK), of("bg2", WHITE), of("tx2", BLACK)]
    }

    /// The accents that there are, in order.
    pub(super) fn accents(&self) -> Vec<Color> {
        SCHEME[4..10].iter().filter_map(|name| self.role(name)).collect()
    }

    /// A colour as it is written; `own` stands for `phClr`.
    pub(super) fn color(&self, node: &Node, own: Option<Color>) -> Option<Color> {
        let base = match &*node.name {
            "schemeClr" => match node.get("val")? {
                "phClr" => own,
                role => self.role(role),
            },
            _ => base(node, own),
        }?;
        let changed = node.children.iter().take(MAX_CHANGES).fold(unit(base), change);
        Some(color(changed))
    }

    /// The first colour in an element, as in `solidFill`.
    pub(super) fn color_in(&self, node: &Node, own: Option<Color>) -> Option<Color> {
        node.children.iter().find_map(|child| self.color(child, own))
    }
}

/// A colour that doesn't depend on the theme, without its changes.
fn base(node: &Node, own: Option<Color>) -> Option<Color> {
    match &*node.name {
        "srgbClr" => hex(node.get("val")?),
        "sysClr" => node.get("lastClr").and_then(hex).or(match node.get("val")? {
            "window" | "btnFace" | "menu" | "infoBk" => Some(WHITE),
            "windowText" | "btnText" | "menuText" | "infoText" => Some(BLACK),
            _ => own,
        }),
        "prstClr" => preset(node.get("val")?),
        "scrgbClr" => {
            let channel = |name| Some(gamma(fraction(node.get(name)?)?.clamp(0.0, 1.0)));
            Some(color([channel("r")?, channel("g")?, channel("b")?]))
        }
        "hslClr" => {
            let hue = node.number("hue")?.rem_euclid(21_600_000);
            #[expect(clippy::cast_precision_loss, reason = "below 21,600,000")]
            let hue = hue as f64 / 60_000.0;
            Some(color(rgb([
                hue,
                fraction(node.get("sat")?)?.clamp(0.0, 1.0),
                fraction(node.get("lum")?)?.clamp(0.0, 1.0),
            ])))
        }
        _ => None,
    }
}

/// One change of a colour, in the way that PowerPoint makes it.
fn change(from: [f64; 3], node: &Node) -> [f64; 3] {
    let value = node.get("val").and_then(fraction).unwrap_or(1.0);
    let [hue, sat, lum] = hsl(from);
    let with = |sat: f64, lum: f64| rgb([hue, sat.clamp(0.0, 1.0), lum.clamp(0.0, 1.0)]);
    match &*node.name {
        "lumMod" => with(sat, lum * value),
        "lumOff" => with(sat, lum + value),
        "lum" => with(sat, value),
        "satMod" => with(sat * value, lum),
        "satOff" => with(sat + value, lum),
        "sat" => with(value, lum),
        "shade" => from.map(|channel| gamma(linear(channel) * value.clamp(0.0, 1.0))),
        "tint" => from.map(|channel| {
            let value = value.clamp(0.0, 1.0);
            gamma(linear(channel) * value + 1.0 - value)
        }),
        "inv" => from.map(|channel| gamma(1.0 - linear(channel))),
        "comp" => rgb([(hue + 180.0).rem_euclid(360.0), sat, lum]),
        "gray" => [0.2126 * from[0] + 0.7152 * from[1] + 0.0722 * from[2]; 3],
        _ => from,
    }
}

/// A percentage: `75000` and `75%` are 0.75.
pub(super) fn fraction(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()? / 100_000.0,
    };
    number.is_finite().then(|| number.clamp(-100.0, 100.0))
}

fn hex(text: &str) -> Option<Color> {
    Color::try_from(format!("#{}", text.trim())).ok()
}

fn unit(color: Color) -> [f64; 3] {
    color.rgb.map(|channel| f64::from(channel) / 255.0)
}

fn color(unit: [f64; 3]) -> Color {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let rgb = unit.map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8);
    Color { rgb }
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn gamma(channel: f64) -> f64 {
    let channel = channel.clamp(0.0, 1.0);
    if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 }
}

/// Hue in degrees, saturation and lightness.
fn hsl([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let (max, min) = (red.max(green).max(blue), red.min(green).min(blue));
    let (lum, range) = (f64::midpoint(max, min), max - min);
    if range < 1e-9 {
        return [0.0, 0.0, lum];
    }
    let sat = range / (1.0 - (2.0 * lum - 1.0).abs()).max(1e-9);
    let sixth = if max <= red {
        ((green - blue) / range).rem_euclid(6.0)
    } else if max <= green {
        (blue - red) / range + 2.0
    } else {
        (red - green) / range + 4.0
    };
    [sixth * 60.0, sat.clamp(0.0, 1.0), lum]
}

fn rgb([hue, sat, lum]: [f64; 3]) -> [f64; 3] {
    let strength = (1.0 - (2.0 * lum - 1.0).abs()) * sat;
    let second = strength * (1.0 - ((hue / 60.0).rem_euclid(2.0) - 1.0).abs());
    let base = lum - strength / 2.0;
    let [red, green, blue] = match hue {
        hue if hue < 60.0 => [strength, second, 0.0],
        hue if hue < 120.0 => [second, strength, 0.0],
        hue if hue < 180.0 => [0.0, strength, second],
        hue if hue < 240.0 => [0.0, second, strength],
        hue if hue < 300.0 => [second, 0.0, strength],
        _ => [strength, 0.0, second],
    };
    [red + base, green + base, blue + base]
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Budget, parse};
    use super::*;

    fn made(inner: &str) -> Color {
        let xml =
            format!("<a:x xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">{inner}</a:x>");
        let node = parse(xml.as_bytes(), &mut Budget::default()).unwrap();
        Palette::new(None).color(&node.children[0], Some(Color { rgb: [0x44, 0x72, 0xC4] })).unwrap()
    }

    /// The colours that PowerPoint itself shows for these (Office 2013 theme, "Lighter 60 %" and so on).
    #[test]
    fn changes_are_those_of_powerpoint() {
        for (changes, expected) in [
            (r#"<a:lumMod val="40000"/><a:lumOff val="60000"/>"#, "#B4C7E7"),
            (r#"<a:lumMod val="20000"/><a:lumOff val="80000"/>"#, "#DAE3F3"),
            (r#"<a:lumMod val="75000"/>"#, "#2F5597"),
            (r#"<a:lumMod val="50%"/>"#, "#203864"),
        ] {
            let got = made(&format!("<a:schemeClr val=\"phClr\">{changes}</a:schemeClr>"));
            let expected = Color::try_from(expected.to_owned()).unwrap();
            let is_near = got.rgb.iter().zip(expected.rgb).all(|(a, b)| a.abs_diff(b) <= 2);
            assert!(is_near, "{changes}: {got}, not {expected}");
        }
    }

    #[test]
    fn each_way_to_write_a_colour_is_read() {
        for (inner, expected) in [
            (r#"<a:srgbClr val="1f5fd6"/>"#, "#1F5FD6"),
            (r#"<a:sysClr val="windowText" lastClr="101010"/>"#, "#101010"),
            (r#"<a:sysClr val="window"/>"#, "#FFFFFF"),
            (r#"<a:prstClr val="dkBlue"/>"#, "#00008B"),
            (r#"<a:prstClr val="darkGrey"/>"#, "#A9A9A9"),
            (r#"<a:scrgbClr r="100%" g="0" b="0"/>"#, "#FF0000"),
            (r#"<a:hslClr hue="7200000" sat="100000" lum="50000"/>"#, "#00FF00"),
            (r#"<a:srgbClr val="FFFFFF"><a:shade val="50000"/></a:srgbClr>"#, "#BCBCBC"),
            (r#"<a:srgbClr val="000000"><a:tint val="50000"/></a:srgbClr>"#, "#BCBCBC"),
        ] {
            assert_eq!(made(inner).to_string(), expected, "{inner}");
        }
    }
}
