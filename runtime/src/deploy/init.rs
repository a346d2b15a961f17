//! `tellr-app deploy init`: writes a configuration file.
//!
//! On a terminal it asks for the settings that most deployments choose, except those that flags give. The file has
//! every setting with its help, and its first line names the JSON Schema, so that an editor completes and checks
//! it. It sends no request and never replaces a file.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use deployer::command_line::text::printable;
use deployer::config::{Kind, SETTINGS, Setting, Taker, resolve, to_commented_yaml};
use deployer::error::{DeployError, ErrorClass, ErrorDetails};
use serde_json::{Map, Value, json};

use super::printer::{output_lost, print_result};
use super::setting_flags::{Init, SettingFlags};

/// The settings that are asked for.
const ASKED: [&str; 8] = [
    "app_name",
    "lakebase_name",
    "schema_name",
    "app_compute",
    "lakebase_compute",
    "serving_endpoint",
    "genie_spaces",
    "sql_warehouse",
];

/// The schema of this version's configuration file, as the npm package has it.
fn schema() -> String {
    format!("https://unpkg.com/@tellr/deployer@{}/deploy_config.schema.json", crate::VERSION)
}

/// The flags of `init`.
#[derive(Debug, Args)]
pub struct InitFlags {
    /// The file to write; an existing one is never replaced
    #[arg(long, short, value_name = "FILE", default_value = "tellr.yaml")]
    output: PathBuf,
    /// Ask nothing: use the defaults for what no flag gives
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    settings: SettingFlags<Init>,
}

impl InitFlags {
    /// Asks, and writes the file.
    ///
    /// # Errors
    /// If an answer can't be had, a value is wrong, or the file can't be written.
    pub(super) fn run(self) -> Result<(), DeployError> {
        let Self { output, yes, settings } = self;
        if output.exists() {
            return Err(exists(&output));
        }
        let mut answers = settings.arguments().clone();
        let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        if !yes && !is_terminal && answers.is_empty() {
            return Err(failed(
                "There is no terminal to ask on",
                "`init` asks for the settings that no flag gives",
                "Add `--yes` for the defaults, or give flags such as `--app-name`, `--lakebase-name`, `--schema-name` \
                 and `--serving-endpoint`. No file was written",
            ));
        }
        // What the flags give is checked before anything is asked.
        let mut config = settings.resolve(resolve::create)?;
        if !yes && is_terminal {
            ask(&mut answers)?;
            config = resolve::create(Value::Object(answers.clone()), None, None)?;
        }
        let given: Vec<String> = answers.keys().cloned().chain(["app_name".to_owned()]).collect();
        write_new(&output, to_commented_yaml(&config, &given, &schema()).as_bytes())?;
        let shown = printable(&output.display().to_string());
        let told = format!(
            "Wrote `{shown}`\n`tellr-app deploy plan create --config={}` shows what would be created\n",
            shlex::try_quote(&shown).unwrap_or_else(|_| shown.as_str().into())
        );
        print_result(&told).map_err(|error| output_lost(&error))
    }
}

/// Asks for the settings that no flag gave.
fn ask(answers: &mut Map<String, Value>) -> Result<(), DeployError> {
    for setting in ASKED.iter().filter_map(|name| SETTINGS.iter().find(|setting| setting.name == *name)) {
        while !answers.contains_key(setting.name) {
            let answer = line(&question(setting))?;
            if answer.is_empty() {
                break;
            }
            let value = match setting.kind {
                Kind::Texts => json!(answer.split(',').map(str::trim).collect::<Vec<_>>()),
                _ => json!(answer),
            };
            answers.insert(setting.name.to_owned(), value);
            if let Err(error) = resolve::create(Value::Object(answers.clone()), None, None) {
                eprintln!("  {}. {}", error.message, error.cause);
                answers.remove(setting.name);
            }
        }
    }
    Ok(())
}

fn question(setting: &Setting) -> String {
    let choices: Vec<&str> = setting.choices.iter().map(|choice| choice.value).collect();
    let more = match (setting.kind, choices.is_empty()) {
        (Kind::Texts, _) => " (ids, separated by commas)".to_owned(),
        (_, true) => String::new(),
        (_, false) => format!(" ({})", choices.join(", ")),
    };
    let default = setting.left_out(Taker::Create);
    format!("{}{more} [{}]: ", setting.label, if default.is_empty() { "none" } else { default })
}

/// An answer.
fn line(question: &str) -> Result<String, DeployError> {
    eprint!("{question}");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let cause = match io::stdin().read_line(&mut answer) {
        Ok(1..) => return Ok(answer.trim().to_owned()),
        Ok(0) => "The input ended before the last question".to_owned(),
        Err(error) => error.to_string(),
    };
    eprintln!();
    Err(failed("No file was written", &cause, "Run it again, or use flags and `--yes`"))
}

/// Writes a file that doesn't exist yet.
///
/// # Errors
/// `FILE_NOT_WRITTEN`.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<(), DeployError> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(content)).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return exists(path);
        }
        let message = format!("`{}` can't be written", path.display());
        failed(&message, &error.to_string(), "Choose another place with `--output`")
    })
}

/// The error for a file that exists.
pub(super) fn exists(path: &Path) -> DeployError {
    let message = format!("`{}` already exists", path.display());
    failed(
        &message,
        "An existing file is never replaced",
        "Choose another place with `--output`, or move it away",
    )
}

/// The error for a file that isn't written.
pub(super) fn failed(message: &str, cause: &str, remedy: &str) -> DeployError {
    ErrorDetails {
        code: "FILE_NOT_WRITTEN".to_owned(),
        class: ErrorClass::Input,
        message: message.to_owned(),
        cause: cause.to_owned(),
        reason: None,
        remedy: remedy.to_owned(),
        docs: "README.md#configuration".to_owned(),
        step: None,
        log: Vec::new(),
        refused: None,
    }
    .into()
}
