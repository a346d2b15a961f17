//! A slide as the model writes it: flat, where an empty text, an empty list and 0 mean "not there".

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A slide.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) layout: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) text: String,
    pub(crate) bullets: Vec<String>,
    pub(crate) columns: Vec<Side>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) tables: Vec<Grid>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) steps: Vec<Step>,
    pub(crate) quote: String,
    pub(crate) quote_by: String,
    pub(crate) takeaway: String,
    pub(crate) takeaway_meaning: String,
    pub(crate) notes: String,
}

/// A column with a heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Side {
    pub(crate) heading: String,
    pub(crate) bullets: Vec<String>,
}

/// A chart of a source's columns, or of its own numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Chart {
    pub(crate) kind: String,
    pub(crate) source: String,
    pub(crate) categories: String,
    pub(crate) values: Vec<String>,
    pub(crate) unit: String,
    pub(crate) highlight: String,
    pub(crate) own_categories: Vec<String>,
    pub(crate) own_series: Vec<Series>,
}

/// Own numbers of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<Number>,
}

/// A table of a source's columns, or of its own cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Grid {
    pub(crate) source: String,
    pub(crate) columns: Vec<String>,
    pub(crate) own_columns: Vec<String>,
    pub(crate) own_rows: Vec<Vec<String>>,
}

/// One number, large.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metric {
    pub(crate) label: String,
    pub(crate) value: Number,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default = "zero")]
    pub(crate) change: Number,
    #[serde(default)]
    pub(crate) change_unit: String,
    #[serde(default)]
    pub(crate) meaning: String,
}

/// A step of a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    pub(crate) title: String,
    pub(crate) when: String,
    pub(crate) text: String,
}

fn zero() -> Number {
    Number::from(0)
}

/// A number of a cell, whole where it is.
pub(crate) fn exact(value: f64) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    let whole = (value.fract() == 0.0 && value.abs() < EXACT).then(|| Number::from(value as i64));
    whole.or_else(|| Number::from_f64(value)).unwrap_or_else(zero)
}

impl Draft {
    /// All texts that people read on the slide, to be changed in place. Names of columns and sources, and
    /// layouts, are not among them.
    pub(crate) fn texts(&mut self) -> Vec<&mut String> {
        let mut texts: Vec<&mut String> =
            vec![&mut self.title, &mut self.subtitle, &mut self.text, &mut self.quote, &mut self.takeaway];
        texts.extend(&mut self.bullets);
        for side in &mut self.columns {
            texts.push(&mut side.heading);
            texts.extend(&mut side.bullets);
        }
        for metric in &mut self.metrics {
            texts.push(&mut metric.label);
        }
        for step in &mut self.steps {
            texts.extend([&mut step.title, &mut step.text]);
        }
        texts.push(&mut self.notes);
        texts
    }
}
