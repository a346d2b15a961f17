//! The workspace that mints database credentials.

use secrecy::SecretString;

use super::variables::Reader;

/// How to reach the workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceSettings {
    /// `https://host[:port]`, without a slash at the end.
    pub host: String,
    /// As whom.
    pub auth: WorkspaceAuth,
}

/// As whom the app calls the workspace.
#[derive(Clone, Debug)]
pub enum WorkspaceAuth {
    /// The app's service principal: OAuth tokens by client credentials.
    ClientCredentials {
        /// The application id.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
    },
    /// A token that somebody put into the environment of their own machine.
    Token(SecretString),
}

const HOST: &str = "DATABRICKS_HOST";

/// Reads the workspace's address, where one is named.
pub(super) fn host(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.text(HOST)?;
    normalise_host(&text).map_err(|message| reader.problem(HOST, message)).ok()
}

/// Reads what Lakebase's credentials need.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<WorkspaceSettings> {
    // What is wrong with it was told when it was read.
    let host = reader
        .required(HOST, "the workspace that issues the database's credentials is needed")
        .and_then(|text| normalise_host(&text).ok());
    let client_id = reader.text("DATABRICKS_CLIENT_ID");
    let client_secret = reader.secret("DATABRICKS_CLIENT_SECRET");
    let token = reader.secret("DATABRICKS_TOKEN");
    // The service principal first: the deployer's manifest may name a token that the platform never fills.
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
                 On your own machine, DATABRICKS_TOKEN does as well",
            );
            return None;
        }
    };
    Some(WorkspaceSettings { host: host?, auth })
}

/// The address of a workspace from `host`, `https://host`, `https://host/` and, on this machine only,
/// `http://host`; else what is wrong with it.
pub fn normalise_host(text: &str) -> Result<String, String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("https", text),
    };
    let authority = rest.trim_end_matches('/');
    let valid = !authority.is_empty()
        && authority.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    if !valid {
        return Err(format!("is `{rest}`; it is a host, with or without `https://` and without a path"));
    }
    match scheme {
        "https" => Ok(format!("https://{authority}")),
        "http" if is_loopback(authority) => Ok(format!("http://{authority}")),
        "http" => Err("starts with `http://`; a secret would travel unencrypted. Use `https://`".to_owned()),
        other => Err(format!("starts with `{other}://`; it is `https://`")),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => authority.split(':').next().unwrap_or(authority),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
