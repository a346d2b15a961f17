//! As whom to call which workspace, found where Databricks' own tools look for it.
//!
//! In this order: what was said on the command line (`--host`, `--profile`), the environment
//! (`DATABRICKS_HOST` with `DATABRICKS_TOKEN`, or with `DATABRICKS_CLIENT_ID` and
//! `DATABRICKS_CLIENT_SECRET`), a profile of `~/.databrickscfg` (`DATABRICKS_CONFIG_PROFILE`, else
//! `DEFAULT`, else the one for this host). A profile that was asked for by name wins over the environment:
//! who names one means it. There is no flag for a token: the command line of a process is public on its
//! machine. A credential goes to the host that it was kept with and to no other.
//!
//! Where a workspace is known and no credential for it, as with a profile of `auth_type =
//! databricks-cli`, somebody can sign in in the browser ([`super::oauth`]).

use deployer::error::Failure;
use secrecy::SecretString;

use super::profiles::{Profiles, Unread};
use crate::settings::{WorkspaceAuth, WorkspaceSettings, normalise_host};

/// How a workspace is named, for people.
const NAMED_BY: &str = "give `--host https://…`, or set `DATABRICKS_HOST`";

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `--host`.
    pub host: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
}

/// What was found.
#[derive(Debug)]
pub enum Found {
    /// A credential.
    Credential(WorkspaceSettings),
    /// A workspace, and no credential for it.
    Nobody {
        /// Its address, `https://host[:port]`.
        host: String,
        /// What has no credential, for people.
        problem: String,
    },
}

impl Found {
    /// The workspace's address.
    pub fn host(&self) -> &str {
        match self {
            Self::Credential(settings) => &settings.host,
            Self::Nobody { host, .. } => host,
        }
    }

    /// The credential.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, where there is none.
    pub fn credential(self) -> Result<WorkspaceSettings, Failure> {
        match self {
            Self::Credential(settings) => Ok(settings),
            Self::Nobody { host, problem } => {
                Err(not_signed_in(format!("{problem}. `--sign-in` signs in to {host} in the browser")))
            }
        }
    }
}

/// Finds the workspace and the credential. `variable` reads the environment.
///
/// # Errors
/// `NOT_SIGNED_IN`, with what is missing and where it was looked for.
pub fn find(asked: &Asked, variable: impl Fn(&str) -> Option<String>) -> Result<Found, Failure> {
    let variable = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
    let asked_host = asked.host.as_deref().map(normalised).transpose()?;
    let environment = Source {
        name: "The environment".to_owned(),
        host: variable("DATABRICKS_HOST"),
        token: variable("DATABRICKS_TOKEN"),
        client_id: variable("DATABRICKS_CLIENT_ID"),
        client_secret: variable("DATABRICKS_CLIENT_SECRET"),
        auth_type: None,
    };
    if asked.profile.is_none() && environment.has_credential() && environment.is_for(asked_host.as_deref()) {
        return environment.found(asked_host);
    }
    let named = asked.profile.clone().or_else(|| variable("DATABRICKS_CONFIG_PROFILE"));
    if let Some(named) = named {
        let profile = Profiles::read(&variable)?.named(&named)?;
        if !profile.is_for(asked_host.as_deref()) {
            let host = asked_host.unwrap_or_default();
            return Err(not_signed_in(format!("{} is for another workspace than {host}", profile.name)));
        }
        return profile.found(asked_host);
    }
    let host = match asked_host {
        None => environment.host.as_deref().map(normalised).transpose()?,
        asked => asked,
    };
    let profiles = match Profiles::read(&variable) {
        Ok(profiles) => profiles,
        // Only what was asked for by name has to be there.
        Err(Unread::NoFile { shown }) => {
            let problem = format!("Neither the environment has a credential, nor is there a `{shown}`");
            return match host {
                Some(host) => Ok(Found::Nobody { host, problem }),
                None => Err(not_signed_in(format!("{problem}, and no workspace is named: {NAMED_BY}"))),
            };
        }
        Err(unread) => return Err(unread.into()),
    };
    match profiles.default_for(host.as_deref())? {
        Some(profile) => profile.found(host),
        None => match host {
            Some(host) => {
                let problem = format!("`{}` has no profile for {host}", profiles.shown);
                Ok(Found::Nobody { host, problem })
            }
            None => Err(profiles.missing("DEFAULT")),
        },
    }
}

/// One place that may hold a host and a credential.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) host: Option<String>,
    pub(super) token: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) auth_type: Option<String>,
}

impl Source {
    pub(super) fn has_credential(&self) -> bool {
        self.token.is_some() || (self.client_id.is_some() && self.client_secret.is_some())
    }

    /// Whether this belongs to the workspace that is wanted, as far as that can be told.
    pub(super) fn is_for(&self, wanted: Option<&str>) -> bool {
        match (&self.host, wanted) {
            (Some(host), Some(wanted)) => normalise_host(host).is_ok_and(|host| host == wanted),
            _ => true,
        }
    }

    /// What is here, for the workspace at `host` if this names none itself.
    fn found(self, host: Option<String>) -> Result<Found, Failure> {
        let host = match (&self.host, host) {
            (Some(own), _) => normalised(own)?,
            (None, Some(host)) => host,
            (None, None) => {
                return Err(not_signed_in(format!("{} names no workspace: {NAMED_BY}", self.name)));
            }
        };
        let auth = match (self.token, self.client_id, self.client_secret) {
            (Some(token), _, _) => WorkspaceAuth::Token(SecretString::from(token.trim().to_owned())),
            (None, Some(client_id), Some(secret)) => WorkspaceAuth::ClientCredentials {
                client_id,
                client_secret: SecretString::from(secret.trim().to_owned()),
            },
            _ => {
                let problem = match self.auth_type {
                    Some(kind) => {
                        format!("{} has no credential of its own (`auth_type = {kind}`)", self.name)
                    }
                    None => format!("{} has no token and no client id with secret", self.name),
                };
                return Ok(Found::Nobody { host, problem });
            }
        };
        Ok(Found::Credential(WorkspaceSettings { host, auth }))
    }
}

fn normalised(host: &str) -> Result<String, Failure> {
    normalise_host(host).map_err(|problem| not_signed_in(format!("The host {problem}")))
}

pub(super) fn not_signed_in(problem: String) -> Failure {
    Failure::NotSignedIn { problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn environment(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    fn in_file(text: &str, asked: &Asked, variables: &[(&str, &str)]) -> Result<Found, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("databrickscfg");
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        find(asked, |name| match name {
            "DATABRICKS_CONFIG_FILE" => Some(path.clone()),
            name => variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()),
        })
    }

    fn with_file(text: &str, asked: &Asked) -> Result<WorkspaceSettings, Failure> {
        in_file(text, asked, &[])?.credential()
    }

    fn to(host: &str) -> Asked {
        Asked { host: Some(host.into()), ..Asked::default() }
    }

    fn of(profile: &str) -> Asked {
        Asked { profile: Some(profile.into()), ..Asked::default() }
    }

    fn problem(result: Result<Found, Failure>) -> String {
        match result {
            Err(Failure::NotSignedIn { problem }) => problem,
            other => panic!("{other:?}"),
        }
    }

    /// For whom nobody is signed in, and why.
    fn nobody(result: Result<Found, Failure>) -> (String, String) {
        match result {
            Ok(Found::Nobody { host, problem }) => (host, problem),
            other => panic!("{other:?}"),
        }
    }

    fn token(settings: &WorkspaceSettings) -> &str {
        match &settings.auth {
            WorkspaceAuth::Token(token) => token.expose_secret(),
            WorkspaceAuth::ClientCredentials { .. } => panic!("a token was expected"),
        }
    }

    #[test]
    fn the_environment_is_enough() {
        let found = find(
            &Asked::default(),
            environment(&[("DATABRICKS_HOST", "my.cloud.databricks.com/"), ("DATABRICKS_TOKEN", "t")]),
        );
        let found = found.unwrap().credential().unwrap();
        assert_eq!((found.host.as_str(), token(&found)), ("https://my.cloud.databricks.com", "t"));
    }

    #[test]
    fn a_profile_that_was_named_is_the_one_used() {
        let text = "[DEFAULT]\nhost = https://one.example\ntoken = a\n\n[work]\nhost = https://two.example\ntoken = b\n";
        assert_eq!(with_file(text, &of("work")).unwrap().host, "https://two.example");
        assert_eq!(with_file(text, &Asked::default()).unwrap().host, "https://one.example");
    }

    #[test]
    fn a_service_principal_of_a_profile_is_used() {
        let text = "[ci]\nhost = https://two.example\nclient_id = id\nclient_secret = marked\n";
        let found = with_file(text, &of("ci")).unwrap();
        assert!(
            matches!(found.auth, WorkspaceAuth::ClientCredentials { ref client_id, .. } if client_id == "id")
        );
        assert!(!format!("{found:?}").contains("marked"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let file = "[work]\nhost = https://x.example\n";
        assert!(problem(in_file(file, &of("prod"), &[])).contains("it has: work"));
        assert!(problem(in_file(file, &Asked::default(), &[])).contains("no profile `DEFAULT`"));
        assert!(problem(in_file("[work]\ntoken = t\n", &of("work"), &[])).contains("names no workspace"));
        assert!(problem(in_file("[work", &of("work"), &[])).contains("at line 1"));
        let nothing = problem(find(&Asked::default(), |_| None));
        assert!(nothing.contains("--host") && nothing.contains("DATABRICKS_HOST"), "{nothing}");
        assert!(problem(find(&of("work"), |_| None)).contains("There is no `~/.databrickscfg`"));
    }

    #[test]
    fn where_a_workspace_is_known_and_no_credential_somebody_can_sign_in() {
        let host = "https://x.example".to_owned();
        let cli = "[work]\nhost = https://x.example\nauth_type = databricks-cli\n";
        let (found, why) = nobody(in_file(cli, &of("work"), &[]));
        assert!(found == host && why.contains("`auth_type = databricks-cli`"), "{why}");
        let (found, why) = nobody(in_file(cli, &to("x.example/"), &[]));
        assert!(found == host && why.contains("`work`"), "{why}");
        let (found, why) = nobody(find(&to("x.example"), |_| None));
        assert!(found == host && why.contains("~/.databrickscfg"), "{why}");
        let (found, _) = nobody(find(&Asked::default(), environment(&[("DATABRICKS_HOST", "x.example")])));
        assert_eq!(found, host);
        let without = find(&to("x.example"), |_| None).unwrap().credential();
        assert!(matches!(without, Err(Failure::NotSignedIn { problem }) if problem.contains("--sign-in")));
    }

    #[test]
    fn a_credential_goes_to_no_other_host_than_its_own() {
        let file = "[DEFAULT]\nhost = one.example\ntoken = a\n[two]\nhost = https://two.example\ntoken = b\n";
        assert_eq!(token(&with_file(file, &to("https://two.example/")).unwrap()), "b");
        assert_eq!(token(&with_file(file, &to("one.example")).unwrap()), "a");
        let elsewhere = [("DATABRICKS_HOST", "four.example"), ("DATABRICKS_TOKEN", "t")];
        let (host, why) = nobody(in_file(file, &to("three.example"), &elsewhere));
        assert!(host == "https://three.example" && why.contains("no profile for"), "{why}");
        let both = Asked { host: Some("three.example".into()), ..of("two") };
        assert!(problem(in_file(file, &both, &[])).contains("another workspace"));
        // The environment's, where it names a workspace without a credential.
        let named = in_file(file, &Asked::default(), &[("DATABRICKS_HOST", "two.example")]).unwrap();
        assert_eq!(named.host(), "https://two.example");
    }

    #[test]
    fn two_profiles_for_a_workspace_are_one_too_many() {
        let file = "[DEFAULT]\n[a]\nhost = x.example\ntoken = a\n[b]\nhost = https://x.example/\ntoken = b\n";
        let why = problem(in_file(file, &to("x.example"), &[]));
        assert!(why.contains("a, b") && why.contains("--profile"), "{why}");
    }

    #[test]
    fn a_token_is_never_sent_unencrypted() {
        let result = find(
            &Asked::default(),
            environment(&[("DATABRICKS_HOST", "http://far.example"), ("DATABRICKS_TOKEN", "t")]),
        );
        assert!(problem(result).contains("https://"));
    }
}
