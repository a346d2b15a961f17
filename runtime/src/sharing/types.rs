//! The JSON bodies about people and shares.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A person, as lists and histories name them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// The platform's stable id.
    pub id: String,
    /// A display name.
    pub name: String,
}

impl Person {
    /// The person of two columns, if there is one.
    pub fn read(id: Option<String>, name: Option<String>) -> Option<Self> {
        Some(Self { id: id?, name: name? })
    }
}

/// What a deck is shared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A person or a service principal.
    User,
    /// A group of the workspace.
    Group,
}

impl PrincipalKind {
    /// As in paths and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// Of its name.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "user" => Some(Self::User),
            "group" => Some(Self::Group),
            _ => None,
        }
    }
}

/// A person or group of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Principal {
    /// Which of the two.
    pub kind: PrincipalKind,
    /// The platform's stable id.
    pub id: String,
    /// A display name.
    pub name: String,
}

/// `GET /api/principals`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Principals {
    /// By name, at most 20.
    pub principals: Vec<Principal>,
}

/// What a share allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// To see the deck.
    View,
    /// To see and change it.
    Edit,
}

impl Access {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
        }
    }

    /// Of a row.
    pub fn read(text: &str) -> Self {
        if text == "edit" { Self::Edit } else { Self::View }
    }
}

/// One share of a deck.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Share {
    /// With whom.
    pub principal: Principal,
    /// What it allows.
    pub access: Access,
    /// When it was first shared with them.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// `GET /api/sessions/{id}/shares`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shares {
    /// By kind and name.
    pub shares: Vec<Share>,
}

/// `PUT /api/sessions/{id}/shares/{kind}/{principal}`.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareRequest {
    /// What it allows.
    pub access: Access,
}

/// `POST /api/sessions/{id}/presence`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceRequest {
    /// The slide that the caller is editing.
    #[serde(default)]
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub editing: Option<String>,
}

/// Who else has the deck open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Presence {
    /// The others, by name.
    pub people: Vec<Present>,
    /// The deck's version: another one than the page's means that there is something to load.
    pub version: i64,
}

/// A person who has the deck open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Present {
    /// The platform's stable id.
    pub id: String,
    /// A display name.
    pub name: String,
    /// The slide that they are editing.
    pub slide_id: Option<String>,
    /// When they were last heard of.
    #[serde(with = "time::serde::rfc3339")]
    pub seen_at: OffsetDateTime,
}
