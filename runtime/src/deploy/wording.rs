//! Adapts the deployer's texts to the command line.
//!
//! The catalogue names settings by their keys, as in a file and in Python. Here they become flags.

use std::collections::BTreeSet;

use clap::{Command, Subcommand as _};
use deployer::config::{SETTINGS, Setting};
use deployer::error::DeployError;

use super::operation::Operation;

/// Other tools' names for these subcommands.
const OTHER_WORDS: [(&str, &[&str]); 9] = [
    ("create", &["up", "deploy", "install", "launch", "start", "new", "add", "run"]),
    ("update", &["upgrade", "redeploy", "change", "set", "patch", "restart"]),
    ("delete", &["destroy", "down", "remove", "rm", "del", "uninstall", "teardown", "drop"]),
    ("status", &["info", "show", "get", "describe", "ps", "state"]),
    ("plan", &["preview", "diff", "dry-run"]),
    ("logs", &["log", "tail"]),
    ("open", &["browse"]),
    ("list", &["ls", "apps"]),
    ("doctor", &["check", "preflight", "validate"]),
];

/// The subcommand that corresponds to another tool's name for it.
pub fn meant_by(word: &str) -> Option<&'static str> {
    OTHER_WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(right, _)| *right)
}

/// Flags that are given in addition to a file, and never in it.
const BESIDE_A_FILE: [&str; 4] = ["config", "environment", "encryption_key_file", "local_wheel_path"];

/// An error with settings named by their flags, unless they were given in a file.
pub(super) fn with_flags(mut error: DeployError, is_from_file: bool) -> DeployError {
    let mut flags = flags();
    if is_from_file {
        flags.retain(|flag| BESIDE_A_FILE.contains(&flag.replace('-', "_").as_str()));
    }
    let refused = error.refused.as_ref().and_then(|refused| refused.key.clone());
    let named = |text: &str| named(text, refused.as_deref(), &flags);
    let (message, cause, remedy) = (named(&error.message), named(&error.cause), named(&error.remedy));
    (error.message, error.cause, error.remedy) = (message, cause, remedy);
    error
}

/// A text with `app_name` as `--app-name`, if there is such a flag. A single word may have another meaning,
/// and is only replaced if it is the key that was `refused`.
fn named(text: &str, refused: Option<&str>, flags: &BTreeSet<String>) -> String {
    let mut parts = text.split('`');
    let mut said = parts.next().unwrap_or_default().to_owned();
    // Every second part is between backticks.
    for (index, part) in parts.enumerate() {
        said.push('`');
        let setting = SETTINGS.iter().find(|setting| setting.name == part);
        let flag = setting.map_or_else(|| part.replace('_', "-"), Setting::flag);
        let is_key = part.contains('_') || refused == Some(part);
        if index % 2 == 0 && is_key && flags.contains(&flag) {
            said.push_str("--");
            said.push_str(&flag);
        } else {
            said.push_str(part);
        }
    }
    said
}

/// The long names of all flags of the deployer.
fn flags() -> BTreeSet<String> {
    fn collect(command: &Command, names: &mut BTreeSet<String>) {
        names.extend(command.get_arguments().filter_map(|argument| argument.get_long()).map(str::to_owned));
        command.get_subcommands().for_each(|command| collect(command, names));
    }
    let mut names = BTreeSet::new();
    collect(&Operation::augment_subcommands(Command::new("deploy")), &mut names);
    names
}

/// The examples in the help of `deploy` itself.
const EXAMPLES: [&str; 3] = [
    "tellr-app deploy create --profile my-workspace",
    "tellr-app deploy status tellr",
    "tellr-app deploy plan update --app-name tellr --app-version latest",
];

/// The examples in the help of each operation.
const EXAMPLES_OF: [(&str, &[&str]); 12] = [
    (
        "create",
        &[
            "tellr-app deploy create --profile my-workspace",
            "tellr-app deploy create --host https://my.cloud.databricks.com --sign-in",
            "tellr-app deploy create --config tellr.yaml --environment production",
        ],
    ),
    (
        "update",
        &[
            "tellr-app deploy update --app-name tellr --lakebase-name tellr-db --schema-name app_data",
            "tellr-app deploy update --config tellr.yaml --environment production",
        ],
    ),
    ("delete", &["tellr-app deploy delete tellr", "tellr-app deploy delete tellr --yes"]),
    ("status", &["tellr-app deploy status tellr", "tellr-app deploy status tellr --json"]),
    (
        "logs",
        &["tellr-app deploy logs tellr --follow", "tellr-app deploy logs tellr --tail 50 --search ERROR"],
    ),
    ("open", &["tellr-app deploy open tellr"]),
    ("list", &["tellr-app deploy list", "tellr-app deploy list --json"]),
    ("doctor", &["tellr-app deploy doctor tellr", "tellr-app deploy doctor --config tellr.yaml"]),
    (
        "all",
        &[
            "tellr-app deploy all update --config tellr.yaml",
            "tellr-app deploy all update --profile one --profile two --config tellr.yaml --concurrency 2",
            "tellr-app deploy all plan update --config tellr.yaml",
        ],
    ),
    (
        "init",
        &["tellr-app deploy init", "tellr-app deploy init --yes --app-name slides --output slides.yaml"],
    ),
    ("export", &["tellr-app deploy export bundle --config tellr.yaml --output bundle"]),
    ("completions", &["source <(tellr-app deploy completions bash)"]),
];

/// Adds examples to the help of each operation.
pub fn with_examples(deploy: Command) -> Command {
    let examples = |lines: &[&str]| format!("Examples:\n  {}", lines.join("\n  "));
    let deploy = deploy.after_help(examples(&EXAMPLES));
    EXAMPLES_OF.iter().fold(deploy, |deploy, (operation, lines)| {
        deploy.mut_subcommand(operation, |command| command.after_help(examples(lines)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_as_its_flag() {
        let named = |text, refused| named(text, refused, &flags());
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
    fn a_word_of_another_tool_leads_to_one_of_ours() {
        for (word, right) in [("destroy", "delete"), ("up", "create"), ("down", "delete")] {
            assert_eq!(meant_by(word), Some(right));
        }
        assert_eq!(meant_by("frobnicate"), None);
        let deploy = Operation::augment_subcommands(Command::new("deploy"));
        for (right, words) in OTHER_WORDS {
            assert!(deploy.find_subcommand(right).is_some(), "{right}");
            assert!(words.iter().all(|word| deploy.find_subcommand(word).is_none()), "{words:?}");
        }
    }
}
