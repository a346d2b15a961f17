//! The control address, as another process uses it.

use serde_json::json;

use crate::support::{ADA, BEN, Local};

#[tokio::test]
async fn a_virtual_clock_is_moved_forward_only() {
    let local = Local::start_virtual().await;
    let before = local.get("/__local/clock").await.ok()["now_ms"].as_u64().expect("a number");
    let after = local.post("/__local/clock", json!({"advance_ms": 1_000})).await.ok();
    assert_eq!((&after["virtual"], after["now_ms"].as_u64()), (&json!(true), Some(before + 1_000)));
    local.post("/__local/clock", json!({"set_ms": before + 5_000})).await.ok();
    assert_eq!(local.post("/__local/clock", json!({"set_ms": before})).await.refusal().0, 400);
    let real = Local::start().await;
    assert_eq!(real.post("/__local/clock", json!({"advance_ms": 1})).await.refusal().0, 400);
}

#[tokio::test]
async fn settings_are_merged_and_unknown_ones_refused() {
    let local = Local::start().await;
    let change = json!({
        "features": {"autoscaling": false},
        "outcomes": {"deployment": {"failed": {"message": "no"}}},
        "denials": [{"principal": BEN, "what": "create_apps"}],
    });
    let settings = local.patch("/__local/settings", change).await.ok();
    assert_eq!(settings["features"]["user_authorization"], true);
    assert_eq!(local.get_by(BEN, "/api/2.0/postgres/projects").await.refusal().1, "ENDPOINT_NOT_FOUND");
    assert_eq!(
        local.post_by(BEN, "/api/2.0/apps", json!({"name": "tellr"})).await.refusal().1,
        "PERMISSION_DENIED"
    );
    let back = local.patch("/__local/settings", json!({"outcomes": {"deployment": "real"}})).await.ok();
    assert_eq!(back["outcomes"]["deployment"], "real");
    let other = local.patch("/__local/settings", json!({"outcomes": {"compute": "never"}})).await.ok();
    assert_eq!(other["outcomes"]["compute"], "never");
    assert_eq!(local.patch("/__local/settings", json!({"feature": {}})).await.refusal().0, 400);
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared() {
    let local = Local::start().await;
    let rule = json!({
        "method": "GET", "path": "/api/2.0/apps", "nth": 1, "times": null,
        "action": {"answer": {"status": 429, "headers": {"Retry-After": "1"}, "body": {"error_code": "X"}}},
    });
    let id = local.post("/__local/faults", rule).await.ok()["id"].clone();
    assert_eq!(local.get("/api/2.0/apps").await.refusal().0, 429);
    assert_eq!(local.get("/__local/faults").await.ok()["faults"][0]["fired"], 1);
    local.delete(&format!("/__local/faults/{id}")).await.ok();
    local.get("/api/2.0/apps").await.ok();
    let bad = local.post("/__local/faults", json!({"path": "(", "action": "cut"})).await;
    assert_eq!(bad.refusal().0, 400);
}

#[tokio::test]
async fn a_driver_waits_for_the_hanging_request_and_releases_it() {
    let local = Local::start().await;
    assert_eq!(local.get("/__local/faults/hanging?timeout_ms=0").await.status, 204);
    local.post("/__local/faults", json!({"action": "hang"})).await.ok();
    let request = tokio::spawn(local.request_by(ADA, reqwest::Method::GET, "/api/2.0/apps").send());
    let hanging = local.get("/__local/faults/hanging?timeout_ms=30000").await.ok();
    assert_eq!(hanging["path"], "/api/2.0/apps");
    local.post("/__local/faults/release", json!({})).await.ok();
    assert!(request.await.expect("a task").expect("an answer").status().is_success());
}

#[tokio::test]
async fn the_journal_is_read_from_where_one_left_off() {
    let local = Local::start().await;
    local.get("/api/2.0/apps").await.ok();
    local.post("/api/2.0/apps", json!({"name": "tellr"})).await.ok();
    let entries = local.get("/__local/journal?after=1").await.ok();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(1));
    let changes = local.get("/__local/journal?mutations=true").await.ok();
    assert_eq!(changes["entries"][0]["path"], "/api/2.0/apps");
    local.delete("/__local/journal").await.ok();
    assert_eq!(local.get("/__local/journal").await.ok(), json!({"entries": []}));
}

#[tokio::test]
async fn principals_are_added_and_their_tokens_expired() {
    let local = Local::start().await;
    let spec = json!({"user_name": "dora@example.com", "rights": ["read_apps"]});
    let token = local.post("/__local/principals", spec).await.ok()["token"].clone();
    let list = || {
        let request = local.request(reqwest::Method::GET, "/api/2.0/apps");
        local.send(request.bearer_auth(token.as_str().expect("a token")))
    };
    list().await.ok();
    local.post("/__local/principals/dora@example.com/expire-tokens", json!({})).await.ok();
    assert_eq!(list().await.refusal().0, 401);
    let new = local.post("/__local/principals/dora@example.com/token", json!({})).await.ok();
    assert!(new["token"].is_string());
    assert_eq!(local.post("/__local/principals/nobody/token", json!({})).await.refusal().0, 404);
    assert_eq!(local.get("/__local/principals").await.ok()["principals"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn pages_in_a_browser_do_not_reach_the_control_address() {
    let local = Local::start().await;
    let address = local.workspace.host().trim_start_matches("http://").to_owned();
    for (host, origin, status) in [
        (address.as_str(), None, 200),
        ("localhost:1", None, 200),
        ("[::1]:1", None, 200),
        (address.as_str(), Some("https://page.example"), 403),
        (address.as_str(), Some("null"), 403),
        ("page.example", None, 403),
        ("127.0.0.1.page.example:80", None, 403),
    ] {
        let request = local.client.get(format!("{}/__local/principals", local.workspace.host()));
        let request = request.header("host", host);
        let request = if let Some(origin) = origin { request.header("origin", origin) } else { request };
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{host} {origin:?}");
    }
}
