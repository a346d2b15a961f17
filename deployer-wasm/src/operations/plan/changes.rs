//! What an operation changes, by resource and field, as data.
//!
//! Three values are compared for each field: `old`, what the last release applied ([`crate::engine::releases`]);
//! `new`, what the operation sets; and `remote`, what the workspace has now. Two differences follow: `new` from
//! `old` is what the user changed, `remote` from `old` is what was changed elsewhere since. Only a difference
//! between `new` and `remote` is a change that the operation makes. An app without recorded releases (deployed
//! by an older version) has no `old`.

use serde::{Deserialize, Serialize};

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ResourceChange {
    /// Its kind.
    pub resource: ResourceKind,
    /// Its name: of a file its path within the app's folder, of an attachment the name that the app knows it by.
    pub name: String,
    /// What the operation does to it.
    pub action: Action,
    /// The fields that differ in any of the three values. With `no_change`, those that were changed elsewhere
    /// and are kept.
    pub fields: Vec<FieldChange>,
}

impl ResourceChange {
    /// Without fields.
    pub(super) fn of(resource: ResourceKind, name: impl Into<String>, action: Action) -> Self {
        Self { resource, name: name.into(), action, fields: Vec::new() }
    }

    /// With these fields: an update if one of them is changed, else no change.
    pub(super) fn by_fields(
        resource: ResourceKind,
        name: impl Into<String>,
        fields: Vec<FieldChange>,
    ) -> Self {
        let action = if fields.iter().any(FieldChange::is_made) { Action::Update } else { Action::NoChange };
        Self { resource, name: name.into(), action, fields }
    }

    /// Whether the operation changes it.
    pub fn is_made(&self) -> bool {
        self.action != Action::NoChange
    }

    /// Whether it, or a part of it, was changed elsewhere since the last release.
    pub fn is_drifted(&self) -> bool {
        self.fields.iter().any(|field| field.reason == Reason::Drifted)
    }
}

/// The kinds of resources of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ResourceKind {
    /// The app's record and its compute: description, compute size, scopes of the API.
    App,
    /// The database.
    Database,
    /// The schema in the database.
    Schema,
    /// The encryption key. Only its place is shown.
    Key,
    /// A file in the app's folder.
    File,
    /// A resource that is attached to the app.
    Attachment,
    /// The deployment of the folder.
    Deployment,
}

impl ResourceKind {
    /// In words.
    pub fn noun(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Key => "encryption key",
            Self::File => "file",
            Self::Attachment => "attachment",
            Self::Deployment => "deployment",
        }
    }
}

/// What an operation does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Action {
    /// It is created.
    Create,
    /// Some of its fields are changed.
    Update,
    /// It is deleted with its content and created again.
    Recreate,
    /// It exists, made by another program or an older version, and is used and recorded as this app's.
    Adopt,
    /// It stays as it is.
    NoChange,
    /// It is deleted; an attachment is detached.
    Delete,
}

impl Action {
    /// Whether something is lost.
    pub fn loses(self) -> bool {
        matches!(self, Self::Delete | Self::Recreate)
    }
}

/// A field of a resource that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct FieldChange {
    /// Its name: the platform's, or of a variable in `app.yaml` `env.` and the variable's name.
    pub field: String,
    /// What was last applied; absent if that isn't known, or if it was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<FieldValue>,
    /// What it will be; absent if it is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<FieldValue>,
    /// What it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<FieldValue>,
    /// Why it differs.
    pub reason: Reason,
}

impl FieldChange {
    /// Whether the operation changes the field, as far as is known.
    pub fn is_made(&self) -> bool {
        match self.reason {
            Reason::Managed | Reason::ServerDefault => false,
            Reason::Unknown => true,
            Reason::Wanted | Reason::Drifted => self.new != self.remote,
        }
    }

    /// A field that the operation sets to `new`; `None` if it has that value already.
    pub(super) fn set(
        field: impl Into<String>,
        applied: Applied,
        new: Option<FieldValue>,
        remote: Option<FieldValue>,
    ) -> Option<Self> {
        if new == remote {
            return None;
        }
        let (old, is_as_applied) = match applied {
            Applied::Unknown => (None, false),
            Applied::Known(old) => (old.clone(), old == new),
        };
        let reason = if is_as_applied { Reason::Drifted } else { Reason::Wanted };
        Some(Self { field: field.into(), old, new, remote, reason })
    }

    /// A field that the operation keeps; `None` if it is as it was applied, or if that isn't known.
    pub(super) fn kept(
        field: impl Into<String>,
        applied: Applied,
        remote: Option<FieldValue>,
    ) -> Option<Self> {
        let Applied::Known(old) = applied else { return None };
        (old != remote).then(|| Self {
            field: field.into(),
            old,
            new: remote.clone(),
            remote,
            reason: Reason::Drifted,
        })
    }

    /// A field that is known only after the operation has started.
    pub(super) fn unknown(field: impl Into<String>, new: impl Into<FieldValue>) -> Self {
        Self { field: field.into(), old: None, new: Some(new.into()), remote: None, reason: Reason::Unknown }
    }
}

/// What the last release applied to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Applied {
    /// No release was recorded, or not this field of it.
    Unknown,
    /// This; `None` if the field was absent.
    Known(Option<FieldValue>),
}

impl Applied {
    /// This, if it is known.
    pub(super) fn known(value: Option<impl Into<FieldValue>>) -> Self {
        value.map_or(Self::Unknown, |value| Self::Known(Some(value.into())))
    }
}

/// Why a field differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Reason {
    /// The user asks for another value than the last one applied, or it is set for the first time.
    Wanted,
    /// The workspace has another value than the last one applied, and the user asks for no other.
    Drifted,
    /// The platform set it, and no setting asks for another value; it is kept.
    ServerDefault,
    /// The platform is changing it now; it is waited for.
    Managed,
    /// It couldn't be determined whether it changes.
    Unknown,
}

/// A value of a field, as text. Values that may be secret are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FieldValue {
    /// One.
    Text(String),
    /// Several.
    List(Vec<String>),
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for FieldValue {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

/// What is lost first, then what is changed, then what stays; each in the given order.
pub(super) fn sorted(mut changes: Vec<ResourceChange>) -> Vec<ResourceChange> {
    let rank = |change: &ResourceChange| match change.action {
        action if action.loses() => 0,
        Action::NoChange => 2,
        _ => 1,
    };
    changes.sort_by_key(rank);
    changes
}
