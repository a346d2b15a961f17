//! Prompts, styles and profiles: who sees and changes which.

use serde_json::{Value, json};

use crate::support::app::{RunningApp, Variables};
use crate::support::directory::Directory;
use crate::support::people::{Person, code, on_the_platform_of};

/// An app whose administrator is 1001.
async fn app() -> RunningApp {
    let directory = Directory::start().await;
    directory.group("1", "admins");
    directory.user("1001", "Ada Lovelace", &["1"]);
    directory.user("1002", "Grace Hopper", &[]);
    directory.user("1003", "Alan Turing", &[]);
    on_the_platform_of(Variables::local(), &directory).await
}

async fn named(person: &Person<'_>, kind: &str) -> Vec<(String, bool)> {
    let (status, list) = person.get(&format!("/api/settings/{kind}")).await;
    assert_eq!(status, 200);
    let all = list[kind].as_array().expect("a list").iter();
    all.map(|one| (one["name"].as_str().expect("a name").to_owned(), one["is_default"] == true)).collect()
}

fn id(item: &Value) -> &str {
    item["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_person_has_prompts_and_styles_of_their_own() {
    let app = app().await;
    let (grace, alan) = (app.person("1002"), app.person("1003"));
    for (kind, shared) in [("prompts", 2), ("styles", 1)] {
        let at = format!("/api/settings/{kind}");
        let (status, made) = grace.post(&at, json!({ "name": " Mine ", "content": "Do." })).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!(
            (&made["name"], &made["category"], &made["shared"]),
            (&json!("Mine"), &json!("General"), &json!(false))
        );
        assert_eq!(made["origin"], "user");
        let path = format!("{at}/{}", id(&made));
        let (status, changed) = grace.patch(&path, json!({ "content": "Do it.\nNow." })).await;
        assert_eq!(
            (status, &changed["name"], &changed["content"]),
            (200, &json!("Mine"), &json!("Do it.\nNow."))
        );

        // The same name is taken for her, and free for others and after it is deleted.
        let again = json!({ "name": "mine", "content": "x" });
        assert_eq!(code(&grace.post(&at, again.clone()).await), (409, "name_taken"));
        assert_eq!(alan.post(&at, again.clone()).await.0, 201);
        let (_, other) = grace.post(&at, json!({ "name": "Other", "content": "x" })).await;
        let rename = grace.patch(&format!("{at}/{}", id(&other)), json!({ "name": "MINE" })).await;
        assert_eq!(code(&rename), (409, "name_taken"));
        assert_eq!(code(&alan.patch(&path, json!({ "name": "x" })).await), (404, "not_found"));
        assert_eq!(alan.delete(&path).await, 404);
        assert_eq!(named(&grace, kind).await.len(), shared + 2);
        assert_eq!(named(&alan, kind).await.len(), shared + 1);
        assert_eq!(grace.delete(&path).await, 204);
        assert_eq!(grace.delete(&path).await, 404);
        assert_eq!(grace.post(&at, again).await.0, 201);
    }
}

#[tokio::test]
async fn shared_ones_are_changed_by_administrators_only() {
    let app = app().await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    for kind in ["prompts", "styles", "profiles"] {
        let at = format!("/api/settings/{kind}");
        let mut new = json!({ "name": "Everybody's", "shared": true });
        if kind != "profiles" {
            new["content"] = json!("x");
        }
        assert_eq!(code(&grace.post(&at, new.clone()).await), (403, "forbidden"), "{kind}");
        let (status, made) = ada.post(&at, new.clone()).await;
        assert_eq!((status, &made["shared"]), (201, &json!(true)), "{kind}: {made}");
        for (person, can_edit) in [(&ada, true), (&grace, false)] {
            let (_, list) = person.get(&at).await;
            let listed = list[kind].as_array().expect("a list").iter().find(|one| one["id"] == made["id"]);
            assert_eq!(listed.expect("it is listed")["can_edit"], can_edit, "{kind}");
        }
        assert_eq!(code(&ada.post(&at, new).await), (409, "name_taken"), "{kind}");
        let path = format!("{at}/{}", id(&made));
        assert!(named(&grace, kind).await.iter().any(|(name, _)| name == "Everybody's"), "{kind}");
        assert_eq!(code(&grace.patch(&path, json!({ "name": "x" })).await), (403, "forbidden"), "{kind}");
        assert_eq!(grace.delete(&path).await, 403, "{kind}");
        assert_eq!(ada.patch(&path, json!({ "name": "All" })).await.1["name"], "All", "{kind}");
        assert_eq!(ada.delete(&path).await, 204, "{kind}");
    }
}

#[tokio::test]
async fn each_person_has_their_own_default_and_everybody_one() {
    let app = app().await;
    let (ada, grace, alan) = (app.person("1001"), app.person("1002"), app.person("1003"));
    for kind in ["styles", "profiles"] {
        let at = format!("/api/settings/{kind}");
        let default = async |person: &Person<'_>| {
            let all = named(person, kind).await;
            let of: Vec<String> =
                all.iter().filter(|(_, is_default)| *is_default).map(|(name, _)| name.clone()).collect();
            assert_eq!(of.len(), 1, "{all:?}");
            assert!(all[0].1, "the default comes first");
            of[0].clone()
        };
        let new = |name: &str, shared: bool| match kind {
            "styles" => json!({ "name": name, "content": "x", "shared": shared }),
            _ => json!({ "name": name, "shared": shared }),
        };
        let before = default(&alan).await;
        let (_, mine) = grace.post(&at, new("Mine", false)).await;
        let path = format!("{at}/{}/default", id(&mine));
        assert_eq!(grace.post(&path, json!({})).await.0, 204);
        assert_eq!((default(&grace).await, default(&alan).await), ("Mine".to_owned(), before));
        assert_eq!(code(&alan.post(&path, json!({})).await), (404, "not_found"));

        let (_, shared) = ada.post(&at, new("House", true)).await;
        let for_all = format!("{at}/{}/default", id(&shared));
        assert_eq!(code(&grace.post(&for_all, json!({ "everyone": true })).await), (403, "forbidden"));
        assert_eq!(ada.post(&for_all, json!({ "everyone": true })).await.0, 204);
        assert_eq!((default(&grace).await, default(&alan).await), ("Mine".to_owned(), "House".to_owned()));
        // One's own can't be everybody's, and without one's own it is everybody's again.
        assert_eq!(code(&ada.post(&path, json!({ "everyone": true })).await), (404, "not_found"));
        assert_eq!(grace.delete(&format!("{at}/{}", id(&mine))).await, 204);
        assert_eq!(default(&grace).await, "House");
    }
}

#[tokio::test]
async fn a_profile_names_a_prompt_and_a_style_that_can_be_used() {
    let app = app().await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let (_, prompt) = grace.post("/api/settings/prompts", json!({ "name": "Mine", "content": "x" })).await;
    let at = "/api/settings/profiles";
    let (status, made) = grace.post(at, json!({ "name": "P", "prompt_id": prompt["id"] })).await;
    assert_eq!((status, &made["prompt_id"], &made["style_id"]), (201, &prompt["id"], &Value::Null));
    let path = format!("{at}/{}", id(&made));
    let others = ada.post(at, json!({ "name": "P", "prompt_id": prompt["id"] })).await;
    assert_eq!(code(&others), (422, "invalid_value"));
    let gone = json!({ "style_id": "00000000-0000-0000-0000-000000000000" });
    assert_eq!(code(&grace.patch(&path, gone).await), (422, "invalid_value"));
    assert_eq!(grace.patch(&path, json!({ "name": "Q" })).await.1["prompt_id"], prompt["id"]);
    assert_eq!(grace.patch(&path, json!({ "prompt_id": null })).await.1["prompt_id"], Value::Null);
    grace.patch(&path, json!({ "prompt_id": prompt["id"] })).await;
    grace.delete(&format!("/api/settings/prompts/{}", id(&prompt))).await;
    let (_, list) = grace.get(at).await;
    let mine = list["profiles"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == "Q")
        .expect("it is there");
    assert_eq!(mine["prompt_id"], Value::Null);
}

#[tokio::test]
async fn values_that_are_not_possible_are_refused() {
    let app = app().await;
    let grace = app.person("1002");
    let at = "/api/settings/prompts";
    for (body, expected) in [
        (json!({ "name": "", "content": "x" }), (422, "invalid_value")),
        (json!({ "name": "x".repeat(101), "content": "x" }), (422, "invalid_value")),
        (json!({ "name": "a\nb", "content": "x" }), (422, "invalid_value")),
        (json!({ "name": "a", "content": "a\u{0}b" }), (422, "invalid_value")),
        (json!({ "name": "a", "content": "x".repeat(50_001) }), (422, "invalid_value")),
        (json!({ "name": "a", "content": "x", "category": "" }), (422, "invalid_value")),
        (json!({ "name": "a" }), (400, "bad_request")),
        (json!({ "name": "a", "content": "x", "owner": "1001" }), (400, "bad_request")),
    ] {
        assert_eq!(code(&grace.post(at, body.clone()).await), expected, "{body}");
    }
    for path in ["/api/settings/prompts/none", "/api/settings/prompts/00000000-0000-0000-0000-000000000000"] {
        assert_eq!(code(&grace.patch(path, json!({})).await), (404, "not_found"), "{path}");
        assert_eq!(grace.delete(path).await, 404, "{path}");
    }
}
