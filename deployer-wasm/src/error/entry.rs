//! The structure of a catalogue entry, and the documentation links.

pub(super) const DOCS_APPS: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/";
pub(super) const DOCS_APP_AUTH: &str = "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/auth";
pub(super) const DOCS_APP_RESOURCES: &str =
    "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/resources";
pub(super) const DOCS_APP_PERMISSIONS: &str =
    "https://docs.databricks.com/aws/en/dev-tools/databricks-apps/permissions";
pub(super) const DOCS_LAKEBASE: &str = "https://docs.databricks.com/aws/en/oltp/";
pub(super) const DOCS_SECRETS: &str = "https://docs.databricks.com/aws/en/security/secrets/";
pub(super) const DOCS_AUTH: &str = "https://docs.databricks.com/aws/en/dev-tools/auth/";
pub(super) const DOCS_PAGE: &str = "pkg/README.md";
pub(super) const DOCS_CONFIG: &str = "README.md#configuration";

/// The text of one entry.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) cause: String,
    pub(super) remedy: String,
    pub(super) docs: &'static str,
}
