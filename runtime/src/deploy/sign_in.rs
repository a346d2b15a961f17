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

use std::path::PathBuf;

use deployer::error::Failure;
use ini::{Ini, Properties};
use secrecy::SecretString;

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
struct Source {
    name: String,
    host: Option<String>,
    token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    auth_type: Option<String>,
}

impl Source {
    fn has_credential(&self) -> bool {
        self.token.is_some() || (self.client_id.is_some() && self.client_secret.is_some())
    }

    /// Whether this belongs to the workspace that is wanted, as far as that can be told.
    fn is_for(&self, wanted: Option<&str>) -> bool {
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

fn not_signed_in(problem: String) -> Failure {
    Failure::NotSignedIn { problem }
}

/// Why there are no profiles to look at.
enum Unread {
    NoFile { shown: String },
    Unreadable(String),
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NoFile { shown } => not_signed_in(format!("There is no `{shown}` with profiles")),
            Unread::Unreadable(problem) => not_signed_in(problem),
        }
    }
}

/// The profiles of `~/.databrickscfg`.
struct Profiles {
    /// The file's path.
    shown: String,
    file: Ini,
}

impl Profiles {
    fn read(variable: &impl Fn(&str) -> Option<String>) -> Result<Self, Unread> {
        let path = variable("DATABRICKS_CONFIG_FILE").map(PathBuf::from).or_else(|| {
            variable("HOME")
                .or_else(|| variable("USERPROFILE"))
                .map(|home| PathBuf::from(home).join(".databrickscfg"))
        });
        let shown =
            path.as_deref().map_or_else(|| "~/.databrickscfg".to_owned(), |path| path.display().to_string());
        let text = match path.as_deref().map(std::fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Unread::Unreadable(format!("`{shown}` can't be read: {error}")));
            }
            _ => return Err(Unread::NoFile { shown }),
        };
        match Ini::load_from_str(&text) {
            Ok(file) => Ok(Self { shown, file }),
            Err(error) => Err(Unread::Unreadable(format!(
                "`{shown}` can't be read at line {}, column {}",
                error.line, error.col
            ))),
        }
    }

    /// The profile of this name.
    fn named(&self, name: &str) -> Result<Source, Failure> {
        self.section(name).map(|section| self.source(name, section)).ok_or_else(|| self.missing(name))
    }

    /// The profile to use when none was named: `DEFAULT`, if it is for the wanted workspace, else the one
    /// that is.
    fn default_for(&self, wanted: Option<&str>) -> Result<Option<Source>, Failure> {
        if let Some(section) = self.section("DEFAULT") {
            let default = self.source("DEFAULT", section);
            // Often it is there and empty.
            let says_something = default.host.is_some() || default.has_credential();
            if default.is_for(wanted) && (says_something || wanted.is_none()) {
                return Ok(Some(default));
            }
        }
        let fitting = |name: &&str| {
            let host = self.section(name).and_then(|section| section.get("host"));
            host.and_then(|host| normalise_host(host).ok()).as_deref() == wanted && wanted.is_some()
        };
        let names: Vec<&str> = self.file.sections().flatten().filter(fitting).collect();
        match names.as_slice() {
            [] => Ok(None),
            [name] => self.named(name).map(Some),
            names => Err(not_signed_in(format!(
                "Several profiles of `{}` are for this workspace: {}. Name one of them with `--profile`",
                self.shown,
                names.join(", ")
            ))),
        }
    }

    fn section(&self, name: &str) -> Option<&Properties> {
        let section = self.file.section(Some(name));
        // Values above the first section belong to `DEFAULT`.
        let above = || self.file.section(None::<String>).filter(|section| !section.is_empty());
        if name == "DEFAULT" { section.or_else(above) } else { section }
    }

    fn source(&self, name: &str, section: &Properties) -> Source {
        let text = |key: &str| section.get(key).map(str::to_owned).filter(|text| !text.trim().is_empty());
        Source {
            name: format!("The profile `{name}` of `{}`", self.shown),
            host: text("host"),
            token: text("token"),
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            auth_type: text("auth_type"),
        }
    }

    fn missing(&self, name: &str) -> Failure {
        let known: Vec<&str> = self.file.sections().flatten().collect();
        not_signed_in(format!("`{}` has no profile `{name}`; it has: {}", self.shown, known.join(", ")))
    }
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
