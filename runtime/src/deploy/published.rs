//! The commands and flags for the Python package's command: `widget/src/tellr/command/commands.json`.
//!
//! Python has no copy of the help by hand: the file is made of clap's description of `tellr-app deploy`. It is
//! committed, as installing the package builds nothing; `UPDATE_EXPECT=1 cargo test -p tellr-app published` makes
//! it anew.

use clap::{ArgAction, Command, Subcommand as _};
use deployer::command_line::program::NATIVE;
use deployer::config::{Kind, SETTINGS};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::wording::{OTHER_WORDS, with_examples};

/// Subcommands that only the native program has.
const NATIVE_COMMANDS: [&str; 3] = ["help", "completions", "man"];
/// Flags that only the native program has: it packs itself, and keeps a browser's sign-in in memory.
const NATIVE_FLAGS: [&str; 3] = ["help", "own_program", "sign_in"];

fn kind_of(id: &str, action: &ArgAction) -> &'static str {
    match SETTINGS.iter().find(|setting| setting.name == id).map(|setting| setting.kind) {
        Some(Kind::Secret) => "secret",
        Some(Kind::Wheel) => "wheel",
        Some(Kind::Texts) => "texts",
        Some(Kind::Map) => "map",
        Some(Kind::Flag) => "flag",
        _ if matches!(action, ArgAction::SetTrue) => "flag",
        _ if matches!(action, ArgAction::Append) => "texts",
        _ => "text",
    }
}

/// A text of clap's for Python's command.
fn said(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default().replace(NATIVE, "tellr")
}

fn described(command: &Command) -> Value {
    let flags = command.get_arguments().filter(|arg| !NATIVE_FLAGS.contains(&arg.get_id().as_str()));
    let flags: Vec<Value> = flags
        .map(|arg| {
            let id = arg.get_id().as_str();
            json!({
                "name": id,
                "long": arg.get_long(),
                "short": arg.get_short().map(String::from),
                "kind": kind_of(id, arg.get_action()),
                "is_setting": SETTINGS.iter().any(|setting| setting.name == id),
                "value": arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string),
                "help": said(arg.get_help()),
            })
        })
        .collect();
    let commands = command.get_subcommands().filter(|command| !NATIVE_COMMANDS.contains(&command.get_name()));
    let commands: Map<String, Value> =
        commands.map(|command| (command.get_name().to_owned(), described(command))).collect();
    let examples = said(command.get_after_help());
    // clap's own lines, such as `Examples:`, come with them.
    json!({
        "about": said(command.get_about()), "after": examples, "flags": flags, "commands": commands,
    })
}

/// The commands and flags, and other tools' words for them.
#[must_use]
pub fn commands() -> Value {
    let deploy = with_examples(Operation::augment_subcommands(Command::new("deploy")));
    let mut file = described(&deploy);
    file["other_words"] = OTHER_WORDS.iter().map(|(right, words)| json!([right, words])).collect();
    file
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::*;

    #[test]
    fn the_commands_of_the_python_package_are_up_to_date() {
        expect_file!["../../../widget/src/tellr/command/commands.json"]
            .assert_eq(&format!("{:#}\n", commands()));
    }
}
