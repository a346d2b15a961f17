//! Who may use the app, beside its creator and the workspace's admins.
//!
//! A grant is written as a name with an optional level. The platform has three kinds of grantee, and their
//! names tell them apart: a user name has an `@`, a service principal's application id is a UUID, everything
//! else is a group. Grants are only added, so there is no way to write that one is taken away.

use std::fmt;

use super::settings::Settings;
use super::text::{invalid, refuse_unfilled};
use crate::error::Failure;

/// The most grants of one run: a group is the way to share an app with more people.
const MOST_GRANTS: usize = 50;
/// The maximum length of a name, in characters.
const NAME_LIMIT: usize = 255;

/// What a grantee may do with an app. The stronger one is the greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Open it.
    CanUse,
    /// Also change, deploy, share and delete it.
    CanManage,
}

impl Level {
    /// The level as the platform writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CanUse => "CAN_USE",
            Self::CanManage => "CAN_MANAGE",
        }
    }

    /// The level that is written so, in either case.
    fn read(text: &str) -> Option<Self> {
        [Self::CanUse, Self::CanManage].into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text))
    }
}

/// The kind of a grantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GranteeKind {
    /// A person, by user name.
    User,
    /// A service principal, by application id.
    ServicePrincipal,
    /// A group, by name; `users` is the whole workspace.
    Group,
}

impl GranteeKind {
    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServicePrincipal => "service principal",
            Self::Group => "group",
        }
    }

    fn of(name: &str) -> Self {
        let is_uuid = name.len() == 36
            && name.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        match (is_uuid, name.contains('@')) {
            (true, _) => Self::ServicePrincipal,
            (false, true) => Self::User,
            (false, false) => Self::Group,
        }
    }
}

/// A grant: a grantee and its level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The kind of the grantee.
    pub kind: GranteeKind,
    /// Its name or id.
    pub name: String,
    /// Its level.
    pub level: Level,
}

impl Grant {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        refuse_unfilled(key, text)?;
        let expected = "a user name, a service principal's application id or a group's name, with `:CAN_USE` or `:CAN_MANAGE` after it if needed, such as `ada@example.com:CAN_MANAGE` or `users`";
        let (name, level) = match text.rsplit_once(':') {
            None => (text, Some(Level::CanUse)),
            Some((name, level)) => (name, Level::read(level.trim())),
        };
        let name = name.trim();
        let fits = !name.is_empty()
            && name.chars().count() <= NAME_LIMIT
            && !name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\' | ','));
        match level.filter(|_| fits) {
            Some(level) => Ok(Self { kind: GranteeKind::of(name), name: name.to_owned(), level }),
            None => Err(invalid(key, text, expected)),
        }
    }

    /// Whether both are about the same grantee. The platform ignores the case of user names and ids.
    pub fn is_for_same(&self, other: &Self) -> bool {
        self.is_for(other.kind, &other.name)
    }

    /// Whether it is about this grantee.
    pub fn is_for(&self, kind: GranteeKind, name: &str) -> bool {
        self.kind == kind
            && match kind {
                GranteeKind::Group => self.name == name,
                GranteeKind::User | GranteeKind::ServicePrincipal => self.name.eq_ignore_ascii_case(name),
            }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.level.as_str())
    }
}

/// The wanted grants; none if nothing is to be granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing(Vec<Grant>);

impl Sharing {
    /// Checks the setting, and writes it back in normalised form.
    pub(super) fn check(settings: &mut Settings) -> Result<Self, Failure> {
        let Settings { source, share_with, .. } = settings;
        let Some(texts) = share_with else { return Ok(Self::default()) };
        let key = source.key("share_with");
        let mut grants: Vec<Grant> = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            // On a command line, an empty text is the only way to write an empty list.
            if text.trim().is_empty() {
                continue;
            }
            let at = format!("{key}[{index}]");
            let grant = Grant::parse(&at, text)?;
            match grants.iter().find(|known| known.is_for_same(&grant)) {
                None => grants.push(grant),
                Some(known) if known.level == grant.level => {}
                Some(known) => {
                    let expected = format!("one level for each; `{known}` is given too");
                    return Err(invalid(&at, text, expected));
                }
            }
        }
        if grants.len() > MOST_GRANTS {
            let expected = format!("at most {MOST_GRANTS}; share it with a group instead");
            return Err(invalid(&key, &format!("{} grants", grants.len()), expected));
        }
        // None is the default, and isn't written.
        *share_with = (!grants.is_empty()).then(|| grants.iter().map(ToString::to_string).collect());
        Ok(Self(grants))
    }

    /// The grants.
    pub fn grants(&self) -> &[Grant] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::CreateArguments;
    use crate::error::Result;

    fn sharing(texts: &[&str]) -> Result<Sharing> {
        let arguments = CreateArguments::from_json(json!({"share_with": texts})).unwrap();
        Ok(arguments.resolve(None, None)?.share_with)
    }

    #[test]
    fn users_groups_and_service_principals_are_told_apart_by_their_names() {
        let id = "6f9a0c1e-1111-4222-8333-0123456789ab";
        for (text, kind, name, level) in [
            ("ben@example.com", GranteeKind::User, "ben@example.com", Level::CanUse),
            ("ben@example.com:CAN_MANAGE", GranteeKind::User, "ben@example.com", Level::CanManage),
            (id, GranteeKind::ServicePrincipal, id, Level::CanUse),
            ("users", GranteeKind::Group, "users", Level::CanUse),
            (" Sales & Marketing : can_use ", GranteeKind::Group, "Sales & Marketing", Level::CanUse),
            ("team:west:CAN_MANAGE", GranteeKind::Group, "team:west", Level::CanManage),
        ] {
            assert_eq!(Grant::parse("k", text), Ok(Grant { kind, name: name.into(), level }), "{text}");
        }
        for text in [
            "ben@example.com:CAN_VIEW",
            ":CAN_USE",
            "users:",
            "a\"b",
            "a\nb",
            "${group}",
            "a,b",
            &"x".repeat(256),
        ] {
            assert!(Grant::parse("k", text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_same_twice_is_one_grant_and_two_levels_of_one_are_refused() {
        let twice = sharing(&["users", "", "users:CAN_USE", "Ben@example.com", "ben@EXAMPLE.com"]).unwrap();
        assert_eq!(twice.grants().len(), 2);
        let error = sharing(&["Ben@example.com", "ben@example.com:CAN_MANAGE"]).unwrap_err();
        assert_eq!(error.refused.as_ref().and_then(|refused| refused.key.as_deref()), Some("share_with[1]"));
        assert!(error.cause.contains("`Ben@example.com:CAN_USE` is given too"), "{error:?}");
        let many: Vec<String> = (0..51).map(|number| format!("group {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(sharing(&many).unwrap_err().cause.contains("share it with a group instead"));
    }
}
