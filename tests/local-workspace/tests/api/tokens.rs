//! Personal tokens, serving endpoints, and services that have nothing.

use reqwest::Method;
use serde_json::json;

use crate::support::{BEN, DAWN, Local};

#[tokio::test]
async fn a_token_works_until_it_expires_or_is_revoked() {
    let local = Local::start_virtual().await;
    let body = json!({"comment": "for a script", "lifetime_seconds": 60});
    let made = local.post_by(BEN, "/api/2.0/token/create", body).await.ok();
    let kept = local.post_by(BEN, "/api/2.0/token/create", json!({})).await.ok();
    let info = &made["token_info"];
    assert_eq!((&info["creation_time"], &info["expiry_time"]), (&json!(DAWN.0), &json!(DAWN.0 + 60_000)));
    let me = |token: &serde_json::Value| {
        let token = token["token_value"].as_str().expect("a token").to_owned();
        local.send(local.request(Method::GET, "/api/2.0/preview/scim/v2/Me").bearer_auth(token))
    };
    assert_eq!(me(&made).await.ok()["userName"], BEN);
    let listed = local.get_by(BEN, "/api/2.0/token/list").await.ok();
    assert_eq!(listed["token_infos"].as_array().map(Vec::len), Some(2));
    assert_eq!(local.get("/api/2.0/token/list").await.ok(), json!({}));
    local.pass_ms(60_000);
    assert_eq!(me(&made).await.refusal().2, "Token is expired.");

    let id = kept["token_info"]["token_id"].clone();
    let managed =
        local.get(&format!("/api/2.0/token-management/tokens?created_by_username={BEN}")).await.ok();
    assert_eq!(managed["token_infos"][0]["token_id"], id);
    assert_eq!(managed["token_infos"].as_array().map(Vec::len), Some(1));
    let others = local.post("/api/2.0/token/delete", json!({"token_id": id})).await;
    assert_eq!((others.refusal().0, others.refusal().1), (404, "RESOURCE_DOES_NOT_EXIST"));
    local.post_by(BEN, "/api/2.0/token/delete", json!({"token_id": id})).await.ok();
    assert_eq!(me(&kept).await.refusal().0, 401);
    assert_eq!(local.get_by(BEN, "/api/2.0/token-management/tokens").await.refusal().0, 403);
    for lifetime in [json!(0), json!(-1), json!(i64::MAX), json!("long")] {
        let refused = local.post("/api/2.0/token/create", json!({"lifetime_seconds": lifetime})).await;
        assert_eq!(refused.refusal().0, 400, "{lifetime}");
    }
}

#[tokio::test]
async fn an_endpoint_is_called_by_its_name_and_permitted_by_its_id() {
    let local = Local::start().await;
    let listed = local.get("/api/2.0/serving-endpoints").await.ok();
    for endpoint in listed["endpoints"].as_array().expect("endpoints") {
        let (name, id) =
            (endpoint["name"].as_str().expect("a name"), endpoint["id"].as_str().expect("an id"));
        assert_ne!(name, id);
        assert_eq!(local.get(&format!("/api/2.0/serving-endpoints/{name}")).await.ok()["id"], id);
        assert_eq!(local.get(&format!("/api/2.0/serving-endpoints/{id}")).await.refusal().0, 404);
        let path = |key: &str| format!("/api/2.0/permissions/serving-endpoints/{key}");
        assert_eq!(local.get(&path(name)).await.refusal().0, 404);
        let change = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_MANAGE"}]});
        assert_eq!(local.get_by(BEN, &path(id)).await.refusal().0, 403);
        let list = local.patch(&path(id), change).await.ok()["access_control_list"].clone();
        assert_eq!(list[0]["user_name"], BEN);
        local.get_by(BEN, &path(id)).await.ok();
        let levels = local.get(&format!("{}/permissionLevels", path(id))).await.ok();
        assert_eq!(levels["permission_levels"].as_array().map(Vec::len), Some(3));
    }
}

#[tokio::test]
async fn services_without_anything_have_empty_lists_and_know_nothing() {
    let local = Local::start().await;
    for path in [
        "/api/2.2/jobs/list?limit=5",
        "/api/2.2/jobs/runs/list",
        "/api/2.1/clusters/list",
        "/api/2.0/sql/warehouses",
        "/api/2.0/repos",
    ] {
        let list = local.get(path).await.ok();
        assert!(list.get("next_page_token").is_none(), "{list}");
    }
    for (path, code) in [
        ("/api/2.2/jobs/get?job_id=1", "INVALID_PARAMETER_VALUE"),
        ("/api/2.2/jobs/get", "INVALID_PARAMETER_VALUE"),
        ("/api/2.1/clusters/get?cluster_id=1", "INVALID_PARAMETER_VALUE"),
        ("/api/2.0/sql/warehouses/1", "RESOURCE_DOES_NOT_EXIST"),
        ("/api/2.0/repos/1", "RESOURCE_DOES_NOT_EXIST"),
    ] {
        assert_eq!(local.get(path).await.refusal().1, code, "{path}");
    }
    assert_eq!(local.post("/api/2.2/jobs/create", json!({})).await.refusal().1, "ENDPOINT_NOT_FOUND");
}
