//! The workspace: it mints the credentials of Lakebase, knows people and groups, and has the models and the
//! data of the assistant.

use deployer::error::blank_secrets;
use secrecy::SecretString;

use super::variables::Reader;

/// How to reach the workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceSettings {
    /// `https://host[:port]`, without a trailing slash.
    pub host: String,
    /// The credential.
    pub auth: WorkspaceAuth,
}

/// The app's credential for the workspace.
#[derive(Clone, Debug)]
pub enum WorkspaceAuth {
    /// The app's service principal: OAuth tokens by client credentials.
    ClientCredentials {
        /// The application id.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
    },
    /// A token from the environment of a user's own machine.
    Token(SecretString),
    /// A job of GitHub Actions: its identity token is exchanged for tokens of the service principal, so that no
    /// secret is stored.
    GitHub {
        /// The application id; a policy of the account says whose identity tokens it accepts.
        client_id: String,
        /// Where GitHub issues the identity token.
        identity: GitHubIdentity,
    },
}

/// Where GitHub issues the identity token of a job with `id-token: write`.
#[derive(Clone, Debug)]
pub struct GitHubIdentity {
    /// `ACTIONS_ID_TOKEN_REQUEST_URL`.
    pub url: String,
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    pub token: SecretString,
    /// The audience of the identity token; `None` for the one that the workspace names.
    pub audience: Option<String>,
}

const HOST: &str = "DATABRICKS_HOST";

/// Reads the workspace for a database that has no need of it: `None` without a host or without a credential,
/// which may stand in the environment of a user's own machine for other programs.
pub(super) fn read_if_named(reader: &mut Reader<'_>) -> Option<WorkspaceSettings> {
    let has_pair =
        reader.text("DATABRICKS_CLIENT_ID").is_some() && reader.secret("DATABRICKS_CLIENT_SECRET").is_some();
    let has_credential = reader.secret("DATABRICKS_TOKEN").is_some() || has_pair;
    (has_credential && reader.text(HOST).is_some()).then(|| read(reader)).flatten()
}

/// Reads the workspace that a Lakebase database needs.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<WorkspaceSettings> {
    let host = reader
        .required(HOST, "the workspace that issues the database's credentials is needed")
        .and_then(|text| normalise_host(&text).map_err(|message| reader.problem(HOST, message)).ok());
    let client_id = reader.text("DATABRICKS_CLIENT_ID");
    let client_secret = reader.secret("DATABRICKS_CLIENT_SECRET");
    let token = reader.secret("DATABRICKS_TOKEN");
    // The service principal takes precedence: the deployer's manifest may name a token that the platform
    // never sets.
    let auth = match (client_id, client_secret, token) {
        (Some(client_id), Some(client_secret), _) => {
            WorkspaceAuth::ClientCredentials { client_id, client_secret }
        }
        (_, _, Some(token)) => WorkspaceAuth::Token(token),
        (Some(_), None, None) => {
            reader.problem("DATABRICKS_CLIENT_SECRET", "is not set, but DATABRICKS_CLIENT_ID is");
            return None;
        }
        (None, _, None) => {
            reader.problem(
                "DATABRICKS_CLIENT_ID",
                "is not set; the platform sets it together with DATABRICKS_CLIENT_SECRET. \
                 On your own machine, set DATABRICKS_TOKEN instead",
            );
            return None;
        }
    };
    Some(WorkspaceSettings { host: host?, auth })
}

/// A workspace's address, as users paste it: with or without `https://`, possibly with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `https://host[:port]`, in lower case.
    pub host: String,
    /// The id from `?o=`, if present: several workspaces may share a host.
    pub workspace_id: Option<String>,
}

/// The host of a workspace's address; else the error.
pub fn normalise_host(text: &str) -> Result<String, String> {
    workspace_address(text).map(|address| address.host)
}

/// Parses a workspace's address as users paste it: `host`, `https://host/`, `https://host/browse?o=123`,
/// and on this machine only `http://host`; else returns the error, to follow the name of the input.
pub fn workspace_address(text: &str) -> Result<Address, String> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>', '\u{feff}']).trim();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let shown = || {
        let plain: String = blank_secrets(text).chars().filter(|c| !c.is_control()).take(100).collect();
        plain
    };
    let unreadable =
        || format!("is `{}`, which isn't an address such as `https://my.cloud.databricks.com`", shown());
    let has_blank = text.chars().any(|c| c.is_whitespace() || c.is_control());
    let url = reqwest::Url::parse(&with_scheme).ok().filter(|_| !has_blank).ok_or_else(|| {
        // It may contain a password before an `@`.
        if text.contains('@') {
            "isn't an address such as `https://my.cloud.databricks.com`".to_owned()
        } else {
            unreadable()
        }
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "contains a user name or a password; use the address alone, and the credential beside it"
                .to_owned(),
        );
    }
    let (Some(name), scheme) = (url.host_str(), url.scheme()) else { return Err(unreadable()) };
    if !matches!(scheme, "https" | "http") {
        return Err(format!("starts with `{scheme}://`; it is `https://`"));
    }
    if scheme == "http" && !is_loopback(name) {
        return Err("starts with `http://`; a secret would be sent unencrypted. Use `https://`".to_owned());
    }
    if let Some(what) = another_place(name) {
        return Err(format!(
            "is `{name}`, {what}. Open the workspace in the browser and copy the address from there"
        ));
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let workspace_id = url.query_pairs().find(|(key, _)| key == "o").map(|(_, id)| id.into_owned());
    let is_id = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    Ok(Address { host: format!("{scheme}://{name}{port}"), workspace_id: workspace_id.filter(is_id) })
}

/// The kind of Databricks host that `host` is, if it is not a workspace.
fn another_place(host: &str) -> Option<&'static str> {
    let is_databricks = [
        "databricks.com",
        "azuredatabricks.net",
        "databricks.azure.us",
        "databricks.azure.cn",
        "databricks.us",
    ]
    .iter()
    .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    let (first, rest) = host.split_once('.')?;
    if is_databricks && (first == "accounts" || first.starts_with("accounts-")) {
        return Some("the account console, not a workspace");
    }
    if rest == "databricksapps.com"
        || rest.ends_with(".databricksapps.com")
        || rest.ends_with(".databricksapps.us")
    {
        return Some("the address of an app, not of a workspace");
    }
    let is_site = host == "databricks.com"
        || (rest == "databricks.com"
            && matches!(first, "www" | "docs" | "login" | "signup" | "community" | "status"));
    is_site.then_some("a site of Databricks', not a workspace")
}

/// Why a token can't be sent in a header, to follow the name of where it comes from. Never repeats it.
pub fn token_problem(token: &str) -> Option<&'static str> {
    let holds = |is: fn(char) -> bool| token.chars().any(is);
    if token.is_empty() {
        Some("is empty")
    } else if token.contains(['\n', '\r']) {
        Some("has a line break in it")
    } else if holds(char::is_whitespace) {
        Some("has a space in it")
    } else if holds(|c| !c.is_ascii_graphic()) {
        Some("has a character in it that no token has, such as a typographic quote")
    } else {
        None
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
