//! The environment, read once into typed settings.
//!
//! Problem: on the platform an app is configured by some twenty environment variables from three sources
//! (the platform itself, its database resource, the deployer's `app.yaml`). Invalid values should be
//! reported at start, all at once and with their names, and not as a failing query later.
//!
//! Choice: one pass over the variables returns [`Settings`] or every [`Problem`] found. Nothing else in the
//! crate reads the environment. An empty variable counts as unset, because a manifest sets the variables of
//! the unused Lakebase type to empty strings.

mod assistant;
mod database;
mod google;
mod import;
mod problem;
mod proxies;
mod traces;
mod variables;
mod workspace;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub use assistant::AssistantSettings;
pub use database::{DatabaseSettings, Lakebase, SchemaName, Target};
pub use import::ImportSettings;
pub use problem::{Problem, SettingsError};
pub use proxies::with_proxies;
pub use traces::{CollectorSettings, MlflowSettings, Protocol, TraceSettings};
pub use variables::{VARIABLES, Variable, documentation};
pub use workspace::{
    Address, GitHubIdentity, WorkspaceAuth, WorkspaceSettings, normalise_host, token_problem,
    workspace_address,
};

use crate::fernet::Key;
use variables::Reader;

/// The environment, as far as the app behaves differently in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Unknown callers are refused; logs are JSON; an encryption key is required.
    Production,
    /// A configured local user replaces the platform's identity; logs are text.
    Development,
}

/// The app's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Production or development.
    pub environment: Environment,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The port for metrics, on loopback; `None` if they are not served.
    pub metrics_port: Option<u16>,
    /// Off the platform, the host names under which the app is reached, besides this machine's own.
    pub hosts: Vec<String>,
    /// The name of the app on the platform; `None` anywhere else. Only the platform's proxy can be trusted
    /// to set identity headers, so this decides whether they are read.
    pub app_name: Option<String>,
    /// The e-mail address of the local user in development.
    pub dev_user: String,
    /// The database.
    pub database: DatabaseSettings,
    /// The workspace; a Lakebase database always has one.
    pub workspace: Option<WorkspaceSettings>,
    /// Off the platform, the profile of `~/.databrickscfg` with the workspace, if `workspace` is none.
    pub profile: Option<String>,
    /// What the assistant uses.
    pub assistant: AssistantSettings,
    /// Where traces of the assistant's work go.
    pub traces: TraceSettings,
    /// The key for encrypted data.
    pub encryption_key: Option<Key>,
    /// The key that `rotate-key` changes to.
    pub new_encryption_key: Option<Key>,
    /// Data of the original Tellr that is copied at the first start.
    pub import: Option<ImportSettings>,
    /// A stand-in for Google on this machine: `http://host:port`.
    pub google_address: Option<String>,
}

/// Where the app listens unless the platform says otherwise.
const DEFAULT_PORT: u16 = 8000;

impl Settings {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads the variables from `lookup`, so that a test needs no process of its own.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(lookup);
        let environment = environment(&mut reader);
        let port = port_of(&mut reader, "DATABRICKS_APP_PORT").unwrap_or(DEFAULT_PORT);
        let metrics_port = port_of(&mut reader, "TELLR_METRICS_PORT");
        let encryption_key = key(&mut reader, "GOOGLE_OAUTH_ENCRYPTION_KEY");
        let new_encryption_key = key(&mut reader, "TELLR_NEW_ENCRYPTION_KEY");
        let google_address = google::read(&mut reader);
        let import = import::read(&mut reader);
        let app_name = reader.text("DATABRICKS_APP_NAME");
        let address = address(&mut reader, app_name.is_some());
        let hosts = hosts(&mut reader);
        let dev_user = reader.text("DEV_USER_ID").unwrap_or_else(|| "dev@localhost".to_owned());
        let profile = reader.text("DATABRICKS_CONFIG_PROFILE").filter(|_| app_name.is_none());
        let assistant = assistant::read(&mut reader);
        let traces = traces::read(&mut reader);
        let database = database::read(&mut reader);

        match database {
            Some((database, workspace)) if reader.problems.is_empty() => Ok(Self {
                environment,
                listen: SocketAddr::from((address, port)),
                metrics_port,
                hosts,
                app_name,
                dev_user,
                database,
                workspace,
                profile,
                assistant,
                traces,
                encryption_key,
                new_encryption_key,
                import,
                google_address,
            }),
            _ => Err(SettingsError(reader.problems)),
        }
    }
}

fn environment(reader: &mut Reader<'_>) -> Environment {
    match reader.text("ENVIRONMENT").as_deref() {
        Some("production") => Environment::Production,
        None | Some("development" | "test") => Environment::Development,
        Some(other) => {
            reader.problem(
                "ENVIRONMENT",
                format!("is `{other}`; expected `production`, `development` or `test`"),
            );
            Environment::Production
        }
    }
}

fn port_of(reader: &mut Reader<'_>, name: &'static str) -> Option<u16> {
    let text = reader.text(name)?;
    let port = text.parse().ok();
    if port.is_none() {
        reader.problem(name, format!("is `{text}`; expected a port number between 0 and 65535"));
    }
    port
}

/// The platform's proxy is another machine; elsewhere, only this machine can connect unless told otherwise.
fn address(reader: &mut Reader<'_>, on_platform: bool) -> IpAddr {
    let default = if on_platform { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    let Some(text) = reader.text("TELLR_LISTEN") else { return default.into() };
    text.parse().unwrap_or_else(|_| {
        reader.problem(
            "TELLR_LISTEN",
            format!("is `{text}`; expected an IP address such as `0.0.0.0`; the port is DATABRICKS_APP_PORT"),
        );
        default.into()
    })
}

fn hosts(reader: &mut Reader<'_>) -> Vec<String> {
    let text = reader.text("TELLR_HOSTS").unwrap_or_default();
    let hosts: Vec<String> = text
        .split(',')
        .map(|host| host.trim().to_ascii_lowercase())
        .filter(|host| !host.is_empty())
        .collect();
    let is_name = |host: &String| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    if let Some(bad) = hosts.iter().find(|host| !is_name(host)) {
        let message =
            format!("has `{bad}`; expected host names without scheme and port, such as `tellr.example.com`");
        reader.problem("TELLR_HOSTS", message);
    }
    hosts
}

fn key(reader: &mut Reader<'_>, name: &'static str) -> Option<Key> {
    let text = reader.secret(name)?;
    match Key::parse(&text) {
        Ok(key) => Some(key),
        Err(error) => {
            reader.problem(name, error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests;
