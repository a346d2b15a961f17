//! As whom to call the workspace, found where Databricks' own tools look for it.
//!
//! In this order: what was said on the command line (`--host`, `--profile`), the environment
//! (`DATABRICKS_HOST` with `DATABRICKS_TOKEN`, or with `DATABRICKS_CLIENT_ID` and
//! `DATABRICKS_CLIENT_SECRET`), a profile of `~/.databrickscfg` (`DATABRICKS_CONFIG_PROFILE`, else
//! `DEFAULT`). A profile that was asked for by name wins over the environment: who names one
//! means it. There is no flag for a token: the command line of a process is public on its machine.

use std::path::PathBuf;

use deployer::error::Failure;
use ini::Ini;
use secrecy::SecretString;

use crate::settings::{WorkspaceAuth, WorkspaceSettings, normalise_host};

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `--host`.
    pub host: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
}

/// Finds the workspace and the credential. `variable` reads the environment.
///
/// # Errors
/// `NOT_SIGNED_IN`, with what is missing and where it was looked for.
pub fn find(asked: &Asked, variable: impl Fn(&str) -> Option<String>) -> Result<WorkspaceSettings, Failure> {
    let variable = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
    if asked.profile.is_none() {
        let source = Source {
            name: "The environment".to_owned(),
            host: asked.host.clone().or_else(|| variable("DATABRICKS_HOST")),
            token: variable("DATABRICKS_TOKEN"),
            client_id: variable("DATABRICKS_CLIENT_ID"),
            client_secret: variable("DATABRICKS_CLIENT_SECRET"),
        };
        if source.has_credential() {
            return source.settings();
        }
    }
    let named = asked.profile.clone().or_else(|| variable("DATABRICKS_CONFIG_PROFILE"));
    let mut source = profile(named.as_deref(), &variable)?;
    if let Some(host) = &asked.host {
        source.host = Some(host.clone());
    }
    source.settings()
}

/// One place that may hold a host and a credential.
struct Source {
    name: String,
    host: Option<String>,
    token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl Source {
    fn has_credential(&self) -> bool {
        self.token.is_some() || (self.client_id.is_some() && self.client_secret.is_some())
    }

    fn settings(self) -> Result<WorkspaceSettings, Failure> {
        let missing = |what: &str| not_signed_in(format!("{} has no {what}", self.name));
        let host = self.host.as_deref().ok_or_else(|| missing("host"))?;
        let host = normalise_host(host).map_err(|problem| not_signed_in(format!("The host {problem}")))?;
        let auth = match (self.token, self.client_id, self.client_secret) {
            (Some(token), _, _) => WorkspaceAuth::Token(SecretString::from(token.trim().to_owned())),
            (None, Some(client_id), Some(secret)) => WorkspaceAuth::ClientCredentials {
                client_id,
                client_secret: SecretString::from(secret.trim().to_owned()),
            },
            _ => {
                return Err(not_signed_in(format!(
                    "{} has no token and no client id with secret",
                    self.name
                )));
            }
        };
        Ok(WorkspaceSettings { host, auth })
    }
}

fn not_signed_in(problem: String) -> Failure {
    Failure::NotSignedIn { problem }
}

/// Reads a profile; without a name, `DEFAULT`.
fn profile(named: Option<&str>, variable: &impl Fn(&str) -> Option<String>) -> Result<Source, Failure> {
    let path = variable("DATABRICKS_CONFIG_FILE").map(PathBuf::from).or_else(|| {
        variable("HOME")
            .or_else(|| variable("USERPROFILE"))
            .map(|home| PathBuf::from(home).join(".databrickscfg"))
    });
    let name = named.unwrap_or("DEFAULT");
    let shown =
        path.as_deref().map_or_else(|| "~/.databrickscfg".to_owned(), |path| path.display().to_string());
    let text = path.as_deref().map(std::fs::read_to_string);
    let text = match text {
        Some(Ok(text)) => text,
        Some(Err(error)) if named.is_some() || error.kind() != std::io::ErrorKind::NotFound => {
            return Err(not_signed_in(format!(
                "`{shown}`, where the profile `{name}` should be, can't be read: {error}"
            )));
        }
        _ => {
            return Err(not_signed_in(format!(
                "Neither the environment has `DATABRICKS_HOST` with a credential, nor is there a `{shown}`"
            )));
        }
    };
    let file = Ini::load_from_str(&text).map_err(|error| {
        not_signed_in(format!("`{shown}` can't be read at line {}, column {}", error.line, error.col))
    })?;
    // Values above the first section belong to `DEFAULT`.
    let section = if name == "DEFAULT" {
        file.section(Some("DEFAULT")).or_else(|| file.section(None::<String>))
    } else {
        file.section(Some(name))
    };
    let Some(section) = section else {
        let known: Vec<&str> = file.sections().flatten().collect();
        return Err(not_signed_in(format!(
            "`{shown}` has no profile `{name}`; it has: {}",
            known.join(", ")
        )));
    };
    let text = |key: &str| section.get(key).map(str::to_owned).filter(|text| !text.trim().is_empty());
    Ok(Source {
        name: format!("The profile `{name}` of `{shown}`"),
        host: text("host"),
        token: text("token"),
        client_id: text("client_id"),
        client_secret: text("client_secret"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn environment(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    fn with_file(text: &str, asked: &Asked) -> Result<WorkspaceSettings, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("databrickscfg");
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        find(asked, |name| (name == "DATABRICKS_CONFIG_FILE").then(|| path.clone()))
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
        )
        .unwrap();
        assert_eq!((found.host.as_str(), token(&found)), ("https://my.cloud.databricks.com", "t"));
    }

    #[test]
    fn a_profile_that_was_named_is_the_one_used() {
        let text = "[DEFAULT]\nhost = https://one.example\ntoken = a\n\n[work]\nhost = https://two.example\ntoken = b\n";
        let work = Asked { profile: Some("work".into()), ..Asked::default() };
        assert_eq!(with_file(text, &work).unwrap().host, "https://two.example");
        assert_eq!(with_file(text, &Asked::default()).unwrap().host, "https://one.example");
    }

    #[test]
    fn a_service_principal_of_a_profile_is_used() {
        let text = "[ci]\nhost = https://two.example\nclient_id = id\nclient_secret = marked\n";
        let found = with_file(text, &Asked { profile: Some("ci".into()), ..Asked::default() }).unwrap();
        assert!(
            matches!(found.auth, WorkspaceAuth::ClientCredentials { ref client_id, .. } if client_id == "id")
        );
        assert!(!format!("{found:?}").contains("marked"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let problem = |result: Result<WorkspaceSettings, Failure>| match result {
            Err(Failure::NotSignedIn { problem }) => problem,
            other => panic!("{other:?}"),
        };
        let asked = Asked { profile: Some("prod".into()), ..Asked::default() };
        assert!(problem(with_file("[work]\nhost = https://x\n", &asked)).contains("it has: work"));
        let work = Asked { profile: Some("work".into()), ..Asked::default() };
        assert!(problem(with_file("[work]\nhost = https://x\n", &work)).contains("no token"));
        assert!(problem(find(&Asked::default(), |_| None)).contains("DATABRICKS_HOST"));
    }

    #[test]
    fn a_token_is_never_sent_unencrypted() {
        let result = find(
            &Asked::default(),
            environment(&[("DATABRICKS_HOST", "http://far.example"), ("DATABRICKS_TOKEN", "t")]),
        );
        assert!(matches!(result, Err(Failure::NotSignedIn { problem }) if problem.contains("https://")));
    }
}
