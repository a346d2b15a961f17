//! The table of commands and flags for the Python package's command: `widget/src/tellr/command/commands.json`.
//!
//! The package has no copy of the flags and their help by hand: the table is made of clap's description of
//! `tellr-app deploy`. It is committed, as installing the package builds nothing. `UPDATE_EXPECT=1 cargo test -p
//! tellr-app published` writes it anew; a test fails while it is stale.

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command, Subcommand as _};
use deployer::command_line::program::PACKAGE;
use deployer::config::{Kind, SETTINGS};
use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::wording::{ABOUT, OTHER_WORDS, other_word, with_examples};

/// Subcommands that only the native program has.
const NATIVE_COMMANDS: [&str; 4] = ["all", "completions", "export", "init"];

/// Flags that only the native program has, and what to do instead.
const NATIVE_FLAGS: [(&str, &str); 2] = [
    ("sign_in", "sign in with `databricks auth login`, then use `--profile`"),
    (
        "own_program",
        "only the program `tellr-app` can pack itself; leave it out, or use `--local-wheel-path` with a wheel of it",
    ),
];

/// The width of the help, in columns: what clap takes where it knows none.
const WIDTH: usize = 100;

fn is_native(arg: &Arg) -> bool {
    NATIVE_FLAGS.iter().any(|(name, _)| arg.get_id() == name)
}

/// The package's command, as clap would have it.
fn package() -> Command {
    let command = Operation::augment_subcommands(Command::new(PACKAGE)).about(ABOUT).term_width(WIDTH);
    let command = command.version(crate::VERSION);
    // Built before the rest is hidden: only then do subcommands have the flags of those above them.
    let mut command = with_examples(command, PACKAGE).subcommand_required(true);
    command.build();
    hiding(command)
}

fn hiding(command: Command) -> Command {
    command.mut_args(|arg| if is_native(&arg) { arg.hide(true) } else { arg }).mut_subcommands(|command| {
        let is_native = NATIVE_COMMANDS.contains(&command.get_name());
        hiding(if is_native { command.hide(true) } else { command })
    })
}

/// How a flag's value is read.
fn kind_of(arg: &Arg) -> &'static str {
    let setting = SETTINGS.iter().find(|setting| arg.get_id() == setting.name);
    match (setting.map(|setting| setting.kind), arg.get_action()) {
        (Some(Kind::Secret), _) => "secret",
        (Some(Kind::Wheel), _) => "wheel",
        (Some(Kind::Map), _) => "pairs",
        (_, ArgAction::SetTrue) => "flag",
        (_, ArgAction::Append) => "texts",
        _ if !arg.get_default_values().is_empty() && arg.get_id() == "tail" => "number",
        _ => "text",
    }
}

fn described(command: &Command) -> Value {
    let flags: Vec<Value> = command
        .get_arguments()
        .filter(|arg| !matches!(arg.get_action(), ArgAction::Help | ArgAction::Version) && !is_native(arg))
        .map(|arg| {
            let conflicts = command.get_arg_conflicts_with(arg);
            let conflicts: Vec<&str> = conflicts
                .into_iter()
                .filter(|arg| !is_native(arg))
                .map(|arg| arg.get_id().as_str())
                .collect();
            let takes_value = arg.get_action().takes_values();
            let default = arg.get_default_values().first().filter(|_| takes_value);
            let mut flag = json!({
                "name": arg.get_id().as_str(),
                "kind": kind_of(arg),
                "shown": arg.to_string(),
            });
            for (key, value) in [
                ("long", arg.get_long().map(Value::from)),
                ("short", arg.get_short().map(|short| short.to_string().into())),
                ("default", default.map(|text| text.to_string_lossy().into())),
                ("conflicts", (!conflicts.is_empty()).then(|| conflicts.into())),
                ("is_setting", SETTINGS.iter().any(|one| arg.get_id() == one.name).then_some(true.into())),
            ] {
                if let Some(value) = value {
                    flag[key] = value;
                }
            }
            flag
        })
        .collect();
    let commands: Map<String, Value> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
        .map(|command| (command.get_name().to_owned(), described(command)))
        .collect();
    // An example has a flag that the package's command lacks, and does without.
    let text = |styled: StyledStr| styled.to_string().replace(" --sign-in", "");
    let mut command = command.clone();
    json!({
        "help": text(command.render_help()),
        "usage": text(command.render_usage()),
        "flags": flags,
        "commands": commands,
    })
}

/// The table.
fn commands() -> Value {
    let command = package();
    let mut table = described(&command);
    let words = OTHER_WORDS.iter().flat_map(|(right, words)| words.iter().map(move |word| (word, right)));
    table["other_words"] = words
        .map(|(word, right)| ((*word).to_owned(), other_word(PACKAGE, word, right).into()))
        .collect::<Map<_, _>>()
        .into();
    let native = NATIVE_FLAGS.iter().filter_map(|(name, instead)| {
        let arg =
            command.get_subcommands().flat_map(Command::get_arguments).find(|arg| arg.get_id() == name)?;
        Some((arg.get_long()?.to_owned(), Value::from(*instead)))
    });
    table["native_flags"] = native.collect::<Map<_, _>>().into();
    table["native_commands"] = NATIVE_COMMANDS.into();
    table
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use deployer::command_line::flags;
    use expect_test::expect_file;

    use super::*;

    #[test]
    fn the_table_of_the_python_package_is_up_to_date() {
        expect_file!["../../../widget/src/tellr/command/commands.json"]
            .assert_eq(&format!("{:#}\n", commands()));
    }

    #[test]
    fn errors_name_exactly_the_flags_that_the_package_has() {
        fn collect(table: &Value, names: &mut BTreeSet<String>) {
            let flags = table["flags"].as_array().expect("a list");
            names.extend(flags.iter().filter_map(|flag| flag["long"].as_str()).map(str::to_owned));
            table["commands"].as_object().expect("a map").values().for_each(|table| collect(table, names));
        }
        let mut names = BTreeSet::new();
        collect(&commands(), &mut names);
        assert_eq!(names, flags::names().into_iter().collect());
    }
}
