//! `tellr-app deploy init`: writes a configuration file.
//!
//! On a terminal it asks for what most deployments choose; flags answer beforehand. The file has every setting
//! with its help, and its first line names the JSON Schema, so that an editor completes and checks it. No
//! request is sent, and an existing file is never replaced without asking.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use deployer::config::{CreateConfig, SETTINGS, Setting, Taker, resolve, to_commented_yaml};
use deployer::error::{DeployError, ErrorClass, ErrorDetails};
use serde_json::{Map, Value, json};

use super::setting_flags::{Create, SettingFlags};

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

/// The schema of this version's configuration file, as the npm package has it on the CDNs that serve npm packages.
fn schema() -> String {
    format!("https://unpkg.com/@tellr/deployer@{}/deploy_config.schema.json", crate::VERSION)
}

/// The flags of `init`.
#[derive(Debug, Args)]
pub struct InitFlags {
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "tellr.yaml")]
    output: PathBuf,
    /// Ask nothing: write what the flags say
    #[arg(long, short)]
    yes: bool,
    /// Replace the file if it exists, without asking
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    settings: SettingFlags<Create>,
}

impl InitFlags {
    /// Whether the settings come from a file.
    pub(super) fn is_from_file(&self) -> bool {
        self.settings.is_from_file()
    }

    /// Asks, and writes the file.
    pub(super) fn run(self) -> Result<(), DeployError> {
        let Self { output, yes, overwrite, settings } = self;
        let is_interactive = !yes && io::stdin().is_terminal() && io::stderr().is_terminal();
        if !overwrite && output.exists() && !(is_interactive && may_replace(&output)?) {
            return Err(exists(&output));
        }
        let overwrite = overwrite || output.exists();
        let mut answers = settings.arguments().clone();
        // What the flags say has to be right before anything is asked.
        let mut config = settings.resolve(resolve::create)?;
        if is_interactive {
            config = ask(&mut answers)?;
        }
        let given: Vec<String> = answers.keys().cloned().chain(["app_name".to_owned()]).collect();
        write(&output, &to_commented_yaml(&config, &given, &schema()), overwrite)?;
        eprintln!(
            "Wrote `{0}`. `tellr-app deploy plan create --config {0}` shows what it creates",
            output.display()
        );
        Ok(())
    }
}

/// Asks for the settings that no flag answered.
fn ask(answers: &mut Map<String, Value>) -> Result<CreateConfig, DeployError> {
    for name in ASKED {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else { continue };
        while !answers.contains_key(name) {
            let Some(answer) = line(&question(setting))? else {
                let cause = "The input ended before the last question";
                return Err(failed("No file was written", cause, "Run it again, or use flags and `--yes`"));
            };
            if answer.is_empty() {
                break;
            }
            let value = if name == "genie_spaces" {
                json!(answer.split(',').map(str::trim).collect::<Vec<_>>())
            } else {
                json!(answer)
            };
            let mut tried = answers.clone();
            tried.insert(name.to_owned(), value);
            match resolve::create(Value::Object(tried.clone()), None, None) {
                Ok(_) => *answers = tried,
                Err(error) => eprintln!("  {}: {}", error.message, error.cause),
            }
        }
    }
    resolve::create(Value::Object(answers.clone()), None, None)
}

fn question(setting: &Setting) -> String {
    let choices: Vec<&str> = setting.choices.iter().map(|choice| choice.value).collect();
    let choices = if choices.is_empty() { String::new() } else { format!(" ({})", choices.join(", ")) };
    let default = setting.left_out(Taker::Create);
    let default = if default.is_empty() { "none" } else { default };
    format!("{}{choices} [{default}]: ", setting.label)
}

/// An answer; `None` at the end of the input.
fn line(question: &str) -> Result<Option<String>, DeployError> {
    eprint!("{question}");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin()
        .read_line(&mut answer)
        .map_err(|error| failed("The answer can't be read", &error.to_string(), "Use flags and `--yes`"))?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}

fn may_replace(output: &Path) -> Result<bool, DeployError> {
    let answer = line(&format!("`{}` exists. Replace it? [y/N]: ", output.display()))?;
    Ok(answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes")))
}

/// Writes a new file, or replaces one as a whole.
fn write(output: &Path, text: &str, overwrite: bool) -> Result<(), DeployError> {
    let written = if overwrite {
        fs::write(output, text)
    } else {
        // It may have appeared meanwhile.
        let file = OpenOptions::new().write(true).create_new(true).open(output);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
    };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(output),
        _ => {
            let message = format!("`{}` can't be written", output.display());
            failed(&message, &error.to_string(), "Choose another file with `--output`")
        }
    })
}

fn exists(output: &Path) -> DeployError {
    let message = format!("`{}` exists", output.display());
    failed(&message, "It is not replaced without a confirmation", "Use `--overwrite`, or another `--output`")
}

pub(super) fn failed(message: &str, cause: &str, remedy: &str) -> DeployError {
    ErrorDetails {
        code: "FILE_NOT_WRITTEN".to_owned(),
        class: ErrorClass::Input,
        message: message.to_owned(),
        cause: cause.to_owned(),
        remedy: remedy.to_owned(),
        docs: "README.md#configuration".to_owned(),
        step: None,
        log: Vec::new(),
        refused: None,
    }
    .into()
}
