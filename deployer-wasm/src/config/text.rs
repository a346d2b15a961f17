//! What all the checked texts have in common.
//!
//! A newtype per kind of text keeps a schema's name from standing where an app's is meant, and
//! says that it was checked. The part that differs, `parse`, is written by hand beside each
//! type; the rest is the same everywhere and comes from one macro.

use crate::error::Failure;

/// How much of a refused value an error repeats.
const SHOWN_CHARS: usize = 80;

/// A refusal that repeats what was given, shortened, with control characters made visible.
pub(super) fn invalid(key: &str, given: &str, expected: impl Into<String>) -> Failure {
    let mut shown = shown(given, SHOWN_CHARS);
    if given.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    Failure::InvalidValue { key: key.to_owned(), given: shown, expected: expected.into() }
}

/// Refuses a text with a placeholder that nobody has filled in, such as `${workspace.current_user.userName}`
/// or `{{ name }}`: it would name a thing like that.
pub(super) fn refuse_unfilled(key: &str, text: &str) -> Result<(), Failure> {
    for (open, close) in [("${", "}"), ("{{", "}}")] {
        let Some(start) = text.find(open) else { continue };
        let end = text[start..].find(close).map_or(text.len(), |end| start + end + close.len());
        let placeholder = shown(&text[start..end], SHOWN_CHARS);
        let expected = format!("a value, and `{placeholder}` is a placeholder that nothing has filled in");
        return Err(invalid(key, text, expected));
    }
    Ok(())
}

/// The first `chars` characters of a text, with those made visible that aren't seen or that turn text around.
pub(super) fn shown(text: &str, chars: usize) -> String {
    let mut shown = String::new();
    for character in text.chars().take(chars) {
        let unseen = matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        );
        if character.is_control() || unseen {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A text that was checked: the type, access to the text, and serde as a plain string which is
/// checked again on the way in.
macro_rules! checked_text {
    ($(#[$attribute:meta])* $name:ident, $key:literal) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse($key, &text)
                    .map_err(|failure| serde::de::Error::custom(crate::error::DeployError::from(failure)))
            }
        }
    };
}

pub(super) use checked_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_repeats_a_hostile_value_short_and_on_one_line() {
        let Failure::InvalidValue { given, .. } = invalid("k", &"x\n".repeat(1000), "y") else {
            panic!("another failure")
        };
        assert!(given.starts_with("x\\nx\\n") && given.ends_with('…'));
        assert!(given.chars().count() < 200 && !given.contains('\n'));
    }
}
