//! What a caller may do with a deck.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Rejection;

/// What a caller may do with a deck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// See and change it.
    Editor,
    /// See it.
    Viewer,
}

impl Role {
    /// The role of a row; none if the caller may not see the deck.
    pub fn read(text: Option<&str>) -> Option<Self> {
        match text? {
            "owner" => Some(Self::Owner),
            "editor" => Some(Self::Editor),
            "viewer" => Some(Self::Viewer),
            _ => None,
        }
    }

    /// Whether this role may change the deck.
    pub fn may_edit(self) -> bool {
        matches!(self, Self::Owner | Self::Editor)
    }
}

/// The role, if the caller may see the deck.
///
/// # Errors
/// 404. It says the same if there is no such deck: whether there is one is nobody else's business.
pub fn visible(role: Option<Role>) -> Result<Role, Rejection> {
    role.ok_or_else(|| {
        Rejection::not_found(
            "There is no such deck, or it isn't shared with you. Ask its owner to share it with you",
        )
    })
}

/// The role, if the caller may change the deck.
///
/// # Errors
/// 404 if they may not see it, 403 if they may only see it.
pub fn may_edit(role: Option<Role>) -> Result<Role, Rejection> {
    let role = visible(role)?;
    if role.may_edit() {
        return Ok(role);
    }
    Err(Rejection::forbidden(
        "You can view this deck but not change it. Ask its owner for edit access, or duplicate it",
    ))
}

/// Passes if the caller owns the deck.
///
/// # Errors
/// 404 if they may not see it, 403 if it is another person's.
pub fn must_own(role: Option<Role>) -> Result<(), Rejection> {
    if visible(role)? == Role::Owner {
        return Ok(());
    }
    Err(Rejection::forbidden("Only the owner of a deck can do this. Ask the owner, or duplicate the deck"))
}
