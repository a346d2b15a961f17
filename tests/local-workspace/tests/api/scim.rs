//! Users, service principals and groups.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, CARLA, Local};

const BASE: &str = "/api/2.0/preview/scim/v2";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// Status, type and detail of a refusal.
fn refused(answer: &Answer) -> (u16, Option<&str>, &str) {
    assert_eq!(answer.json["status"], answer.status.as_u16().to_string());
    (
        answer.status.as_u16(),
        answer.json["scimType"].as_str(),
        answer.json["detail"].as_str().unwrap_or_default(),
    )
}

impl Local {
    async fn names(&self, kind: &str, query: &str) -> Vec<String> {
        let found = self.get(&format!("{BASE}/{kind}?{query}")).await.ok();
        let all = found["Resources"].as_array().cloned().unwrap_or_default();
        let name = if kind == "Users" { "userName" } else { "displayName" };
        all.iter().map(|one| text(one, name).to_owned()).collect()
    }

    async fn user(&self, name: &str) -> Value {
        self.post(&format!("{BASE}/Users"), json!({"userName": name})).await.ok()
    }

    async fn group(&self, name: &str, members: &[&str]) -> Value {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        self.post(&format!("{BASE}/Groups"), json!({"displayName": name, "members": members})).await.ok()
    }
}

#[tokio::test]
async fn pages_begin_where_they_are_asked_to_and_end() {
    let local = Local::start().await;
    for number in 1..=4 {
        local.user(&format!("user{number}@example.com")).await;
    }
    let path = format!("{BASE}/Users");
    let mut start = 1;
    let mut seen = BTreeSet::new();
    loop {
        let page = local.get(&format!("{path}?startIndex={start}&count=3&sortBy=userName")).await.ok();
        assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(start)));
        let found = page["Resources"].as_array().expect("a list");
        assert_eq!(page["itemsPerPage"], found.len());
        if found.is_empty() {
            break;
        }
        seen.extend(found.iter().map(|user| text(user, "userName").to_owned()));
        start += found.len();
    }
    assert_eq!((seen.len(), start), (7, 8));

    assert_eq!(local.names("Users", "count=0").await.len(), 0);
    assert_eq!(local.names("Users", "startIndex=0&count=-1").await.len(), 0);
    assert_eq!(local.names("Users", "startIndex=-5&count=2").await.len(), 2);
    assert_eq!(local.names("Users", &format!("startIndex={}", i64::MAX)).await.len(), 0);
    let sorted = local.names("Users", "sortBy=userName&sortOrder=descending&count=2").await;
    assert_eq!(sorted, ["user4@example.com", "user3@example.com"]);
    assert_eq!(local.get(&format!("{path}?count=many")).await.refusal().0, 400);
}

#[tokio::test]
async fn filters_select_and_attributes_reduce() {
    let local = Local::start().await;
    let filter =
        "filter=userName+sw+%22b%22+or+not+(displayName+co+%22ad%22)+and+active+eq+true&sortBy=userName";
    assert_eq!(local.names("Users", filter).await, [BEN, CARLA]);
    assert_eq!(local.names("Users", "filter=name.familyName+eq+%22viewer%22").await, [CARLA]);
    assert_eq!(local.names("Groups", "filter=displayName+eq+%22admins%22").await, ["admins"]);

    let bad = local.get(&format!("{BASE}/Users?filter=userName+gt+%22a%22")).await;
    assert_eq!(refused(&bad), (400, Some("invalidFilter"), "Filter operator gt is not supported."));

    let found =
        local.get(&format!("{BASE}/Users?attributes=userName,emails.value&count=1&sortBy=id")).await.ok();
    let fields: Vec<&String> = found["Resources"][0].as_object().expect("a user").keys().collect();
    assert_eq!(fields, ["emails", "id", "userName"]);
    let email = &found["Resources"][0]["emails"][0];
    assert_eq!(email, &json!({"value": found["Resources"][0]["userName"]}));
    let found = local.get(&format!("{BASE}/Groups?excludedAttributes=members,groups")).await.ok();
    for group in found["Resources"].as_array().expect("groups") {
        assert!(group.get("members").is_none() && group.get("id").is_some(), "{group}");
    }
}

#[tokio::test]
async fn me_has_what_the_platform_tells() {
    let local = Local::start().await;
    let me = local.get(&format!("{BASE}/Me")).await.ok();
    assert_eq!(me["name"], json!({"givenName": "Ada", "familyName": "Admin"}));
    assert_eq!(me["emails"], json!([{"type": "work", "value": ADA, "primary": true}]));
    let groups: Vec<&str> =
        me["groups"].as_array().expect("groups").iter().map(|group| text(group, "display")).collect();
    assert_eq!(groups, ["users", "admins"]);
    for group in me["groups"].as_array().expect("groups") {
        let path = format!("{BASE}/{}", text(group, "$ref"));
        assert_eq!(local.get(&path).await.ok()["displayName"], group["display"]);
    }
    let entitlements: Vec<&str> =
        me["entitlements"].as_array().expect("entitlements").iter().map(|one| text(one, "value")).collect();
    assert_eq!(entitlements, ["allow-cluster-create", "databricks-sql-access", "workspace-access"]);
    assert_eq!(local.get(&format!("{BASE}/Users/{}", text(&me, "id"))).await.ok(), me);
}

#[tokio::test]
async fn a_user_is_made_changed_deactivated_and_deleted() {
    let local = Local::start().await;
    let users = format!("{BASE}/Users");
    let body = json!({
        "userName": "dora@example.com",
        "name": {"givenName": "Dora", "familyName": "Dev"},
        "entitlements": [{"value": "allow-cluster-create"}],
    });
    let made = local.post(&users, body.clone()).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!((&made["displayName"], &made["active"]), (&json!("Dora Dev"), &json!(true)));
    assert_eq!(made["entitlements"], json!([{"value": "allow-cluster-create"}]));
    let again = local.post(&users, body).await;
    let expected = "User with username dora@example.com already exists.";
    assert_eq!(refused(&again), (409, Some("uniqueness"), expected));
    // The home folder is there.
    local.get("/api/2.0/workspace/get-status?path=/Users/dora@example.com").await.ok();

    let path = format!("{users}/{}", text(&made, "id"));
    let operations = json!([
        {"op": "replace", "path": "name.familyName", "value": "Developer"},
        {"op": "add", "path": "entitlements", "value": [{"value": "workspace-access"}]},
        {"op": "replace", "path": "userName", "value": "other@example.com"},
    ]);
    let patched = local.patch(&path, json!({"Operations": operations})).await;
    assert_eq!((patched.status.as_u16(), patched.text.as_str()), (204, ""));
    let read = local.get(&path).await.ok();
    assert_eq!(read["userName"], "dora@example.com");
    assert_eq!(read["name"]["familyName"], "Developer");
    assert_eq!(read["entitlements"].as_array().map(Vec::len), Some(2));

    let replaced = local.put(&path, json!({"userName": "dora@example.com", "active": false})).await.ok();
    assert_eq!(
        (&replaced["displayName"], &replaced["entitlements"]),
        (&json!("dora@example.com"), &json!([]))
    );
    let token = local.state().identities.mint_personal("dora@example.com");
    let me = || local.send(local.request(Method::GET, &format!("{BASE}/Me")).bearer_auth(&token));
    assert_eq!(me().await.refusal(), (403, "PERMISSION_DENIED", "User is deactivated."));
    let wake = json!([{"op": "replace", "path": "active", "value": true}]);
    local.patch(&path, json!({"Operations": wake})).await.ok();
    me().await.ok();

    assert_eq!(local.delete(&path).await.status, 204);
    assert_eq!(me().await.refusal().0, 401);
    let gone = local.get(&path).await;
    let expected = format!("User with id {} not found.", text(&made, "id"));
    assert_eq!(refused(&gone), (404, None, expected.as_str()));
}

#[tokio::test]
async fn of_users_made_at_once_under_one_name_there_is_one() {
    let local = Local::start().await;
    let users = format!("{BASE}/Users");
    let create = || local.post(&users, json!({"userName": "dora@example.com"}));
    let (a, b, c, d) = tokio::join!(create(), create(), create(), create());
    let mut statuses = [a, b, c, d].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

#[tokio::test]
async fn what_is_no_principal_is_refused_before_anything_is_made() {
    let local = Local::start().await;
    let before = local.get(&format!("{BASE}/Users")).await.ok()["totalResults"].clone();
    for body in [
        json!({}),
        json!({"userName": "nobody"}),
        json!({"userName": "a b@example.com"}),
        json!({"userName": 7}),
        json!({"userName": "x@example.com", "entitlements": [{"value": "all-powerful"}]}),
    ] {
        let answer = local.post(&format!("{BASE}/Users"), body.clone()).await;
        assert_eq!(refused(&answer).0, 400, "{body}");
    }
    let body = json!({"userName": "x@example.com"});
    let by_user = local.post_by(BEN, &format!("{BASE}/Users"), body).await;
    assert_eq!(refused(&by_user).0, 403);
    assert_eq!(local.get(&format!("{BASE}/Users")).await.ok()["totalResults"], before);
}

#[tokio::test]
async fn groups_hold_people_and_groups_and_carry_permissions() {
    let local = Local::start().await;
    let ben = local.get_by(BEN, &format!("{BASE}/Me")).await.ok();
    let inner = local.group("makers", &[text(&ben, "id")]).await;
    assert_eq!(inner["members"][0]["$ref"], format!("Users/{}", text(&ben, "id")));
    let outer = local.group("everybody who makes", &[text(&inner, "id")]).await;
    let groups: Vec<(String, String)> = local.get_by(BEN, &format!("{BASE}/Me")).await.ok()["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| (text(group, "display").to_owned(), text(group, "type").to_owned()))
        .collect();
    let expected = [("users", "direct"), ("makers", "direct"), ("everybody who makes", "indirect")];
    assert_eq!(groups, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));

    // What the outer group may do, a member of the inner one may.
    local.post("/api/2.0/apps", json!({"name": "shared"})).await.ok();
    let acl = json!({"access_control_list": [
        {"group_name": "everybody who makes", "permission_level": "CAN_MANAGE"},
    ]});
    let permissions = "/api/2.0/permissions/apps/shared";
    assert_eq!(local.get_by(BEN, permissions).await.refusal().0, 403);
    local.patch(permissions, acl).await.ok();
    local.get_by(BEN, permissions).await.ok();

    // So it is with a secret scope.
    local.post("/api/2.0/secrets/scopes/create", json!({"scope": "shared"})).await.ok();
    local
        .post("/api/2.0/secrets/put", json!({"scope": "shared", "key": "k", "string_value": "v"}))
        .await
        .ok();
    let secret = "/api/2.0/secrets/get?scope=shared&key=k";
    assert_eq!(local.get_by(BEN, secret).await.refusal().0, 403);
    let acl = json!({"scope": "shared", "principal": "makers", "permission": "READ"});
    local.post("/api/2.0/secrets/acls/put", acl).await.ok();
    local.get_by(BEN, secret).await.ok();

    let outer_path = format!("{BASE}/Groups/{}", text(&outer, "id"));
    let rename = json!({"Operations": [{"op": "replace", "path": "displayName", "value": "all makers"}]});
    local.patch(&outer_path, rename).await.ok();
    local.get_by(BEN, permissions).await.ok();
    let inner_path = format!("{BASE}/Groups/{}", text(&inner, "id"));
    let leave = format!("members[value eq \"{}\"]", text(&ben, "id"));
    local.patch(&inner_path, json!({"Operations": [{"op": "remove", "path": leave}]})).await.ok();
    assert_eq!(local.get_by(BEN, permissions).await.refusal().0, 403);

    let again = local.post(&format!("{BASE}/Groups"), json!({"displayName": "All Makers"})).await;
    assert_eq!(refused(&again), (409, Some("uniqueness"), "Group with name All Makers already exists."));
    let nobody = json!({"displayName": "ghosts", "members": [{"value": "1"}]});
    assert_eq!(refused(&local.post(&format!("{BASE}/Groups"), nobody).await).0, 400);
    assert_eq!(local.delete(&outer_path).await.status, 204);
    assert_eq!(refused(&local.get(&outer_path).await).0, 404);
    let unknown = json!({"access_control_list": [
        {"group_name": "all makers", "permission_level": "CAN_USE"},
    ]});
    assert_eq!(local.patch(permissions, unknown).await.refusal().0, 404);
}

#[tokio::test]
async fn groups_that_contain_each_other_end() {
    let local = Local::start().await;
    let ben = local.get_by(BEN, &format!("{BASE}/Me")).await.ok();
    let first = local.group("first", &[text(&ben, "id")]).await;
    let second = local.group("second", &[text(&first, "id")]).await;
    let body = json!({"Operations": [
        {"op": "add", "path": "members", "value": [{"value": text(&second, "id")}]},
    ]});
    local.patch(&format!("{BASE}/Groups/{}", text(&first, "id")), body).await.ok();
    let groups = local.get_by(BEN, &format!("{BASE}/Me")).await.ok()["groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn who_joins_the_admins_may_do_everything() {
    let local = Local::start().await;
    let found = local.get(&format!("{BASE}/Groups?filter=displayName+eq+%22admins%22")).await.ok();
    let path = format!("{BASE}/Groups/{}", text(&found["Resources"][0], "id"));
    let carla = local.get_by(CARLA, &format!("{BASE}/Me")).await.ok();
    let create = || local.post_by(CARLA, "/api/2.0/secrets/scopes/create", json!({"scope": "carlas"}));
    assert_eq!(create().await.refusal().0, 403);
    let join = json!([{"op": "add", "path": "members", "value": [{"value": text(&carla, "id")}]}]);
    local.patch(&path, json!({"Operations": join})).await.ok();
    create().await.ok();
    let nobody = local.patch(&path, json!({"Operations": [{"op": "remove", "path": "members"}]})).await;
    assert_eq!(refused(&nobody), (400, Some("invalidValue"), "A workspace has at least one admin."));
    assert_eq!(refused(&local.delete(&path).await).1, Some("mutability"));
}

#[tokio::test]
async fn a_service_principal_signs_in_with_a_secret_that_was_made_for_it() {
    let local = Local::start_virtual().await;
    let made = local.post(&format!("{BASE}/ServicePrincipals"), json!({"displayName": "robot"})).await.ok();
    let secrets = format!("/api/2.0/accounts/servicePrincipals/{}/credentials/secrets", text(&made, "id"));
    assert_eq!(local.get(&secrets).await.ok(), json!({}));
    let short = local.post(&secrets, json!({"lifetime": "3600s"})).await.ok();
    let long = local.post(&secrets, json!({})).await.ok();
    assert_eq!(text(&long, "expire_time")[..4], *"2028");

    let form = [("grant_type", "client_credentials"), ("scope", "all-apis")];
    let sign_in = |secret: &str| {
        let request = local.request(Method::POST, "/oidc/v1/token").form(&form);
        local.send(request.basic_auth(text(&made, "applicationId"), Some(secret)))
    };
    let token = sign_in(text(&short, "secret")).await.ok();
    let me = local.request(Method::GET, &format!("{BASE}/Me")).bearer_auth(text(&token, "access_token"));
    assert_eq!(local.send(me).await.ok()["applicationId"], made["applicationId"]);
    local.pass_ms(3_600_000);
    assert_eq!(sign_in(text(&short, "secret")).await.status, 401);
    sign_in(text(&long, "secret")).await.ok();

    let listed = local.get(&secrets).await.ok();
    assert_eq!(listed["secrets"].as_array().map(Vec::len), Some(2));
    assert!(!listed.to_string().contains(text(&long, "secret")));
    local.delete(&format!("{secrets}/{}", text(&long, "id"))).await.ok();
    assert_eq!(sign_in(text(&long, "secret")).await.status, 401);
    assert_eq!(local.delete(&format!("{secrets}/{}", text(&long, "id"))).await.refusal().0, 404);
    for lifetime in ["0s", "63072001s", "1h", "-1s", "99999999999999999999s"] {
        let wrong = local.post(&secrets, json!({"lifetime": lifetime})).await;
        assert_eq!(wrong.refusal().1, "INVALID_PARAMETER_VALUE", "{lifetime}");
    }
    for _ in 0..4 {
        local.post(&secrets, json!({})).await.ok();
    }
    assert_eq!(local.post(&secrets, json!({})).await.refusal().1, "RESOURCE_LIMIT_EXCEEDED");
    assert_eq!(local.send(local.request_by(BEN, Method::GET, &secrets)).await.refusal().0, 403);
}
