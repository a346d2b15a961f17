//! The tokens with which an app acts on behalf of its users.
//!
//! Each has the app's scopes and a lifetime (`proxy.user_token_ms`). The proxy sends the same one with each
//! request of a user, and a new one in time before it expires, so that an app never gets a token that is
//! about to. It also sends a new one when the app's scopes changed, or a test made the tokens expire. When
//! exactly the platform renews a token is not documented.

use std::collections::BTreeSet;

use parking_lot::Mutex;

use crate::clock::Timestamp;
use crate::workspace::Workspace;

/// How long before its end a token is renewed: this, or half of its lifetime if that is shorter.
const RENEWED_BEFORE_MS: u64 = 5 * 60_000;

/// The valid tokens that an app has got.
#[derive(Default)]
pub(super) struct UserTokens(Mutex<Vec<UserToken>>);

struct UserToken {
    user: String,
    scopes: BTreeSet<String>,
    token: String,
    renew: Timestamp,
}

impl UserTokens {
    /// The token of a user for the next request.
    pub(super) fn of(&self, user: &str, scopes: BTreeSet<String>, workspace: &Workspace) -> String {
        let now = workspace.clock.now();
        let mut tokens = self.0.lock();
        tokens.retain(|known| workspace.identities.resolve(&known.token).is_some());
        let current =
            tokens.iter().find(|known| known.user == user && known.scopes == scopes && now < known.renew);
        if let Some(current) = current {
            return current.token.clone();
        }
        let lifetime_ms = workspace.settings.get().proxy.user_token_ms;
        let token = workspace.identities.mint_oauth_for(user, lifetime_ms);
        workspace.token_scopes.limit(&token, scopes.clone());
        let renew = now.plus_ms(lifetime_ms - RENEWED_BEFORE_MS.min(lifetime_ms / 2));
        tokens.push(UserToken { user: user.to_owned(), scopes, token: token.clone(), renew });
        token
    }

    /// Expires the tokens of one user, or of all; returns how many.
    pub(super) fn expire(&self, user: Option<&str>, workspace: &Workspace) -> usize {
        let concerned = |known: &UserToken| user.is_none_or(|user| known.user == user);
        let mut tokens = self.0.lock();
        tokens
            .extract_if(.., |known| concerned(known))
            .filter(|known| workspace.identities.expire_token(&known.token))
            .count()
    }
}
