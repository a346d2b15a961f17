//! SCIM: the caller, the other principals, and the groups.
//!
//! Its formats differ from the rest of the platform: camel case, pages by `startIndex` and `count`, filters
//! in their own language, errors with `detail` and `scimType`. Handlers build a resource in the platform's
//! format; `page` filters, sorts and pages whole resources, and `patch` changes one, so that a PATCH is a
//! PUT of the patched resource.

mod directory;
mod filter;
mod groups;
mod page;
mod patch;
mod principals;
mod problem;
mod secrets;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub use directory::{Directory, Group, Profile};

use crate::workspace::Workspace;

/// `/api/2.0/preview/scim/v2/*`, and the secrets of service principals.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    use principals::handlers::{self as of, ServicePrincipals, Users};
    let base = "/api/2.0/preview/scim/v2";
    Router::new()
        .route(&format!("{base}/Me"), get(principals::me))
        .route(&format!("{base}/Users"), get(of::list::<Users>).post(of::create_user))
        .route(
            &format!("{base}/Users/{{id}}"),
            get(of::read::<Users>)
                .put(of::replace::<Users>)
                .patch(of::patch::<Users>)
                .delete(of::delete::<Users>),
        )
        .route(
            &format!("{base}/ServicePrincipals"),
            get(of::list::<ServicePrincipals>).post(of::create_service_principal),
        )
        .route(
            &format!("{base}/ServicePrincipals/{{id}}"),
            get(of::read::<ServicePrincipals>)
                .put(of::replace::<ServicePrincipals>)
                .patch(of::patch::<ServicePrincipals>)
                .delete(of::delete::<ServicePrincipals>),
        )
        .route(&format!("{base}/Groups"), get(groups::list).post(groups::create))
        .route(
            &format!("{base}/Groups/{{id}}"),
            get(groups::read).put(groups::replace).patch(groups::patch).delete(groups::delete),
        )
        .merge(secrets::routes())
}
