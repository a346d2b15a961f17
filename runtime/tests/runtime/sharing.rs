//! Whom a deck is shared with, and who has it open.

use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::people::{code, on_the_platform};
use crate::support::{eventually, postgres};

#[tokio::test]
async fn a_deck_is_shared_by_its_owner_only() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let session = ada.session(json!({})).await;
    grace.arrives().await;
    eve.arrives().await;
    let with = |person: &str| format!("{session}/shares/user/{person}");
    let (status, share) = ada.put(&with("1002"), json!({ "access": "edit" })).await;
    assert_eq!(status, 200);
    assert_eq!(share["principal"], json!({ "kind": "user", "id": "1002", "name": "1002" }));
    assert_eq!(share["access"], "edit");

    // An editor changes slides, not who sees them.
    assert_eq!(code(&grace.put(&with("1003"), json!({ "access": "view" })).await), (403, "forbidden"));
    assert_eq!(grace.delete(&with("1002")).await, 403);
    assert_eq!(code(&eve.put(&with("1003"), json!({ "access": "edit" })).await), (404, "not_found"));
    assert_eq!(eve.delete(&with("1002")).await, 404);

    assert_eq!(ada.put(&with("1002"), json!({ "access": "view" })).await.1["access"], "view");
    let (_, list) = grace.get(&format!("{session}/shares")).await;
    let shares: Vec<(&Value, &Value)> = list["shares"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|share| (&share["principal"]["id"], &share["access"]))
        .collect();
    assert_eq!(shares, [(&json!("1002"), &json!("view"))]);

    assert_eq!(ada.delete(&with("1002")).await, 204);
    assert_eq!(ada.delete(&with("1002")).await, 404);
    assert_eq!(code(&grace.get(&session).await), (404, "not_found"));
}

#[tokio::test]
async fn a_share_that_makes_no_sense_is_refused() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(json!({})).await;
    for (path, body, expected) in [
        ("user/1001", json!({ "access": "view" }), (422, "invalid_value")),
        ("user/4711", json!({ "access": "view" }), (422, "invalid_value")),
        ("group/4711", json!({ "access": "view" }), (422, "invalid_value")),
        ("robot/1002", json!({ "access": "view" }), (404, "not_found")),
        ("user/%00", json!({ "access": "view" }), (404, "not_found")),
        ("user/1002", json!({ "access": "own" }), (400, "bad_request")),
        ("user/1002", json!({}), (400, "bad_request")),
    ] {
        let answer = ada.put(&format!("{session}/shares/{path}"), body).await;
        assert_eq!(code(&answer), expected, "{path}: {}", answer.1);
    }
    postgres::run(&format!(
        "INSERT INTO {}.shares (session_id, principal_kind, principal, display_name, permission)
         SELECT id, 'user', 'u' || n, 'N', 'view' FROM {0}.sessions, generate_series(1, 100) n",
        app.schema
    ))
    .await;
    app.person("1002").arrives().await;
    let answer = ada.put(&format!("{session}/shares/user/1002"), json!({ "access": "view" })).await;
    assert_eq!(code(&answer), (409, "too_many_shares"));
}

#[tokio::test]
async fn without_a_workspace_people_who_were_here_are_found() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    grace.arrives().await;
    let found = async |q: &str| ada.get(&format!("/api/principals?q={q}")).await.1["principals"].clone();
    assert_eq!(found("1002%40EX").await, json!([{ "kind": "user", "id": "1002", "name": "1002" }]));
    assert_eq!(found("").await, json!([]));
    assert_eq!(found("%25").await, json!([]));
    let long = ada.get(&format!("/api/principals?q={}", "x".repeat(101))).await;
    assert_eq!(code(&long), (422, "invalid_value"));
}

#[tokio::test]
async fn people_with_the_deck_open_see_one_another() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let session = ada.session(json!({})).await;
    ada.shares(&session, &grace, "view").await;
    let presence = format!("{session}/presence");
    let (status, alone) = ada.post(&presence, json!({ "editing": "cover" })).await;
    assert_eq!((status, &alone["people"], &alone["version"]), (200, &json!([]), &json!(1)));
    let (_, seen) = grace.post(&presence, json!({ "editing": null })).await;
    assert_eq!(seen["people"][0]["id"], "1001");
    assert_eq!(seen["people"][0]["slide_id"], "cover");
    let (_, seen) = ada.post(&presence, json!({})).await;
    assert_eq!((&seen["people"][0]["id"], &seen["people"][0]["slide_id"]), (&json!("1002"), &Value::Null));
    assert_eq!(code(&eve.post(&presence, json!({})).await), (404, "not_found"));
    assert_eq!(code(&ada.post(&presence, json!({ "editing": "a b" })).await), (422, "invalid_value"));

    // Half a minute later.
    postgres::run(&format!("UPDATE {}.deck_presence SET seen_at = seen_at - interval '31 s'", app.schema))
        .await;
    assert_eq!(ada.post(&presence, json!({})).await.1["people"], json!([]));
}

#[tokio::test]
async fn what_is_deleted_in_the_same_moment_is_a_conflict() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    grace.arrives().await;
    for (path, body) in [("/shares/user/1002", json!({ "access": "view" })), ("/presence", json!({}))] {
        let session = ada.session(json!({})).await;
        let id = session.rsplit('/').next().expect("an id");
        let mut other = postgres::admin().await;
        let deletion = other.transaction().await.expect("a transaction");
        deletion
            .execute(&format!("DELETE FROM {}.sessions WHERE id = '{id}'", app.schema), &[])
            .await
            .expect("deleted");
        let asked = async {
            let path = format!("{session}{path}");
            if path.ends_with("presence") { ada.post(&path, body).await } else { ada.put(&path, body).await }
        };
        let deleted = async {
            // It has seen the session, and waits for what becomes of it.
            let waits = format!(
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{}%'",
                app.schema
            );
            eventually("the request waits", async || postgres::one::<bool>(&waits).await).await;
            deletion.commit().await.expect("committed");
        };
        let (answer, ()) = tokio::join!(asked, deleted);
        assert_eq!(code(&answer), (409, "conflict"), "{path}: {}", answer.1);
        assert!(answer.1["error"]["message"].as_str().expect("text").contains("deleted meanwhile"));
    }
}
