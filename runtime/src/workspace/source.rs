//! One source of a workspace and a credential: the environment, or a profile.

use deployer::error::Failure;
use secrecy::SecretString;
use time::OffsetDateTime;

use super::{federation, token_cache};
use crate::settings::{Address, WorkspaceAuth, WorkspaceSettings, token_problem, workspace_address};

/// How to name a workspace, for messages.
pub(super) const NAMED_BY: &str = "set `--host https://…` or `DATABRICKS_HOST`";

/// A workspace and the credential for it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its address, `https://host[:port]`.
    pub host: String,
    /// Its id, if known: several workspaces may share an address.
    pub workspace_id: Option<String>,
    /// The profile that it comes from.
    pub profile: Option<String>,
    /// The kind of the credential, in Databricks' terms: `pat`, `oauth-m2m`, `databricks-cli`.
    pub auth_type: Option<&'static str>,
    /// The credential, or why there is none.
    pub(super) auth: Result<WorkspaceAuth, String>,
}

impl Found {
    /// Whether there is a credential.
    pub fn has_credential(&self) -> bool {
        self.auth.is_ok()
    }

    /// The credential.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, if there is none.
    pub fn credential(self) -> Result<WorkspaceSettings, Failure> {
        match self.auth {
            Ok(auth) => Ok(WorkspaceSettings { host: self.host, auth }),
            Err(problem) => {
                let host = self.host;
                Err(Failure::NotSignedIn {
                    problem: format!("{problem}. `--sign-in` signs in to {host} in the browser"),
                })
            }
        }
    }

    /// Why there is no credential, if there is none.
    pub fn problem(&self) -> Option<&str> {
        self.auth.as_ref().err().map(String::as_str)
    }
}

/// One source that may have a host and a credential.
#[derive(Default)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) profile: Option<String>,
    pub(super) host: Option<String>,
    pub(super) workspace_id: Option<String>,
    pub(super) token: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) auth_type: Option<String>,
    /// Why it can't be used, to follow its name in a message.
    pub(super) problem: Option<String>,
}

impl Source {
    /// Its values, by the names of a profile's keys.
    pub(super) fn of(text: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key: &str| text(key).filter(|text| !text.trim().is_empty());
        Self {
            host: text("host"),
            workspace_id: text("workspace_id"),
            token: text("token"),
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            auth_type: text("auth_type"),
            ..Self::default()
        }
    }

    pub(super) fn has_credential(&self) -> bool {
        self.token.is_some()
            || (self.client_id.is_some() && self.client_secret.is_some())
            || self.auth_type.as_deref() == Some(federation::KIND)
    }

    /// Whether it belongs to the given workspace, as far as that can be determined.
    pub(super) fn is_for(&self, wanted: Option<&str>) -> bool {
        match (&self.host, wanted) {
            (Some(host), Some(wanted)) => workspace_address(host).is_ok_and(|address| address.host == wanted),
            _ => true,
        }
    }

    /// Its credential, for the workspace `wanted` if the source itself names none.
    pub(super) fn found(
        self,
        wanted: Option<&Address>,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<Found, Failure> {
        if let Some(problem) = &self.problem {
            return Err(no_workspace(format!("{} {problem}", self.name)));
        }
        let own =
            self.host.as_deref().map(|host| address(&format!("The host of {}", lower(&self.name)), host));
        let Some(at) = own.transpose()?.or_else(|| wanted.cloned()) else {
            return Err(no_workspace(format!("{} names no workspace: {NAMED_BY}", self.name)));
        };
        let (profile, workspace_id) = (self.profile.clone(), self.workspace_id.clone());
        let workspace_id =
            wanted.and_then(|wanted| wanted.workspace_id.clone()).or(workspace_id).or(at.workspace_id);
        let (auth_type, auth) = match self.auth(&at.host, variable) {
            Ok((kind, auth)) => (Some(kind), Ok(auth)),
            Err(problem) => (None, Err(problem)),
        };
        Ok(Found { host: at.host, workspace_id, profile, auth_type, auth })
    }

    /// The credential of the kind given by `auth_type`, or else of the first kind that is present.
    fn auth(
        self,
        host: &str,
        variable: &impl Fn(&str) -> Option<String>,
    ) -> Result<(&'static str, WorkspaceAuth), String> {
        let name = &self.name;
        let secret = |text: &str| SecretString::from(text.trim().to_owned());
        let is_usable = |kind: &str| self.auth_type.as_deref().is_none_or(|wanted| wanted == kind);
        match (&self.token, &self.client_id, &self.client_secret) {
            (Some(token), _, _) if is_usable("pat") => match token_problem(token.trim()) {
                Some(problem) => {
                    Err(format!("The token of {} {problem}. Its value is not shown", lower(name)))
                }
                None => Ok(("pat", WorkspaceAuth::Token(secret(token)))),
            },
            (_, Some(id), Some(of_id)) if is_usable("oauth-m2m") => {
                let (client_id, client_secret) = (id.trim().to_owned(), secret(of_id));
                Ok(("oauth-m2m", WorkspaceAuth::ClientCredentials { client_id, client_secret }))
            }
            (_, Some(_), None) if is_usable("oauth-m2m") => {
                Err(format!("{name} has a `client_id` without a `client_secret`"))
            }
            _ => match self.auth_type.as_deref() {
                Some("databricks-cli") => {
                    let now = OffsetDateTime::now_utc();
                    match token_cache::token(variable, self.profile.as_deref(), host, now) {
                        Ok(token) => Ok(("databricks-cli", WorkspaceAuth::Token(token))),
                        Err(problem) => Err(format!(
                            "{name} uses the sign-in of Databricks' command line (`auth_type = databricks-cli`), and \
                             {problem}. `databricks auth login --host {host}` creates one"
                        )),
                    }
                }
                Some(federation::KIND) => {
                    let identity =
                        federation::identity(variable).map_err(|problem| format!("{name} {problem}"))?;
                    let client_id = self.client_id.as_deref().unwrap_or_default().trim().to_owned();
                    if client_id.is_empty() {
                        let kind = federation::KIND;
                        return Err(format!(
                            "{name} uses `auth_type = {kind}` without the `client_id` of a service principal"
                        ));
                    }
                    Ok((federation::KIND, WorkspaceAuth::GitHub { client_id, identity }))
                }
                Some("pat") => Err(format!("{name} has no token (`auth_type = pat`)")),
                Some("oauth-m2m") => {
                    Err(format!("{name} has no client id with secret (`auth_type = oauth-m2m`)"))
                }
                Some(kind) => Err(format!("{name} uses `auth_type = {kind}`, which isn't supported here")),
                None => Err(format!("{name} has no token and no client id with secret")),
            },
        }
    }
}

/// The name of a source, for use within a sentence.
fn lower(name: &str) -> String {
    name.replacen("The ", "the ", 1)
}

/// Parses the address `host` of `of`, which starts the message if it is invalid.
pub(super) fn address(of: &str, host: &str) -> Result<Address, Failure> {
    workspace_address(host).map_err(|problem| no_workspace(format!("{of} {problem}")))
}

/// The error if no workspace was selected.
pub(super) fn no_workspace(problem: String) -> Failure {
    Failure::NoWorkspace { problem }
}
