//! The scale of an axis: round ends, and four to six round steps.

use crate::chart::Axis;
use crate::display::AxisScale;

/// Steps that people count in.
const STEPS: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];
/// Grid lines that are aimed at.
const STEPS_AIMED_AT: f64 = 5.0;
/// The most grid lines: an axis that is given may need more than five.
const MOST: f64 = 12.0;

/// Where on an axis the data starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// At 0, as lengths are compared.
    Zero,
    /// Where the data is, unless 0 is near.
    Data,
}

/// The scale for values from `low` to `high`.
pub(super) fn scale(low: f64, high: f64, from: From, axis: Option<Axis>) -> AxisScale {
    let (mut low, mut high) = (low.min(high), high.max(low));
    let range = high - low;
    if from == From::Zero || low.abs() < 2.0 * range || range <= 0.0 {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    if high - low <= 0.0 {
        high = low + 1.0;
    }
    let given = |end: fn(&Axis) -> Option<crate::number::Decimal>| {
        axis.as_ref().and_then(end).map(crate::number::Decimal::as_f64)
    };
    let (min, max) = (given(|axis| axis.min), given(|axis| axis.max));
    let (wanted_low, wanted_high) = (min.unwrap_or(low), max.unwrap_or(high));
    // An axis that would be upside down is no axis.
    let (min, max) = if wanted_high > wanted_low { (min, max) } else { (None, None) };
    let (low, high) = (min.unwrap_or(low), max.unwrap_or(high));
    let step = step((high - low) / STEPS_AIMED_AT);
    AxisScale {
        min: min.unwrap_or((low / step + 1e-9).floor() * step),
        max: max.unwrap_or((high / step - 1e-9).ceil() * step),
        step,
    }
}

/// The smallest round step that isn't smaller than a length.
fn step(least: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(least.max(1e-300))));
    let factor = STEPS.into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9)).unwrap_or(10.0);
    factor * power
}

/// The values at the grid lines.
pub(super) fn ticks(scale: AxisScale) -> Vec<f64> {
    let first = (scale.min / scale.step - 1e-9).ceil();
    let mut ticks = Vec::new();
    let mut number = 0.0;
    while number <= MOST {
        let value = (first + number) * scale.step;
        if value > scale.max + scale.step * 1e-9 {
            break;
        }
        // 0 is 0, also after steps of 0.1.
        ticks.push(if value.abs() < scale.step * 1e-9 { 0.0 } else { value });
        number += 1.0;
    }
    ticks
}

/// Where a value is, from 0 at the axis' lower end to 1 at its upper end; values beyond are at the end.
pub(super) fn part(scale: AxisScale, value: f64) -> f64 {
    ((value - scale.min) / (scale.max - scale.min)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_steps_are_round() {
        let of = |low, high, from| {
            let scale = scale(low, high, from, None);
            (scale.min, scale.max, scale.step, ticks(scale).len())
        };
        assert_eq!(of(3.0, 97.0, From::Zero), (0.0, 100.0, 20.0, 6));
        assert_eq!(of(-40.0, 110.0, From::Zero), (-50.0, 150.0, 50.0, 5));
        assert_eq!(of(995.0, 1003.0, From::Data), (994.0, 1004.0, 2.0, 6));
        assert_eq!(of(0.0, 0.0, From::Zero), (0.0, 1.0, 0.2, 6));
        assert!(of(7.0, 7.0, From::Data).0.abs() < 1e-9);
    }

    #[test]
    fn an_axis_that_is_given_is_kept() {
        let decimal = |number: f64| Some(crate::number::Decimal::try_from(number).unwrap());
        let axis = Axis { min: decimal(0.5), max: decimal(1.5) };
        let given = scale(0.0, 9.0, From::Zero, Some(axis));
        assert_eq!((given.min, given.max), (0.5, 1.5));
        let upside_down = Axis { min: decimal(5.0), max: decimal(1.0) };
        assert!(scale(0.0, 9.0, From::Zero, Some(upside_down)).min.abs() < 1e-9);
    }
}
