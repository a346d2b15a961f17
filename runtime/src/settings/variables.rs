//! The list of environment variables, and the only place that reads one.
//!
//! The list is printed by `tellr-app --help`. Reading a variable that is not in it panics in a debug build,
//! so the list is always complete: the tests read them all.

use secrecy::{ExposeSecret, SecretString};
use std::fmt::Write as _;

use super::problem::Problem;

/// One environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its meaning, and the default.
    pub meaning: &'static str,
}

const fn variable(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, meaning }
}

/// Every variable the app reads.
pub const VARIABLES: &[Variable] = &[
    variable("ENVIRONMENT", "`production`, `development` or `test` (default: development)"),
    variable("DATABRICKS_APP_PORT", "the port to listen on (default: 8000)"),
    variable(
        "DATABRICKS_APP_NAME",
        "set by the platform; makes the app trust the platform's identity headers",
    ),
    variable(
        "TELLR_LISTEN",
        "the IP address to listen on (default: on the platform all, `0.0.0.0`; elsewhere this machine only, \
         `127.0.0.1`)",
    ),
    variable(
        "TELLR_HOSTS",
        "off the platform, the host names under which the app is reached, separated by commas; this machine's \
         own are always accepted",
    ),
    variable("DEV_USER_ID", "the e-mail address of the local user in development (default: dev@localhost)"),
    variable(
        "DATABASE_URL",
        "a PostgreSQL connection string; wins over Lakebase. TLS, when used, is always verified; \
         without `sslmode` it is off on this machine and required elsewhere",
    ),
    variable("LAKEBASE_TYPE", "`autoscaling` or `provisioned` (default: derived from the variables below)"),
    variable("LAKEBASE_PG_HOST", "the database host of an autoscaling endpoint (default: PGHOST)"),
    variable("LAKEBASE_PROJECT_ID", "the autoscaling project, for messages"),
    variable(
        "LAKEBASE_ENDPOINT_NAME",
        "`projects/…/branches/…/endpoints/…`, for the credential of an autoscaling database",
    ),
    variable("LAKEBASE_INSTANCE", "the instance, for the credential of a provisioned database"),
    variable("LAKEBASE_SCHEMA", "the PostgreSQL schema of the app's tables (default: app_data)"),
    variable(
        "TELLR_IMPORT_SCHEMA",
        "a schema of the same database with the data of databricks-tellr-app, whose prompts, styles, profiles and sessions \
         `init-database` copies once (default: none)",
    ),
    variable(
        "TELLR_IMPORT_OWNER",
        "the user name of the person who gets sessions of that schema which name no owner",
    ),
    variable("PGHOST", "the database host, set by the platform's database resource"),
    variable("PGPORT", "the database port (default: 5432)"),
    variable("PGDATABASE", "the database (default: databricks_postgres)"),
    variable("PGUSER", "the database role (default: DATABRICKS_CLIENT_ID)"),
    variable(
        "PGSSLMODE",
        "read to refuse `disable`: a connection to Lakebase is always encrypted and verified",
    ),
    variable(
        "PGSSLROOTCERT",
        "a PEM file of CA certificates to trust for the database, in addition to the system's",
    ),
    variable("PGAPPNAME", "the name of the connections in the database's statistics (default: tellr-app)"),
    variable(
        "DATABRICKS_HOST",
        "the workspace, with or without `https://`; Lakebase needs it. With a PostgreSQL of your own it is optional \
         and lets the assistant work",
    ),
    variable("DATABRICKS_CLIENT_ID", "the app's service principal"),
    variable("DATABRICKS_CLIENT_SECRET", "its OAuth secret"),
    variable(
        "DATABRICKS_TOKEN",
        "a token instead of the two above, for local use; the assistant then asks on behalf of its owner",
    ),
    variable(
        "DATABRICKS_CONFIG_PROFILE",
        "for local use with DATABASE_URL: the profile of `~/.databrickscfg` with the assistant's workspace, if the \
         variables above name none",
    ),
    variable(
        "TELLR_SERVING_ENDPOINT",
        "the name of the chat endpoint that the assistant uses by default; the app itself asks it (default: none, \
         and people choose one)",
    ),
    variable(
        "TELLR_GENIE_SPACES",
        "the ids of the Genie spaces that the assistant offers first, separated by commas",
    ),
    variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "the collector that traces of the assistant's work are sent to; the platform sets it if the app's telemetry is on \
         (default: none)",
    ),
    variable(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "`grpc` (without TLS), as the platform sets it, or `http/protobuf` (default: http/protobuf)",
    ),
    variable("OTEL_EXPORTER_OTLP_HEADERS", "headers for the collector: `name=value`, separated by commas"),
    variable("OTEL_SERVICE_NAME", "the name of this service in traces (default: tellr)"),
    variable(
        "OTEL_RESOURCE_ATTRIBUTES",
        "more about this process in traces: `name=value`, separated by commas",
    ),
    variable(
        "MLFLOW_EXPERIMENT_ID",
        "the MLflow experiment that traces and feedback are sent to; on the platform the value of an experiment resource \
         (default: none)",
    ),
    variable(
        "MLFLOW_TRACKING_URI",
        "the address of an MLflow server (3.6 or newer) that has the experiment (default: `databricks`, the workspace's)",
    ),
    variable(
        "MLFLOW_TRACING_SQL_WAREHOUSE_ID",
        "the SQL warehouse that the workspace's MLflow uses to add feedback to traces",
    ),
    variable(
        "TELLR_TRACE_CONTENT",
        "`true`: traces also hold what people ask, what models answer, the data, and comments (default: false)",
    ),
    variable("GOOGLE_OAUTH_ENCRYPTION_KEY", "the Fernet key for stored credentials; required in production"),
    variable(
        "TELLR_NEW_ENCRYPTION_KEY",
        "only for `rotate-key`: the Fernet key that stored credentials are encrypted with from then on",
    ),
    variable(
        "TELLR_GOOGLE_ADDRESS",
        "a stand-in for Google on this machine, such as `http://127.0.0.1:8788`, to try the export to Google Slides \
         without Google (default: Google)",
    ),
    variable(
        "TELLR_METRICS_PORT",
        "serve Prometheus metrics at `/metrics` on this port, for this machine only (default: off)",
    ),
    variable("TELLR_LOG", "what to log, such as `info,tellr_app=debug` (default: info)"),
];

/// The list as text for `--help`.
pub fn documentation() -> String {
    let mut text = String::from("Environment:\n");
    for Variable { name, meaning } in VARIABLES {
        // Writing to a String can't fail. Without line breaks, the terminal's width decides; each variable
        // has two lines, so that its name is not in the middle of text.
        let _ = writeln!(text, "  {name}\n          {meaning}");
    }
    text
}

/// Reads variables and collects the problems.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    /// The value without surrounding spaces; `None` if unset or empty.
    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        debug_assert!(VARIABLES.iter().any(|v| v.name == name), "`{name}` is not on the list of variables");
        let value = (self.lookup)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A value that must not be shown in messages.
    pub(super) fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// The value, or a problem that says why it is needed.
    pub(super) fn required(&mut self, name: &'static str, why: &str) -> Option<String> {
        let value = self.text(name);
        if value.is_none() {
            self.problem(name, format!("is not set; {why}"));
        }
        value
    }

    pub(super) fn problem(&mut self, variable: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { variable, message: message.into() });
    }
}

/// If a secret's text is needed to parse it.
pub(super) fn expose(secret: &SecretString) -> &str {
    secret.expose_secret()
}
