//! Tags of the app: keys with optional values, which an organisation uses to find and govern its resources.
//!
//! A key occurs once. An update sets the given tags and keeps all others, as [`super::sharing`] does with grants: they
//! may belong to another user.

use super::launch::refuse_secret;
use super::raw::Pairs;
use super::settings::Settings;
use super::text::{invalid, refuse_unfilled};
use crate::error::Failure;

/// The most tags of one run; an object of the platform has at most 50.
pub const MOST_TAGS: usize = 50;
/// The maximum length of a key, in characters (API reference, tag assignments).
const KEY_LIMIT: usize = 256;
/// The maximum length of a value, in characters (the same).
const VALUE_LIMIT: usize = 1000;

/// The wanted tags, sorted by key; none if nothing is to be tagged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Pairs);

impl Tags {
    /// Checks the setting, and writes it back in normalised form.
    pub(super) fn check(settings: &mut Settings) -> Result<Self, Failure> {
        let Settings { source, tags, .. } = settings;
        let Some(pairs) = tags else { return Ok(Self::default()) };
        let key = source.key("tags");
        if pairs.len() > MOST_TAGS {
            return Err(invalid(&key, &format!("{} tags", pairs.len()), format!("at most {MOST_TAGS}")));
        }
        for (name, value) in pairs.iter() {
            refuse_unfilled(&key, name)?;
            refuse_secret(&key, name)?;
            let is_key = !name.is_empty()
                && name.chars().count() <= KEY_LIMIT
                && name.trim() == name
                // Merges mappings in YAML.
                && name != "<<"
                && !name.chars().any(|c| c.is_control() || ",.:/-=".contains(c));
            if !is_key {
                let expected = format!(
                    "keys of at most {KEY_LIMIT} characters without `, . : / - =` and without spaces around them, \
                     such as `cost_center`"
                );
                return Err(invalid(&key, name, expected));
            }
            let at = format!("{key}.{name}");
            refuse_unfilled(&at, value)?;
            refuse_secret(&at, value)?;
            if value.chars().count() > VALUE_LIMIT || value.chars().any(char::is_control) {
                return Err(invalid(
                    &at,
                    value,
                    format!("a single-line value of at most {VALUE_LIMIT} characters"),
                ));
            }
        }
        let wanted = Self(pairs.clone());
        if wanted.is_empty() {
            // The default isn't written.
            *tags = None;
        }
        Ok(wanted)
    }

    /// Whether nothing is to be tagged.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values; a tag without a value has an empty one.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::config::{CreateArguments, CreateConfig};
    use crate::error::Result;

    fn tagged(tags: &Value) -> Result<CreateConfig> {
        CreateArguments::from_json(json!({"tags": tags})).unwrap().resolve(None, None)
    }

    #[test]
    fn a_key_with_or_without_a_value_is_taken() {
        let config = tagged(&json!({"cost_center": "4711", "Team Ö": "", "url": "https://x/?a=b"})).unwrap();
        let tags: Vec<_> = config.tags.iter().collect();
        assert_eq!(tags, [("Team Ö", ""), ("cost_center", "4711"), ("url", "https://x/?a=b")]);
        let config = tagged(&json!({})).unwrap();
        assert!(config.tags.is_empty());
        assert_eq!(config, CreateArguments::default().resolve(None, None).unwrap());
    }

    #[test]
    fn what_the_platform_refuses_is_refused_before() {
        for (name, value) in [
            ("", "x"),
            (" a", "x"),
            ("<<", "x"),
            ("a-b", "x"),
            ("a.b", "x"),
            ("a=b", "x"),
            ("a/b", ""),
            ("a\nb", ""),
            (&*"x".repeat(257), ""),
            ("a", "x\ny"),
            ("a", &*"x".repeat(1001)),
            ("a", "${owner}"),
            ("a", "https://ada:hunter2@example.com"),
        ] {
            let error = tagged(&json!({name: value})).unwrap_err();
            assert!(error.refused.is_some(), "{name:?}: {error:?}");
        }
        let many: Value = (0..51).map(|number| (format!("k{number}"), json!("v"))).collect();
        assert!(tagged(&many).unwrap_err().cause.contains("at most 50"));
    }
}
