//! Groups of the workspace: what they allow, and what holds while it can't be asked.

use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::directory::{Directory, Health};
use crate::support::people::{code, on_the_platform_of};

async fn directory() -> Directory {
    let directory = Directory::start().await;
    directory.group("77", "analysts");
    directory.group("1", "admins");
    directory.user("1001", "Ada Lovelace", &["1"]);
    directory.user("1002", "Grace Hopper", &["77"]);
    directory.user("1003", "Alan Turing", &[]);
    directory
}

#[tokio::test]
async fn a_deck_shared_with_a_group_is_open_to_its_members() {
    let directory = directory().await;
    let app = on_the_platform_of(Variables::local(), &directory).await;
    let (ada, grace, alan) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let session = ada.session(json!({ "title": "For analysts" })).await;
    let share = format!("{session}/shares/group/77");
    let (status, shared) = ada.put(&share, json!({ "access": "edit" })).await;
    assert_eq!(status, 200);
    assert_eq!(shared["principal"], json!({ "kind": "group", "id": "77", "name": "analysts" }));

    let (_, list) = grace.get("/api/sessions").await;
    assert_eq!(
        (&list["sessions"][0]["title"], &list["sessions"][0]["role"]),
        (&json!("For analysts"), &json!("editor"))
    );
    assert_eq!(grace.patch(&session, json!({ "title": "By analysts" })).await.0, 200);
    assert_eq!(code(&alan.get(&session).await), (404, "not_found"));
    // A direct share with more rights counts besides the group's.
    assert_eq!(ada.put(&share, json!({ "access": "view" })).await.0, 200);
    assert_eq!(grace.get(&session).await.1["role"], "viewer");
    assert_eq!(ada.put(&format!("{session}/shares/user/1002"), json!({ "access": "edit" })).await.0, 200);
    assert_eq!(grace.get(&session).await.1["role"], "editor");
}

#[tokio::test]
async fn people_and_groups_of_the_workspace_are_found() {
    let directory = directory().await;
    let app = on_the_platform_of(Variables::local(), &directory).await;
    let ada = app.person("1001");
    let (status, found) = ada.get("/api/principals?q=a").await;
    assert_eq!(status, 200);
    let names: Vec<&Value> =
        found["principals"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Ada Lovelace", "admins", "Alan Turing", "analysts", "Grace Hopper"]);
    // Somebody who was never here can be shared with, and finds the deck on their first visit.
    let session = ada.session(json!({})).await;
    let (status, share) = ada.put(&format!("{session}/shares/user/1003"), json!({ "access": "view" })).await;
    assert_eq!((status, &share["principal"]["name"]), (200, &json!("Alan Turing")));
    assert_eq!(app.person("1003").get(&session).await.0, 200);
    for path in ["user/9", "group/9", "group/1002", "user/a%2Fb"] {
        let answer = ada.put(&format!("{session}/shares/{path}"), json!({ "access": "view" })).await;
        assert_eq!(code(&answer), (422, "invalid_value"), "{path}");
    }
}

#[tokio::test]
async fn the_workspace_is_asked_once_for_many_requests() {
    let directory = directory().await;
    let app = on_the_platform_of(Variables::local(), &directory).await;
    let grace = app.person("1002");
    for _ in 0..5 {
        assert_eq!(grace.get("/api/sessions").await.0, 200);
    }
    assert_eq!(directory.requests(), 1);
}

#[tokio::test]
async fn a_workspace_out_of_order_does_no_harm_to_shares_with_people() {
    for health in [Health::Broken, Health::Silent] {
        let directory = directory().await;
        let app = on_the_platform_of(Variables::local(), &directory).await;
        let (ada, grace) = (app.person("1001"), app.person("1002"));
        let session = ada.session(json!({})).await;
        let for_group = ada.session(json!({})).await;
        ada.shares(&session, &app.person("1003"), "view").await;
        assert_eq!(
            ada.put(&format!("{for_group}/shares/group/77"), json!({ "access": "view" })).await.0,
            200
        );

        directory.is(health);
        // Met before, so the share is possible; a group isn't known here.
        grace.arrives().await;
        assert_eq!(ada.put(&format!("{session}/shares/user/1002"), json!({ "access": "view" })).await.0, 200);
        let group = ada.put(&format!("{session}/shares/group/77"), json!({ "access": "view" })).await;
        assert_eq!(code(&group), (502, "workspace_unavailable"), "{health:?}");
        let asked = directory.requests();
        for _ in 0..5 {
            assert_eq!(grace.get(&session).await.0, 200, "{health:?}");
            // Never told, so not believed.
            assert_eq!(code(&grace.get(&for_group).await), (404, "not_found"), "{health:?}");
        }
        assert_eq!(directory.requests(), asked, "it is left alone for a while");
        let (status, found) = ada.get("/api/principals?q=1002").await;
        assert_eq!((status, &found["principals"][0]["id"]), (200, &json!("1002")), "{health:?}");
    }
}
