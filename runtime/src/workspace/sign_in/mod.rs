//! Selects the workspace and the credential.
//!
//! One rule, for the command line and for Python: **an argument, then the environment, then the file**.
//!
//! | given | workspace | credential |
//! |---|---|---|
//! | `--profile` (with or without `--host`) | the profile's | the profile's; the environment is ignored |
//! | `--host` | that one | the environment's if it is for this workspace, else a profile for it |
//! | `DATABRICKS_HOST` and a credential | that one | the environment's |
//! | `DATABRICKS_CONFIG_PROFILE` | the profile's | the profile's |
//! | `DATABRICKS_HOST` alone | that one | a profile for it |
//! | nothing | the profile that `[__settings__] default_profile` names, else `DEFAULT` | the profile's |
//!
//! A given profile that doesn't exist is an error; another one is never used instead. There is no flag for
//! a token: a process's command line is public on its machine. A credential is sent only to the host that
//! it was stored with. `tests/credentials/matrix.json` has the rule as test cases; both interfaces are
//! tested with it.
//!
//! If a workspace is known but no credential for it, the user can sign in in the browser
//! ([`super::oauth`]).

use deployer::error::Failure;

use super::profiles::{Profiles, Unread};
pub use super::source::Found;
use super::source::{NAMED_BY, Source, address, no_workspace};
use crate::settings::Address;

/// The command line's arguments.
#[derive(Debug, Clone, Default)]
pub struct SelectionArguments {
    /// `--host`.
    pub host: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
}

/// Selects the workspace and the credential. `variable` reads the environment.
///
/// # Errors
/// `NO_WORKSPACE`, with what is missing and where it was searched.
pub fn find(asked: &SelectionArguments, variable: impl Fn(&str) -> Option<String>) -> Result<Found, Failure> {
    let variable = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
    let asked_address = asked.host.as_deref().map(|host| address("`--host`", host)).transpose()?;
    let asked_host = asked_address.as_ref().map(|address| address.host.as_str());
    if let Some(named) = &asked.profile {
        return of_profile(named, asked_address.as_ref(), &variable);
    }
    let mut environment = Source::of(|key| variable(&format!("DATABRICKS_{}", key.to_uppercase())));
    "The environment".clone_into(&mut environment.name);
    if environment.has_credential() && environment.is_for(asked_host) {
        return environment.found(asked_address.as_ref(), &variable);
    }
    if let Some(named) = variable("DATABRICKS_CONFIG_PROFILE") {
        let own = environment.host.as_deref().map(|host| address("`DATABRICKS_HOST`", host)).transpose()?;
        return of_profile(&named, asked_address.as_ref().or(own.as_ref()), &variable);
    }
    let wanted = match asked_address {
        None => environment.host.as_deref().map(|host| address("`DATABRICKS_HOST`", host)).transpose()?,
        asked => asked,
    };
    let nobody = |wanted: Address, problem: String| Found {
        host: wanted.host,
        workspace_id: wanted.workspace_id,
        profile: None,
        auth_type: None,
        auth: Err(problem),
    };
    let profiles = match Profiles::read(&variable) {
        Ok(profiles) => profiles,
        // Only explicitly selected sources have to exist.
        Err(Unread::NoFile { shown }) => {
            let problem = format!("There is no credential in the environment, and no `{shown}`");
            return match wanted {
                Some(wanted) => Ok(nobody(wanted, problem)),
                None => Err(no_workspace(format!("{problem}; no workspace is named either: {NAMED_BY}"))),
            };
        }
        Err(unread) => return Err(unread.into()),
    };
    match profiles.default_for(wanted.as_ref().map(|wanted| wanted.host.as_str()))? {
        Some(profile) => profile.found(wanted.as_ref(), &variable),
        None => match wanted {
            Some(wanted) => {
                let problem = format!("`{}` has no profile for {}", profiles.shown, wanted.host);
                Ok(nobody(wanted, problem))
            }
            None => Err(profiles.missing("DEFAULT")),
        },
    }
}

/// The values of the profile `name`, for the workspace `wanted` if one was given with it.
fn of_profile(
    name: &str,
    wanted: Option<&Address>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Found, Failure> {
    let profile = Profiles::read(variable)?.named(name)?;
    if let Some(wanted) = wanted
        && !profile.is_for(Some(&wanted.host))
    {
        let own = profile.host.as_deref().unwrap_or_default();
        return Err(no_workspace(format!("{} is for {own}, not for {}", profile.name, wanted.host)));
    }
    profile.found(wanted, variable)
}

#[cfg(test)]
mod tests;
