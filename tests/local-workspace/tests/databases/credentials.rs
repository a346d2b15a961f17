//! Passwords: for whom, for how long, for what.

use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::support::{ADA, BEN, Local, sql_state};

const BRANCH: &str = "projects/tellr-db/branches/production";

#[tokio::test]
async fn a_password_expires_and_the_connection_it_opened_stays() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let minted = local.password(local.workspace.token(ADA), BRANCH).await.ok();
    let password = minted["token"].as_str().expect("a token");
    assert!(minted["expire_time"].is_string());
    let client = local.connect(&host, ADA, password).await.expect("a connection");
    local.pass_secs(3599);
    local.connect(&host, ADA, password).await.expect("still good");
    local.pass_secs(1);
    assert_eq!(sql_state(local.connect(&host, ADA, password).await), SqlState::INVALID_PASSWORD);
    client.simple_query("SELECT 1").await.expect("still open");
}

#[tokio::test]
async fn a_password_is_good_at_one_endpoint_only() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let elsewhere = local.project("other-db").await;
    let minted = local.password(local.workspace.token(ADA), BRANCH).await.ok();
    let password = minted["token"].as_str().expect("a token");
    assert_eq!(sql_state(local.connect(&elsewhere, ADA, password).await), SqlState::INVALID_PASSWORD);
}

#[tokio::test]
async fn the_token_of_the_workspace_is_no_password() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let token = local.workspace.token(ADA);
    assert_eq!(sql_state(local.connect(&host, ADA, token).await), SqlState::INVALID_PASSWORD);
}

#[tokio::test]
async fn lifetimes_have_bounds_and_endpoints_must_exist() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let endpoint = format!("{BRANCH}/endpoints/primary");
    for ttl in ["299s", "3601s", "soon"] {
        let refused = local.post("postgres/credentials", json!({"endpoint": endpoint, "ttl": ttl})).await;
        assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE", "{ttl}");
    }
    local.post("postgres/credentials", json!({"endpoint": endpoint, "ttl": "300s"})).await.ok();
    let wrong = json!({"endpoint": format!("{BRANCH}/endpoints/secondary")});
    assert_eq!(local.post("postgres/credentials", wrong).await.refusal().0, 404);
}

#[tokio::test]
async fn whoever_may_not_use_the_project_gets_none() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let refused = local.password(local.workspace.token(BEN), BRANCH).await;
    assert_eq!((refused.refusal().0, refused.refusal().1), (403, "PERMISSION_DENIED"));
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    let token = local.workspace.token(ADA);
    let path = "permissions/database-projects/tellr-db";
    local.call(token, reqwest::Method::PATCH, path, Some(grant)).await.ok();
    let minted = local.password(local.workspace.token(BEN), BRANCH).await.ok();
    let password = minted["token"].as_str().expect("a token");
    let error = local.connect(&host, BEN, password).await.expect_err("ben has no role");
    let refusal = error.as_db_error().expect("PostgreSQL's own kind of error");
    assert_eq!(refusal.message(), "role \"ben@example.com\" does not exist");
}
