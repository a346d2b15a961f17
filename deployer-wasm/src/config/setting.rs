//! The description of a setting: everything that an interface needs to offer it.
//!
//! # One description for all interfaces
//!
//! A setting is described once, in the table of [`super::settings`]: its name, its type, its default, its
//! help, which operations take it, and its key in a file. The following are derived from the table:
//!
//! | what | where |
//! |---|---|
//! | the arguments of each operation, and their TypeScript types | the macro of [`super::settings`], `pkg/types.d.ts` |
//! | the valid keys and their types | [`super::key_schema`] |
//! | reading both shapes of file; writing the flat one | [`super::read_file`], [`super::write_file`] |
//! | the settings in the journal, to resume a run | [`super::replay`] |
//! | the file's JSON Schema | `pkg/deploy_config.schema.json` |
//! | flags and their help | `runtime/src/deploy/setting_flags.rs`, when the program starts |
//! | the form's fields | `frontend/src/deploy/form/settings.ts` |
//! | Python's keyword-only parameters, their description and defaults, and the widget's traits | `widget/src/tellr/{functions,defaults,settings}.py` |
//!
//! The parts that don't fit a table are code: the type that a text is parsed into, and where the value is
//! used ([`super::resolve`] and the operations). Generated files are committed, and a test reports stale
//! ones.

/// A setting, described for users and programs.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name, as an argument and as a key of a flat file.
    pub name: &'static str,
    /// The help text, with line ends as in the source; see [`Setting::help`].
    pub(super) doc: &'static str,
    /// The label of the form's field.
    pub label: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// Its possible values, if there is a fixed set.
    pub choices: &'static [Choice],
    /// The default in `create`.
    pub default: Option<&'static str>,
    /// The default in `create` in words, if it isn't a fixed value.
    pub otherwise: &'static str,
    /// The default in words for operations on an existing app.
    pub kept: &'static str,
    /// Which operations take it, in the order of [`Taker::ALL`].
    pub(super) taken_by: [bool; 6],
    /// Which operations require it, unless a file is given.
    pub needed_by: &'static [Taker],
    /// Its key in an environment of a file, such as `lakebase.schema`; a flat file uses its name. `None` for
    /// settings that are never in a file.
    pub file: Option<&'static str>,
    /// The name of its flag without the dashes, if it isn't its name with hyphens.
    pub flag: Option<&'static str>,
    /// The name of its parameter in Python, if it isn't its name.
    pub parameter: Option<&'static str>,
    /// The format of its text as a regular expression, for editors; the deployer checks more.
    pub pattern: Option<&'static str>,
    /// Whether a form shows it only under the advanced settings.
    pub folded: bool,
}

/// The type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    Texts,
    /// Names, each with a text.
    Map,
    /// A number, or a range of two as a text.
    Count,
    /// A text that is never shown or kept.
    Secret,
    /// A wheel's file.
    Wheel,
}

/// A possible value of a setting.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As it is written in a configuration.
    pub value: &'static str,
    /// As a form shows it.
    pub label: &'static str,
    /// A short explanation.
    pub note: &'static str,
}

/// An operation that takes settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taker {
    /// `create`
    Create,
    /// `update`
    Update,
    /// `delete`
    Delete,
    /// `status`
    Status,
    /// `rollback`
    Rollback,
    /// `restore`
    Restore,
}

impl Taker {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Create, Self::Update, Self::Delete, Self::Status, Self::Rollback, Self::Restore];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Status => "status",
            Self::Rollback => "rollback",
            Self::Restore => "restore",
        }
    }
}

impl Setting {
    /// The defaults of a description.
    pub(super) const PLAIN: Self = Self {
        name: "",
        doc: "",
        label: "",
        kind: Kind::Text,
        choices: &[],
        default: None,
        otherwise: "",
        kept: "",
        taken_by: [false; 6],
        needed_by: &[],
        file: None,
        flag: None,
        parameter: None,
        pattern: None,
        folded: true,
    };

    /// The help text on one line.
    pub fn help(&self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether an operation takes it.
    pub fn is_taken_by(&self, taker: Taker) -> bool {
        self.taken_by[taker as usize]
    }

    /// Whether an operation requires it.
    pub fn is_needed_by(&self, taker: Taker) -> bool {
        self.needed_by.contains(&taker)
    }

    /// The name of its flag, without the dashes.
    pub fn flag(&self) -> String {
        self.flag.map_or_else(|| self.parameter().replace('_', "-"), str::to_owned)
    }

    /// The name of its parameter in Python.
    pub fn parameter(&self) -> &'static str {
        self.parameter.unwrap_or(self.name)
    }

    /// The default for an operation, in words; empty where there is none.
    pub fn left_out(&self, taker: Taker) -> &'static str {
        match (taker, self.default) {
            (Taker::Create, Some(default)) => default,
            (Taker::Create, None) => self.otherwise,
            _ if !self.kept.is_empty() => self.kept,
            _ => self.default.unwrap_or(self.otherwise),
        }
    }
}
