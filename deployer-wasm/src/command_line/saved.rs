//! The settings of a saved plan, as those of the operation that follows it.

use serde_json::{Map, Value};

use super::flags::flag_of;
use crate::error::{DeployError, Failure};
use crate::operations::{Operation, SavedPlan};

/// Reads the file of a saved plan of `operation`, and takes its settings as `arguments`, the settings that were given
/// as flags. One with the recorded value may be given beside it; a wheel and a key are added later.
///
/// # Errors
/// `INVALID_VALUE` for a file that is no saved plan, or one of another operation, or other settings beside it.
pub fn take(
    operation: Operation,
    file: &str,
    content: &[u8],
    arguments: &mut Map<String, Value>,
) -> Result<SavedPlan, DeployError> {
    let saved = SavedPlan::parse(file, content)?;
    if saved.operation != operation {
        let (wanted, made) = (operation.as_str(), saved.operation.as_str());
        return Err(refused(file, format!("a saved plan of `{wanted}`; this one is of `{made}`")));
    }
    let is_other = |(name, value): &(&String, &Value)| saved.arguments.get(name.as_str()) != Some(*value);
    let beside: Vec<String> = arguments.iter().filter(is_other).map(|(name, _)| flag_of(name)).collect();
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
