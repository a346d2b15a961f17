//! The OpenAPI document, and what holds for every route in it.

use std::collections::BTreeMap;

use image::{DynamicImage, ImageFormat};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::people::{Person, answered, on_the_platform};
use crate::support::{postgres, process};
use crate::template_sample::Sample;

/// Routes that need no identity: they tell nothing of anybody.
const OPEN: [&str; 4] = ["/api/health", "/api/version", "/api/ready", "/api/openapi.json"];

struct Route {
    method: Method,
    /// As in the document, with names in braces.
    path: String,
}

/// The first slide of the sample.
const SLIDE: &str = "welcome";

impl Route {
    fn is_unsafe(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD)
    }

    /// With values for the names: ids of somebody's, by what they are of.
    fn filled(&self, ids: &BTreeMap<&str, String>) -> String {
        let Some((of, _)) = self.path.split_once("/{") else { return self.path.clone() };
        let Some(id) = ids.get(of) else { panic!("{}: this test has no id for it yet", self.path) };
        self.path
            .replace("{id}", id)
            .replace("{kind}", "user")
            .replace("{principal}", "1009")
            .replace("{number}", "1")
            .replace("{turn}", id)
            .replace("{request_id}", id)
            .replace("{job_id}", id)
            .replace("{job}", id)
            .replace("{file_id}", id)
            .replace("{format}", id)
            .replace("{slide}", SLIDE)
            .replace("{source}", "00000000-0000-0000-0000-000000000000")
    }
}

fn routes(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            routes.push(Route { method, path: path.clone() });
        }
    }
    assert!(routes.len() >= 40, "{} routes", routes.len());
    routes
}

/// A request that the route would take from somebody who may.
async fn ask(person: &Person<'_>, route: &Route, path: &str) -> (u16, Value) {
    ask_from("same-origin", person, route, path).await
}

/// The same, from a page of this site.
async fn ask_from(site: &str, person: &Person<'_>, route: &Route, path: &str) -> (u16, Value) {
    let mut request = person.request_from(site, route.method.clone(), path);
    if route.is_unsafe() && route.method != Method::DELETE {
        request = request.json(&body(route));
    }
    answered(request.send().await.expect("an answer")).await
}

fn body(route: &Route) -> Value {
    match route.path.rsplit('/').next().expect("a part") {
        "patches" => json!({ "version": 1, "patches": [{ "op": "set_title", "title": "x" }] }),
        "outline" => json!({ "outline": {} }),
        "feedback" => json!({ "rating": "up" }),
        "{principal}" => json!({ "access": "view" }),
        "{format}" => json!({ "session_id": "00000000-0000-0000-0000-000000000000" }),
        "{id}" if route.path.starts_with("/api/sessions") => json!({ "title": "x" }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn every_route_refuses_who_may_not() {
    let variables =
        Variables::local().with("ENVIRONMENT", "production").with("TELLR_SERVING_ENDPOINT", "a-model");
    let app = on_the_platform(variables).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let session = ada.session(json!({ "from": "sample" })).await;
    assert_eq!(ada.post(&format!("{session}/save-points"), json!({})).await.0, 201);
    ada.shares(&session, &grace, "view").await;
    let ids = things_of(&ada, &session).await;
    let before = everything_of(&ada, &ids).await;
    let document: Value = app.get("/api/openapi.json").await.json().await.expect("JSON");

    for route in routes(&document) {
        let path = route.filled(&ids);
        let name = format!("{} {}", route.method, route.path);

        let nobody = app.client.request(route.method.clone(), format!("{}{path}", app.url));
        let nobody = nobody.header("sec-fetch-site", "same-origin").send().await.expect("an answer").status();
        if OPEN.contains(&route.path.as_str()) {
            assert!(nobody != 401, "{name}");
            continue;
        }
        assert_eq!(nobody, 401, "{name}");

        if route.path.contains('{') {
            let stranger = ask(&eve, &route, &path).await;
            assert_eq!(stranger.0, 404, "{name} by a stranger: {}", stranger.1);
        }
        if route.path.starts_with("/api/sessions/") {
            // A viewer may copy, and may say that they are there.
            let is_theirs = route.path.ends_with("/duplicate") || route.path.ends_with("/presence");
            let viewer = ask(&grace, &route, &path).await;
            // What was found belongs to who asked for it, also in a deck that is shared.
            let is_private = route.path.contains("/sources/");
            let expected = match (route.is_unsafe(), is_theirs) {
                _ if is_private => 404..405,
                (true, false) => 403..404,
                _ => 200..300,
            };
            assert!(expected.contains(&viewer.0), "{name} by a viewer: {} {}", viewer.0, viewer.1);
        }
        if route.is_unsafe() {
            for site in ["cross-site", "same-site"] {
                let foreign = ask_from(site, &ada, &route, &path).await;
                assert_eq!(foreign.0, 403, "{name} from a page of another origin: {}", foreign.1);
            }
        }
    }
    assert_eq!(everything_of(&ada, &ids).await, before, "nothing of it had an effect");
}

/// One of everything that has an id, by the path that it stands behind.
async fn things_of<'a>(person: &Person<'_>, session: &str) -> BTreeMap<&'a str, String> {
    let id_of = |body: &Value| body["id"].as_str().expect("an id").to_owned();
    let mut ids = BTreeMap::new();
    ids.insert("/api/sessions", session.rsplit('/').next().expect("an id").to_owned());
    for path in ["/api/settings/prompts", "/api/settings/styles", "/api/settings/profiles"] {
        let mut new = json!({ "name": "Mine", "content": "x" });
        if path.ends_with("profiles") {
            new = json!({ "name": "Mine" });
        }
        let (status, made) = person.post(path, new).await;
        assert_eq!(status, 201, "{made}");
        ids.insert(path, id_of(&made));
    }
    let mut picture = std::io::Cursor::new(Vec::new());
    DynamicImage::new_rgb8(4, 4).write_to(&mut picture, ImageFormat::Png).expect("an image");
    let upload = person.request(Method::POST, "/api/images").header("content-type", "image/png");
    let (_, made) = answered(upload.body(picture.into_inner()).send().await.expect("an answer")).await;
    ids.insert("/api/images", id_of(&made));
    let upload = person.request(Method::POST, "/api/settings/styles/file?name=Company");
    let (status, made) =
        answered(upload.body(Sample::ordinary().zip()).send().await.expect("an answer")).await;
    assert_eq!(status, 201, "{made}");
    ids.insert("/api/themes", made["theme"].as_str().expect("a theme").to_owned());
    let statement = format!(
        "INSERT INTO {}.jobs (kind, owner, run_after) VALUES ('sweep', '{}', now() + interval '1 h') RETURNING id::text",
        person.app.schema, person.id
    );
    ids.insert("/api/jobs", postgres::one(&statement).await);
    ids.insert("/api/export/google-slides/poll", ids["/api/jobs"].clone());
    ids.extend(an_export(person, &ids["/api/sessions"]).await);
    let request = json!({ "message": "A deck", "session_id": ids["/api/sessions"] });
    let (status, turn) = person.post("/api/chat", request).await;
    assert_eq!(status, 202, "{turn}");
    ids.insert("/api/chat", id_of(&turn));
    ids.insert("/api/chat/poll", id_of(&turn));
    ids
}

/// A file that a deck was exported as, and its job.
async fn an_export<'a>(person: &Person<'_>, session: &str) -> BTreeMap<&'a str, String> {
    let (schema, owner) = (&person.app.schema, person.id);
    let file: String = postgres::one(&format!(
        "INSERT INTO {schema}.exports (session_id, recipe, version, name, media_type, slide_count, size_bytes, sha256, expires_at)
         VALUES ('{session}', sha256(''), 1, 'A.pdf', 'application/pdf', 1, 1, sha256(''), now() + interval '1 h')
         RETURNING id::text"
    ))
    .await;
    postgres::run(&format!(
        "INSERT INTO {schema}.export_chunks (export_id, number, bytes) VALUES ('{file}', 0, '.')"
    ))
    .await;
    let result = json!({ "file_id": file, "name": "A.pdf", "media_type": "application/pdf", "size_bytes": 1, "slides": 1,
                         "version": 1, "expires_at": "" });
    let job: String = postgres::one(&format!(
        "INSERT INTO {schema}.jobs (kind, owner, state, result, finished_at)
         VALUES ('export', '{owner}', 'succeeded', '{result}', now()) RETURNING id::text"
    ))
    .await;
    BTreeMap::from([
        // Not an id, but what stands in its place.
        ("/api/export", "pptx".to_owned()),
        ("/api/export/files", file),
        ("/api/export/pptx/poll", job.clone()),
        ("/api/export/pptx/download", job),
    ])
}

/// What their owner sees of them.
async fn everything_of(person: &Person<'_>, ids: &BTreeMap<&str, String>) -> Vec<(u16, Value)> {
    let mut seen = Vec::new();
    // A turn is read by polling for it, and an export by its job.
    for (of, id) in ids.iter().filter(|(of, _)| !["/api/chat", "/api/export"].contains(*of)) {
        let path = if of.starts_with("/api/settings") { (*of).to_owned() } else { format!("{of}/{id}") };
        seen.push(person.get(&path).await);
    }
    assert!(seen.iter().all(|(status, _)| *status == 200), "{seen:?}");
    seen
}

#[tokio::test]
async fn the_document_is_whole() {
    let app = on_the_platform(Variables::local()).await;
    let answer = app.get("/api/openapi.json").await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let document: Value = answer.json().await.expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut targets = Vec::new();
    references(&document, &mut targets);
    assert!(targets.iter().any(|target| target.ends_with("/Deck")), "{targets:?}");
    for target in targets {
        let pointer = target.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    let mut ids = std::collections::BTreeSet::new();
    for operation in document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("operations").values())
    {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id), "two operations are called {id}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id} has no summary");
        for (status, answer) in operation["responses"].as_object().expect("answers") {
            let description = answer["description"].as_str();
            assert!(description.is_some_and(|text| !text.is_empty()), "{id}: {status} has no description");
        }
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_page_knows_this_document() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/src/api/openapi.json");
    let known = std::fs::read_to_string(file).unwrap_or_default();
    let known: Value = serde_json::from_str(&known).unwrap_or_default();
    assert!(
        known == tellr_app::server::api_document(),
        "frontend/src/api/openapi.json is stale: write the output of `tellr-app openapi` to it, and run \
         `npm --prefix frontend run api-types`"
    );
}

#[tokio::test]
async fn the_command_prints_what_is_served() {
    let printed = process::run(&["openapi"], &Variables::nothing()).await;
    assert!(printed.status.success(), "{}", printed.output);
    let printed: Value = serde_json::from_str(&printed.output).expect("JSON");
    let app = Variables::local().serve().await;
    assert_eq!(app.json("/api/openapi.json").await, (200, printed));
}
