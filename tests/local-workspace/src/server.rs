//! All routes of the workspace.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use tower_http::normalize_path::NormalizePath;

use crate::problem::Problem;
use crate::workspace::Workspace;
use crate::{
    absent, apps, control, edge, files, genie, lakebase, mlflow, oauth, permissions, scim, secrets, serving,
    tags, tokens, warehouse,
};

/// The platform's services behind the edge, and the control address beside it.
pub(crate) fn router(workspace: Arc<Workspace>) -> Router {
    let platform = Router::new()
        .merge(oauth::routes())
        .merge(scim::routes())
        .merge(files::routes())
        .merge(secrets::routes())
        .merge(permissions::routes())
        .merge(tags::routes())
        .merge(serving::routes())
        .merge(tokens::routes())
        .merge(warehouse::routes())
        .merge(genie::routes())
        .merge(mlflow::routes())
        .merge(absent::routes())
        .merge(apps::routes())
        .merge(lakebase::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&workspace), edge::pass));
    // Before routing, as the platform accepts its calls with a trailing slash too.
    let platform = NormalizePath::trim_trailing_slash(platform.with_state(Arc::clone(&workspace)));
    control::routes().fallback_service(platform).with_state(workspace)
}

async fn unknown(method: Method, uri: Uri) -> Problem {
    Problem::endpoint_not_found(method.as_str(), uri.path())
}
