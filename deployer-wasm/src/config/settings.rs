//! The settings: the one table from which all interfaces are derived. See [`super::setting`].
//!
//! An entry has its help, its name with the type of its raw value, which operations take it, and the rest of
//! its description. The macro generates the table [`SETTINGS`], the arguments of each operation, and
//! [`Settings`], which holds the arguments of any operation.

use super::arguments::{SecretText, WheelArgument};
use super::raw::{Pairs, Raw};
use super::setting::{Choice, Kind, Setting, Taker};
use crate::document::Node;

/// An operation's arguments: the settings that it takes.
macro_rules! arguments {
    // All settings are processed.
    (@$taker:ident $doc:literal $Name:ident [$({$($help:literal)+} $name:ident $type:ty;)*]) => {
        #[allow(clippy::doc_markdown, reason = "help is for people, without marks for code")]
        #[doc = concat!(" ", $doc)]
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
        pub struct $Name {
            $($(#[doc = $help])+ pub $name: Option<$type>,)*
        }

        impl From<$Name> for Settings {
            #[allow(clippy::needless_update, reason = "an operation may take all there are")]
            fn from(arguments: $Name) -> Self {
                Self { $($name: arguments.$name,)* ..Self::default() }
            }
        }

        impl From<Settings> for $Name {
            fn from(settings: Settings) -> Self {
                Self { $($name: settings.$name,)* }
            }
        }
    };
    // Whether the next setting belongs to the operation.
    (@create $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; create $u:tt $d:tt $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@create $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@create $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; - $u:tt $d:tt $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@create $doc $Name $kept $($more)*);
    };
    (@update $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; $c:tt update $d:tt $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@update $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@update $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; $c:tt - $d:tt $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@update $doc $Name $kept $($more)*);
    };
    (@delete $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; $c:tt $u:tt delete $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@delete $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@delete $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; $c:tt $u:tt - $s:tt $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@delete $doc $Name $kept $($more)*);
    };
    (@status $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt status $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@status $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@status $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt - $r:tt $e:tt) $($more:tt)*) => {
        arguments!(@status $doc $Name $kept $($more)*);
    };
    (@rollback $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt $s:tt rollback $e:tt) $($more:tt)*) => {
        arguments!(@rollback $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@rollback $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt $s:tt - $e:tt) $($more:tt)*) => {
        arguments!(@rollback $doc $Name $kept $($more)*);
    };
    (@restore $doc:literal $Name:ident [$($kept:tt)*] ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt $s:tt $r:tt restore) $($more:tt)*) => {
        arguments!(@restore $doc $Name [$($kept)* $help $name $type;] $($more)*);
    };
    (@restore $doc:literal $Name:ident $kept:tt ($help:tt $name:ident $type:ty; $c:tt $u:tt $d:tt $s:tt $r:tt -) $($more:tt)*) => {
        arguments!(@restore $doc $Name $kept $($more)*);
    };
}

macro_rules! is_taken {
    (-) => {
        false
    };
    ($taker:ident) => {
        true
    };
}

macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty, [$($taker:tt)+] => $rest:expr;)+) => {
        /// All settings, in the order in which they are documented.
        pub const SETTINGS: &[Setting] = &[$(
            Setting {
                name: stringify!($name),
                doc: concat!($($help, "\n"),+),
                taken_by: [$(is_taken!($taker)),+],
                ..$rest
            }
        ),+];

        /// The given values of all settings, unchecked.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub(super) struct Settings {
            $(pub(super) $name: Option<$type>,)+
            /// The source of the values.
            pub(super) source: Source,
        }

        impl Settings {
            /// Sets one to a value that was checked against its type; an empty one counts as omitted.
            pub(super) fn set(&mut self, name: &str, value: Node) {
                match name {
                    $(stringify!($name) => self.$name = Raw::from_node(value),)+
                    _ => {}
                }
            }

            /// Sets several.
            pub(super) fn set_all(&mut self, found: Vec<(&'static str, Node)>) {
                for (name, value) in found {
                    self.set(name, value);
                }
            }

            /// The value of one; `None` if it wasn't given or is never written.
            pub(super) fn get(&self, name: &str) -> Option<Node> {
                match name {
                    $(stringify!($name) => self.$name.as_ref()?.to_node(),)+
                    _ => None,
                }
            }

            /// Whether one was given.
            pub(super) fn is_given(&self, name: &str) -> bool {
                match name {
                    $(stringify!($name) => self.$name.is_some(),)+
                    _ => false,
                }
            }
        }

        arguments!(@create "The arguments of `create`, all optional." CreateArguments [] $(({$($help)+} $name $type; $($taker)+))+);
        arguments!(@update "The arguments of `update`." UpdateArguments [] $(({$($help)+} $name $type; $($taker)+))+);
        arguments!(@delete "The arguments of `delete`." DeleteArguments [] $(({$($help)+} $name $type; $($taker)+))+);
        arguments!(@status "The arguments of `status`." StatusArguments [] $(({$($help)+} $name $type; $($taker)+))+);
        arguments!(@rollback "The arguments of `rollback`." RollbackArguments [] $(({$($help)+} $name $type; $($taker)+))+);
        arguments!(@restore "The arguments of `restore`." RestoreArguments [] $(({$($help)+} $name $type; $($taker)+))+);
    };
}

/// The key of what a file's environments share.
pub(super) const DEFAULTS: &str = "defaults";

/// The source of a setting's value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Arguments,
    FlatFile,
    /// An environment of a file, and the settings that it takes from the file's `defaults`.
    Environment {
        name: String,
        inherited: Vec<&'static str>,
    },
}

impl Source {
    /// The name of a setting as used in its source.
    pub(super) fn key(&self, name: &str) -> String {
        let path = || SETTINGS.iter().find(|known| known.name == name).and_then(|known| known.file);
        match self {
            Self::Arguments | Self::FlatFile => name.to_owned(),
            Self::Environment { inherited, .. } if inherited.contains(&name) => {
                format!("{DEFAULTS}.{}", path().unwrap_or(name))
            }
            Self::Environment { name: environment, .. } => {
                format!("environments.{environment}.{}", path().unwrap_or(name))
            }
        }
    }
}

const PLAIN: Setting = Setting::PLAIN;

const fn choice(value: &'static str, label: &'static str, note: &'static str) -> Choice {
    Choice { value, label, note }
}

settings! {
    /// The name of the app in the workspace.
    app_name: String, [create update delete status rollback restore] => Setting {
        label: "App name",
        default: Some("tellr"),
        needed_by: &[Taker::Update, Taker::Delete],
        file: Some("app_name"),
        pattern: Some("^[a-z][a-z0-9-]{0,28}[a-z0-9]$"),
        folded: false,
        ..PLAIN
    };

    /// The Lakebase database. `create` creates it if it doesn't exist.
    lakebase_name: String, [create update delete - - -] => Setting {
        label: "Lakebase database",
        default: Some("tellr-db"),
        kept: "as deployed",
        needed_by: &[Taker::Update],
        file: Some("lakebase.database_name"),
        pattern: Some("^[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$"),
        folded: false,
        ..PLAIN
    };

    /// The Postgres schema in the database that holds the app's data.
    schema_name: String, [create update delete - - -] => Setting {
        label: "Schema",
        default: Some("app_data"),
        kept: "as deployed",
        needed_by: &[Taker::Update],
        file: Some("lakebase.schema"),
        pattern: Some("^(?!pg_|public$|information_schema$)[a-z_][a-z0-9_]{0,62}$"),
        folded: false,
        ..PLAIN
    };

    /// The size of the app's compute.
    app_compute: String, [create update - - - -] => Setting {
        label: "App size",
        default: Some("MEDIUM"),
        kept: "unchanged",
        choices: &[
            choice("MEDIUM", "Medium", "2 vCPU, 6 GB"),
            choice("LARGE", "Large", "4 vCPU, 12 GB"),
            choice("XLARGE", "X-large", "The largest"),
        ],
        file: Some("compute_size"),
        folded: false,
        ..PLAIN
    };

    /// The size of a database that is created, in compute units; it scales between half and twice of it.
    /// A database that exists keeps its size.
    lakebase_compute: String, [create - - - - -] => Setting {
        label: "Database size",
        default: Some("CU_1"),
        choices: &[
            choice("CU_1", "1 CU", "0.5 to 2"),
            choice("CU_2", "2 CU", "1 to 4"),
            choice("CU_4", "4 CU", "2 to 8"),
            choice("CU_8", "8 CU", "4 to 16"),
        ],
        file: Some("lakebase.capacity"),
        folded: false,
        ..PLAIN
    };

    /// How many instances of the app run, 1 to 5, such as `2`; or a range such as `1-3`, within which the platform
    /// scales with the load. Beta of the platform.
    instances: String, [create update - - - -] => Setting {
        label: "Instances",
        kind: Kind::Count,
        otherwise: "1",
        kept: "unchanged",
        file: Some("instances"),
        pattern: Some("^[1-5](-[1-5])?$"),
        ..PLAIN
    };

    /// The version of the app's package: one exact version, or `latest`.
    app_version: String, [create update - - - -] => Setting {
        label: "Version",
        otherwise: "this deployer's own version",
        file: Some("app_version"),
        folded: false,
        ..PLAIN
    };

    /// The workspace folder for the app's files.
    app_file_workspace_path: String, [create update delete status rollback restore] => Setting {
        label: "Workspace folder",
        otherwise: "/Workspace/Users/<you>/.apps/<app>",
        kept: "as deployed",
        file: Some("workspace_path"),
        pattern: Some("^/(Workspace|Users|Shared|Repos)/.+$"),
        ..PLAIN
    };

    /// The description that the workspace shows beside the app's name.
    description: String, [create update - - - -] => Setting {
        label: "Description",
        default: Some("Tellr AI Slide Generator"),
        kept: "unchanged",
        file: Some("description"),
        ..PLAIN
    };

    /// Which of the two apps to deploy.
    app_package: String, [create update - - - -] => Setting {
        label: "Package",
        default: Some("tellr-app"),
        choices: &[
            choice("tellr-app", "tellr-app", "One native program"),
            choice("databricks-tellr-app", "databricks-tellr-app", "The original, in Python"),
        ],
        file: Some("app_package"),
        ..PLAIN
    };

    /// A wheel of the app on this machine, deployed instead of a published version.
    local_wheel: WheelArgument, [create update - - - -] => Setting {
        label: "Local wheel",
        kind: Kind::Wheel,
        parameter: Some("local_wheel_path"),
        ..PLAIN
    };

    /// Install the app from TestPyPI, and its dependencies from PyPI.
    use_test_pypi: bool, [create update - - - -] => Setting {
        label: "Install from TestPyPI",
        kind: Kind::Flag,
        default: Some("false"),
        file: Some("use_test_pypi"),
        ..PLAIN
    };

    /// Also add deck prompts and a style about the Databricks platform.
    seed_databricks_defaults: bool, [create update - - - -] => Setting {
        label: "Add content about Databricks",
        kind: Kind::Flag,
        default: Some("false"),
        kept: "as deployed",
        file: Some("seed_databricks_defaults"),
        ..PLAIN
    };

    /// The name of the model serving endpoint that the app's assistant asks; the app is permitted to query it.
    /// Given as an empty text, it is detached.
    serving_endpoint: String, [create update - - - -] => Setting {
        label: "Serving endpoint",
        otherwise: "chosen in the app",
        kept: "as deployed",
        file: Some("serving_endpoint"),
        pattern: Some("^[a-zA-Z0-9_-]{0,64}$"),
        folded: false,
        ..PLAIN
    };

    /// The ids of the Genie spaces that the app's assistant asks for data. An empty list detaches them.
    genie_spaces: Vec<String>, [create update - - - -] => Setting {
        label: "Genie spaces",
        kind: Kind::Texts,
        otherwise: "chosen in the app",
        kept: "as deployed",
        file: Some("genie_spaces"),
        flag: Some("genie-space"),
        pattern: Some("^[a-zA-Z0-9_-]{0,64}$"),
        folded: false,
        ..PLAIN
    };

    /// The id of the SQL warehouse that the app may use. Given as an empty text, it is detached.
    sql_warehouse: String, [create update - - - -] => Setting {
        label: "SQL warehouse",
        kept: "as deployed",
        file: Some("sql_warehouse"),
        pattern: Some("^[a-zA-Z0-9_-]{0,64}$"),
        folded: false,
        ..PLAIN
    };

    /// Who may use the app: users by user name, groups by name, service principals by application id; `users` is the
    /// whole workspace. With `:CAN_MANAGE` after the name they may also change the app. Grants are only added.
    share_with: Vec<String>, [create update - - - -] => Setting {
        label: "Share with",
        kind: Kind::Texts,
        otherwise: "its creator and workspace admins",
        kept: "unchanged",
        file: Some("share_with"),
        ..PLAIN
    };

    /// Tags of the app, as keys with values, such as a cost center; a value may be empty. Other tags of the app stay. For
    /// a governed tag you need the right to assign it. Not for secrets: others can read them.
    tags: Pairs, [create update - - - -] => Setting {
        label: "Tags",
        kind: Kind::Map,
        kept: "unchanged",
        file: Some("tags"),
        flag: Some("tag"),
        ..PLAIN
    };

    /// Where the platform writes the app's logs, metrics and traces: a Unity Catalog schema such as `main.tellr`, or
    /// three tables for logs, metrics and traces, separated by commas. Given as an empty text, nothing is written.
    telemetry: String, [create update - - - -] => Setting {
        label: "Telemetry",
        kept: "unchanged",
        file: Some("telemetry"),
        ..PLAIN
    };

    /// The id of the usage policy whose tags the app's usage is billed with.
    usage_policy: String, [create update - - - -] => Setting {
        label: "Usage policy",
        kept: "unchanged",
        file: Some("usage_policy"),
        pattern: Some("^[a-zA-Z0-9-]{1,64}$"),
        ..PLAIN
    };

    /// API scopes of the app, in addition to the six that it always requests.
    extra_scopes: Vec<String>, [create update - - - -] => Setting {
        label: "Additional API scopes",
        kind: Kind::Texts,
        file: Some("extra_scopes"),
        flag: Some("extra-scope"),
        pattern: Some("^[a-z0-9.:_-]{1,100}$"),
        ..PLAIN
    };

    /// Additional environment variables of the app, as names with values. Not for secrets: they are readable in
    /// the app's files. Names that the deployer or the platform sets are refused. If omitted, they stay as
    /// deployed.
    extra_env: Pairs, [create update - - - -] => Setting {
        label: "Additional environment variables",
        kind: Kind::Map,
        kept: "as deployed",
        file: Some("extra_env"),
        ..PLAIN
    };

    /// Where the encryption key is kept.
    encryption_key_storage: String, [create update - - - -] => Setting {
        label: "Encryption key storage",
        default: Some("secret_scope"),
        kept: "where it is now",
        choices: &[
            choice("secret_scope", "Secret scope", "app.yaml only refers to it"),
            choice("app_yaml", "app.yaml", "Readable in the app's files"),
        ],
        file: Some("encryption_key_storage"),
        ..PLAIN
    };

    /// A Fernet key to use. If omitted, the existing key is kept, or a new one is created.
    encryption_key: SecretText, [create update - - - -] => Setting {
        label: "Encryption key",
        kind: Kind::Secret,
        ..PLAIN
    };

    /// Which of the configuration file's `environments` to use.
    environment: String, [create update delete status rollback restore] => Setting {
        otherwise: "ENVIRONMENT, else development, else the only one",
        ..PLAIN
    };

    /// Drop the app's schema with all sessions, decks and settings in it; only `update` creates it again, empty. The
    /// database itself is kept. An autoscaling one gets a restore point first; a provisioned one has none.
    reset_database: bool, [- update delete - - -] => Setting {
        label: "Empty the database",
        kind: Kind::Flag,
        folded: false,
        ..PLAIN
    };

    /// Take over an app that the original deployer, databricks-tellr, created: with its package and its data as they
    /// are, or, with the package tellr-app, with a copy of its prompts, styles, profiles and sessions in a new schema.
    adopt: bool, [- update - - - -] => Setting {
        label: "Take over from databricks-tellr",
        kind: Kind::Flag,
        ..PLAIN
    };

    /// The release to go back to, by its number. If omitted: the last one that was healthy before the present one.
    to_release: String, [- - - - rollback -] => Setting {
        label: "Release",
        otherwise: "the last healthy one before the present",
        flag: Some("to"),
        pattern: Some("^[1-9][0-9]{0,6}$"),
        folded: false,
        ..PLAIN
    };

    /// What happens if the app isn't healthy after its deployment: put the previous release back, or keep the
    /// failed one.
    on_failure: String, [- update - - rollback restore] => Setting {
        label: "If the app isn't healthy",
        default: Some("rollback"),
        choices: &[
            choice("rollback", "Put the previous release back", "The app keeps running"),
            choice("keep", "Keep the failed release", "To look at it"),
        ],
        ..PLAIN
    };

    /// The branch of the database to restore the app's data from: the id of a restore point, or of a branch that
    /// the app used before. If omitted: the newest restore point.
    restore_from: String, [- - - - - restore] => Setting {
        label: "Restore point",
        otherwise: "the newest restore point",
        flag: Some("from"),
        pattern: Some("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"),
        folded: false,
        ..PLAIN
    };
}
