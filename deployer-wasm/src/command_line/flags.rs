//! The names and the help of flags, from the table of settings; and errors that name them.
//!
//! The catalogue names settings by their keys, as in a file and in Python. On a command line they are flags.

use std::collections::BTreeSet;

use super::program::NATIVE;
use crate::config::{Kind, SETTINGS, Setting, Taker};
use crate::error::DeployError;

/// The flags that every command line has besides those of settings.
const OWN: [&str; 7] = ["config", "environment", "host", "json", "profile", "sign-in", "yes"];

/// The name of a setting's flag, without the dashes. A secret has no flag for its value, which other users
/// of the machine could read; its flag names a file.
#[must_use]
pub fn name_of(setting: &Setting) -> String {
    match setting.kind {
        Kind::Secret => format!("{}-file", setting.flag()),
        _ => setting.flag(),
    }
}

/// The help of a setting's flag, without a full stop.
#[must_use]
pub fn help(setting: &Setting, taker: Taker) -> String {
    let mut help = setting.help().trim_end_matches('.').to_owned();
    if !setting.choices.is_empty() {
        let values: Vec<&str> = setting.choices.iter().map(|choice| choice.value).collect();
        help.extend([". One of ", &values.join(", ")]);
    }
    match setting.kind {
        Kind::Texts | Kind::Map => help += ". May be given several times",
        Kind::Secret => help += ". TELLR_ENCRYPTION_KEY does the same",
        _ => {}
    }
    let left_out = setting.left_out(taker);
    if setting.is_needed_by(taker) {
        help += " [required without --config]";
    } else if !left_out.is_empty() && setting.kind != Kind::Flag {
        help.extend([" [default: ", left_out, "]"]);
    }
    help
}

/// The long names of the flags of settings, and of those that every command line has.
#[must_use]
pub fn names() -> BTreeSet<String> {
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
    mut flags: BTreeSet<String>,
) -> DeployError {
    if is_from_file {
        flags.retain(|flag| BESIDE_A_FILE.contains(&flag.replace('-', "_").as_str()));
    }
    let refused = error.refused.as_ref().and_then(|refused| refused.key.clone());
    let named = |text: &str| named(text, refused.as_deref(), program, &flags);
    let (message, cause, remedy) = (named(&error.message), named(&error.cause), named(&error.remedy));
    (error.message, error.cause, error.remedy) = (message, cause, remedy);
    error
}

/// A text with `app_name` as `--app-name`, if there is such a flag. A single word may have another meaning,
/// and is only replaced if it is the key that was `refused`.
fn named(text: &str, refused: Option<&str>, program: &str, flags: &BTreeSet<String>) -> String {
    let mut parts = text.split('`');
    let mut said = parts.next().unwrap_or_default().to_owned();
    // Every second part is between backticks.
    for (index, part) in parts.enumerate() {
        said.push('`');
        let flag = part.replace('_', "-");
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
        assert_eq!(
            named("`description` is not the `host`", Some("description")),
            "`--description` is not the `host`"
        );
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
