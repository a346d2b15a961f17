//! Permissions on objects.

use serde_json::{Value, json};

use crate::support::{BEN, CARLA, Local};

const APP: &str = "/api/2.0/permissions/apps/tellr";

fn direct(list: &Value) -> Vec<(String, String)> {
    let entries = list["access_control_list"].as_array().expect("a list");
    entries
        .iter()
        .filter(|entry| entry["all_permissions"][0]["inherited"] == false)
        .map(|entry| {
            let who =
                ["user_name", "group_name", "service_principal_name"].iter().find_map(|f| entry[f].as_str());
            let level = entry["all_permissions"][0]["permission_level"].as_str();
            (who.expect("a name").to_owned(), level.expect("a level").to_owned())
        })
        .collect()
}

fn pair(who: &str, level: &str) -> (String, String) {
    (who.to_owned(), level.to_owned())
}

#[tokio::test]
async fn patch_merges_and_put_replaces_all_but_the_owner() {
    let local = Local::start().await;
    local.post_by(BEN, "/api/2.0/apps", json!({"name": "tellr"})).await.ok();
    let users = json!({"access_control_list": [{"group_name": "users", "permission_level": "CAN_USE"}]});
    local.patch(APP, users).await.ok();
    let carla = json!({"access_control_list": [{"user_name": CARLA, "permission_level": "CAN_MANAGE"}]});
    let merged = local.patch(APP, carla.clone()).await.ok();
    assert_eq!(
        direct(&merged),
        [pair(BEN, "CAN_MANAGE"), pair(CARLA, "CAN_MANAGE"), pair("users", "CAN_USE")]
    );
    let replaced = local.put(APP, carla).await.ok();
    assert_eq!(direct(&replaced), [pair(BEN, "CAN_MANAGE"), pair(CARLA, "CAN_MANAGE")]);
    assert_eq!(local.get(APP).await.ok(), replaced);
}

#[tokio::test]
async fn unknown_objects_people_and_levels_are_refused() {
    let local = Local::start().await;
    assert_eq!(local.get(APP).await.refusal().1, "RESOURCE_DOES_NOT_EXIST");
    local.post("/api/2.0/apps", json!({"name": "tellr"})).await.ok();
    let entry = |entry: Value| local.patch(APP, json!({"access_control_list": [entry]}));
    let nobody = entry(json!({"user_name": "nobody@example.com", "permission_level": "CAN_USE"})).await;
    assert_eq!(nobody.refusal().1, "RESOURCE_DOES_NOT_EXIST");
    let level = entry(json!({"user_name": BEN, "permission_level": "CAN_VIEW"})).await;
    assert_eq!(level.refusal().1, "INVALID_PARAMETER_VALUE");
    let levels = local.get(&format!("{APP}/permissionLevels")).await.ok();
    assert_eq!(levels["permission_levels"][1]["permission_level"], "CAN_MANAGE");
}

#[tokio::test]
async fn a_deleted_app_has_no_permissions() {
    let local = Local::start().await;
    local.post("/api/2.0/apps", json!({"name": "tellr"})).await.ok();
    local.get(APP).await.ok();
    local.delete("/api/2.0/apps/tellr").await.ok();
    assert_eq!(local.get(APP).await.refusal().1, "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
async fn only_those_who_manage_an_object_see_and_change_its_permissions() {
    let local = Local::start().await;
    local.post("/api/2.0/apps", json!({"name": "tellr"})).await.ok();
    assert_eq!(local.get_by(BEN, APP).await.refusal().1, "PERMISSION_DENIED");
    local
        .patch(APP, json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_MANAGE"}]}))
        .await
        .ok();
    local.get_by(BEN, APP).await.ok();
}
