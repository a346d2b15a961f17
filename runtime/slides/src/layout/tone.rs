//! The colours in force on a slide's ground.

use crate::theme::{CHART_COLORS, Color, Panel, Theme};

/// The colours of a slide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tone {
    pub(super) background: Color,
    pub(super) surface: Color,
    pub(super) text: Color,
    pub(super) muted: Color,
    /// Of shapes.
    pub(super) accent: Color,
    /// Of words.
    pub(super) accent_text: Color,
    pub(super) on_accent: Color,
    pub(super) line: Color,
    pub(super) positive: Color,
    pub(super) negative: Color,
    pub(super) warning: Color,
    pub(super) chart: [Color; CHART_COLORS],
}

impl Tone {
    /// Of most slides.
    pub(super) fn of_theme(theme: &Theme) -> Self {
        let c = &theme.colors;
        Self {
            background: c.background,
            surface: c.surface,
            text: c.text,
            muted: c.muted,
            accent: c.accent,
            accent_text: c.accent,
            on_accent: c.on_accent,
            line: c.line,
            positive: c.positive,
            negative: c.negative,
            warning: c.warning,
            chart: c.chart,
        }
    }

    /// Of a slide that is a field of colour. The accent is the theme's where it can be told from the
    /// field; words have it only where they can be read, and everything else that has a meaning is in the
    /// colour of text.
    pub(super) fn of_panel(theme: &Theme, panel: &Panel) -> Self {
        let c = &theme.colors;
        let surface = mix(panel.background, panel.text, 0.08);
        let faintest = |color: Color| color.contrast(panel.background).min(color.contrast(surface));
        let readable = |color: Color| if faintest(color) >= 4.6 { color } else { panel.text };
        let is_seen = c.accent.contrast(panel.background) >= 3.0;
        Self {
            background: panel.background,
            surface,
            text: panel.text,
            muted: panel.muted,
            accent: if is_seen { c.accent } else { panel.text },
            accent_text: readable(c.accent),
            on_accent: if is_seen { c.on_accent } else { panel.background },
            line: mix(panel.background, panel.text, 0.25),
            positive: readable(c.positive),
            negative: readable(c.negative),
            warning: readable(c.warning),
            chart: c
                .chart
                .map(|color| if color.contrast(panel.background) >= 3.0 { color } else { panel.text }),
        }
    }
}

/// A colour between two, `part` (0 to 1) of the way to the second.
pub(super) fn mix(one: Color, two: Color, part: f64) -> Color {
    let mut rgb = one.rgb;
    for (channel, other) in rgb.iter_mut().zip(two.rgb) {
        let mixed = f64::from(*channel) + (f64::from(other) - f64::from(*channel)) * part;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two channels")]
        let mixed = mixed.round().clamp(0.0, 255.0) as u8;
        *channel = mixed;
    }
    Color { rgb }
}
