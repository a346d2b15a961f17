//! The database: Lakebase of either kind, or any PostgreSQL.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres::config::{Host, SslMode};

use super::variables::{Reader, expose};
use super::workspace::{self, WorkspaceAuth, WorkspaceSettings};

/// The database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// The server, and how to authenticate.
    pub target: Target,
    /// The schema of the app's tables.
    pub schema: SchemaName,
    /// Certificate authorities for the server, in addition to the system's.
    pub root_certificates: Option<PathBuf>,
    /// The name of the connections in the database's statistics.
    pub application_name: String,
}

/// The server, and how to authenticate.
#[derive(Clone)]
pub enum Target {
    /// Lakebase: the password is a credential that the workspace mints, TLS is always verified.
    Lakebase {
        /// The resource of the credential, which the workspace of the settings mints.
        lakebase: Lakebase,
        /// The database's host.
        host: String,
        /// Its port.
        port: u16,
        /// The database.
        database: String,
        /// The role: the service principal's application id.
        user: String,
    },
    /// Any PostgreSQL, by its connection string.
    Postgres(Box<tokio_postgres::Config>),
}

/// The resource that the workspace mints a credential for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lakebase {
    /// An autoscaling endpoint, `projects/…/branches/…/endpoints/…`.
    Autoscaling {
        /// The endpoint's resource name.
        endpoint: String,
    },
    /// A provisioned instance.
    Provisioned {
        /// The instance's name.
        instance: String,
    },
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Implemented by hand, because a connection string may hold a password.
        write!(f, "Target({} at {})", self.kind(), self.address())
    }
}

impl Target {
    /// `autoscaling`, `provisioned` or `postgres`, as used in the API and in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Lakebase { lakebase: Lakebase::Autoscaling { .. }, .. } => "autoscaling",
            Self::Lakebase { lakebase: Lakebase::Provisioned { .. }, .. } => "provisioned",
            Self::Postgres(_) => "postgres",
        }
    }

    /// `host:port`, for messages.
    pub fn address(&self) -> String {
        match self {
            Self::Lakebase { host, port, .. } => format!("{host}:{port}"),
            Self::Postgres(config) => {
                let port = config.get_ports().first().copied().unwrap_or(5432);
                match config.get_hosts().first() {
                    Some(Host::Tcp(host)) => format!("{host}:{port}"),
                    Some(Host::Unix(path)) => format!("{}:{port}", path.display()),
                    None => format!("localhost:{port}"),
                }
            }
        }
    }
}

/// A PostgreSQL schema name. Any name that PostgreSQL allows, since it is always quoted; only the server's
/// own `pg_…` names are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaName(String);

impl SchemaName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, String> {
        /// PostgreSQL silently truncates longer identifiers.
        const MAX_BYTES: usize = 63;
        if text.is_empty() || text.len() > MAX_BYTES {
            return Err(format!("is `{text}`; a schema name has 1 to {MAX_BYTES} bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err("holds a control character".to_owned());
        }
        if text.starts_with("pg_") {
            return Err(format!("is `{text}`; names that start with `pg_` belong to PostgreSQL"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The plain name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as an SQL identifier.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0.replace('"', "\"\""))
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The database, and the workspace: one that mints the database's credentials is required, any other is not.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<(DatabaseSettings, Option<WorkspaceSettings>)> {
    let schema = reader.text("LAKEBASE_SCHEMA").unwrap_or_else(|| "app_data".to_owned());
    let schema = match SchemaName::parse(&schema) {
        Ok(schema) => Some(schema),
        Err(message) => {
            reader.problem("LAKEBASE_SCHEMA", message);
            None
        }
    };
    // `system` is libpq's value for the behaviour implemented here.
    let root_certificates = reader.text("PGSSLROOTCERT").filter(|path| path != "system").map(PathBuf::from);
    let application_name = reader.text("PGAPPNAME").unwrap_or_else(|| crate::NAME.to_owned());
    let (target, workspace) = if reader.text("DATABASE_URL").is_some() {
        (postgres(reader), workspace::read_if_named(reader))
    } else {
        lakebase(reader).unzip()
    };
    let settings = DatabaseSettings { target: target?, schema: schema?, root_certificates, application_name };
    Some((settings, workspace))
}

fn postgres(reader: &mut Reader<'_>) -> Option<Target> {
    const NAME: &str = "DATABASE_URL";
    let url = reader.secret(NAME)?;
    // TLS is verified in every mode that uses it, so these two equal the client library's `require`.
    let text = expose(&url)
        .replace("sslmode=verify-full", "sslmode=require")
        .replace("sslmode=verify-ca", "sslmode=require");
    let mut config = match text.parse::<tokio_postgres::Config>() {
        Ok(config) => config,
        Err(error) => {
            reader.problem(NAME, unreadable(&text, &error));
            return None;
        }
    };
    if !text.contains("sslmode=") {
        let local = config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        });
        config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
    }
    Some(Target::Postgres(Box::new(config)))
}

/// Describes the error in a connection string, which may hold a password: only the name of a parameter is
/// repeated.
fn unreadable(text: &str, error: &tokio_postgres::Error) -> String {
    let told = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let named = told.split('`').nth(1).filter(|name| stands_as_parameter(text, name));
    match named {
        Some("sslrootcert") => {
            "has the parameter `sslrootcert`; name the file in PGSSLROOTCERT and leave the parameter out"
                .to_owned()
        }
        Some(name @ ("schema" | "search_path" | "currentSchema")) => {
            format!(
                "has the parameter `{name}`; name the schema in LAKEBASE_SCHEMA and leave the parameter out"
            )
        }
        Some(name) if told.starts_with("unknown") => format!(
            "has the parameter `{name}`, which tellr-app doesn't know; leave it out. Known are `sslmode`, \
             `channel_binding`, `connect_timeout`, `options`, `target_session_attrs` and the other parameters of \
             tokio-postgres"
        ),
        Some("sslmode") => {
            "has an unknown `sslmode`; expected `disable`, `prefer`, `require` or `verify-full`, and \
                            certificates are verified whenever TLS is used"
                .to_owned()
        }
        Some(name) => format!("has an invalid value for the parameter `{name}`"),
        None => {
            "is not a PostgreSQL connection string such as `postgresql://user@host:5432/database`".to_owned()
        }
    }
}

/// Whether `name` is in the position of a parameter's name, rather than part of a password that needs
/// quoting.
fn stands_as_parameter(text: &str, name: &str) -> bool {
    /// Parameters of other clients (libpq, JDBC, node-postgres, Prisma).
    const OTHERS: [&str; 26] = [
        "channel_binding",
        "connect_timeout",
        "connection_limit",
        "currentSchema",
        "fallback_application_name",
        "gssencmode",
        "krbsrvname",
        "passfile",
        "pgbouncer",
        "pool_timeout",
        "require_auth",
        "requirepeer",
        "schema",
        "search_path",
        "service",
        "ssl",
        "sslcert",
        "sslcompression",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslnegotiation",
        "sslpassword",
        "sslrootcert",
        "sslsni",
        "target_session_attrs",
    ];
    if !text.contains("://") {
        return OTHERS.contains(&name);
    }
    let after_host = text.rsplit('@').next().unwrap_or(text);
    let query = after_host.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name && query.split('&').any(|pair| pair.split('=').next() == Some(name))
}

fn lakebase(reader: &mut Reader<'_>) -> Option<(Target, WorkspaceSettings)> {
    let lakebase = lakebase_name(reader)?;
    let autoscaling = matches!(lakebase, Lakebase::Autoscaling { .. });
    let host = match (reader.text("LAKEBASE_PG_HOST"), reader.text("PGHOST")) {
        (Some(own), _) if autoscaling => Some(own),
        (_, Some(resource)) => Some(resource),
        (own, None) => own,
    };
    if host.is_none() {
        reader.problem(
            if autoscaling { "LAKEBASE_PG_HOST" } else { "PGHOST" },
            "is not set; the platform's database resource or the deployer sets the database's host",
        );
    }
    let port = match reader.text("PGPORT").map(|text| text.parse()) {
        None => 5432,
        Some(Ok(port)) => port,
        Some(Err(_)) => {
            reader.problem("PGPORT", "is not a port number");
            return None;
        }
    };
    if reader.text("PGSSLMODE").as_deref() == Some("disable") {
        reader.problem(
            "PGSSLMODE",
            "is `disable`; a connection to Lakebase carries a credential and is always encrypted",
        );
    }
    let workspace = workspace::read(reader);
    let user = reader.text("PGUSER").or(match &workspace {
        Some(WorkspaceSettings { auth: WorkspaceAuth::ClientCredentials { client_id, .. }, .. }) => {
            Some(client_id.clone())
        }
        _ => None,
    });
    if user.is_none() && workspace.is_some() {
        reader.problem("PGUSER", "is not set; it is the role that owns the token in use");
    }
    let target = Target::Lakebase {
        lakebase,
        host: host?,
        port,
        database: reader.text("PGDATABASE").unwrap_or_else(|| "databricks_postgres".to_owned()),
        user: user?,
    };
    Some((target, workspace?))
}

fn lakebase_name(reader: &mut Reader<'_>) -> Option<Lakebase> {
    let endpoint = reader.text("LAKEBASE_ENDPOINT_NAME");
    let instance = reader.text("LAKEBASE_INSTANCE");
    match (reader.text("LAKEBASE_TYPE").as_deref(), endpoint, instance) {
        (Some("autoscaling") | None, Some(endpoint), _) => Some(Lakebase::Autoscaling { endpoint }),
        (Some("provisioned") | None, _, Some(instance)) => Some(Lakebase::Provisioned { instance }),
        (Some("autoscaling"), None, _) => {
            let project = reader.text("LAKEBASE_PROJECT_ID");
            let project = project.as_deref().unwrap_or("<project>");
            reader.problem(
                "LAKEBASE_ENDPOINT_NAME",
                format!(
                    "is not set; an autoscaling database needs it, \
                     such as `projects/{project}/branches/production/endpoints/primary`"
                ),
            );
            None
        }
        (Some("provisioned"), _, None) => {
            reader.problem("LAKEBASE_INSTANCE", "is not set; a provisioned database needs it");
            None
        }
        (Some(other), _, _) => {
            reader.problem("LAKEBASE_TYPE", format!("is `{other}`; expected `autoscaling` or `provisioned`"));
            None
        }
        (None, None, None) => {
            reader.problem(
                "DATABASE_URL",
                "is not set, and neither are the LAKEBASE_… variables: set it for a PostgreSQL of your own; \
                 for Lakebase the deployer sets the others",
            );
            None
        }
    }
}
