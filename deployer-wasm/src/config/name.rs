//! Names of the app, database, schema and API scopes; and the app's description.
//!
//! The rules are those of the platform or of Postgres, so a name accepted here is not refused three minutes
//! into a deployment. All rules match the whole text: a trailing newline makes a name invalid.

use std::ops::RangeInclusive;

use super::text::{checked_text, invalid};
use crate::error::Failure;

/// Whether a text of one of these lengths is of lower-case letters, digits and hyphens, starts with a letter and
/// doesn't end with a hyphen.
fn is_label(text: &str, lengths: RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.ends_with('-')
}

checked_text! {
    /// The name of a Databricks App: 2 to 30 lower-case letters, digits and hyphens, starting with a letter
    /// and not ending with a hyphen. Unique in its workspace.
    AppName, "app_name"
}

impl AppName {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        if is_label(text, 2..=30) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(
                key,
                text,
                "2 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as `tellr`",
            ))
        }
    }
}

impl Default for AppName {
    fn default() -> Self {
        Self("tellr".to_owned())
    }
}

checked_text! {
    /// The name of a Lakebase database, of either kind: 1 to 63 letters, digits and hyphens, starting with a
    /// letter and not ending with a hyphen.
    ///
    /// Provisioned instances may have upper-case letters in their names, autoscaling projects may not. A name
    /// with upper-case letters can therefore only belong to an existing instance; see
    /// [`LakebaseName::can_be_created`].
    LakebaseName, "lakebase_name"
}

impl LakebaseName {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let fits = (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.ends_with('-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(
                key,
                text,
                "1 to 63 letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as `tellr-db`",
            ))
        }
    }

    /// Whether a new database can have this name: new names are lower-case only.
    pub fn can_be_created(&self) -> bool {
        !self.0.bytes().any(|b| b.is_ascii_uppercase())
    }
}

impl Default for LakebaseName {
    fn default() -> Self {
        Self("tellr-db".to_owned())
    }
}

checked_text! {
    /// The name of the app's Postgres schema: a lower-case identifier of at most 63 bytes (Postgres would
    /// silently truncate a longer one), not a system schema, and not `public`, which may hold other users'
    /// data that a reset would drop.
    SchemaName, "schema_name"
}

impl SchemaName {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let identifier = (1..=63).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let expected = if !identifier {
            "1 to 63 lower-case letters, digits and underscores, not beginning with a digit, such as `app_data`"
        } else if text.starts_with("pg_") || text == "information_schema" {
            "a schema of its own, such as `app_data`; names beginning with `pg_` and `information_schema` belong to Postgres"
        } else if text == "public" {
            "a schema of its own, such as `app_data`; `public` is shared with other users, and a reset would drop their data"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(invalid(key, text, expected))
    }
}

impl Default for SchemaName {
    fn default() -> Self {
        Self("app_data".to_owned())
    }
}

checked_text! {
    /// The id of a branch of a Lakebase project: 1 to 63 lower-case letters, digits and hyphens, starting with a
    /// letter and not ending with a hyphen.
    BranchId, "restore_from"
}

impl BranchId {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        if is_label(text, 1..=63) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(
                key,
                text,
                "the id of a branch of the app's database, such as `pre-reset-20261123-150000` or `production`",
            ))
        }
    }
}

checked_text! {
    /// An API scope that the app requests from its users, such as `catalog.tables:read`. The platform defines
    /// which scopes exist, and this changes; only the format is checked here.
    ApiScope, "extra_scopes"
}

impl ApiScope {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let fits = (1..=100).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".:_-".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(
                key,
                text,
                "scopes of 1 to 100 lower-case letters, digits, dots, colons, underscores and hyphens, such as `catalog.tables:read`",
            ))
        }
    }
}

checked_text! {
    /// The description that the workspace shows beside the app's name: at most 500 characters on one line.
    Description, "description"
}

impl Description {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        if text.chars().any(char::is_control) {
            Err(invalid(key, text, "text on one line, without control characters"))
        } else if text.chars().count() > 500 {
            Err(invalid(key, text, "at most 500 characters"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl Default for Description {
    fn default() -> Self {
        Self("Tellr AI Slide Generator".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::properties::fixed_seed;

    /// Every text is accepted unchanged, or refused with the key in the error.
    fn check<T: std::fmt::Display>(
        parse: fn(&str, &str) -> Result<T, Failure>,
        accepted: &[&str],
        refused: &[&str],
    ) {
        for text in accepted {
            match parse("a_key", text) {
                Ok(value) => assert_eq!(value.to_string(), *text),
                Err(failure) => panic!("`{text}` was refused: {failure:?}"),
            }
        }
        for text in refused {
            match parse("a_key", text) {
                Ok(_) => panic!("`{text}` was accepted"),
                Err(Failure::InvalidValue { key, .. }) => assert_eq!(key, "a_key"),
                Err(other) => panic!("`{text}`: {other:?}"),
            }
        }
    }

    #[test]
    fn app_names_are_those_the_platform_takes() {
        check(
            AppName::parse,
            &["tellr", "a1", "my-app-2", &"a".repeat(30)],
            &[
                "",
                "a",
                &"a".repeat(31),
                "Tellr",
                "1app",
                "-app",
                "app-",
                "my_app",
                "my app",
                "tellr\n",
                "täller",
                "a.b",
            ],
        );
    }

    #[test]
    fn lakebase_names_are_those_of_either_kind() {
        check(
            LakebaseName::parse,
            &["tellr-db", "a", "Team-DB", &"a".repeat(63)],
            &["", &"a".repeat(64), "1db", "-db", "db-", "my_db", "db\n", "x\"\n  - name: EVIL", "a/b"],
        );
        assert!(LakebaseName::default().can_be_created());
        assert!(!LakebaseName::parse("k", "Team-DB").unwrap().can_be_created());
    }

    #[test]
    fn schema_names_are_whole_postgres_identifiers() {
        check(
            SchemaName::parse,
            &["app_data", "_x", "a1", "public_data", "pgx", &"a".repeat(63)],
            &[
                "",
                "app\n",
                "App",
                "1a",
                "a-b",
                "a b",
                "a\"b",
                "pg_temp",
                "pg_x",
                "information_schema",
                "public",
                &"a".repeat(64),
            ],
        );
    }

    #[test]
    fn scopes_are_checked_for_their_form_only() {
        check(
            ApiScope::parse,
            &["sql", "catalog.tables:read", "vector-search", "not_yet_known"],
            &["", "SQL", "a b", "a\n", "sql,genie", &"a".repeat(101)],
        );
    }

    #[test]
    fn a_description_is_one_line_of_500_characters() {
        check(
            Description::parse,
            &["", "Slides für alle", &"ü".repeat(500)],
            &["a\nb", "a\tb", &"ü".repeat(501)],
        );
    }

    #[test]
    fn the_defaults_pass_their_own_checks() {
        check(AppName::parse, &[AppName::default().as_str()], &[]);
        check(LakebaseName::parse, &[LakebaseName::default().as_str()], &[]);
        check(SchemaName::parse, &[SchemaName::default().as_str()], &[]);
        check(Description::parse, &[Description::default().as_str()], &[]);
    }

    proptest! {
        #![proptest_config(fixed_seed())]

        #[test]
        fn whatever_is_accepted_is_short_and_plain(text in any::<String>()) {
            if let Ok(name) = AppName::parse("k", &text) {
                prop_assert!(name.as_str() == text && text.is_ascii() && text.len() <= 30);
            }
            if let Ok(name) = LakebaseName::parse("k", &text) {
                prop_assert!(name.as_str() == text && text.is_ascii() && text.len() <= 63);
            }
            if let Ok(name) = SchemaName::parse("k", &text) {
                prop_assert!(name.as_str() == text && text.is_ascii() && text.len() <= 63);
            }
            if let Ok(scope) = ApiScope::parse("k", &text) {
                prop_assert!(scope.as_str() == text && text.is_ascii() && text.len() <= 100);
            }
            if let Ok(description) = Description::parse("k", &text) {
                prop_assert!(!description.as_str().chars().any(char::is_control));
            }
        }
    }
}
