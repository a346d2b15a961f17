//! The identity of the caller.
//!
//! Problem: on the platform a proxy authenticates users and passes their identity to the app in
//! `X-Forwarded-*` headers. Anywhere else such headers could be forged by the caller.
//!
//! Choice: the headers are read on the platform only, which is detected by the app name that the platform
//! sets. There, a request without them is refused (401), whatever `ENVIRONMENT` says. Elsewhere a
//! configured local user is used, except in production, where every request is refused.

pub mod routes;
pub mod tokens;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::http::ApiError;
use crate::settings::{Environment, Settings};

/// A longer identity is invalid (and would not fit the tables).
const LONGEST: usize = 255;

/// The source of identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityRule {
    /// The platform's headers.
    Platform,
    /// This local user.
    Local(String),
    /// None: production, but not on the platform.
    Nobody,
}

/// The caller. As an argument of a handler it makes the route refuse unknown callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The platform's stable id of the user or service principal; names and addresses change.
    pub id: String,
    /// The owner of the user's data: the e-mail address, or a service principal's id.
    pub name: String,
    /// The e-mail address, if there is one.
    pub email: Option<String>,
    /// A display name.
    pub display_name: String,
    /// The source of the identity.
    pub source: Source,
}

/// The source of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The platform's proxy.
    Platform,
    /// The local settings.
    Local,
}

impl Source {
    /// The value in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Local => "local",
        }
    }
}

impl IdentityRule {
    /// The source selected by the settings.
    pub fn from_settings(settings: &Settings) -> Self {
        if settings.app_name.is_some() {
            Self::Platform
        } else if settings.environment == Environment::Production {
            Self::Nobody
        } else {
            Self::Local(settings.dev_user.clone())
        }
    }

    /// The user of a request with these headers.
    pub fn user(&self, headers: &HeaderMap) -> Option<User> {
        match self {
            Self::Nobody => None,
            Self::Local(email) => Some(User {
                id: email.clone(),
                name: email.clone(),
                email: Some(email.clone()),
                display_name: name_from(email),
                source: Source::Local,
            }),
            Self::Platform => {
                let email = text(headers, "x-forwarded-email");
                let preferred = text(headers, "x-forwarded-preferred-username");
                let id = text(headers, "x-forwarded-user");
                let name = email.clone().or(preferred.clone()).or(id.clone())?;
                let id = id.as_deref().map_or(&*name, without_workspace).to_owned();
                let display_name = match preferred {
                    Some(preferred) if !preferred.contains('@') => preferred,
                    _ => name_from(&name),
                };
                Some(User { id, name, email, display_name, source: Source::Platform })
            }
        }
    }
}

/// An id as SCIM knows it. Some workspaces append their own, `1234@5678`; an address stays whole, as its first part
/// belongs to other people, too.
fn without_workspace(id: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match id.split_once('@') {
        Some((person, workspace)) if is_number(workspace) && !person.is_empty() => person,
        _ => id,
    }
}

/// A header's text, unless it is empty, too long or not text.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = std::str::from_utf8(headers.get(name)?.as_bytes()).ok()?.trim();
    let usable = !value.is_empty() && value.len() <= LONGEST && !value.chars().any(char::is_control);
    usable.then(|| value.to_owned())
}

/// `Ada Lovelace` for `ada.lovelace@example.com`; other forms are left unchanged.
fn name_from(identity: &str) -> String {
    let Some((local, _)) = identity.split_once('@') else {
        return identity.to_owned();
    };
    let words = local.split(['.', '_', '-']).filter(|word| !word.is_empty());
    let name: Vec<String> = words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect()
        })
        .collect();
    if name.is_empty() { identity.to_owned() } else { name.join(" ") }
}

impl<S: Sync> FromRequestParts<S> for User
where
    IdentityRule: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        IdentityRule::from_ref(state).user(&parts.headers).ok_or(ApiError::Unauthorized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, value.parse().expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn platform_user_is_known_by_e_mail() {
        let user = IdentityRule::Platform
            .user(&headers(&[
                ("x-forwarded-email", "ada.lovelace@example.com"),
                ("x-forwarded-preferred-username", "ada.lovelace@example.com"),
                ("x-forwarded-user", "123@456"),
            ]))
            .expect("a user");
        assert_eq!(user.name, "ada.lovelace@example.com");
        assert_eq!(user.email.as_deref(), Some("ada.lovelace@example.com"));
        assert_eq!(user.display_name, "Ada Lovelace");
        assert_eq!(user.source, Source::Platform);
    }

    #[test]
    fn an_id_that_is_an_address_is_kept_whole() {
        let id =
            |id: &str| IdentityRule::Platform.user(&headers(&[("x-forwarded-user", id)])).expect("a user").id;
        assert_eq!(id("123@456"), "123");
        assert_eq!(id("sam@one.com"), "sam@one.com");
        assert_ne!(id("sam@one.com"), id("sam@two.com"));
        assert_eq!(id("ada@42"), "ada");
        assert_eq!(id("@42"), "@42");
    }

    #[test]
    fn platform_display_name_is_the_preferred_one() {
        let user = IdentityRule::Platform
            .user(&headers(&[
                ("x-forwarded-email", "al@example.com"),
                ("x-forwarded-preferred-username", "Augusta Ada"),
            ]))
            .expect("a user");
        assert_eq!(user.display_name, "Augusta Ada");
    }

    #[test]
    fn service_principal_without_e_mail_has_its_id() {
        let user = IdentityRule::Platform
            .user(&headers(&[("x-forwarded-user", "8d1f0a3e-0000-4000-8000-000000000000")]))
            .expect("a user");
        assert_eq!(user.name, "8d1f0a3e-0000-4000-8000-000000000000");
        assert_eq!(user.email, None);
    }

    #[test]
    fn platform_request_without_identity_is_nobodys() {
        let long = "a".repeat(LONGEST + 1);
        for pairs in [
            vec![],
            vec![("x-forwarded-email", "")],
            vec![("x-forwarded-email", "  ")],
            vec![("x-forwarded-email", long.as_str())],
            vec![("x-forwarded-email", "two\twords")],
        ] {
            assert_eq!(IdentityRule::Platform.user(&headers(&pairs)), None, "{pairs:?}");
        }
    }

    #[test]
    fn headers_mean_nothing_off_the_platform() {
        let forged = headers(&[("x-forwarded-email", "admin@example.com")]);
        let local = IdentityRule::Local("dev@localhost".to_owned());
        assert_eq!(local.user(&forged).expect("a user").name, "dev@localhost");
        assert_eq!(IdentityRule::Nobody.user(&forged), None);
    }
}
