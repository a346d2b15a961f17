//! OAuth scopes of tokens with limited permissions.
//!
//! An app that acts on behalf of its users gets a token for each of them, with the app's `user_api_scopes`
//! and the two that every app has. The workspace refuses requests outside of these scopes, with the
//! platform's message. A token that isn't listed here has `all-apis`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use parking_lot::Mutex;

use crate::problem::Problem;

/// The scopes that allow the paths with a prefix; any of them is sufficient, and a refusal names the first.
/// Paths that aren't listed need `all-apis`. The table is an assumption: the platform documents the scopes'
/// names, not their paths.
const TABLE: [(&str, &[&str]); 18] = [
    ("/api/2.0/preview/scim/v2/Me", &["iam.current-user:read"]),
    ("/api/2.0/preview/scim/v2/", &["iam.access-control:read"]),
    ("/api/2.0/permissions/", &["iam.access-control:read"]),
    ("/api/2.0/entity-tag-assignments", &["tags"]),
    ("/api/2.0/sql/", &["sql", "sql:restricted-query"]),
    ("/api/2.0/genie/", &["genie", "dashboards.genie", "mcp.genie"]),
    ("/api/2.0/serving-endpoints", &["serving.serving-endpoints", "model-serving", "ai-gateway"]),
    ("/serving-endpoints", &["serving.serving-endpoints", "model-serving", "ai-gateway"]),
    ("/api/2.0/fs/", &["files", "files.files"]),
    ("/api/2.0/workspace/", &["workspace.workspace"]),
    ("/api/2.0/workspace-files/", &["workspace.workspace"]),
    ("/api/2.0/postgres/", &["postgres"]),
    ("/api/2.0/database/", &["postgres"]),
    ("/api/2.0/vector-search/", &["vector-search", "vectorsearch.vector-search-indexes"]),
    ("/api/2.1/unity-catalog/catalogs", &["catalog.catalogs:read"]),
    ("/api/2.1/unity-catalog/schemas", &["catalog.schemas:read"]),
    ("/api/2.1/unity-catalog/tables", &["catalog.tables:read"]),
    ("/api/2.1/unity-catalog/connections", &["catalog.connections"]),
];

/// The scopes of the tokens of one workspace; clones share them.
#[derive(Clone, Default)]
pub struct TokenScopes(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl fmt::Debug for TokenScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tokens with scopes", self.0.lock().len())
    }
}

impl TokenScopes {
    /// Limits `token` to these scopes from now on.
    pub fn limit(&self, token: &str, scopes: BTreeSet<String>) {
        self.0.lock().insert(token.to_owned(), scopes);
    }

    /// Refuses a request outside of its token's scopes.
    ///
    /// # Errors
    /// 403 `PERMISSION_DENIED`, naming the scope.
    pub(crate) fn check(&self, headers: &HeaderMap, method: &str, path: &str) -> Result<(), Problem> {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((_, token)) = value.and_then(|value| value.split_once(' ')) else { return Ok(()) };
        match self.0.lock().get(token.trim()) {
            Some(scopes) => covered(scopes, method, path),
            None => Ok(()),
        }
    }
}

fn covered(scopes: &BTreeSet<String>, method: &str, path: &str) -> Result<(), Problem> {
    let needed: &[&str] =
        TABLE.iter().find(|(start, _)| path.starts_with(start)).map_or(&["all-apis"], |(_, needed)| needed);
    // `…:read` allows reading only.
    let counts = |scope: &&&str| !scope.ends_with(":read") || method == "GET";
    if needed.iter().filter(counts).any(|scope| scopes.contains(*scope)) {
        return Ok(());
    }
    let scope = needed[0];
    Err(Problem::permission_denied(format!("Provided OAuth token does not have required scopes: {scope}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::covered;

    #[test]
    fn a_scope_opens_its_paths_and_no_others() {
        let scopes =
            BTreeSet::from(["sql", "iam.current-user:read", "iam.access-control:read"].map(str::to_owned));
        let may = |method: &str, path: &str| covered(&scopes, method, path).is_ok();
        assert!(may("POST", "/api/2.0/sql/statements"));
        assert!(may("GET", "/api/2.0/preview/scim/v2/Me"));
        assert!(may("GET", "/api/2.0/permissions/apps/tellr"));
        assert!(!may("PUT", "/api/2.0/permissions/apps/tellr"), "a scope for reading");
        assert!(!may("GET", "/api/2.0/genie/spaces"));
        for scope in ["genie", "dashboards.genie"] {
            let scopes = BTreeSet::from([scope.to_owned()]);
            assert!(
                covered(&scopes, "POST", "/api/2.0/genie/spaces/1/start-conversation").is_ok(),
                "{scope}"
            );
            assert!(covered(&scopes, "POST", "/api/2.0/sql/statements").is_err(), "{scope}");
        }
        assert!(!may("GET", "/api/2.0/apps/tellr"), "no scope opens that");
        let problem = covered(&scopes, "GET", "/api/2.0/serving-endpoints").expect_err("refused");
        assert_eq!(problem.status, 403);
        assert_eq!(
            problem.message,
            "Provided OAuth token does not have required scopes: serving.serving-endpoints"
        );
    }
}
