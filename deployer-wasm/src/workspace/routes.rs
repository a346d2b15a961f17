//! All requests of this module as a table: an allow-list for forwarders.
//!
//! A page that runs the deployer has no credential. A server beside it adds one, and would do so for any
//! request of any script in the page. So it must know which requests the deployer makes. The table is next to
//! the functions that make the requests, and a test reads their sources: it fails if a function has no entry
//! in the table, or an entry no function.
//!
//! The path segments are compared in their encoded form, and must be encoded the way `segment` does. So each
//! path has exactly one spelling, and none contains `..`, `%2F` or `%2E%2E`.

use percent_encoding::percent_decode_str;

use crate::host::Method;

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, in which `{}` matches one segment.
    pub path: &'static str,
    /// The allowed query parameters.
    pub query: &'static [&'static str],
}

const fn route(method: Method, path: &'static str, query: &'static [&'static str]) -> Route {
    Route { method, path, query }
}

/// Every kind of request that the deployer makes.
pub const ROUTES: &[Route] = &[
    route(Method::Get, "/api/2.0/apps/{}", &[]),
    route(Method::Get, "/api/2.0/apps", &["page_token"]),
    route(Method::Post, "/api/2.0/apps", &["no_compute"]),
    route(Method::Delete, "/api/2.0/apps/{}", &[]),
    route(Method::Post, "/api/2.0/apps/{}/start", &[]),
    route(Method::Post, "/api/2.0/apps/{}/stop", &[]),
    route(Method::Post, "/api/2.0/apps/{}/update", &[]),
    route(Method::Get, "/api/2.0/apps/{}/update", &[]),
    route(Method::Post, "/api/2.0/apps/{}/deployments", &[]),
    route(Method::Get, "/api/2.0/apps/{}/deployments/{}", &[]),
    route(Method::Get, "/api/2.0/database/instances/{}", &[]),
    route(Method::Post, "/api/2.0/database/instances", &[]),
    route(Method::Get, "/api/2.0/postgres/projects/{}", &[]),
    route(Method::Get, "/api/2.0/postgres/projects", &["show_deleted", "page_token"]),
    route(Method::Post, "/api/2.0/postgres/projects", &["project_id"]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/operations/{}", &[]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/branches", &["page_token"]),
    route(Method::Post, "/api/2.0/postgres/projects/{}/branches", &["branch_id"]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/branches/{}", &[]),
    route(Method::Patch, "/api/2.0/postgres/projects/{}/branches/{}", &["update_mask"]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/branches/{}/operations/{}", &[]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/branches/{}/endpoints", &["page_token"]),
    route(Method::Get, "/api/2.0/postgres/projects/{}/branches/{}/databases", &["page_token"]),
    route(Method::Post, "/api/2.0/workspace/mkdirs", &[]),
    route(Method::Post, "/api/2.0/workspace/import", &[]),
    route(Method::Get, "/api/2.0/workspace/export", &["path", "format"]),
    route(Method::Post, "/api/2.0/workspace/delete", &[]),
    route(Method::Get, "/api/2.0/secrets/list", &["scope"]),
    route(Method::Get, "/api/2.0/secrets/get", &["scope", "key"]),
    route(Method::Post, "/api/2.0/secrets/scopes/create", &[]),
    route(Method::Post, "/api/2.0/secrets/put", &[]),
    route(Method::Get, "/api/2.0/serving-endpoints/{}", &[]),
    route(Method::Get, "/api/2.0/genie/spaces/{}", &[]),
    route(Method::Get, "/api/2.0/sql/warehouses/{}", &[]),
    route(Method::Get, "/api/2.0/preview/scim/v2/Me", &[]),
    route(Method::Get, "/api/2.0/preview/scim/v2/Users", &["filter", "attributes", "count"]),
    route(Method::Get, "/api/2.0/preview/scim/v2/Groups", &["filter", "attributes", "count"]),
    route(Method::Get, "/api/2.0/preview/scim/v2/ServicePrincipals", &["filter", "attributes", "count"]),
    route(Method::Get, "/api/2.0/permissions/apps/{}", &[]),
    route(Method::Patch, "/api/2.0/permissions/apps/{}", &[]),
    route(Method::Get, "/api/2.0/entity-tag-assignments/apps/{}/tags", &["page_token"]),
    route(Method::Post, "/api/2.0/entity-tag-assignments", &[]),
    route(Method::Patch, "/api/2.0/entity-tag-assignments/apps/{}/tags/{}", &["update_mask"]),
    route(Method::Get, "/api/2.0/permissions/database-projects/{}", &[]),
    route(Method::Get, "/api/2.0/permissions/database-instances/{}", &[]),
    route(Method::Get, "/api/2.0/secrets/acls/list", &["scope"]),
];

/// The route of a request, if the deployer makes such requests.
pub fn route_of(method: Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method && is_path(route.path, path))
}

impl Route {
    /// Whether the query parameter `name` is allowed.
    pub fn takes(&self, name: &str) -> bool {
        self.query.contains(&name)
    }
}

fn is_path(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some("{}"), Some(found)) if is_segment(found) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
}

/// Whether this is the output of `segment` for a name: everything outside of its small alphabet as `%` and
/// two upper-case digits. Refuses names that would change their meaning if decoded twice: dots alone,
/// slashes, `%`, control characters.
fn is_segment(text: &str) -> bool {
    // Invalid escapes and invalid UTF-8 differ after being encoded again.
    let name = percent_decode_str(text).decode_utf8_lossy();
    let misread = |c: char| matches!(c, '/' | '\\' | '%') || c.is_control();
    let only_dots = name.bytes().all(|byte| byte == b'.');
    !only_dots && !name.contains(misread) && super::segment(&name) == text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Map;

    use super::super::{
        Call, apps, database, files, identity, next_page, operation, permissions, postgres, rights, secrets,
        services, tags,
    };
    use super::*;
    use crate::config::services::ServiceKind;
    use crate::config::sharing::GranteeKind;
    use crate::host::WorkspaceRequest;

    fn paged<T>(call: Call<T>) -> WorkspaceRequest {
        next_page(call.request, "t".to_owned())
    }

    /// Every function that builds a request, with its name and a sample request.
    fn requests() -> Vec<(&'static str, WorkspaceRequest)> {
        let app = apps::NewApp { name: "a", description: "", compute_size: "MEDIUM", user_api_scopes: &[] };
        let project = postgres::NewProject { id: "p", limits: (0.5, 2.0) };
        let branch = "projects/p/branches/b";
        vec![
            ("apps::get", apps::get("a").request),
            ("apps::list", apps::list(Some("t")).request),
            ("apps::create", apps::create(&app).request),
            ("apps::start", apps::start("a").request),
            ("apps::stop", apps::stop("a").request),
            ("apps::update", apps::update("a", Map::new()).request),
            ("apps::get_update", apps::get_update("a").request),
            ("apps::delete", apps::delete("a").request),
            ("apps::deploy", apps::deploy("a", "/Workspace/a", None).request),
            ("apps::get_deployment", apps::get_deployment("a", "01ef").request),
            ("database::get_instance", database::get_instance("i").request),
            ("database::create_instance", database::create_instance("i", "CU_1").request),
            ("files::mkdirs", files::mkdirs("/Workspace/a").request),
            ("files::import", files::import("/Workspace/a", b"", files::PutMode::CreateNew).request),
            ("files::export", files::export("/Workspace/a").request),
            ("files::delete", files::delete("/Workspace/a").request),
            ("identity::me", identity::me().request),
            ("identity::search", identity::search(GranteeKind::User, "a@b").request),
            ("identity::search", identity::search(GranteeKind::Group, "g").request),
            ("identity::search", identity::search(GranteeKind::ServicePrincipal, "6f9a").request),
            ("permissions::get", permissions::get("a").request),
            ("permissions::add", permissions::add("a", &[]).request),
            ("operation::get", operation::get("projects/p/operations/o").request),
            ("operation::get", operation::get(&format!("{branch}/operations/o")).request),
            ("postgres::get_project", postgres::get_project("p").request),
            ("postgres::list_projects", paged(postgres::list_projects())),
            ("postgres::create_project", postgres::create_project(&project).request),
            ("postgres::list_endpoints", paged(postgres::list_endpoints(branch))),
            ("postgres::list_databases", paged(postgres::list_databases(branch))),
            ("postgres::get_branch", postgres::get_branch(branch).request),
            (
                "postgres::create_branch",
                postgres::create_branch("projects/p", "r", branch, postgres::Life::Unlimited).request,
            ),
            ("postgres::keep_branch", postgres::keep_branch(branch).request),
            ("postgres::list_branches", paged(postgres::list_branches("projects/p"))),
            ("rights::of_object", rights::of_object(rights::Object::Project("p")).request),
            ("rights::of_object", rights::of_object(rights::Object::Instance("i")).request),
            ("rights::of_scope", rights::of_scope("s").request),
            ("secrets::list", secrets::list("s").request),
            ("secrets::create_scope", secrets::create_scope("s").request),
            ("secrets::put", secrets::put("s", "k", "v").request),
            ("secrets::get", secrets::get("s", "k").request),
            ("services::get", services::get(ServiceKind::ServingEndpoint, "m").request),
            ("services::get", services::get(ServiceKind::GenieSpace, "01ef").request),
            ("services::get", services::get(ServiceKind::SqlWarehouse, "4b9b").request),
            ("tags::list", paged(tags::list("a"))),
            ("tags::create", tags::create("a", "k", "v").request),
            ("tags::update", tags::update("a", "k", "v").request),
        ]
    }

    /// The names of all public functions in a resource's file that return a call.
    fn constructors(module: &str, source: &str) -> BTreeSet<String> {
        source
            .split("\npub fn ")
            .skip(1)
            .filter(|text| text.split('{').next().is_some_and(|signature| signature.contains("-> Call<")))
            .filter_map(|text| text.split(['(', '<']).next())
            .map(|name| format!("{module}::{name}"))
            .collect()
    }

    #[test]
    fn every_function_that_makes_a_request_is_known_here() {
        let sources = [
            ("apps", include_str!("apps.rs")),
            ("database", include_str!("database.rs")),
            ("files", include_str!("files.rs")),
            ("identity", include_str!("identity.rs")),
            ("operation", include_str!("operation.rs")),
            ("permissions", include_str!("permissions.rs")),
            ("postgres", include_str!("postgres.rs")),
            ("rights", include_str!("rights.rs")),
            ("secrets", include_str!("secrets.rs")),
            ("services", include_str!("services.rs")),
            ("tags", include_str!("tags.rs")),
        ];
        let modules: BTreeSet<&str> = include_str!("../workspace.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
            .filter(|module| *module != "routes")
            .collect();
        assert_eq!(sources.iter().map(|(module, _)| *module).collect::<BTreeSet<_>>(), modules);
        let written: BTreeSet<String> =
            sources.iter().flat_map(|(module, source)| constructors(module, source)).collect();
        let known: BTreeSet<String> = requests().into_iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(known, written);
    }

    #[test]
    fn the_table_is_what_the_functions_ask_for_and_no_more() {
        let mut taken = Vec::new();
        for (name, request) in requests() {
            let route = route_of(request.method, &request.path)
                .unwrap_or_else(|| panic!("{name}: {} {} has no route", request.method, request.path));
            let query: Vec<&str> = request.query.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(query, route.query, "{name}");
            assert!(request.method != Method::Post || request.body.is_some(), "{name}");
            taken.push(*route);
        }
        for route in ROUTES {
            let users = taken.iter().filter(|one| *one == route).count();
            assert_eq!(users, 1, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn a_path_has_one_spelling() {
        let is_used = |path: &str| route_of(Method::Get, path).is_some();
        for path in
            ["/api/2.0/apps/tellr", "/api/2.0/apps/a%20b", "/api/2.0/apps/%C3%A9", "/api/2.0/apps/a.b"]
        {
            assert!(is_used(path), "{path}");
        }
        for path in [
            "/api/2.0/apps/",
            "/api/2.0/apps/.",
            "/api/2.0/apps/..",
            "/api/2.0/apps/%2E%2E",
            "/api/2.0/apps/%2e%2e",
            "/api/2.0/apps/..%2Fsecrets",
            "/api/2.0/apps/a%2Fb",
            "/api/2.0/apps/a%5Cb",
            "/api/2.0/apps/a%252Fb",
            "/api/2.0/apps/a\\b",
            "/api/2.0/apps/a%0D%0Ab",
            "/api/2.0/apps/a%c3%a9",
            "/api/2.0/apps/%61",
            "/api/2.0/apps/a%",
            "/api/2.0/apps/a%4",
            "/api/2.0/apps/a%é",
            "/api/2.0/apps/a%FF",
            "/api/2.0/apps/a/b",
            "/api/2.0/apps/a?b",
            "/api/2.0/apps/a#b",
            "//api/2.0/apps/a",
            "/api/2.0//apps/a",
            "/API/2.0/apps/a",
            "/api/2.0/apps/a/",
            "api/2.0/apps/a",
            "https://elsewhere.example/api/2.0/apps/a",
            "",
        ] {
            assert!(!is_used(path), "{path}");
        }
    }
}
