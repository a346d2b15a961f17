//! What is wanted: the arguments of each operation, checked before the first request.
//!
//! Two kinds of type live here. *Arguments* ([`CreateArguments`] and its siblings) are what a
//! face collected: raw text, everything optional, named as the functions' parameters are.
//! *Configurations* ([`CreateConfig`] …) are what the operations work with: every value parsed
//! into a type of its own, every default applied. The only way from one to the other is
//! `resolve`, so a wrong name is refused before anything was sent, with its key and what would
//! be right, and no code further down checks a name again.
//!
//! A configuration file replaces the arguments that say *what* is wanted; the two exclude each
//! other, as they could contradict each other. The arguments that say *how* (`environment`,
//! `encryption_key`, the local wheel, `reset_database`) are allowed beside a file: a secret, an
//! artefact of one machine and an order to destroy data have no place in a file that is kept.

mod arguments;
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
mod replay;
pub mod resolve;
mod setting;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod version;
mod wheel;
mod write_file;

pub use arguments::{SecretText, WheelArgument};
pub use enums::{AppPackage, Capacity, ComputeSize, KeyStorage, PackageIndex, Seeds};
pub use key::FernetKey;
#[cfg(test)]
pub(crate) use key_schema::{Holds, Key, environment as environment_keys, flat_file as flat_keys};
pub use name::{ApiScope, AppName, Description, LakebaseName, SchemaName};
pub use path::WorkspacePath;
pub use raw::Pairs;
pub use read_file::{environments, file_text};
pub use replay::Recorded;
pub use resolve::{API_SCOPES, CreateConfig, DeleteConfig, StatusConfig, UpdateConfig};
pub use setting::{Choice, Kind, Setting, Taker};
pub use settings::{CreateArguments, DeleteArguments, SETTINGS, StatusArguments, UpdateArguments};
pub use version::{PackageVersion, VersionPin};
pub use wheel::{LocalWheel, WHEEL_LIMIT_BYTES};
pub use write_file::{to_node, to_yaml};
