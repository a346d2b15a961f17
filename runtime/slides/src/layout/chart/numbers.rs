//! How a chart's numbers are written: all with the same divisor and the same digits.

use crate::layout::locale::{Locale, Scale, is_currency};

/// From which number on each divisor is used, the largest first. Four digits are read as they are.
const DIVISORS: [(f64, f64, Scale); 4] = [
    (1e12, 1e12, Scale::Trillion),
    (1e9, 1e9, Scale::Billion),
    (1e6, 1e6, Scale::Million),
    (1e4, 1e3, Scale::Thousand),
];
/// Digits of the largest number.
const DIGITS: i32 = 3;
/// What is smaller would be a row of zeros.
const SMALLEST: f64 = 1e-6;

#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    pub(crate) divisor: f64,
    scale: Option<Scale>,
    pub(crate) decimals: u8,
    is_percent: bool,
    /// What is counted, for the axis' title; empty where each number says it.
    pub(super) title: String,
}

impl Numbers {
    pub(crate) fn new(values: &[f64], unit: Option<&str>) -> Self {
        let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let (divisor, scale) = DIVISORS
            .into_iter()
            .find(|(from, _, _)| largest >= *from)
            .map_or((1.0, None), |(_, divisor, scale)| (divisor, Some(scale)));
        let unit = unit.unwrap_or_default().trim();
        let is_percent = matches!(unit, "%" | "percent");
        let mut decimals = digits_after_point(largest / divisor);
        // Digits that are 0 in all of them say nothing.
        while decimals > 0 && values.iter().all(|value| is_round(value / divisor, decimals - 1)) {
            decimals -= 1;
        }
        Self {
            divisor,
            scale,
            decimals,
            is_percent,
            title: if is_percent { String::new() } else { unit.to_owned() },
        }
    }

    /// A number, without what the axis' title says.
    pub(super) fn short(&self, locale: Locale, value: f64) -> String {
        self.with(locale, value, self.decimals)
    }

    /// A number at a grid line.
    pub(super) fn at_grid(&self, locale: Locale, value: f64, step: f64) -> String {
        // `1 M`, not `1000 k`.
        let larger = DIVISORS
            .iter()
            .rev()
            .find(|(_, divisor, _)| *divisor > self.divisor && self.divisor > 1.0 && value.abs() >= *divisor);
        let scaled = match larger {
            Some((_, divisor, scale)) => Self { divisor: *divisor, scale: Some(*scale), ..self.clone() },
            None => self.clone(),
        };
        let step = step / scaled.divisor;
        let decimals = (0..8).find(|decimals| {
            is_round(step, *decimals) || is_round(value / scaled.divisor, *decimals) && larger.is_some()
        });
        scaled.with(locale, value, decimals.unwrap_or(8))
    }

    /// A number with its unit.
    pub(crate) fn full(&self, locale: Locale, value: f64) -> String {
        let short = self.short(locale, value);
        if self.title.is_empty() {
            short
        } else if is_currency(&self.title) {
            crate::layout::locale::with_unit(&short, Some(&self.title))
        } else {
            format!("{short} {}", self.title)
        }
    }

    fn with(&self, locale: Locale, value: f64, decimals: u8) -> String {
        let scaled = value / self.divisor;
        let mut text = if scaled != 0.0 && scaled.abs() < SMALLEST {
            exponent(locale, scaled)
        } else {
            locale.number(scaled, decimals)
        };
        if let Some(scale) = self.scale.filter(|_| value != 0.0) {
            text.push(' ');
            text.push_str(locale.scale(scale));
        }
        if self.is_percent {
            text.push_str(" %");
        }
        text
    }
}

/// A very small number, as spreadsheets write it: `2E−13`.
fn exponent(locale: Locale, number: f64) -> String {
    let written = format!("{:.1e}", number.abs());
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let digits = locale.number(digits.parse().unwrap_or(0.0), u8::from(!digits.ends_with(".0")));
    let sign = if number < 0.0 { "\u{2212}" } else { "" };
    format!("{sign}{digits}E{}", power.replace('-', "\u{2212}"))
}

/// The digits after the point with which a number has three.
fn digits_after_point(number: f64) -> u8 {
    if number <= 0.0 {
        return 0;
    }
    let mut before = 1;
    let mut rest = number;
    while rest >= 10.0 && before < 16 {
        rest /= 10.0;
        before += 1;
    }
    while rest < 1.0 && before > -8 {
        rest *= 10.0;
        before -= 1;
    }
    u8::try_from((DIGITS - before).clamp(0, 8)).unwrap_or(0)
}

/// Whether a number is the same with so many digits after the point.
fn is_round(number: f64, decimals: u8) -> bool {
    let mut scaled = number;
    for _ in 0..decimals {
        scaled *= 10.0;
    }
    (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &[f64], unit: Option<&str>) -> Vec<String> {
        let numbers = Numbers::new(values, unit);
        values.iter().map(|value| numbers.full(Locale::of(None), *value)).collect()
    }

    #[test]
    fn numbers_of_a_chart_have_one_precision() {
        assert_eq!(written(&[1_200_000.0, 3_450_000.0], Some("€")), ["€ 1.20 M", "€ 3.45 M"]);
        assert_eq!(written(&[12.0, 18.0], Some("%")), ["12 %", "18 %"]);
        assert_eq!(written(&[-1500.0, 12_000.0, 0.0], None), ["\u{2212}1.5 k", "12.0 k", "0.0"]);
        assert_eq!(written(&[0.5, 0.25], None), ["0.50", "0.25"]);
        assert_eq!(
            written(&[2e-13, -1.5e-9, 0.0], None),
            ["2E\u{2212}13", "\u{2212}1.5E\u{2212}9", "0.00000000"]
        );
    }
}
