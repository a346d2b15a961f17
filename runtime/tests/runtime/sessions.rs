//! The list of decks: who sees what, in which order, and what it costs.

use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::counted::Counted;
use crate::support::people::{Person, code, on_the_platform};
use crate::support::{eventually, postgres};

fn titles(list: &Value) -> Vec<&str> {
    let sessions = list["sessions"].as_array().expect("a list");
    sessions.iter().map(|session| session["title"].as_str().expect("a title")).collect()
}

#[tokio::test]
async fn a_session_is_created_listed_renamed_and_deleted() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let (status, session) = ada.post("/api/sessions", json!({ "title": "  Plan  " })).await;
    assert_eq!(status, 201);
    assert_eq!(session["title"], "Plan");
    assert_eq!(session["deck"]["title"], "Plan");
    assert_eq!(session["role"], "owner");
    assert_eq!(session["owner"], json!({ "id": "1001", "name": "1001" }));
    assert_eq!((&session["version"], &session["slide_count"]), (&json!(1), &json!(1)));
    assert_eq!((&session["theme"], &session["shared"]), (&json!("clear"), &json!(false)));
    let path = format!("/api/sessions/{}", session["id"].as_str().expect("an id"));

    let (status, renamed) = ada.patch(&path, json!({ "title": "Better plan" })).await;
    assert_eq!((status, &renamed["title"], &renamed["version"]), (200, &json!("Better plan"), &json!(2)));
    let (_, read) = ada.get(&path).await;
    assert_eq!((&read["deck"]["title"], &read["version"]), (&json!("Better plan"), &json!(2)));
    let (_, list) = ada.get("/api/sessions").await;
    assert_eq!(titles(&list), ["Better plan"]);
    assert_eq!(list["sessions"][0]["cover"]["id"], "cover");
    assert_eq!(list["sessions"][0]["deck"], Value::Null);
    assert_eq!(list["next"], Value::Null);

    assert_eq!(ada.delete(&path).await, 204);
    assert_eq!(code(&ada.get(&path).await), (404, "not_found"));
    assert_eq!(titles(&ada.get("/api/sessions").await.1), Vec::<&str>::new());
}

#[tokio::test]
async fn a_list_comes_in_pages_the_last_used_first() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let mut paths = Vec::new();
    for n in 0..5 {
        paths.push(ada.session(json!({ "title": format!("{n}") })).await);
    }
    ada.patch(&paths[1], json!({ "title": "1 again" })).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let (status, page) = ada.get(&format!("/api/sessions?limit=2{next}")).await;
        assert_eq!(status, 200);
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&before={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ["1 again", "4", "3", "2", "0"]);
    for bad in ["limit=0", "limit=101", "limit=x", "before=x", &format!("q={}", "x".repeat(201))] {
        let (status, body) = ada.get(&format!("/api/sessions?{bad}")).await;
        assert!((400..500).contains(&status), "{bad}: {status} {body}");
        assert!(body["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{bad}: {body}");
    }
}

#[tokio::test]
async fn a_person_sees_their_own_decks_and_those_shared_with_them() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let private = ada.session(json!({ "title": "Private" })).await;
    let shared = ada.session(json!({ "title": "Shared" })).await;
    ada.shares(&shared, &grace, "view").await;

    let (_, list) = grace.get("/api/sessions").await;
    assert_eq!(titles(&list), ["Shared"]);
    assert_eq!(list["sessions"][0]["role"], "viewer");
    assert_eq!(list["sessions"][0]["shared"], true);
    assert_eq!(titles(&eve.get("/api/sessions").await.1), Vec::<&str>::new());

    for path in [private.as_str(), "/api/sessions/00000000-0000-0000-0000-000000000000", "/api/sessions/none"]
    {
        for answer in [grace.get(path).await, grace.patch(path, json!({ "title": "x" })).await] {
            assert_eq!(code(&answer), (404, "not_found"), "{path}");
        }
        assert_eq!(grace.delete(path).await, 404);
        assert_eq!(code(&grace.post(&format!("{path}/duplicate"), json!({})).await), (404, "not_found"));
    }
    assert_eq!(code(&grace.patch(&shared, json!({ "title": "x" })).await), (403, "forbidden"));
    assert_eq!(grace.delete(&shared).await, 403);

    let (status, copy) = grace.post(&format!("{shared}/duplicate"), json!({})).await;
    assert_eq!((status, &copy["title"], &copy["role"]), (201, &json!("Copy of Shared"), &json!("owner")));
    assert_eq!((&copy["owner"]["id"], &copy["version"]), (&json!("1002"), &json!(1)));
    // The list has the same role whether a deck is reached by one share or two.
    ada.shares(&shared, &grace, "edit").await;
    assert_eq!(grace.get(&shared).await.1["role"], "editor");
    assert_eq!(grace.delete(&shared).await, 403);
}

#[tokio::test]
async fn titles_and_slides_are_searched_by_the_beginnings_of_words() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let plan = ada.session(json!({ "title": "Plan für 2027" })).await;
    let sample = ada.session(json!({ "from": "sample" })).await;
    ada.session(json!({ "title": "季度业绩回顾" })).await;
    grace.session(json!({ "title": "Plan of another person" })).await;
    let found = async |q: &str| {
        let (status, list) = ada.get(&format!("/api/sessions?q={q}")).await;
        assert_eq!(status, 200, "{q}: {list}");
        titles(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("plan").await, ["Plan für 2027"]);
    assert_eq!(found("F%C3%9Cr").await, ["Plan für 2027"]);
    // In a table, in a chart, in notes.
    assert_eq!(found("madrid").await, ["Welcome to Tellr"]);
    assert_eq!(found("asia+pac").await, ["Welcome to Tellr"]);
    assert_eq!(found("presenter+window").await, ["Welcome to Tellr"]);
    // Names of fields and ids are no text.
    assert_eq!(found("highlight").await, Vec::<String>::new());
    assert_eq!(found("%E4%B8%9A%E7%BB%A9").await, ["季度业绩回顾"]);
    // Signs of the query language mean nothing.
    for nothing in ["%27", "%3A*", "%26+%7C+!", "(", "%5C", "%25"] {
        assert_eq!(found(nothing).await, Vec::<String>::new(), "{nothing}");
    }
    // Renamed and changed decks are found by what they say now.
    ada.patch(&plan, json!({ "title": "Budget" })).await;
    assert_eq!(found("plan").await, Vec::<String>::new());
    let remove = json!({ "version": 1, "patches": [{ "op": "remove_slide", "slide": "table" }] });
    assert_eq!(ada.post(&format!("{sample}/patches"), remove).await.0, 200);
    assert_eq!(found("madrid").await, Vec::<String>::new());
    assert_eq!(found("welcome").await, ["Welcome to Tellr"]);
}

#[tokio::test]
async fn a_deck_file_goes_out_and_comes_in_unchanged() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let sample = ada.session(json!({ "from": "sample" })).await;
    let file =
        ada.request(reqwest::Method::GET, &format!("{sample}/deck.json")).send().await.expect("an answer");
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"welcome-to-tellr.json\"");
    let deck: Value = file.json().await.expect("JSON");
    let (status, session) = ada.post("/api/sessions", json!({ "deck": deck })).await;
    assert_eq!(status, 201);
    assert_eq!(session["deck"], deck);
}

#[tokio::test]
async fn a_deck_file_is_refused_with_the_field() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let deck = |change: &dyn Fn(&mut Value)| {
        let mut deck = json!({ "format": 1, "title": "T", "theme": "clear", "slides": [
            { "id": "a", "layout": "cover", "blocks": [{ "type": "title", "id": "t", "text": "T" }] }] });
        change(&mut deck);
        json!({ "deck": deck })
    };
    let refused = async |body: Value| {
        let answer = ada.post("/api/sessions", body).await;
        assert_eq!(code(&answer), (422, "invalid_deck"), "{}", answer.1);
        answer.1["error"].clone()
    };
    let error = refused(deck(&|deck| deck["slides"][0]["blocks"][0]["txt"] = json!("x"))).await;
    assert_eq!(error["problems"][0]["path"], "slides[0].blocks[0].txt");
    assert!(error["message"].as_str().expect("text").contains("slides[0].blocks[0].txt"), "{error}");
    let script = json!("[go](javascript:alert(1))");
    let error = refused(deck(&|deck| deck["slides"][0]["blocks"][0]["text"] = script.clone())).await;
    assert_eq!(error["problems"][0]["path"], "slides[0].blocks[0].text");
    let error = refused(deck(&|deck| deck["title"] = json!("a\u{0}b"))).await;
    assert_eq!(error["problems"][0]["path"], "title");
    let error = refused(deck(&|deck| deck["format"] = json!(9))).await;
    assert!(error["message"].as_str().expect("text").contains("update Tellr"), "{error}");
    let error = refused(json!({ "deck": [1, 2] })).await;
    assert!(error["message"].as_str().expect("text").contains("format"), "{error}");

    let both = json!({ "from": "blank", "deck": {} });
    assert_eq!(code(&ada.post("/api/sessions", both).await), (422, "invalid_value"));
    assert_eq!(code(&ada.post("/api/sessions", json!({ "titel": "x" })).await), (400, "bad_request"));
    let long = json!({ "title": "x".repeat(301) });
    assert_eq!(code(&ada.post("/api/sessions", long).await), (422, "invalid_deck"));
    let deep = format!("{{\"deck\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = ada
        .request(reqwest::Method::POST, "/api/sessions")
        .header("content-type", "application/json")
        .body(deep)
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_client_error(), "{}", answer.status());
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(9 * 1024 * 1024));
    let request =
        ada.request(reqwest::Method::POST, "/api/sessions").header("content-type", "application/json");
    assert_eq!(request.body(large).send().await.expect("an answer").status(), 413);
    assert_eq!(titles(&ada.get("/api/sessions").await.1), Vec::<&str>::new());
}

/// The name of the app's connections.
fn application(schema: &str) -> String {
    format!("tellr {schema}")
}

/// The rows read in a schema so far. Ends the app's connections, which makes the server count theirs.
async fn rows_read(schema: &str) -> i64 {
    let connections = format!("FROM pg_stat_activity WHERE application_name = '{}'", application(schema));
    postgres::run(&format!("SELECT pg_terminate_backend(pid) {connections}")).await;
    let connected = format!("SELECT count(*) {connections}");
    eventually("the connections end", async || postgres::one::<i64>(&connected).await == 0).await;
    postgres::one(&format!(
        "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_user_tables
         WHERE schemaname = '{schema}'"
    ))
    .await
}

/// The rows that one request reads.
async fn rows_read_by(person: &Person<'_>, path: &str, schema: &str) -> i64 {
    let before = rows_read(schema).await;
    assert_eq!(person.get(path).await.0, 200, "{path}");
    rows_read(schema).await - before
}

#[tokio::test]
async fn list_deck_and_poll_take_one_round_trip_whatever_other_people_have() {
    let counted = Counted::start().await;
    let variables = Variables::local().with("DATABASE_URL", &counted.url);
    let schema = variables.schema().to_owned();
    let variables = variables.with("PGAPPNAME", &application(&schema));
    let app = on_the_platform(variables).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let deck = ada.session(json!({ "from": "sample" })).await;
    let shared = grace.session(json!({ "title": "Shared" })).await;
    grace.shares(&shared, &ada, "edit").await;

    // What was told about a job, and one that waits.
    let (done, waiting) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    postgres::run(&format!(
        "SET search_path TO {schema};
         INSERT INTO jobs (id, kind, owner, state, finished_at, last_event)
             VALUES ('{done}', 'x', '1001', 'succeeded', now(), 1);
         INSERT INTO job_events (job_id, id, attempt, kind) VALUES ('{done}', 1, 1, 'succeeded');
         INSERT INTO jobs (id, kind, owner, turn) VALUES ('{waiting}', 'x', '1001', 100)"
    ))
    .await;

    let paths = [
        "/api/sessions".to_owned(),
        "/api/sessions?q=welcome".to_owned(),
        deck.clone(),
        format!("{deck}/deck"),
        format!("{deck}/save-points"),
        format!("{deck}/shares"),
        format!("/api/jobs/{done}"),
        format!("/api/jobs/{done}/events?after=0"),
        format!("/api/jobs/{waiting}"),
    ];
    let cost = async || {
        let mut costs = Vec::new();
        for path in &paths {
            // The first one may have to connect.
            ada.get(path).await;
            counted.take();
            assert_eq!(ada.get(path).await.0, 200, "{path}");
            let request = ada.request(reqwest::Method::GET, path).header("if-none-match", "\"v1\"");
            let status = request.send().await.expect("an answer").status();
            assert_eq!(status, if path.ends_with("/deck") { 304 } else { 200 }, "{path}");
            assert_eq!(counted.take(), 2, "{path}");
            costs.push((path.clone(), rows_read_by(&ada, path, &schema).await));
        }
        costs
    };
    let alone = cost().await;
    postgres::run(&format!(
        "SET search_path TO {schema};
         INSERT INTO users (id, name, display_name) SELECT 'u' || n, 'n' || n, 'N' || n FROM generate_series(1, 2000) n;
         INSERT INTO sessions (owner) SELECT 'u' || (1 + n % 2000) FROM generate_series(1, 10000) n;
         INSERT INTO decks (session_id, document)
             SELECT id, '{{\"format\": 1, \"title\": \"Welcome\", \"theme\": \"clear\", \"slides\": []}}'
             FROM sessions WHERE owner LIKE 'u%';
         INSERT INTO shares (session_id, principal_kind, principal, display_name, permission)
             SELECT id, 'user', 'u1', 'N1', 'view' FROM sessions WHERE owner LIKE 'u%' AND owner <> 'u1';
         INSERT INTO jobs (kind, owner, state, finished_at, last_event)
             SELECT 'x', 'u' || (1 + n % 2000), 'succeeded', now(), 2 FROM generate_series(1, 10000) n;
         INSERT INTO job_events (job_id, id, attempt, kind)
             SELECT jobs.id, n, 1, 'x' FROM jobs, generate_series(1, 2) n WHERE owner LIKE 'u%';
         INSERT INTO jobs (kind, owner, turn) SELECT 'x', 'u' || n, n % 1000 FROM generate_series(1, 2000) n;
         ANALYZE"
    ))
    .await;
    let among_others = cost().await;
    for ((path, before), (_, after)) in alone.into_iter().zip(among_others) {
        // The place of a job that waits is looked up among the others that wait: 2,000 here, 5,000 at most.
        let most = if path.ends_with(&waiting.to_string()) { 2_100 } else { 100 };
        assert!(after < most, "{path} read {before} rows alone, {after} with 10,000 sessions of others");
    }
}
