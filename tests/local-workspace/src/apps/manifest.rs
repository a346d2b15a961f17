//! `app.yaml`: the command and the environment of an app. Other keys are ignored, as on the platform.

use serde::Deserialize;
use serde_yaml::Value;

/// The run settings of a source folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Manifest {
    /// Run without a shell; `None` selects the platform's default.
    pub(super) command: Option<Vec<String>>,
    /// In the order of the file.
    pub(super) env: Vec<Variable>,
}

/// One environment variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) source: Source,
}

/// The source of its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    Value(String),
    /// The key of one of the app's resources.
    Resource(String),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    command: Option<Vec<Value>>,
    #[serde(default)]
    env: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    value: Option<Value>,
    #[serde(rename = "valueFrom")]
    value_from: Option<String>,
}

impl Manifest {
    /// Reads `app.yaml` or `app.yml` among source files; without one the platform's defaults apply.
    pub(super) fn among(files: &[(String, Vec<u8>)]) -> Result<Self, String> {
        let named = |name: &str| files.iter().find(|(path, _)| path == name);
        match named("app.yaml").or_else(|| named("app.yml")) {
            Some((name, bytes)) => Self::parse(bytes)
                .map_err(|reason| format!("Error deploying app: error reading {name} file: {reason}")),
            None => Ok(Self::default()),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let file: Option<File> = serde_yaml::from_slice(bytes).map_err(|error| error.to_string())?;
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let command = match file.command {
            None => None,
            Some(words) => {
                Some(words.iter().map(|word| scalar("command", word)).collect::<Result<Vec<_>, _>>()?)
            }
        };
        if command.as_ref().is_some_and(Vec::is_empty) {
            return Err("command must not be empty".to_owned());
        }
        let env = file.env.unwrap_or_default().into_iter().map(variable).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { command, env })
    }
}

fn variable(entry: Entry) -> Result<Variable, String> {
    let source = match (entry.value, entry.value_from) {
        (Some(value), None) => Source::Value(scalar(&entry.name, &value)?),
        (None, Some(key)) => Source::Resource(key),
        _ => {
            return Err(format!("environment variable {} needs either value or valueFrom", entry.name));
        }
    };
    Ok(Variable { name: entry.name, source })
}

fn scalar(what: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(format!("{what} must be a string")),
    }
}
