//! Computed numbers in XML.

/// A number with 15 digits: 0.1 + 0.2 is 0.3.
pub(super) fn plain(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(0.0);
    if rounded == 0.0 || !rounded.is_finite() { "0".to_owned() } else { rounded.to_string() }
}

/// A part of a chart's width or height.
pub(super) fn part(number: f64) -> String {
    plain((number * 1e6).round() / 1e6)
}
