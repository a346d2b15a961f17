//! The arguments of each operation, checked before the first request.
//!
//! There are two kinds of type. *Arguments* ([`CreateArguments`] and its siblings) are what an interface
//! collected: raw text, everything optional, named as the functions' parameters are. *Configurations*
//! ([`CreateConfig`] …) are what the operations use: every value parsed into a type of its own, every default
//! applied. Only `resolve` converts one to the other, so an invalid name is refused before any request, with
//! its key and a valid form, and later code needn't check names again.
//!
//! A configuration file replaces the arguments that say *what* to deploy; the two can't be combined, as they
//! could contradict each other. The arguments that say *how* (`environment`, `encryption_key`, the local
//! wheel, `reset_database`) are allowed together with a file: a secret, a file of one machine and an order to
//! destroy data don't belong in a file that is kept.

mod arguments;
mod doctor;
mod enums;
mod index;
mod key;
mod key_schema;
pub mod launch;
mod name;
mod path;
#[cfg(test)]
mod properties;
mod raw;
mod read_file;
mod read_json;
pub mod record;
mod replay;
pub mod resolve;
pub mod services;
mod setting;
mod settings;
pub mod sharing;
pub mod tags;
#[cfg(test)]
mod tests;
mod text;
mod version;
mod wheel;
mod write_file;

pub use arguments::{SecretText, WheelArgument};
pub use doctor::{Deployed, DoctorConfig};
pub use enums::{AppPackage, Capacity, ComputeSize, KeyStorage, OnFailure, PackageIndex, Seeds};
pub use key::FernetKey;
#[cfg(test)]
pub(crate) use key_schema::{Holds, Key, environment as environment_keys, flat_file as flat_keys};
pub use name::{ApiScope, AppName, BranchId, Description, LakebaseName, SchemaName};
pub use path::WorkspacePath;
pub use raw::Pairs;
pub use read_file::{environments, file_text};
pub use replay::Recorded;
pub use resolve::{
    API_SCOPES, CreateConfig, DeleteConfig, RestoreConfig, RollbackConfig, StatusConfig, UpdateConfig,
};
pub use setting::{Choice, Kind, Setting, Taker};
pub use settings::{
    CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, SETTINGS, StatusArguments,
    UpdateArguments,
};
pub use version::{PackageVersion, VersionPin};
pub use wheel::{LocalWheel, WHEEL_LIMIT_BYTES};
pub use write_file::{to_commented_yaml, to_node, to_yaml};

/// What a plan saw of the workspace: facts by name. A run that follows the plan compares them again.
pub type Facts = std::collections::BTreeMap<String, String>;
