//! The settings of a saved plan, as those of the operation that follows it.

use serde_json::{Map, Value};

use super::flags::name_of;
use crate::config::SETTINGS;
use crate::error::{DeployError, Failure};
use crate::operations::SavedPlan;

/// Reads the file of a saved plan, and takes its settings as `arguments`, the settings that were given as flags. One
/// with the recorded value may be given beside it; a wheel and a key are added later.
///
/// # Errors
/// `INVALID_VALUE` for a file that is no saved plan, or other settings beside it.
pub fn take(
    file: &str,
    content: &[u8],
    arguments: &mut Map<String, Value>,
) -> Result<SavedPlan, DeployError> {
    let saved = SavedPlan::parse(file, content)?;
    let is_other = |(name, value): &(&String, &Value)| saved.arguments.get(name.as_str()) != Some(*value);
    let flag = |name: &String| {
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        format!("--{}", setting.map_or_else(|| name.replace('_', "-"), name_of))
    };
    let beside: Vec<String> = arguments.iter().filter(is_other).map(|(name, _)| flag(name)).collect();
    if !beside.is_empty() {
        let flags = beside.join("`, `");
        return Err(refused(file, format!("a plan without other settings beside it (`{flags}`)")));
    }
    if let Value::Object(recorded) = &saved.arguments {
        arguments.clone_from(recorded);
    }
    Ok(saved)
}

/// A file of a saved plan that can't be used.
#[must_use]
pub fn refused(file: &str, expected: String) -> DeployError {
    Failure::InvalidValue { key: "plan".into(), given: file.to_owned(), expected }.into()
}
