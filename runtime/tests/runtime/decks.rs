//! One deck: polled, changed by patches, kept in save points; two editors lose nothing.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::{Variables, client};
use crate::support::people::{Person, answered, code, on_the_platform};
use crate::support::postgres;
use crate::support::process::Serving;

pub(crate) fn one_text(text: &str) -> Value {
    json!({ "deck": { "format": 1, "title": "T", "theme": "clear", "slides": [
        { "id": "s", "layout": "title_and_text", "blocks": [{ "type": "text", "id": "t", "text": text }] }] } })
}

pub(crate) fn set_text(version: i64, text: &str) -> Value {
    json!({ "version": version, "patches": [{ "op": "set_field", "block": "t", "field": { "text": text } }] })
}

pub(crate) fn text(deck: &Value) -> &str {
    deck["deck"]["slides"][0]["blocks"][0]["text"].as_str().expect("a text")
}

#[tokio::test]
async fn a_poll_costs_nothing_while_nothing_changes() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let deck = format!("{}/deck", ada.session(one_text("a")).await);
    let poll = async |tag: &'static str| {
        let request = ada.request(Method::GET, &deck).header("if-none-match", tag);
        let answer = request.send().await.expect("an answer");
        let tag = answer.headers()["etag"].to_str().expect("text").to_owned();
        (answer.status().as_u16(), tag, answer.bytes().await.expect("a body"))
    };
    let (status, tag, body) = poll("\"v1\"").await;
    assert_eq!((status, tag.as_str(), body.len()), (304, "\"v1\"", 0));
    assert_eq!(ada.post(&deck.replace("/deck", "/patches"), set_text(1, "b")).await.0, 200);
    let (status, tag, body) = poll("\"v1\"").await;
    assert_eq!((status, tag.as_str()), (200, "\"v2\""));
    assert_eq!(text(&serde_json::from_slice(&body).expect("JSON")), "b");
}

#[tokio::test]
async fn patches_apply_all_or_none_and_come_back_as_their_inverse() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(json!({ "from": "sample" })).await;
    let patches = format!("{session}/patches");
    let (_, before) = ada.get(&session).await;
    let change = json!([
        { "op": "move_slide", "slide": "next", "after": null },
        { "op": "remove_slide", "slide": "table" },
        { "op": "set_title", "title": "Changed" },
        { "op": "set_theme", "theme": "ink" },
        { "op": "set_cell", "block": "no-such-table", "row": 0, "column": 0, "cell": 1 },
    ]);
    let refused = ada.post(&patches, json!({ "version": 1, "patches": change })).await;
    assert_eq!(code(&refused), (422, "invalid_patch"));
    assert_eq!(refused.1["error"]["problems"][0]["path"], "patches[4]");
    assert_eq!(ada.get(&session).await.1, before);

    let change: Vec<Value> = change.as_array().expect("a list")[..4].to_vec();
    let (status, changed) = ada.post(&patches, json!({ "version": 1, "patches": change })).await;
    assert_eq!((status, &changed["version"]), (200, &json!(2)));
    let (_, now) = ada.get(&session).await;
    assert_eq!(
        (&now["title"], &now["theme"], &now["slide_count"]),
        (&json!("Changed"), &json!("ink"), &json!(6))
    );
    assert_eq!(now["deck"]["slides"][0]["id"], "next");

    let undo = json!({ "version": 2, "patches": changed["inverse"] });
    assert_eq!(ada.post(&patches, undo).await.0, 200);
    assert_eq!(ada.get(&session).await.1["deck"], before["deck"]);
}

#[tokio::test]
async fn patches_are_refused_with_what_is_wrong() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(one_text("a")).await;
    let patches = format!("{session}/patches");
    let path_of = async |patch: Value| {
        let answer = ada.post(&patches, json!({ "version": 1, "patches": [patch] })).await;
        assert_eq!(code(&answer), (422, "invalid_patch"), "{}", answer.1);
        answer.1["error"]["problems"][0]["path"].as_str().expect("a path").to_owned()
    };
    assert_eq!(path_of(json!({ "op": "explode" })).await, "patches[0].op");
    let block = json!({ "type": "text", "id": "t", "txt": "x" });
    assert_eq!(path_of(json!({ "op": "set_block", "block": block })).await, "patches[0].block.txt");
    let block = json!({ "type": "text", "id": "t", "text": "x".repeat(5001) });
    assert_eq!(path_of(json!({ "op": "set_block", "block": block })).await, "slides[0].blocks[0].text");
    for (body, expected) in [
        (json!({ "version": 1, "patches": [] }), (422, "invalid_value")),
        (json!({ "version": 1, "patches": vec![json!({}); 101] }), (422, "invalid_value")),
        (json!({ "version": "1", "patches": [] }), (400, "bad_request")),
        (json!({ "patches": [] }), (400, "bad_request")),
    ] {
        assert_eq!(code(&ada.post(&patches, body).await), expected);
    }
    let request = ada.request(Method::POST, &patches).header("content-type", "text/plain").body("{}");
    let answer = answered(request.send().await.expect("an answer")).await;
    assert_eq!(code(&answer), (415, "unsupported_type"));
}

#[tokio::test]
async fn a_change_for_an_older_version_is_refused_with_the_current_one() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(one_text("a")).await;
    let patches = format!("{session}/patches");
    assert_eq!(ada.post(&patches, set_text(1, "b")).await.0, 200);
    for version in [0, 1, 3] {
        let answer = ada.post(&patches, set_text(version, "c")).await;
        assert_eq!(code(&answer), (409, "version_conflict"));
        assert_eq!(answer.1["error"]["version"], 2);
    }
    assert_eq!(text(&ada.get(&session).await.1), "b");
}

#[tokio::test]
async fn a_viewer_reads_and_a_stranger_sees_nothing() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let session = ada.session(one_text("a")).await;
    ada.shares(&session, &grace, "view").await;
    assert_eq!(ada.post(&format!("{session}/save-points"), json!({ "name": "One" })).await.0, 201);
    for path in ["", "/deck", "/deck.json", "/save-points", "/save-points/1", "/shares"] {
        assert_eq!(grace.get(&format!("{session}{path}")).await.0, 200, "{path}");
        assert_eq!(code(&eve.get(&format!("{session}{path}")).await), (404, "not_found"), "{path}");
    }
    for (path, body) in [
        ("/patches", set_text(1, "x")),
        // Whether a version is current is told to editors only.
        ("/patches", set_text(7, "x")),
        ("/save-points", json!({})),
        ("/save-points", json!({ "name": "x" })),
        ("/save-points/1/restore", json!({})),
        ("/save-points/9/restore", json!({})),
    ] {
        let path = format!("{session}{path}");
        assert_eq!(code(&grace.post(&path, body.clone()).await), (403, "forbidden"), "{path}");
        assert_eq!(code(&eve.post(&path, body).await), (404, "not_found"), "{path}");
    }
    assert_eq!(ada.get(&session).await.1["version"], 1);
}

#[tokio::test]
async fn save_points_are_numbered_named_and_restored() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(one_text("a")).await;
    let (patches, points) = (format!("{session}/patches"), format!("{session}/save-points"));
    let (status, first) = ada.post(&points, json!({})).await;
    assert_eq!(
        (status, &first["number"], &first["name"]),
        (201, &json!(1), &json!("First save point, 1 slide"))
    );
    assert_eq!(first["created_by"], json!({ "id": "1001", "name": "1001" }));
    ada.post(&patches, set_text(1, "b")).await;
    let request = ada.request(Method::POST, &points);
    let (status, second) = answered(request.send().await.expect("an answer")).await;
    assert_eq!((status, &second["number"], &second["name"]), (201, &json!(2), &json!("1 slide changed")));
    ada.post(&patches, set_text(2, "c")).await;

    let (status, restored) = ada.post(&format!("{points}/1/restore"), json!({})).await;
    assert_eq!((status, &restored["version"], text(&restored)), (200, &json!(4), "a"));
    let (_, list) = ada.get(&points).await;
    let names: Vec<(i64, &str)> = list["save_points"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|point| (point["number"].as_i64().expect("a number"), point["name"].as_str().expect("a name")))
        .collect();
    assert_eq!(
        names,
        [(3, "Before going back to save point 1"), (2, "1 slide changed"), (1, "First save point, 1 slide")]
    );
    // Nothing is lost: what was there before the restore can be had again.
    assert_eq!(text(&ada.get(&format!("{points}/3")).await.1), "c");
    assert_eq!(text(&ada.post(&format!("{points}/3/restore"), json!({})).await.1), "c");
    for number in ["0", "9", "x", "99999999999"] {
        assert_eq!(code(&ada.get(&format!("{points}/{number}")).await), (404, "not_found"), "{number}");
        let answer = ada.post(&format!("{points}/{number}/restore"), json!({})).await;
        assert_eq!(code(&answer), (404, "not_found"), "{number}");
    }
    assert_eq!(code(&ada.post(&points, json!({ "name": "x".repeat(301) })).await), (422, "invalid_value"));
}

#[tokio::test]
async fn save_points_of_many_at_once_have_no_gaps() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(one_text("a")).await;
    let points = format!("{session}/save-points");
    ada.post(&points, json!({ "name": "start" })).await;
    let work = (0..40).map(|n| {
        let points = &points;
        async move {
            let path = if n % 4 == 0 { format!("{points}/1/restore") } else { points.clone() };
            let body = if n % 4 == 0 { json!({}) } else { json!({ "name": format!("{n}") }) };
            let (status, _) = ada.post(&path, body).await;
            assert!(matches!(status, 200 | 201), "{path}: {status}");
        }
    });
    futures_util::future::join_all(work).await;
    let (_, list) = ada.get(&points).await;
    let numbers: Vec<i64> = list["save_points"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|point| point["number"].as_i64().expect("n"))
        .collect();
    assert_eq!(numbers, (1..=41).rev().collect::<Vec<_>>());
    assert_eq!(ada.get(&session).await.1["version"], 11);
}

/// A row of numbers that looks random and is the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// An editor: what it last saw, and how many words it has written.
struct Editor<'a> {
    person: Person<'a>,
    name: char,
    version: i64,
    text: String,
    written: usize,
}

impl Editor<'_> {
    async fn load(&mut self, session: &str) {
        let (status, deck) = self.person.get(&format!("{session}/deck")).await;
        assert_eq!(status, 200);
        self.version = deck["version"].as_i64().expect("a version");
        text(&deck).clone_into(&mut self.text);
    }

    /// Writes its next word behind the text that it saw; the word, if that was acknowledged.
    async fn write(&mut self, session: &str, sees_the_answer: bool) -> Option<String> {
        let word = format!("{}{}", self.name, self.written);
        let longer = format!("{} {word}", self.text);
        let answer = self.person.post(&format!("{session}/patches"), set_text(self.version, &longer)).await;
        if answer.0 == 409 {
            assert_eq!(code(&answer).1, "version_conflict");
            self.load(session).await;
            return None;
        }
        assert_eq!(answer.0, 200, "{}", answer.1);
        self.written += 1;
        if sees_the_answer {
            self.version = answer.1["version"].as_i64().expect("a version");
            self.text = longer;
        }
        Some(word)
    }
}

#[tokio::test]
async fn two_editors_lose_no_update_in_any_order() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let session = ada.session(one_text("")).await;
    ada.shares(&session, &grace, "edit").await;
    for seed in 1..=150 {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let (_, deck) = ada.get(&format!("{session}/deck")).await;
        let start = deck["version"].as_i64().expect("a version");
        assert_eq!(ada.post(&format!("{session}/patches"), set_text(start, "")).await.0, 200);
        let mut editors = [(ada, 'a'), (grace, 'g')].map(|(person, name)| Editor {
            person,
            name,
            version: start + 1,
            text: String::new(),
            written: 0,
        });
        let mut acknowledged = Vec::new();
        for _ in 0..10 {
            let editor = &mut editors[usize::from(chance.below(2) == 1)];
            if chance.below(3) == 0 {
                editor.load(&session).await;
            } else {
                // An answer may get lost: the editor then goes on from what it saw before.
                acknowledged.extend(editor.write(&session, chance.below(4) > 0).await);
            }
        }
        let (_, deck) = ada.get(&format!("{session}/deck")).await;
        let kept: Vec<&str> = text(&deck).split_whitespace().collect();
        assert_eq!(kept, acknowledged, "seed {seed}");
        let version = deck["version"].as_i64().expect("a version");
        assert_eq!(version, start + 1 + i64::try_from(acknowledged.len()).expect("few"), "seed {seed}");
    }
}

#[tokio::test]
async fn editors_at_the_same_moment_lose_no_update() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let session = ada.session(one_text("")).await;
    ada.shares(&session, &grace, "edit").await;
    let write = async |person: Person<'_>, name: char| {
        let mut editor = Editor { person, name, version: 1, text: String::new(), written: 0 };
        let mut acknowledged = BTreeSet::new();
        while acknowledged.len() < 15 {
            acknowledged.extend(editor.write(&session, true).await);
        }
        acknowledged
    };
    let written = tokio::join!(write(ada, 'a'), write(grace, 'b'), write(ada, 'c'), write(grace, 'd'));
    let acknowledged: BTreeSet<String> =
        [written.0, written.1, written.2, written.3].into_iter().flatten().collect();
    let (_, deck) = ada.get(&format!("{session}/deck")).await;
    let kept: Vec<&str> = text(&deck).split_whitespace().collect();
    assert_eq!((kept.len(), acknowledged.len()), (60, 60));
    assert_eq!(kept.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>(), acknowledged);
    assert_eq!(deck["version"], 61);
}

#[tokio::test]
async fn a_title_set_meanwhile_is_not_lost_either() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(one_text("a")).await;
    assert_eq!(ada.patch(&session, json!({ "title": "New" })).await.0, 200);
    assert_eq!(
        code(&ada.post(&format!("{session}/patches"), set_text(1, "b")).await),
        (409, "version_conflict")
    );
    assert_eq!(ada.post(&format!("{session}/patches"), set_text(2, "b")).await.0, 200);
    let (_, now) = ada.get(&session).await;
    assert_eq!((&now["title"], text(&now)), (&json!("New"), "b"));
}

#[tokio::test]
async fn the_themes_of_the_app_are_listed() {
    let app = on_the_platform(Variables::local()).await;
    let (status, list) = app.person("1001").get("/api/themes").await;
    assert_eq!(status, 200);
    let ids: Vec<&Value> =
        list["themes"].as_array().expect("a list").iter().map(|theme| &theme["id"]).collect();
    assert_eq!(ids, ["clear", "ink", "paper", "signal", "lakehouse"]);
}

#[tokio::test]
async fn the_log_of_an_error_has_the_id_of_its_request() {
    let variables = Variables::local();
    variables.initialise().await.expect("a database");
    let mut app = Serving::start(&variables).await;
    let client = client(|builder| builder);
    let post = async |url: String, body: Value| {
        let request = client.post(url).header("sec-fetch-site", "same-origin").json(&body);
        request.send().await.expect("an answer")
    };
    let created = post(format!("{}/api/sessions", app.url), json!({})).await;
    let (_, session) = answered(created).await;
    let id = session["id"].as_str().expect("an id");
    postgres::run(&format!(
        "UPDATE {}.decks SET document = document || '{{\"unknown\": 1}}'",
        variables.schema()
    ))
    .await;
    let patches = format!("{}/api/sessions/{id}/patches", app.url);
    let answer = post(patches, set_text(1, "x")).await;
    assert_eq!(answer.status(), 500);
    let request = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    let line = app.line_with("a deck in the database can't be read").await;
    assert!(line.contains(&request), "{line}");
}
