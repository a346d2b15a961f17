//! The names of flags, errors that name them, and values that only flags have.
//!
//! The catalogue names settings by their keys, as in a file and in Python. On a command line they are flags.

use serde_json::{Map, Value, json};

use super::program::NATIVE;
use crate::config::{Kind, SETTINGS, Setting};
use crate::error::{DeployError, Failure, blank_secrets};

/// The flags of the package's command besides those of settings.
const OWN: [&str; 10] =
    ["config", "follow", "host", "json", "out", "plan", "profile", "search", "tail", "yes"];

/// The name of a setting's flag, without the dashes. A secret has no flag for its value, which other users
/// of the machine could read; its flag names a file.
#[must_use]
pub fn name_of(setting: &Setting) -> String {
    match setting.kind {
        Kind::Secret => format!("{}-file", setting.flag()),
        _ => setting.flag(),
    }
}

/// The long names of the flags of the package's command, without the dashes.
#[must_use]
pub fn names() -> Vec<String> {
    SETTINGS.iter().map(name_of).chain(OWN.map(str::to_owned)).collect()
}

/// Flags that are given in addition to a file, and never in it.
const BESIDE_A_FILE: [&str; 4] = ["config", "environment", "encryption_key_file", "local_wheel_path"];

/// An error with settings named by their flags, unless they were given in a file, and with `program` as the
/// command. `flags` are the names of all flags, without the dashes.
#[must_use]
pub fn with_flags(
    mut error: DeployError,
    is_from_file: bool,
    program: &str,
    flags: Vec<String>,
) -> DeployError {
    let mut flags = usable(flags, is_from_file);
    // An error at a line of a file is about the file's keys.
    if error.refused.as_ref().is_some_and(|refused| refused.line.is_some()) {
        flags.clear();
    }
    let refused = error.refused.as_ref().and_then(|refused| refused.key.clone());
    let named = |text: &str| named(text, refused.as_deref(), program, &flags);
    let (message, cause, remedy) = (named(&error.message), named(&error.cause), named(&error.remedy));
    (error.message, error.cause, error.remedy) = (message, cause, remedy);
    error
}

/// A text with settings named by their flags, as in [`with_flags`].
#[must_use]
pub fn in_text(text: &str, is_from_file: bool, program: &str, flags: Vec<String>) -> String {
    named(text, None, program, &usable(flags, is_from_file))
}

/// The flags that can be given, beside a file or without one.
fn usable(mut flags: Vec<String>, is_from_file: bool) -> Vec<String> {
    if is_from_file {
        flags.retain(|flag| BESIDE_A_FILE.contains(&flag.replace('-', "_").as_str()));
    }
    flags
}

/// A text with `app_name` as `--app-name`, if there is such a flag. A single word may have another meaning,
/// and is only replaced if it is the key that was `refused`.
fn named(text: &str, refused: Option<&str>, program: &str, flags: &[String]) -> String {
    let mut parts = text.split('`');
    let mut said = parts.next().unwrap_or_default().to_owned();
    // Every second part is between backticks.
    for (index, part) in parts.enumerate() {
        said.push('`');
        let setting = SETTINGS.iter().find(|setting| setting.name == part);
        let flag = setting.map_or_else(|| part.replace('_', "-"), name_of);
        let is_key = part.contains('_') || refused == Some(part);
        let words = part.strip_prefix(NATIVE).filter(|rest| rest.is_empty() || rest.starts_with(' '));
        if index % 2 == 0 && is_key && flags.contains(&flag) {
            said.push_str("--");
            said.push_str(&flag);
        } else if let Some(words) = words.filter(|_| index % 2 == 0) {
            said.push_str(program);
            said.push_str(words);
        } else {
            said.push_str(part);
        }
    }
    said
}

/// The flag of a setting, with its hyphens.
pub(super) fn flag_of(name: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.name == name);
    format!("--{}", setting.map_or_else(|| name.replace('_', "-"), name_of))
}

/// `NAME=VALUE`, each name once. The value may be empty, the sign may not be missing: `NAME` alone, which other
/// programs take from the environment, is more likely a mistake.
///
/// # Errors
/// What is wrong, for people, with the flag of `setting` and the value.
pub fn pairs(setting: &str, texts: &[String]) -> Result<Map<String, Value>, String> {
    let mut pairs = Map::new();
    for text in texts {
        // Without the value, which may be a secret.
        let refused =
            |name: &str, problem: &str| format!("`{} {}`: {problem}", flag_of(setting), blank_secrets(name));
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| refused(text, "expected NAME=VALUE; for an empty value, NAME="))?;
        if pairs.insert(name.to_owned(), json!(value)).is_some() {
            return Err(refused(name, "this name is given twice"));
        }
    }
    Ok(pairs)
}

/// A delete that was not told which app to delete: nothing is deleted by default.
#[must_use]
pub fn unnamed_delete() -> DeployError {
    let why = format!("Name the app to delete, such as `{NATIVE} delete tellr`");
    Failure::MissingValue { keys: vec!["app_name".to_owned()], why }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_as_its_flag() {
        let named = |text, refused| named(text, refused, "tellr", &names());
        let said = named(
            "`app_name` can't be `my_app_`; set `ENVIRONMENT` or `lakebase_name`, not `name_of_nothing`",
            None,
        );
        assert_eq!(
            said,
            "`--app-name` can't be `my_app_`; set `ENVIRONMENT` or `--lakebase-name`, not `name_of_nothing`"
        );
        assert_eq!(named("nothing quoted: app_name", None), "nothing quoted: app_name");
        assert_eq!(named("Pass `encryption_key`", None), "Pass `--encryption-key-file`");
        assert_eq!(
            named("`description` is not the `host`", Some("description")),
            "`--description` is not the `host`"
        );
    }

    #[test]
    fn a_variable_needs_its_sign_and_one_value() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert!(pairs("tags", &texts(&["a"])).expect_err("it has no sign").starts_with("`--tag a`: "));
        let two = pairs("extra_env", &texts(&["A=1=2", "B="])).expect("both have a sign");
        assert_eq!(Value::Object(two), json!({"A": "1=2", "B": ""}));
        for refused in [&["FOO"][..], &["A=1", "A=2"]] {
            let error = pairs("extra_env", &texts(refused)).expect_err("it is a mistake");
            assert!(error.contains("--extra-env "), "{error}");
        }
    }

    #[test]
    fn a_command_is_named_as_the_one_that_runs() {
        let said = |program| {
            named("Run `tellr-app deploy status`, or `tellr-app deploy-page`", None, program, &names())
        };
        assert_eq!(said("tellr"), "Run `tellr status`, or `tellr-app deploy-page`");
        assert_eq!(said(NATIVE), "Run `tellr-app deploy status`, or `tellr-app deploy-page`");
    }
}
