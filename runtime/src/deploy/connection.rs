//! Connects to the workspace that the flags select.

use deployer::error::{DeployError, Failure};

use super::flags::Connection;
use crate::workspace::oauth::{self, SignIn};
use crate::workspace::sign_in::{self, Found, SelectionArguments};
use crate::workspace::{self, ClientError, Workspace, browser};

/// The selected workspace, and where its credential is.
///
/// # Errors
/// If the workspace can't be determined.
pub(super) fn find(connection: &Connection) -> Result<Found, DeployError> {
    found(connection.host.clone(), connection.profile.clone())
}

/// The same for a host and a profile.
pub(super) fn found(host: Option<String>, profile: Option<String>) -> Result<Found, DeployError> {
    Ok(sign_in::find(&SelectionArguments { host, profile }, |name| std::env::var(name).ok())?)
}

/// The client for the workspace that was `found`; asks the user to sign in if the flags say so.
///
/// # Errors
/// If there is no usable credential, or the sign-in fails.
pub(super) async fn connect(connection: &Connection, found: Found) -> Result<Workspace, DeployError> {
    if !connection.sign_in {
        return connected(found);
    }
    let id = found.workspace_id.clone();
    Ok(signed_in(client()?, &found.host).await?.with_id(id))
}

/// The client for the workspace that was `found`, with the credential that was found.
///
/// # Errors
/// If there is none, or it is unusable.
pub(super) fn connected(found: Found) -> Result<Workspace, DeployError> {
    let id = found.workspace_id.clone();
    Ok(Workspace::new(client()?, found.credential()?).with_id(id))
}

fn client() -> Result<reqwest::Client, DeployError> {
    let unreachable = |error: ClientError| Failure::Unreachable { problem: error.to_string() };
    Ok(workspace::client().map_err(unreachable)?)
}

/// The workspace at `host`, as the user who signs in in the browser. Messages go to standard error, or to
/// another place that doesn't mix with the events.
async fn signed_in(http: reqwest::Client, host: &str) -> Result<Workspace, DeployError> {
    let sign_in = SignIn::new(http.clone(), host.to_owned(), None);
    let begun = sign_in.begin().await.map_err(oauth::failure)?;
    eprintln!("Sign in to {host} in a browser on this machine:\n\n  {}\n", begun.address);
    // Kept until the sign-in is complete.
    let _opened = browser::open(&begun.address);
    begun.finished().await.map_err(oauth::failure)?;
    Ok(Workspace::of_person(http, sign_in))
}
