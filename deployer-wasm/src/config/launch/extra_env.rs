//! Additional environment variables of the app.

use crate::config::raw::Pairs;
use crate::config::text::invalid;
use crate::error::{Failure, holds_credential};

/// Variables that the deployer or the platform sets. Overriding one of them would break the app, or its key.
const RESERVED: &[&str] = &[
    "ENVIRONMENT",
    "GOOGLE_OAUTH_ENCRYPTION_KEY",
    "HOME",
    "PATH",
    "PORT",
    "TELLR_GENIE_SPACES",
    "TELLR_IMPORT_OWNER",
    "TELLR_IMPORT_SCHEMA",
    "TELLR_SERVING_ENDPOINT",
    "TELLR_SQL_WAREHOUSE",
];
/// Prefixes of such variables' names.
const RESERVED_PREFIXES: &[&str] = &["LAKEBASE_", "DATABRICKS_", "PG"];
/// Parts of a name that indicate a secret.
const SECRET_WORDS: &[&str] = &["PASSWORD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY", "CREDENTIAL"];
/// The maximum number of variables.
const COUNT_LIMIT: usize = 50;
/// The maximum length of a value, in bytes.
const VALUE_LIMIT_BYTES: usize = 4096;

/// Environment variables with plain values, readable by everyone with access to the app's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraEnv(Pairs);

impl ExtraEnv {
    /// Checks variables, which were given as `key`.
    pub fn parse(key: &str, pairs: &Pairs) -> Result<Self, Failure> {
        if pairs.len() > COUNT_LIMIT {
            let given = format!("{} variables", pairs.len());
            return Err(invalid(key, &given, format!("at most {COUNT_LIMIT}")));
        }
        for (name, value) in pairs {
            refuse_secret(key, name)?;
            let is_name = name.len() <= 100
                && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                let expected = "names of letters, digits and underscores that don't begin with a digit, such as `LOG_LEVEL`";
                return Err(invalid(key, name, expected));
            }
            if is_reserved(name) {
                return Err(invalid(key, name, "variables that neither the deployer nor the platform sets"));
            }
            if looks_secret(name) {
                let expected = "no secrets, and this name looks like one: its value would be readable in the app's files. Attach a secret to the app instead";
                return Err(invalid(key, name, expected));
            }
            refuse_secret(&format!("{key}.{name}"), value)?;
            if value.len() > VALUE_LIMIT_BYTES || value.chars().any(|c| c.is_control() && c != '\t') {
                let expected = format!("single-line values of at most {VALUE_LIMIT_BYTES} bytes");
                return Err(invalid(&format!("{key}.{name}"), value, expected));
            }
        }
        Ok(Self(pairs.clone()))
    }

    /// The existing variables that are valid as additional ones.
    pub fn kept<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let theirs = variables.filter(|(name, _)| !is_reserved(name));
        let mut pairs = Pairs::new();
        pairs.extend(theirs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Self(pairs)
    }

    /// The same without the variables of these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Refuses a text that holds what looks like a secret, which was given as `key`.
pub fn refuse_secret(key: &str, text: &str) -> Result<(), Failure> {
    if !holds_credential(text) {
        return Ok(());
    }
    Err(Failure::LooksSecret { key: key.to_owned() })
}

/// Whether a variable's name indicates that its value is a secret.
pub fn looks_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    SECRET_WORDS.iter().any(|word| upper.contains(word))
}

fn is_reserved(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    RESERVED.contains(&upper.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, value: &str) -> Result<ExtraEnv, Failure> {
        ExtraEnv::parse("extra_env", &[(name.to_owned(), value.to_owned())].into())
    }

    #[test]
    fn plain_variables_are_taken() {
        for (name, value) in [
            ("LOG_LEVEL", "debug"),
            ("_x1", ""),
            ("TELLR_LOG", "debug"),
            ("GREETING", "hello = 'wörld' # ${x}"),
        ] {
            assert_eq!(parse(name, value).unwrap().iter().next(), Some((name, value)));
        }
    }

    #[test]
    fn what_the_deployer_sets_and_what_looks_like_a_secret_is_refused() {
        for name in [
            "ENVIRONMENT",
            "LAKEBASE_SCHEMA",
            "lakebase_x",
            "GOOGLE_OAUTH_ENCRYPTION_KEY",
            "DATABRICKS_HOST",
            "PGHOST",
            "PORT",
            "TELLR_SERVING_ENDPOINT",
            "MY_PASSWORD",
            "api_key",
            "GITHUB_TOKEN",
            "",
            "1A",
            "A B",
            "A=B",
            "Ä",
        ] {
            assert!(parse(name, "x").is_err(), "{name}");
        }
        let token = format!("dapi{}", "0123456789abcdef".repeat(2));
        for value in [token.as_str(), &format!("x {token}"), "https://ada:hunter2@proxy.example.com"] {
            let refused = parse("PROXY", value).unwrap_err();
            assert!(
                matches!(&refused, Failure::LooksSecret { key } if key == "extra_env.PROXY"),
                "{refused:?}"
            );
        }
        assert!(matches!(parse(&token, "x"), Err(Failure::LooksSecret { .. })));
        assert!(parse("A", "x\ny").is_err() && parse("A", &"x".repeat(5000)).is_err());
        let many: Pairs = (0..60).map(|index| (format!("A{index}"), String::new())).collect();
        assert!(ExtraEnv::parse("extra_env", &many).is_err());
    }
}
