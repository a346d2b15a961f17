//! Adapts the deployer's texts to the command line.
//!
//! The catalogue names settings by their keys, as in a file and in Python. Here they become flags.

use clap::{Command, Subcommand as _};
use deployer::command_line::flags;
use deployer::command_line::program::NATIVE;
use deployer::error::DeployError;

use super::operation::Operation;

/// Other tools' names for these subcommands.
pub(super) const OTHER_WORDS: [(&str, &[&str]); 9] = [
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

/// An error with settings named by their flags, unless they were given in a file.
pub(super) fn with_flags(error: DeployError, is_from_file: bool) -> DeployError {
    flags::with_flags(error, is_from_file, NATIVE, flags())
}

/// The same for a text.
pub(super) fn in_text(text: &str, is_from_file: bool) -> String {
    flags::in_text(text, is_from_file, NATIVE, flags())
}

/// The long names of all flags of the deployer.
fn flags() -> Vec<String> {
    fn collect(command: &Command, names: &mut Vec<String>) {
        names.extend(command.get_arguments().filter_map(|argument| argument.get_long()).map(str::to_owned));
        command.get_subcommands().for_each(|command| collect(command, names));
    }
    let mut names = Vec::new();
    collect(&Operation::augment_subcommands(Command::new("deploy")), &mut names);
    names
}

/// The end of a command line with another tool's word; `right` is ours.
pub fn other_word(program: &str, word: &str, right: &str) -> String {
    format!(
        "error: there is no `{program} {word}`; use `{program} {right}`\n\n\
         For more information, try `{program} {right} --help`\n"
    )
}

/// What `deploy` is, for its help.
pub const ABOUT: &str = "Create, update, delete or inspect a Tellr app in a Databricks workspace";

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

/// Adds examples to the help of each operation of `program`.
pub fn with_examples(deploy: Command, program: &str) -> Command {
    let examples = |lines: &[&str]| format!("Examples:\n  {}", lines.join("\n  ")).replace(NATIVE, program);
    let deploy = deploy.after_help(examples(&EXAMPLES));
    EXAMPLES_OF.iter().fold(deploy, |deploy, (operation, lines)| {
        deploy.mut_subcommand(operation, |command| command.after_help(examples(lines)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
