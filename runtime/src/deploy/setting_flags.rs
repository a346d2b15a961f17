//! The flags of settings, with their help: generated from the deployer's table, so that each new setting
//! has a flag.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use deployer::command_line::flags::name_of;
use deployer::command_line::saved;
use deployer::config::{Kind, SETTINGS, Setting, Taker};
use deployer::error::{DeployError, Failure};
use deployer::operations::{self, SavedPlan};
use serde_json::{Map, Value, json};

use crate::files::read_bounded;

const CONFIG: &str = "config";

/// An operation, as a type parameter.
pub trait Operation {
    /// The operation.
    const TAKER: Taker;
    /// Whether there are flags only for what a configuration file may hold, and none for a file.
    const FOR_FILE: bool = false;
}

/// `create`
#[derive(Debug)]
pub struct Create;
/// `update`
#[derive(Debug)]
pub struct Update;
/// `delete`
#[derive(Debug)]
pub struct Delete;
/// `status`
#[derive(Debug)]
pub struct Status;

/// `rollback`
#[derive(Debug)]
pub struct Rollback;
/// `restore`
#[derive(Debug)]
pub struct Restore;
/// `init`, which writes a file with the settings of `create`
#[derive(Debug)]
pub struct Init;

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
impl Operation for Rollback {
    const TAKER: Taker = Taker::Rollback;
}
impl Operation for Restore {
    const TAKER: Taker = Taker::Restore;
}
impl Operation for Init {
    const TAKER: Taker = Taker::Create;
    const FOR_FILE: bool = true;
}

/// The settings given to one operation as flags.
#[derive(Debug)]
pub struct SettingFlags<O> {
    given: Given,
    operation: PhantomData<O>,
}

/// The same without the operation as a type, so that what is done with them is compiled once.
#[derive(Debug, Clone)]
pub struct Given {
    arguments: Map<String, Value>,
    wheel: Option<PathBuf>,
    key: Option<PathBuf>,
    config: Option<PathBuf>,
    taker: Taker,
    for_file: bool,
}

fn taken(taker: Taker, for_file: bool) -> impl Iterator<Item = &'static Setting> {
    let is_offered = move |setting: &&Setting| !for_file || setting.file.is_some();
    SETTINGS.iter().filter(move |setting| setting.is_taken_by(taker)).filter(is_offered)
}

fn flag(setting: &'static Setting, taker: Taker) -> Arg {
    let arg = Arg::new(setting.name).long(name_of(setting)).help(help(setting, taker));
    match setting.kind {
        Kind::Text if setting.choices.is_empty() => arg.value_name("TEXT"),
        Kind::Text => arg.value_name("CHOICE"),
        Kind::Count => arg.value_name("NUMBER"),
        Kind::Flag => arg.action(ArgAction::SetTrue),
        Kind::Texts => arg.value_name("TEXT").action(ArgAction::Append),
        Kind::Map => arg.value_name("NAME=VALUE").action(ArgAction::Append),
        Kind::Secret | Kind::Wheel => arg.value_name("FILE").value_parser(value_parser!(PathBuf)),
    }
}

fn help(setting: &Setting, taker: Taker) -> String {
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

/// A command with the flags.
fn augmented(command: Command, taker: Taker, for_file: bool) -> Command {
    let config =
        Arg::new(CONFIG).long(CONFIG).value_name("FILE").value_parser(value_parser!(PathBuf)).help(
            "A YAML file with the settings of the deployment; can't be combined with the flags for them",
        );
    let command = if for_file { command } else { command.arg(config) };
    taken(taker, for_file).fold(command, |command, setting| command.arg(flag(setting, taker)))
}

impl Given {
    fn read(matches: &ArgMatches, taker: Taker, for_file: bool) -> Result<Self, clap::Error> {
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let config = if for_file { None } else { path(CONFIG) };
        let mut flags = Self { arguments: Map::new(), wheel: None, key: None, config, taker, for_file };
        for setting in taken(taker, for_file) {
            let name = setting.name;
            let all = || matches.get_many::<String>(name).map(|values| values.cloned().collect::<Vec<_>>());
            let value = match setting.kind {
                Kind::Text | Kind::Count => matches.get_one::<String>(name).map(|text| json!(text)),
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
}

impl<O: Operation> Args for SettingFlags<O> {
    fn augment_args(command: Command) -> Command {
        augmented(command, O::TAKER, O::FOR_FILE)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<O: Operation> FromArgMatches for SettingFlags<O> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { given: Given::read(matches, O::TAKER, O::FOR_FILE)?, operation: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The pairs of a flag.
fn pairs(setting: &str, texts: &[String]) -> Result<Value, clap::Error> {
    let refused = |problem| clap::Error::raw(ErrorKind::InvalidValue, format!("{problem}\n"));
    deployer::command_line::flags::pairs(setting, texts).map(Value::Object).map_err(refused)
}

impl<O> SettingFlags<O> {
    /// The same without the type.
    pub(super) fn given(self) -> Given {
        self.given
    }

    /// See [`Given::resolve`].
    pub(super) fn resolve<T>(
        self,
        resolve: impl FnOnce(Value, Option<&str>, Option<&str>) -> Result<T, DeployError>,
    ) -> Result<T, DeployError> {
        self.given.resolve(resolve)
    }
}

impl<O> Deref for SettingFlags<O> {
    type Target = Given;

    fn deref(&self) -> &Given {
        &self.given
    }
}

impl<O> DerefMut for SettingFlags<O> {
    fn deref_mut(&mut self) -> &mut Given {
        &mut self.given
    }
}

impl Given {
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

    /// Reads the file of a saved plan of `operation`, and takes its settings.
    pub(super) fn take_recorded(
        &mut self,
        operation: operations::Operation,
        file: &str,
        content: &[u8],
    ) -> Result<SavedPlan, DeployError> {
        saved::take(operation, file, content, &mut self.arguments)
    }

    /// The values of the flags, but for those that name files.
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
        let names = deployer::config::environments(deployer::config::file_text(&bytes)?)?;
        // One that doesn't exist is refused with those that do, when it is resolved.
        Ok(match self.arguments.get("environment").and_then(Value::as_str) {
            Some(selected) => vec![selected.to_owned()],
            None => names,
        })
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
        if taken(self.taker, self.for_file).any(|setting| setting.kind == Kind::Secret) {
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
