//! Secret scopes.

use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, CARLA, Local};

async fn call(local: &Local, who: &str, what: &str, body: Value) -> Answer {
    local.post_by(who, &format!("/api/2.0/secrets/{what}"), body).await
}

#[tokio::test]
async fn a_secret_is_written_read_and_listed_without_its_value() {
    let local = Local::start().await;
    call(&local, BEN, "scopes/create", json!({"scope": "tellr"})).await.ok();
    call(&local, BEN, "put", json!({"scope": "tellr", "key": "k", "string_value": "hush"})).await.ok();
    let read = local.get_by(BEN, "/api/2.0/secrets/get?scope=tellr&key=k").await.ok();
    assert_eq!(read, json!({"key": "k", "value": "aHVzaA=="}));
    let listed = local.get_by(BEN, "/api/2.0/secrets/list?scope=tellr").await;
    assert!(!listed.text.contains("hush") && !listed.text.contains("aHVzaA"));
    assert_eq!(listed.ok()["secrets"][0]["key"], "k");
    let scopes = local.get_by(BEN, "/api/2.0/secrets/scopes/list").await.ok();
    assert_eq!(scopes, json!({"scopes": [{"name": "tellr", "backend_type": "DATABRICKS"}]}));
}

#[tokio::test]
async fn what_is_missing_or_taken_is_said() {
    let local = Local::start().await;
    call(&local, ADA, "scopes/create", json!({"scope": "s"})).await.ok();
    let again = call(&local, ADA, "scopes/create", json!({"scope": "s"})).await;
    assert_eq!(again.refusal(), (400, "RESOURCE_ALREADY_EXISTS", "Scope s already exists!"));
    let no_scope = call(&local, ADA, "put", json!({"scope": "t", "key": "k", "string_value": "v"})).await;
    assert_eq!(no_scope.refusal(), (404, "RESOURCE_DOES_NOT_EXIST", "Scope t does not exist!"));
    let no_key = local.get("/api/2.0/secrets/get?scope=s&key=k").await;
    assert_eq!(
        no_key.refusal(),
        (404, "RESOURCE_DOES_NOT_EXIST", "Secret does not exist with scope: s and key: k")
    );
    let bad_name = call(&local, ADA, "scopes/create", json!({"scope": "a b"})).await;
    assert_eq!(bad_name.refusal().1, "INVALID_PARAMETER_VALUE");
    let big =
        call(&local, ADA, "put", json!({"scope": "s", "key": "k", "string_value": "x".repeat(131_073)}))
            .await;
    assert_eq!(big.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn only_those_with_access_reach_a_scope() {
    let local = Local::start().await;
    call(&local, BEN, "scopes/create", json!({"scope": "bens"})).await.ok();
    call(&local, BEN, "put", json!({"scope": "bens", "key": "k", "string_value": "v"})).await.ok();
    let read = "/api/2.0/secrets/get?scope=bens&key=k";
    assert_eq!(local.get_by(CARLA, read).await.refusal().1, "PERMISSION_DENIED");
    assert_eq!(local.get_by(CARLA, "/api/2.0/secrets/scopes/list").await.ok(), json!({}));
    call(&local, BEN, "acls/put", json!({"scope": "bens", "principal": CARLA, "permission": "READ"}))
        .await
        .ok();
    local.get_by(CARLA, read).await.ok();
    let write = call(&local, CARLA, "put", json!({"scope": "bens", "key": "k", "string_value": "w"})).await;
    assert_eq!(write.refusal().1, "PERMISSION_DENIED");
    let create = call(&local, CARLA, "scopes/create", json!({"scope": "carlas"})).await;
    assert_eq!(create.refusal().1, "PERMISSION_DENIED");
}

#[tokio::test]
async fn there_is_a_limit_to_scopes() {
    let local = Local::start().await;
    local.set(|settings| settings.quotas.max_secret_scopes = 1);
    call(&local, ADA, "scopes/create", json!({"scope": "one"})).await.ok();
    let two = call(&local, ADA, "scopes/create", json!({"scope": "two"})).await;
    assert_eq!(two.refusal().1, "RESOURCE_LIMIT_EXCEEDED");
    call(&local, ADA, "scopes/delete", json!({"scope": "one"})).await.ok();
    call(&local, ADA, "scopes/create", json!({"scope": "two"})).await.ok();
}
