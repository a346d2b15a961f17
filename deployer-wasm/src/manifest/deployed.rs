//! An `app.yaml` that lies in the workspace already.
//!
//! It may be ours, the original deployer's, or somebody's who edited it. Reading it is
//! therefore tolerant: what isn't understood is passed over. What is looked for, the key above
//! all, is worth finding even in a file with oddities.

use std::fmt;

use serde_json::Value;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{SEED_KEYWORD, SEED_OPTION};
use crate::config::{AppPackage, Seeds};
use crate::yaml;

/// What an environment variable is set to. Overwritten when dropped and hidden by `Debug`, as it
/// may be the key.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum EnvValue {
    /// This text.
    Literal(String),
    /// What the resource of this name gives.
    From(String),
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("Literal([hidden])"),
            Self::From(resource) => f.debug_tuple("From").field(resource).finish(),
        }
    }
}

/// A deployed `app.yaml`, as far as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeployedManifest {
    command: String,
    env: Vec<(String, EnvValue)>,
}

impl DeployedManifest {
    /// Reads a file; `None` if it is no YAML mapping at all.
    pub fn parse(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut manifest)) = yaml::read_texts(text) else {
            return None;
        };
        let command = match manifest.get_mut("command").map(Value::take) {
            Some(Value::Array(words)) => words.into_iter().filter_map(string).collect::<Vec<_>>().join(" "),
            Some(word) => string(word).unwrap_or_default(),
            None => String::new(),
        };
        let env = match manifest.get_mut("env").map(Value::take) {
            Some(Value::Array(entries)) => entries.into_iter().filter_map(variable).collect(),
            _ => Vec::new(),
        };
        Some(Self { command, env })
    }

    /// The value of the variable `name`; of several the last, which is the one that counts.
    pub fn variable(&self, name: &str) -> Option<&EnvValue> {
        self.env.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.env.iter().map(|(name, _)| name.as_str())
    }

    /// The text of the variable `name`, where it is a literal that says something. The original
    /// deployer wrote `None` where it meant nothing.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.variable(name)? {
            EnvValue::Literal(text) if !matches!(text.as_str(), "" | "None") => Some(text),
            _ => None,
        }
    }

    /// Which app it starts, where the command tells.
    pub fn package(&self) -> Option<AppPackage> {
        if self.command.contains("databricks_tellr_app") || self.command.contains("databricks-tellr-app") {
            Some(AppPackage::DatabricksTellrApp)
        } else if self.command.contains("tellr-app") || self.command.contains("tellr_app") {
            Some(AppPackage::TellrApp)
        } else {
            None
        }
    }

    /// What the app's database is filled with at first.
    pub fn seeds(&self) -> Seeds {
        let spaceless: String = self.command.split_whitespace().collect();
        Seeds::from(self.command.contains(SEED_OPTION) || spaceless.contains(SEED_KEYWORD))
    }
}

/// A variable, from an entry of `env`. Texts are moved rather than copied: one may be the key.
fn variable(entry: Value) -> Option<(String, EnvValue)> {
    let Value::Object(mut entry) = entry else {
        return None;
    };
    let name = string(entry.get_mut("name")?.take())?;
    let value = match (entry.get_mut("value").map(Value::take), entry.get_mut("valueFrom").map(Value::take)) {
        (Some(value), _) => EnvValue::Literal(string(value)?),
        (None, Some(from)) => EnvValue::From(string(from)?),
        (None, None) => return None,
    };
    Some((name, value))
}

fn string(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::KEY_VARIABLE;

    /// As the original deployer writes it.
    const ORIGINAL: &str = r#"
name: "tellr"
description: "Tellr - AI Slide Generator"
command:
  - "sh"
  - "-c"
  - |
    pip install --upgrade --no-cache-dir -r requirements.txt && \
    python -c "from databricks_tellr_app.run import init_database; init_database(seed_databricks_defaults = True)" && \
    python -m databricks_tellr_app.run
env:
  - name: ENVIRONMENT
    value: "production"
  - name: LAKEBASE_INSTANCE
    value: "tellr-db"
  - name: LAKEBASE_PG_HOST
    value: "None"
  - name: LAKEBASE_PROJECT_ID
    value: ""
  - name: GOOGLE_OAUTH_ENCRYPTION_KEY
    value: "marked-secret"
  - name: DATABRICKS_HOST
    valueFrom: "system.databricks_host"
  - name: PORT
    value: 8000
"#;

    #[test]
    fn the_originals_file_is_read() {
        let read = DeployedManifest::parse(ORIGINAL).unwrap();
        assert_eq!(read.variable(KEY_VARIABLE), Some(&EnvValue::Literal("marked-secret".into())));
        assert_eq!(read.variable("DATABRICKS_HOST"), Some(&EnvValue::From("system.databricks_host".into())));
        assert_eq!(read.text("LAKEBASE_INSTANCE"), Some("tellr-db"));
        assert_eq!(read.text("PORT"), Some("8000"));
        assert_eq!(read.text("LAKEBASE_PG_HOST"), None, "the text `None` says nothing");
        assert_eq!(read.text("LAKEBASE_PROJECT_ID"), None);
        assert_eq!(read.text("DATABRICKS_HOST"), None);
        assert_eq!(read.variable("NOT_THERE"), None);
        assert_eq!(read.package(), Some(AppPackage::DatabricksTellrApp));
        assert_eq!(read.seeds(), Seeds::Databricks);
    }

    #[test]
    fn our_own_command_is_recognised() {
        let read = |command: &str| DeployedManifest::parse(&format!("command: {command}\n")).unwrap();
        let ours = read("[sh, -c, tellr-app init-database && exec tellr-app serve]");
        assert_eq!((ours.package(), ours.seeds()), (Some(AppPackage::TellrApp), Seeds::Standard));
        let ours =
            read("[sh, -c, tellr-app init-database --seed-databricks-defaults && exec tellr-app serve]");
        assert_eq!((ours.package(), ours.seeds()), (Some(AppPackage::TellrApp), Seeds::Databricks));
        assert_eq!(read("python app.py").package(), None);
    }

    #[test]
    fn oddities_are_passed_over() {
        let read = DeployedManifest::parse(
            "env: [7, {name: A}, {value: b}, {name: [x], value: y}, {name: B, value: one}, {name: B, value: two}]\nresources: {}\n",
        )
        .unwrap();
        assert_eq!(read.text("B"), Some("two"));
        assert_eq!(read.names().count(), 2);
        for (yaml, understood) in
            [("", false), ("just text", false), ("a: [", false), ("env: none", true), ("{}", true)]
        {
            assert_eq!(DeployedManifest::parse(yaml).is_some(), understood, "{yaml}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", DeployedManifest::parse(ORIGINAL).unwrap());
        assert!(shown.contains(KEY_VARIABLE) && !shown.contains("marked-secret"), "{shown}");
    }
}
