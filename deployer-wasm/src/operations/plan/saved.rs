//! A plan as a file, to be reviewed now and carried out later, if nothing has moved until then.
//!
//! The file holds the arguments, without secrets and without the content of a wheel, which have to be given
//! again; what the plan saw; and what it would change. Before it is carried out, the plan is made again, and
//! refused if it saw or would change anything else. What was seen is kept as a list of named facts rather than as
//! one hash, so that the refusal can name what has moved.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Plan;
use super::changes::ResourceKind;
use crate::config::{Facts, LocalWheel, Recorded, WorkspacePath};
use crate::decode::{decode, decode_text};
use crate::engine::releases::sha256;
use crate::error::{Failure, Result};
use crate::operations::{Change, Operation};

/// The file's format version.
const VERSION: u32 = 1;

/// The maximum size of the file, in bytes.
pub const LIMIT_BYTES: u64 = 1024 * 1024;

/// A plan as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// The format version.
    version: u32,
    /// The operation.
    pub operation: Operation,
    /// The app.
    pub app_name: String,
    /// The workspace's address.
    pub workspace: String,
    /// The settings, as the operation takes them, without a key and a wheel.
    pub arguments: Value,
    /// The wheel that has to be given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wheel: Option<SavedWheel>,
    /// Whether a key has to be given again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    key: bool,
    /// What the plan saw: the name of a fact, and the fact.
    seen: Facts,
    /// What it would change: a list of `ResourceChange`, as JSON. It is compared and never carried out, so it isn't
    /// read into types.
    changes: Value,
    /// What it would lose, in the same way.
    losses: Value,
}

/// A wheel, by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SavedWheel {
    file_name: String,
    /// In hexadecimal digits.
    sha256: String,
}

impl SavedWheel {
    fn of(wheel: &LocalWheel) -> Self {
        Self { file_name: wheel.file_name.clone(), sha256: sha256(&wheel.content) }
    }
}

impl SavedPlan {
    /// The file of `plan`, which was made for `change` in `workspace`.
    ///
    /// # Errors
    /// If the plan's folder is not a folder of the workspace, which no plan has.
    pub fn of(plan: &Plan, change: &Change, workspace: &str) -> Result<Self> {
        let folder = WorkspacePath::parse("app_file_workspace_path", &plan.app_file_workspace_path)?;
        let Recorded { arguments, .. } = match change {
            Change::Create(config) => config.recorded(&folder),
            Change::Update(config) => config.recorded(&folder),
            Change::Delete(config) => config.recorded(&folder),
            Change::Rollback(config) => config.recorded(&folder),
            Change::Restore(config) => config.recorded(&folder),
        };
        let (wheel, key) = secrets(change);
        Ok(Self {
            version: VERSION,
            operation: plan.operation,
            app_name: plan.app_name.clone(),
            workspace: workspace.to_owned(),
            arguments,
            wheel,
            key,
            seen: plan.seen.clone(),
            changes: json(&plan.changes),
            losses: json(&plan.losses),
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a file that is no saved plan, or that a newer deployer wrote.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self> {
        let refused = |problem: &str| Failure::InvalidValue {
            key: "plan".into(),
            given: file.to_owned(),
            expected: format!("a file that `plan --out` wrote ({problem})"),
        };
        let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not text"))?;
        let file: Value = decode_text(text).map_err(|_| refused("it has no `version`"))?;
        let version = file["version"].as_u64().ok_or_else(|| refused("it has no `version`"))?;
        if version != u64::from(VERSION) {
            return Err(refused("another version of the deployer wrote it").into());
        }
        Ok(decode(file).map_err(|mismatch| refused(&mismatch.to_string()))?)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        format!("{:#}\n", json(self))
    }

    /// Refuses arguments that lack the wheel or the key of the plan. No request has been sent by then.
    ///
    /// # Errors
    /// `INVALID_VALUE`.
    pub fn check_given(&self, change: &Change, workspace: &str) -> Result<()> {
        let (wheel, key) = secrets(change);
        let refused = |key: &str, given: &str, expected: String| {
            Err(Failure::InvalidValue { key: key.into(), given: given.into(), expected }.into())
        };
        if self.operation != change.operation() {
            let (made, given) = (self.operation.as_str(), change.operation().as_str());
            return refused("plan", given, format!("`{made}`, which the plan was made for"));
        }
        if self.app_name != change.app_name() {
            let expected = format!("`{}`, the app in the plan's settings", change.app_name());
            return refused("plan", &self.app_name, expected);
        }
        if self.workspace != workspace {
            let expected = format!("`{}`, which the plan was made for", self.workspace);
            return refused("host", workspace, expected);
        }
        match (&self.wheel, &wheel) {
            (Some(wanted), None) => {
                let expected = format!("the wheel `{}` of the plan, given again", wanted.file_name);
                return refused("local_wheel_path", "", expected);
            }
            (wanted, given) if wanted != given => {
                let given = given.as_ref().map(|wheel| wheel.file_name.as_str()).unwrap_or_default();
                return refused("local_wheel_path", given, "the wheel that the plan was made for".into());
            }
            _ => {}
        }
        if self.key != key {
            let expected =
                if self.key { "the key of the plan, given again" } else { "no key, as in the plan" };
            return refused("encryption_key", "(hidden)", expected.into());
        }
        Ok(())
    }

    /// Has `change` follow this plan: it is compared again under the lock, before anything is changed.
    pub fn followed_by(&self, change: &mut Change) {
        change.follow(self.seen.clone());
    }

    /// Compares it with the same plan, made now.
    ///
    /// # Errors
    /// `PLAN_OUTDATED` with what has moved.
    pub fn check(&self, now: &Plan) -> Result<()> {
        let names = self.seen.keys().chain(now.seen.keys().filter(|name| !self.seen.contains_key(*name)));
        let mut moved: Vec<String> =
            names.filter(|name| self.seen.get(*name) != now.seen.get(*name)).cloned().collect();
        let (saved, present) = (&self.changes, json(&now.changes));
        let of = |changes: &Value| changes.as_array().cloned().unwrap_or_default();
        let (saved, present) = (of(saved), of(&present));
        let here = saved.iter().filter(|change| !present.contains(change));
        let there = present.iter().filter(|change| !saved.contains(change));
        for change in here.chain(there) {
            let noun = decode(change["resource"].clone()).map_or("resource", ResourceKind::noun);
            let name = change["name"].as_str().unwrap_or_default();
            let name = format!("what changes in the {noun} `{name}`");
            if !moved.contains(&name) {
                moved.push(name);
            }
        }
        if self.losses != json(&now.losses) {
            moved.push("what is lost".to_owned());
        }
        if moved.is_empty() { Ok(()) } else { Err(Failure::PlanOutdated { moved }.into()) }
    }
}

/// A value as JSON. Written and read again: its type then needs no second serialiser in the modules.
fn json(value: &impl Serialize) -> Value {
    // Texts are keys, and no writer has errors of its own.
    serde_json::to_string(value).and_then(|text| serde_json::from_str(&text)).unwrap_or_default()
}

fn secrets(change: &Change) -> (Option<SavedWheel>, bool) {
    match change {
        Change::Create(config) => {
            (config.local_wheel.as_ref().map(SavedWheel::of), config.encryption_key.is_some())
        }
        Change::Update(config) => {
            (config.local_wheel.as_ref().map(SavedWheel::of), config.encryption_key.is_some())
        }
        Change::Delete(_) | Change::Rollback(_) | Change::Restore(_) => (None, false),
    }
}
