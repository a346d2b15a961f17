//! Numbers of charts are written as they are drawn.

use serde_json::json;

use super::shown::shown;
use super::{Written, write};
use crate::chart::ChartKind;
use crate::display::{Part, Shape};
use crate::pptx::chart::look;

/// Numbers in the chart are those that are drawn, to the letter.
pub(super) fn check_numbers(written: &Written) {
    let Written { chart, list, frame, xml, .. } = written;
    let texts = |part: Part| {
        list.elements.iter().filter_map(move |element| match (&element.of, &element.shape) {
            (Some(of), Shape::Text(text)) if of.part == Some(part) => Some(look::words(text)),
            _ => None,
        })
    };
    if chart.kind != ChartKind::Pie {
        for node in xml.all("c:ser") {
            let series: usize = node.val("c:idx").parse().unwrap();
            for (place, point) in frame.order.iter().enumerate() {
                let Some(text) = texts(Part::Data { series, index: Some(*point) }).next() else { continue };
                // A format has one way for all numbers; we have another for a very small one among large ones.
                if text.contains("E\u{2212}") {
                    continue;
                }
                let labels = node.at("c:dLbls").unwrap();
                let own =
                    labels.all("c:dLbl").into_iter().find(|label| label.val("c:idx") == place.to_string());
                let format = own.unwrap_or(labels).at("c:numFmt").unwrap().attribute("formatCode");
                let value = chart.series[series].values[*point].unwrap().as_f64();
                let drawn = text.replace('"', "\u{2033}");
                assert_eq!(without_minus_zero(shown(format, value)), drawn, "{format} {value}");
            }
        }
    }
    let Some(scale) = frame.values else { return };
    let axis = xml.all("c:valAx").pop().unwrap();
    // Programs count from the axis' start.
    let starts_at_step = (scale.min / scale.step - (scale.min / scale.step).round()).abs() < 1e-6;
    if axis.val("c:delete") == "0" && starts_at_step {
        let format = axis.at("c:numFmt").unwrap().attribute("formatCode");
        let drawn: Vec<String> = texts(Part::Axis).collect();
        if drawn.iter().any(|text| text.contains("E\u{2212}")) {
            return;
        }
        let mut value = scale.min;
        while value <= scale.max + scale.step * 1e-6 {
            let value_there = if value.abs() < scale.step * 1e-6 { 0.0 } else { value };
            let text = without_minus_zero(shown(format, value_there));
            // There is no format for `1 M` and `900 k` on both sides of 0.
            let is_far = scale.min < 0.0 && value.abs() >= 1e3 * frame.divisor;
            assert!(is_far || drawn.contains(&text), "{text} of {format} in {drawn:?}");
            value += scale.step;
        }
    }
}

/// Formats choose by the number, and we by what is seen of it.
fn without_minus_zero(text: String) -> String {
    let is_zero = !text.chars().any(|character| ('1'..='9').contains(&character));
    if is_zero { text.replace('\u{2212}', "") } else { text }
}

#[test]
fn numbers_are_written_as_they_are_drawn() {
    let chart = |kind: &str, unit: &str, values: &[f64]| {
        let categories: Vec<String> = (0..values.len()).map(|number| format!("Q{number}")).collect();
        let series = json!([{ "id": "s", "name": "S", "values": values }]);
        let written =
            write(json!({ "kind": kind, "unit": unit, "categories": categories, "series": series }), "en")
                .unwrap();
        check_numbers(&written);
    };
    for unit in ["€", "%", "€ M", "EUR M", "k$", "orders; \\ all", "EUR"] {
        for values in [
            &[1_200_000.0, 3_450_000.0, -5_000.0][..],
            &[1500.0, 12_000.0, 0.0],
            &[0.25, -0.5],
            &[9999.0, 17.0],
            &[912_345.0, 1.0, 999_999.0],
            &[2.5e12, 1e9],
            &[0.004, 0.0125],
        ] {
            for kind in ["bar", "stacked_bar", "line"] {
                chart(kind, unit, values);
            }
        }
    }
}
