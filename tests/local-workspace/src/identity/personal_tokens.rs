//! Personal access tokens created through the token API, which can list and revoke them.
//!
//! The initial tokens of principals are not among them: a test that revokes all tokens must not lock itself
//! out.

use super::{Identities, Token, TokenKind};
use crate::clock::Timestamp;
use crate::ids::secret;

/// The data of a token besides its owner and its expiry.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    id: String,
    comment: String,
    created: Timestamp,
}

/// A personal token, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalToken {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its owner.
    pub user_name: String,
    /// The owner's comment.
    pub comment: String,
    /// The creation time.
    pub created: Timestamp,
    /// The expiry time; `None` for never.
    pub expires: Option<Timestamp>,
}

impl PersonalToken {
    fn of(token: &Token) -> Option<Self> {
        let issued = token.issued.as_ref()?;
        Some(Self {
            id: issued.id.clone(),
            user_name: token.user_name.clone(),
            comment: issued.comment.clone(),
            created: issued.created,
            expires: token.expires,
        })
    }
}

impl Identities {
    /// A new personal token and its value, valid for `lifetime_ms` or for ever.
    pub fn issue_personal(
        &self,
        user_name: &str,
        comment: &str,
        lifetime_ms: Option<u64>,
    ) -> (PersonalToken, String) {
        let created = self.clock.now();
        let id = format!("{}{}", self.ids.hex(), self.ids.hex());
        let value = secret("dapi-local-");
        let expires = lifetime_ms.map(|ms| created.plus_ms(ms));
        let issued = Issued { id: id.clone(), comment: comment.to_owned(), created };
        let token = Token {
            user_name: user_name.to_owned(),
            kind: TokenKind::Personal,
            expires,
            issued: Some(issued),
        };
        self.registry.lock().tokens.insert(value.clone(), token);
        let user_name = user_name.to_owned();
        (PersonalToken { id, user_name, comment: comment.to_owned(), created, expires }, value)
    }

    /// The tokens that were issued and are still valid, oldest first.
    pub fn personal_tokens(&self) -> Vec<PersonalToken> {
        let now = self.clock.now();
        let registry = self.registry.lock();
        let mut found: Vec<PersonalToken> = registry
            .tokens
            .values()
            .filter_map(PersonalToken::of)
            .filter(|token| token.expires.is_none_or(|end| now < end))
            .collect();
        found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        found
    }

    /// Revokes the issued token of this id; `false` if there is none.
    pub fn revoke_personal(&self, id: &str) -> bool {
        let mut registry = self.registry.lock();
        let before = registry.tokens.len();
        registry.tokens.retain(|_, token| token.issued.as_ref().is_none_or(|issued| issued.id != id));
        registry.tokens.len() < before
    }
}
