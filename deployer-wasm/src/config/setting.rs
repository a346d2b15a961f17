//! What is known of a setting: everything that a face needs to offer it.
//!
//! # One description, many faces
//!
//! A setting is described once, in the table of [`super::settings`]: its name, what it holds, its default, its help,
//! which operations take it, and where it stands in a file. From the table come:
//!
//! | what | where |
//! |---|---|
//! | the arguments of each operation, and their TypeScript types | the macro of [`super::settings`], `pkg/types.d.ts` |
//! | which keys there are, and their types | [`super::key_schema`] |
//! | both shapes of file, read; the flat one, written | [`super::read_file`], [`super::write_file`] |
//! | what the journal keeps, to resume a run with the same | [`super::replay`] |
//! | the file's JSON Schema | `pkg/deploy_config.schema.json` |
//! | flags and their help | `runtime/src/deploy/setting_flags.rs`, when the program starts |
//! | the form's fields | `frontend/src/deploy/form/settings.ts` |
//! | Python's keyword-only parameters, their description and defaults, and the widget's traits | `widget/src/tellr/{functions,defaults,settings}.py` |
//!
//! What can't be in a table is code: the type that a text is parsed into, and where the value is used
//! ([`super::resolve`] and the operations). Generated files are committed, and a test says when one is stale.

/// A setting, as it is described to people and programs.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name, as an argument and as a key of a flat file.
    pub name: &'static str,
    /// Sentences for people, with line ends as in the source; see [`Setting::help`].
    pub(super) doc: &'static str,
    /// A few words above a form's field.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The values it can have, if they are a few.
    pub choices: &'static [Choice],
    /// Its value where `create` is not given one.
    pub default: Option<&'static str>,
    /// What holds where `create` is not given one, in words, if that is no fixed value.
    pub otherwise: &'static str,
    /// What holds where an operation on an existing app is not given one, in words.
    pub kept: &'static str,
    /// Which operations take it, in the order of [`Taker::ALL`].
    pub(super) taken_by: [bool; 4],
    /// Which operations can't do without it, unless a file is given.
    pub needed_by: &'static [Taker],
    /// Where it stands in an environment of a file, such as `lakebase.schema`; a flat file has it under its
    /// name. None for what never stands in a file.
    pub file: Option<&'static str>,
    /// The name of its flag without the dashes, where that isn't its name with hyphens.
    pub flag: Option<&'static str>,
    /// The name of its parameter in Python, where that isn't its name.
    pub parameter: Option<&'static str>,
    /// The form of its text as a regular expression, for editors; the deployer checks more.
    pub pattern: Option<&'static str>,
    /// Whether a form shows it only when it is asked for more.
    pub folded: bool,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// Texts in order.
    Texts,
    /// Names, each with a text.
    Map,
    /// A text that is never shown or kept.
    Secret,
    /// A wheel's file.
    Wheel,
}

/// A value that a setting can have.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As it is written.
    pub value: &'static str,
    /// As a form shows it.
    pub label: &'static str,
    /// A few words about it.
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
}

impl Taker {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Delete, Self::Status];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Status => "status",
        }
    }
}

impl Setting {
    /// What most settings have.
    pub(super) const PLAIN: Self = Self {
        name: "",
        doc: "",
        label: "",
        kind: Kind::Text,
        choices: &[],
        default: None,
        otherwise: "",
        kept: "",
        taken_by: [false; 4],
        needed_by: &[],
        file: None,
        flag: None,
        parameter: None,
        pattern: None,
        folded: true,
    };

    /// Sentences for people, on one line.
    pub fn help(&self) -> String {
        self.doc.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether an operation takes it.
    pub fn is_taken_by(&self, taker: Taker) -> bool {
        self.taken_by[taker as usize]
    }

    /// Whether an operation can't do without it.
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

    /// What holds where an operation isn't given it, in words; empty where nothing does.
    pub fn left_out(&self, taker: Taker) -> &'static str {
        match (taker, self.default) {
            (Taker::Create, Some(default)) => default,
            (Taker::Create, None) => self.otherwise,
            _ if !self.kept.is_empty() => self.kept,
            _ => self.default.unwrap_or(self.otherwise),
        }
    }
}
