//! The flags of settings, with their help: generated from the deployer's table, so that each new setting
//! has a flag.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use deployer::command_line::flags::{help, name_of};
use deployer::config::{Kind, SETTINGS, Setting, Taker};
use deployer::error::{DeployError, Failure};
use serde_json::{Map, Value, json};

use crate::files::read_bounded;

const CONFIG: &str = "config";

/// An operation, as a type parameter.
pub trait Operation: Clone {
    /// The operation.
    const TAKER: Taker;
}

/// `create`
#[derive(Debug, Clone)]
pub struct Create;
/// `update`
#[derive(Debug, Clone)]
pub struct Update;
/// `delete`
#[derive(Debug, Clone)]
pub struct Delete;
/// `status`
#[derive(Debug, Clone)]
pub struct Status;

impl Operation for Create {
    const TAKER: Taker = Taker::Create;
}
impl Operation for Update {
    const TAKER: Taker = Taker::Update;
}
impl Operation for Delete {
    const TAKER: Taker = Taker::Delete;
}
impl Operation for Status {
    const TAKER: Taker = Taker::Status;
}

/// The settings given to one operation as flags.
#[derive(Debug, Clone)]
pub struct SettingFlags<O> {
    arguments: Map<String, Value>,
    wheel: Option<PathBuf>,
    key: Option<PathBuf>,
    config: Option<PathBuf>,
    operation: PhantomData<O>,
}

fn taken(taker: Taker) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.is_taken_by(taker))
}

fn flag(setting: &'static Setting, taker: Taker) -> Arg {
    let arg = Arg::new(setting.name).long(name_of(setting)).help(help(setting, taker));
    match setting.kind {
        Kind::Text if setting.choices.is_empty() => arg.value_name("TEXT"),
        Kind::Text => arg.value_name("CHOICE"),
        Kind::Flag => arg.action(ArgAction::SetTrue),
        Kind::Texts => arg.value_name("TEXT").action(ArgAction::Append),
        Kind::Map => arg.value_name("NAME=VALUE").action(ArgAction::Append),
        Kind::Secret | Kind::Wheel => arg.value_name("FILE").value_parser(value_parser!(PathBuf)),
    }
}

impl<O: Operation> Args for SettingFlags<O> {
    fn augment_args(command: Command) -> Command {
        let config =
            Arg::new(CONFIG).long(CONFIG).value_name("FILE").value_parser(value_parser!(PathBuf)).help(
                "A YAML file with the settings of the deployment; can't be combined with the flags for them",
            );
        taken(O::TAKER).fold(command.arg(config), |command, setting| command.arg(flag(setting, O::TAKER)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<O: Operation> FromArgMatches for SettingFlags<O> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let mut flags = Self {
            arguments: Map::new(),
            wheel: None,
            key: None,
            config: path(CONFIG),
            operation: PhantomData,
        };
        for setting in taken(O::TAKER) {
            let name = setting.name;
            let all = || matches.get_many::<String>(name).map(|values| values.cloned().collect::<Vec<_>>());
            let value = match setting.kind {
                Kind::Text => matches.get_one::<String>(name).map(|text| json!(text)),
                Kind::Flag => matches.get_flag(name).then_some(Value::Bool(true)),
                Kind::Texts => all().map(|texts| json!(texts)),
                Kind::Map => all().map(|texts| pairs(name, &texts)).transpose()?,
                Kind::Wheel => {
                    flags.wheel = path(name);
                    None
                }
                Kind::Secret => {
                    flags.key = path(name);
                    None
                }
            };
            if let Some(value) = value {
                flags.arguments.insert(name.to_owned(), value);
            }
        }
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// `NAME=VALUE`, each name once. The value may be empty, the sign may not be missing: `NAME` alone, which other
/// programs take from the environment, is more likely a mistake.
fn pairs(flag: &str, texts: &[String]) -> Result<Value, clap::Error> {
    let mut pairs = serde_json::Map::new();
    for text in texts {
        let refused = |problem: &str| {
            let flag = flag.replace('_', "-");
            clap::Error::raw(ErrorKind::InvalidValue, format!("`--{flag} {text}`: {problem}\n"))
        };
        let (name, value) =
            text.split_once('=').ok_or_else(|| refused("expected NAME=VALUE; for an empty value, NAME="))?;
        if pairs.insert(name.to_owned(), json!(value)).is_some() {
            return Err(refused("this name is given twice"));
        }
    }
    Ok(Value::Object(pairs))
}

impl<O: Operation> SettingFlags<O> {
    /// Whether a configuration file is given.
    pub(super) fn is_from_file(&self) -> bool {
        self.config.is_some()
    }

    /// Whether the app's name is given, or may be in a file.
    pub(super) fn may_name_app(&self) -> bool {
        self.is_from_file() || self.arguments.contains_key("app_name")
    }

    /// Sets the app's name if no flag does.
    pub(super) fn set_app_name(&mut self, name: Option<String>) {
        if let Some(name) = name {
            self.arguments.entry("app_name").or_insert(json!(name));
        }
    }

    /// The values of flags, but for those that name files.
    pub(super) fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Selects one of the environments of the file.
    pub(super) fn set_environment(&mut self, name: &str) {
        self.arguments.insert("environment".to_owned(), json!(name));
    }

    /// The environments of the file: the selected one, or all of them; none if the file has none.
    pub(super) fn environments(&self) -> Result<Vec<String>, DeployError> {
        let Some(path) = self.config.as_deref() else { return Ok(Vec::new()) };
        let bytes = read(CONFIG, path)?;
        let mut names = deployer::config::environments(deployer::config::file_text(&bytes)?)?;
        if let Some(selected) = self.arguments.get("environment").and_then(Value::as_str) {
            // One that doesn't exist is refused with those that do, when it is resolved.
            names = vec![selected.to_owned()];
        }
        Ok(names)
    }

    /// Deploys a wheel that is in memory.
    pub(super) fn set_wheel(&mut self, file_name: &str, content: &[u8]) {
        let content = STANDARD.encode(content);
        self.arguments.insert("local_wheel".into(), json!({"file_name": file_name, "content": content}));
    }

    /// Checks the values: reads the files, and resolves the configuration with the deployer.
    pub(super) fn resolve<T>(
        mut self,
        resolve: impl FnOnce(Value, Option<&str>, Option<&str>) -> Result<T, DeployError>,
    ) -> Result<T, DeployError> {
        let file = self.read_files()?;
        let environment = std::env::var("ENVIRONMENT").ok();
        resolve(Value::Object(self.arguments), file.as_deref(), environment.as_deref())
    }

    /// Reads the named files; returns the text of the configuration.
    fn read_files(&mut self) -> Result<Option<String>, DeployError> {
        if let Some(path) = self.wheel.take() {
            let content = read("local_wheel_path", &path)?;
            let file_name =
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            self.set_wheel(&file_name, &content);
        }
        if taken(O::TAKER).any(|setting| setting.kind == Kind::Secret) {
            let text = match &self.key {
                Some(path) => Some(text_of("encryption_key_file", path, "a file with a Fernet key")?),
                None => std::env::var("TELLR_ENCRYPTION_KEY").ok().filter(|text| !text.trim().is_empty()),
            };
            if let Some(text) = text {
                self.arguments.insert("encryption_key".into(), json!(text.trim()));
            }
        }
        self.config
            .as_deref()
            .map(|path| {
                let bytes = read(CONFIG, path)?;
                deployer::config::file_text(&bytes).map(str::to_owned)
            })
            .transpose()
    }
}

fn text_of(key: &str, path: &Path, expected: &str) -> Result<String, DeployError> {
    String::from_utf8(read(key, path)?).map_err(|_| unreadable(key, path, expected))
}

/// More than any file that is given may have; what is larger is refused by its own limit. Not read whole, as a path
/// may lead to something without an end.
const LARGEST_FILE_BYTES: u64 = 32 * 1024 * 1024;

fn read(key: &str, path: &Path) -> Result<Vec<u8>, DeployError> {
    read_bounded(path, LARGEST_FILE_BYTES)
        .map_err(|error| unreadable(key, path, &format!("a file that can be read ({error})")))
}

fn unreadable(key: &str, path: &Path, expected: &str) -> DeployError {
    Failure::InvalidValue {
        key: key.to_owned(),
        given: path.display().to_string(),
        expected: expected.to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_needs_its_sign_and_one_value() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let two = pairs("extra_env", &texts(&["A=1=2", "B="])).expect("both have a sign");
        assert_eq!(two, json!({"A": "1=2", "B": ""}));
        for refused in [&["FOO"][..], &["A=1", "A=2"]] {
            let error = pairs("extra_env", &texts(refused)).expect_err("it is a mistake").to_string();
            assert!(error.contains("--extra-env "), "{error}");
        }
    }
}
