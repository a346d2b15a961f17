//! The state of sign-ins: codes that are not redeemed, and refresh tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::ids::secret;
use crate::settings::SignInSettings;
use crate::workspace::Workspace;

/// The lifetime of a code.
const CODE_TTL_MS: u64 = 5 * 60 * 1000;

/// Tokens for a user.
pub(super) struct Redeemed {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    pub(super) scope: String,
}

/// Why a request for tokens was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The code is invalid, with the reason.
    Code(&'static str),
    /// The refresh token is invalid.
    RefreshToken,
}

struct Code {
    sign_in: u64,
    challenge: String,
    redirect_uri: String,
    expires: Timestamp,
    used: bool,
}

struct RefreshToken {
    sign_in: u64,
    expires: Timestamp,
    used: bool,
}

/// One user's consent, and its tokens.
struct SignIn {
    user_name: String,
    scope: String,
    access_tokens: Vec<String>,
    revoked: bool,
}

#[derive(Default)]
struct Registry {
    sign_ins: BTreeMap<u64, SignIn>,
    codes: BTreeMap<String, Code>,
    refresh_tokens: BTreeMap<String, RefreshToken>,
}

/// All sign-ins of a workspace; clones share them.
#[derive(Clone, Default)]
pub struct SignIns(Arc<Mutex<Registry>>);

impl fmt::Debug for SignIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sign-ins", self.0.lock().sign_ins.len())
    }
}

impl SignIns {
    /// The user consented; returns the code for the client.
    pub(super) fn begin(
        &self,
        user_name: &str,
        challenge: &str,
        redirect_uri: &str,
        scope: &str,
        now: Timestamp,
    ) -> String {
        let code = secret("local-code-");
        let mut registry = self.0.lock();
        let sign_in = registry.sign_ins.len() as u64 + 1;
        registry.sign_ins.insert(
            sign_in,
            SignIn {
                user_name: user_name.to_owned(),
                scope: scope.to_owned(),
                access_tokens: Vec::new(),
                revoked: false,
            },
        );
        registry.codes.insert(
            code.clone(),
            Code {
                sign_in,
                challenge: challenge.to_owned(),
                redirect_uri: redirect_uri.to_owned(),
                expires: now.plus_ms(CODE_TTL_MS),
                used: false,
            },
        );
        code
    }

    /// Exchanges a code for tokens, once. A second time means that the code was stolen, and revokes all its
    /// tokens.
    pub(super) fn redeem(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
        rules: &SignInSettings,
        workspace: &Workspace,
    ) -> Result<Redeemed, Refused> {
        let mut registry = self.0.lock();
        let found = registry.codes.get_mut(code).ok_or(Refused::Code("The code is not known"))?;
        let sign_in = found.sign_in;
        if std::mem::replace(&mut found.used, true) {
            registry.end(sign_in, workspace);
            return Err(Refused::Code("The code was redeemed before"));
        }
        if workspace.clock.now() >= found.expires {
            return Err(Refused::Code("The code has expired"));
        }
        if found.redirect_uri != redirect_uri {
            return Err(Refused::Code("The redirect_uri is another"));
        }
        if found.challenge != URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) {
            return Err(Refused::Code("The code_verifier does not fit the challenge"));
        }
        let gone = Refused::Code("The person is gone, or took the consent back");
        let mut redeemed = registry.redeemed(sign_in, rules, workspace).ok_or(gone)?;
        redeemed.refresh_token = registry.next_refresh_token(sign_in, rules, workspace.clock.now());
        Ok(redeemed)
    }

    /// Exchanges a refresh token for new tokens.
    pub(super) fn refresh(
        &self,
        token: &str,
        rules: &SignInSettings,
        workspace: &Workspace,
    ) -> Result<Redeemed, Refused> {
        let mut registry = self.0.lock();
        let found = registry.refresh_tokens.get_mut(token).ok_or(Refused::RefreshToken)?;
        let sign_in = found.sign_in;
        if workspace.clock.now() >= found.expires {
            return Err(Refused::RefreshToken);
        }
        if rules.single_use_refresh_tokens && std::mem::replace(&mut found.used, true) {
            registry.end(sign_in, workspace);
            return Err(Refused::RefreshToken);
        }
        let mut redeemed = registry.redeemed(sign_in, rules, workspace).ok_or(Refused::RefreshToken)?;
        if rules.single_use_refresh_tokens {
            redeemed.refresh_token = registry.next_refresh_token(sign_in, rules, workspace.clock.now());
        }
        Ok(redeemed)
    }

    /// Revokes the refresh tokens of a user.
    pub fn revoke(&self, user_name: &str) {
        for sign_in in self.0.lock().sign_ins.values_mut() {
            sign_in.revoked |= sign_in.user_name == user_name;
        }
    }
}

impl Registry {
    /// An access token, if the sign-in is still valid.
    fn redeemed(&mut self, id: u64, rules: &SignInSettings, workspace: &Workspace) -> Option<Redeemed> {
        let sign_in = self.sign_ins.get_mut(&id).filter(|sign_in| !sign_in.revoked)?;
        workspace.identities.find(&sign_in.user_name)?;
        let access_token = workspace.identities.mint_oauth_for(&sign_in.user_name, rules.access_token_ms);
        sign_in.access_tokens.push(access_token.clone());
        Some(Redeemed { access_token, refresh_token: None, scope: sign_in.scope.clone() })
    }

    /// A refresh token, if the user consented to one.
    fn next_refresh_token(&mut self, id: u64, rules: &SignInSettings, now: Timestamp) -> Option<String> {
        let scope = &self.sign_ins.get(&id)?.scope;
        scope.split_whitespace().find(|scope| *scope == "offline_access")?;
        let token = secret("local-refresh-");
        let expires = now.plus_ms(rules.refresh_token_ms);
        self.refresh_tokens.insert(token.clone(), RefreshToken { sign_in: id, expires, used: false });
        Some(token)
    }

    /// Ends a sign-in and revokes all its tokens.
    fn end(&mut self, id: u64, workspace: &Workspace) {
        if let Some(sign_in) = self.sign_ins.get_mut(&id) {
            sign_in.revoked = true;
            for token in sign_in.access_tokens.drain(..) {
                workspace.identities.forget(&token);
            }
        }
    }
}
