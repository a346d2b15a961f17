//! Settings of the app's record that an update keeps if they are omitted: how many instances run, where its
//! telemetry goes, which policy its usage is billed to.

use std::fmt;

use super::settings::Settings;
use super::text::{invalid, refuse_unfilled};
use crate::error::Failure;

/// The most instances of an app (Beta of the platform).
const MOST_INSTANCES: u8 = 5;
/// The tables that the platform writes to in a schema, if nothing else is said: logs, metrics, traces.
const TABLES: [&str; 3] = ["otel_logs", "otel_metrics", "otel_spans"];
/// The maximum length of each part of a table's name, in bytes.
const PART_LIMIT_BYTES: usize = 255;

/// How many instances of the app run: between `least` and `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instances {
    /// The least.
    pub least: u8,
    /// The most.
    pub most: u8,
}

impl Instances {
    /// Checks `text`, which was given as `key`: a number, or two with a hyphen between them.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let number = |text: &str| {
            let text = text.trim();
            let is_digit = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number| is_digit && (1..=MOST_INSTANCES).contains(number))
        };
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        match (number(least), number(most)) {
            (Some(least), Some(most)) if least <= most => Ok(Self { least, most }),
            _ => {
                let expected = format!("a number from 1 to {MOST_INSTANCES}, or a range such as `1-3`");
                Err(invalid(key, text, expected))
            }
        }
    }
}

impl fmt::Display for Instances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(f, "{least}"),
            (least, most) => write!(f, "{least}-{most}"),
        }
    }
}

/// Where the platform writes the app's telemetry: three tables of Unity Catalog, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telemetry {
    /// It isn't exported.
    Off,
    /// To these tables, each as `catalog.schema.table`.
    Tables {
        /// Of log lines.
        logs: String,
        /// Of metrics.
        metrics: String,
        /// Of traces.
        traces: String,
    },
}

impl Telemetry {
    /// Checks `text`, which was given as `key`: a schema, three tables, or an empty text.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let is_name = |name: &str, parts: usize| {
            let is_part = |part: &str| {
                (1..=PART_LIMIT_BYTES).contains(&part.len())
                    && !part.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '`'))
            };
            name.split('.').count() == parts && name.split('.').all(is_part)
        };
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        match names.as_slice() {
            [""] => Ok(Self::Off),
            [schema] if is_name(schema, 2) => {
                let [logs, metrics, traces] = TABLES.map(|table| format!("{schema}.{table}"));
                Ok(Self::Tables { logs, metrics, traces })
            }
            [logs, metrics, traces] if names.iter().all(|name| is_name(name, 3)) => {
                let [logs, metrics, traces] = [logs, metrics, traces].map(|name| (*name).to_owned());
                Ok(Self::Tables { logs, metrics, traces })
            }
            _ => Err(invalid(
                key,
                text,
                "a schema such as `main.tellr`, or three tables for logs, metrics and traces such as `main.tellr.logs, main.tellr.metrics, main.tellr.traces`",
            )),
        }
    }
}

impl fmt::Display for Telemetry {
    /// A schema, if the tables in it have their usual names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Tables { logs, metrics, traces } = self else { return Ok(()) };
        let schema = logs.strip_suffix(TABLES[0]).and_then(|schema| schema.strip_suffix('.'));
        let usual = schema.filter(|schema| {
            [metrics, traces]
                .into_iter()
                .zip(&TABLES[1..])
                .all(|(name, table)| *name == format!("{schema}.{table}"))
        });
        match usual {
            Some(schema) => f.write_str(schema),
            None => write!(f, "{logs}, {metrics}, {traces}"),
        }
    }
}

/// The settings; `None`: leave unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordSettings {
    /// How many instances run.
    pub instances: Option<Instances>,
    /// Where telemetry goes.
    pub telemetry: Option<Telemetry>,
    /// The id of the usage policy.
    pub usage_policy: Option<String>,
}

impl RecordSettings {
    /// Checks the settings, and writes them back in normalised form.
    pub(super) fn check(settings: &mut Settings) -> Result<Self, Failure> {
        let Settings { source, instances, telemetry, usage_policy, .. } = settings;
        Ok(Self {
            instances: checked(&source.key("instances"), instances, Instances::parse)?,
            telemetry: checked(&source.key("telemetry"), telemetry, Telemetry::parse)?,
            usage_policy: checked(&source.key("usage_policy"), usage_policy, policy)?,
        })
    }
}

fn checked<T: fmt::Display>(
    key: &str,
    given: &mut Option<String>,
    parse: impl Fn(&str, &str) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let Some(text) = given else { return Ok(None) };
    refuse_unfilled(key, text)?;
    let value = parse(key, text)?;
    *text = value.to_string();
    Ok(Some(value))
}

fn policy(key: &str, text: &str) -> Result<String, Failure> {
    let id = text.trim();
    let fits =
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        return Ok(id.to_owned());
    }
    Err(invalid(key, text, "the id of a usage policy, as its page in the workspace shows it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_a_number_or_a_range() {
        for (text, least, most, shown) in
            [("1", 1, 1, "1"), ("5", 5, 5, "5"), ("1-3", 1, 3, "1-3"), (" 2 - 2 ", 2, 2, "2")]
        {
            let instances = Instances::parse("instances", text).unwrap();
            assert_eq!(instances, Instances { least, most });
            assert_eq!(instances.to_string(), shown);
        }
        for text in ["", "0", "6", "3-1", "0-2", "1-6", "1-2-3", "two", "-1", "+1", "1.0", "01"] {
            assert!(Instances::parse("instances", text).is_err(), "{text}");
        }
    }

    #[test]
    fn telemetry_goes_to_a_schema_or_to_three_tables() {
        for (text, shown) in [
            ("main.tellr", "main.tellr"),
            ("main.t.otel_logs,main.t.otel_metrics,main.t.otel_spans", "main.t"),
            ("a.b.logs, a.b.metrics, a.c.traces", "a.b.logs, a.b.metrics, a.c.traces"),
            ("", ""),
            ("  ", ""),
        ] {
            let telemetry = Telemetry::parse("telemetry", text).unwrap();
            assert_eq!(telemetry.to_string(), shown);
            assert_eq!(Telemetry::parse("telemetry", shown), Ok(telemetry), "it reads what it writes");
        }
        let schema = Telemetry::parse("telemetry", "main.tellr").unwrap();
        let Telemetry::Tables { traces, .. } = schema else { panic!("{schema:?}") };
        assert_eq!(traces, "main.tellr.otel_spans");
        for text in ["main", "a.b.c", "a.b, c.d", "a..b", "a.b c", "a.b.c,a.b.d", "a.`b`"] {
            assert!(Telemetry::parse("telemetry", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_usage_policy_is_an_id() {
        assert!(policy("usage_policy", "6f9a0c1e-1111-4222-8333-0123456789ab").is_ok());
        for text in ["", "a b", "a/b", &"x".repeat(65)] {
            assert!(policy("usage_policy", text).is_err(), "{text}");
        }
    }
}
