//! Decks as files: written once, served whole or in part to those who may see the deck, and never half.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tellr_app::export::{Exporting, Maker, SweepFiles};
use tellr_app::jobs::{Jobs, Kinds, Pace, Worker};
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::people::{Person, answered, code};
use crate::support::postgres::Cluster;
use crate::support::{eventually, postgres};

/// An app on the platform with a worker of its own.
struct Stand {
    app: RunningApp,
    jobs: Jobs,
    worker: JoinHandle<()>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

impl Stand {
    async fn new() -> Self {
        Self::at(&postgres::url()).await
    }

    /// With the database at this address.
    async fn at(database: &str) -> Self {
        let variables =
            Variables::local().with("DATABASE_URL", database).with("DATABRICKS_APP_NAME", "tellr");
        variables.initialise().await.expect("a database");
        let pace = Pace {
            lease: Duration::from_hours(1),
            // A database that is gone takes the leases of those who wait for it along.
            heartbeat: Duration::from_millis(100),
            shortest_poll: Duration::from_millis(20),
            first_pause: Duration::from_millis(5),
            ..Pace::default()
        };
        let mut jobs = None;
        let app = RunningApp::start_with(variables.settings(), impatient(), |app| {
            app.jobs = Jobs::new(app.database.clone(), pace);
            jobs = Some(app.jobs.clone());
        })
        .await;
        let jobs = jobs.expect("set");
        Self { app, worker: working(&jobs), jobs }
    }

    /// Ends this process's work as SIGKILL does, and its lease as time does.
    async fn kill(&mut self) {
        self.worker.abort();
        let _ = (&mut self.worker).await;
        self.run("UPDATE {schema}.jobs SET lease_until = now() WHERE state = 'running'").await;
    }

    async fn run(&self, statement: &str) {
        postgres::run(&statement.replace("{schema}", &self.app.schema)).await;
    }

    async fn count(&self, of: &str) -> i64 {
        postgres::one(&format!("SELECT count(*) FROM {}.{of}", self.app.schema)).await
    }
}

fn working(jobs: &Jobs) -> JoinHandle<()> {
    let kinds = Kinds::new().with(Exporting::new(Maker::default())).with(SweepFiles);
    tokio::spawn(Worker::new(jobs, kinds).run(std::future::pending()))
}

/// A deck of more than half a megabyte: notes on each slide.
fn large() -> Value {
    let slides: Vec<Value> = (0..40)
        .map(|n| {
            let notes: String = vec!["what the speaker says ü"; 600].join(&format!(" {n} "));
            json!({ "id": format!("s{n}"), "layout": "title_and_text", "notes": notes,
                    "blocks": [{ "type": "title", "id": format!("t{n}"), "text": format!("Slide {n}") }] })
        })
        .collect();
    json!({ "deck": { "format": 1, "title": "A \"large\" / déck", "theme": "clear", "slides": slides } })
}

impl Person<'_> {
    /// Asks for a file; the job.
    async fn exports(&self, format: &str, session: &str, more: Value) -> String {
        let mut body = json!({ "session_id": session.rsplit('/').next() });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        let (status, accepted) = self.post(&format!("/api/export/{format}"), body).await;
        assert_eq!(status, 202, "{accepted}");
        accepted["job_id"].as_str().expect("an id").to_owned()
    }

    /// The job when it has ended.
    async fn ended(&self, job: &str) -> Value {
        let path = format!("/api/jobs/{job}");
        eventually("the job ends", async || {
            let state = self.get(&path).await.1["state"].clone();
            ["succeeded", "failed", "cancelled"].iter().any(|end| state == *end)
        })
        .await;
        self.get(&path).await.1
    }

    /// The file of an export.
    async fn file(&self, format: &str, session: &str) -> Value {
        let job = self.ended(&self.exports(format, session, json!({})).await).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        job["result"].clone()
    }

    async fn downloads(&self, file: &Value, headers: &[(&str, &str)]) -> Response {
        let path = format!("/api/export/files/{}", file["file_id"].as_str().expect("an id"));
        let request = self.request(Method::GET, &path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    }
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or_else(String::new, |value| value.to_str().expect("text").to_owned())
}

#[tokio::test]
async fn each_format_is_written_and_has_a_good_name() {
    let stand = Stand::new().await;
    let ada = stand.app.person("1001");
    let session = ada.session(json!({ "from": "sample" })).await;
    for (format, media_type, begins) in [
        (
            "pptx",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            &b"PK\x03\x04"[..],
        ),
        ("pdf", "application/pdf", b"%PDF-"),
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("json", "application/json", b"{\"tellr\":1,"),
    ] {
        let file = ada.file(format, &session).await;
        assert_eq!(file["media_type"], media_type);
        let answer = ada.downloads(&file, &[]).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "content-type"), media_type);
        assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox");
        let name = file["name"].as_str().expect("a name");
        assert!(name.ends_with(&format!(".{format}")), "{name}");
        assert!(header(&answer, "content-disposition").starts_with("attachment; filename="), "{name}");
        let bytes = answer.bytes().await.expect("bytes");
        assert_eq!(bytes.len() as u64, file["size_bytes"].as_u64().expect("a size"));
        let start = bytes.iter().take(begins.len()).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        assert_eq!(start, begins.to_ascii_lowercase(), "{format}");
        if format == "json" {
            let written: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(written["deck"], ada.get(&session).await.1["deck"], "nothing is lost");
        }
    }
    let slide = ada.get(&session).await.1["deck"]["slides"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("{session}/slides/{slide}/picture.svg");
    let answer = ada.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type").as_str()), (200, "image/svg+xml"));
    let svg = answer.text().await.expect("text");
    assert!(svg.starts_with("<svg") && svg.contains("@font-face") && svg.contains("<text"));
    assert_eq!(code(&ada.get(&format!("{session}/slides/none/picture.svg")).await), (404, "not_found"));
}

#[tokio::test]
async fn the_same_version_is_written_once_and_seen_by_those_who_see_the_deck() {
    let stand = Stand::new().await;
    let (ada, grace, eve) = (stand.app.person("1001"), stand.app.person("1002"), stand.app.person("1003"));
    let session = ada.session(json!({ "from": "sample" })).await;
    ada.shares(&session, &grace, "view").await;
    let first = ada.file("pptx", &session).await;
    let again = grace.file("pptx", &session).await;
    assert_eq!(again["file_id"], first["file_id"], "also for a colleague");
    let exact = ada.ended(&ada.exports("pptx", &session, json!({ "lines": "exact" })).await).await;
    assert_ne!(exact["result"]["file_id"], first["file_id"]);
    let named = ada.ended(&ada.exports("pptx", &session, json!({ "author": "Ada" })).await).await;
    assert_ne!(named["result"]["file_id"], first["file_id"]);

    let answer = grace.downloads(&first, &[]).await;
    let tag = header(&answer, "etag");
    let bytes = answer.bytes().await.expect("bytes");
    assert_eq!(grace.downloads(&first, &[("if-none-match", &tag)]).await.status(), 304);
    assert_eq!(code(&answered(eve.downloads(&first, &[]).await).await), (404, "not_found"));
    let id = session.rsplit('/').next();
    assert_eq!(code(&eve.post("/api/export/pdf", json!({ "session_id": id })).await).0, 404);

    let patch = json!({ "version": 1, "patches": [{ "op": "set_title", "title": "Other" }] });
    assert_eq!(ada.post(&format!("{session}/patches"), patch).await.0, 200);
    let newer = ada.file("pptx", &session).await;
    assert_ne!(newer["file_id"], first["file_id"]);
    assert_eq!((&newer["version"], &newer["name"]), (&json!(2), &json!("Other.pptx")));
    // As often as wanted, also the older one.
    assert_eq!(ada.downloads(&first, &[]).await.bytes().await.expect("bytes"), bytes);

    // Who may not see the deck any more has lost its files.
    stand.run("DELETE FROM {schema}.shares").await;
    assert_eq!(grace.downloads(&first, &[]).await.status(), 404);
    assert_eq!(ada.delete(&session).await, 204);
    assert_eq!(ada.downloads(&first, &[]).await.status(), 404);
    assert_eq!(stand.count("export_chunks").await, 0);
}

#[tokio::test]
async fn a_file_of_many_chunks_is_served_in_ranges() {
    let stand = Stand::new().await;
    let ada = stand.app.person("1001");
    let session = ada.session(large()).await;
    let file = ada.file("json", &session).await;
    assert_eq!(file["name"], "A large déck.json");
    let answer = ada.downloads(&file, &[]).await;
    assert!(header(&answer, "content-disposition").ends_with("filename*=UTF-8''A%20large%20d%C3%A9ck.json"));
    let tag = header(&answer, "etag");
    let whole = answer.bytes().await.expect("bytes");
    assert!(whole.len() > 600_000 && stand.count("export_chunks").await > 2, "{}", whole.len());
    let last = whole.len() - 1;
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=262140-262150".to_owned(), 262_140, 262_150),
        ("bytes=262144-524287".to_owned(), 262_144, 524_287),
        ("bytes=500000-".to_owned(), 500_000, last),
        ("bytes=-7".to_owned(), last - 6, last),
        (format!("bytes={last}-{}", last + 999), last, last),
    ] {
        let answer = ada.downloads(&file, &[("range", &range)]).await;
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(header(&answer, "content-range"), format!("bytes {from}-{to}/{}", whole.len()));
        assert_eq!(answer.bytes().await.expect("bytes"), whole[from..=to], "{range}");
    }
    let beyond = format!("bytes={}-", whole.len());
    let answer = ada.downloads(&file, &[("range", &beyond)]).await;
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "content-range")),
        (416, format!("bytes */{}", whole.len()))
    );
    let stale = ada.downloads(&file, &[("range", "bytes=5-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((stale.status().as_u16(), stale.bytes().await.expect("bytes")), (200, whole.clone()));
    let fresh = ada.downloads(&file, &[("range", "bytes=5-9"), ("if-range", &tag)]).await;
    assert_eq!((fresh.status().as_u16(), fresh.bytes().await.expect("bytes")), (206, whole.slice(5..10)));
}

#[tokio::test]
async fn a_file_is_kept_for_a_day_and_then_swept() {
    let stand = Stand::new().await;
    let ada = stand.app.person("1001");
    let session = ada.session(json!({ "from": "sample" })).await;
    let (first, second) = (ada.file("json", &session).await, ada.file("html", &session).await);
    let id = first["file_id"].as_str().expect("an id");
    stand.run(&format!("UPDATE {{schema}}.exports SET expires_at = now() WHERE id = '{id}'")).await;
    assert_eq!(code(&answered(ada.downloads(&first, &[]).await).await), (404, "not_found"));
    stand.run("UPDATE {schema}.jobs SET run_after = now() WHERE kind = 'sweep_files'").await;
    stand.jobs.announce();
    eventually("it is swept", async || stand.count("exports").await == 1).await;
    assert_eq!(ada.downloads(&second, &[]).await.status(), 200);
    eventually("the next sweep waits", async || {
        stand.count("jobs WHERE kind = 'sweep_files' AND state = 'queued' AND run_after > now() + interval '20 h'").await == 1
    })
    .await;
    let again = ada.file("json", &session).await;
    assert_ne!(again["file_id"], first["file_id"]);
    assert_eq!(ada.downloads(&again, &[]).await.status(), 200);
}

#[tokio::test]
async fn a_worker_that_is_killed_leaves_no_half_file_and_another_one_finishes() {
    let mut stand = Stand::new().await;
    let schema = stand.app.schema.clone();
    let session = stand.app.person("1001").session(large()).await;
    // The file is written and about to be kept: its second chunk waits.
    let mut other = postgres::admin().await;
    let hold = other.transaction().await.expect("a transaction");
    hold.batch_execute(&format!("LOCK TABLE {schema}.export_chunks IN SHARE MODE")).await.expect("a lock");
    let job = stand.app.person("1001").exports("json", &session, json!({})).await;
    eventually("the worker waits", async || {
        let waits = format!(
            "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE NOT l.granted AND c.relname = 'export_chunks' AND n.nspname = '{schema}'"
        );
        postgres::one::<i64>(&waits).await == 1
    })
    .await;
    stand.kill().await;
    hold.rollback().await.expect("an end");
    eventually("nothing is left", async || stand.count("exports").await == 0).await;
    assert_eq!(stand.count("export_chunks").await, 0);
    stand.worker = working(&stand.jobs);
    stand.jobs.announce();
    let done = stand.app.person("1001").ended(&job).await;
    assert_eq!((&done["state"], stand.count("exports").await), (&json!("succeeded"), 1), "{done}");
    let ada = stand.app.person("1001");
    let bytes = ada.downloads(&done["result"], &[]).await.bytes().await.expect("bytes");
    assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
}

#[tokio::test]
async fn a_database_that_crashes_while_a_file_is_kept_has_the_whole_file_in_the_end() {
    let mut cluster = Cluster::start();
    let stand = Stand::at(&cluster.url()).await;
    let ada = stand.app.person("1001");
    let session = ada.session(large()).await;
    let config: tokio_postgres::Config = cluster.url().parse().expect("a configuration");
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    let held = tokio::spawn(connection);
    let lock = format!("BEGIN; LOCK TABLE {}.export_chunks IN SHARE MODE", stand.app.schema);
    client.batch_execute(&lock).await.expect("a lock");
    let job = ada.exports("json", &session, json!({})).await;
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                 WHERE NOT l.granted AND c.relname = 'export_chunks'";
    eventually("the worker waits", async || {
        client.query_one(waits, &[]).await.expect("a count").get::<_, i64>(0) == 1
    })
    .await;
    cluster.stop().await;
    let _ = held.await;
    cluster.start_again().await;
    // The job was running when the database went; its lease ends as time makes it.
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    let asked = tokio::spawn(connection);
    let ended = format!("UPDATE {}.jobs SET lease_until = now() WHERE state = 'running'", stand.app.schema);
    client.batch_execute(&ended).await.expect("it ends");
    stand.jobs.announce();
    let done = ada.ended(&job).await;
    assert_eq!(done["state"], "succeeded", "{done}");
    let count = format!("SELECT count(*) FROM {}.exports", stand.app.schema);
    assert_eq!(client.query_one(&count, &[]).await.expect("a count").get::<_, i64>(0), 1);
    let bytes = ada.downloads(&done["result"], &[]).await.bytes().await.expect("bytes");
    assert_eq!(bytes.len() as u64, done["result"]["size_bytes"].as_u64().expect("a size"));
    drop(client);
    let _ = asked.await;
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_with_words() {
    let stand = Stand::new().await;
    let ada = stand.app.person("1001");
    let session = ada.session(json!({ "from": "sample" })).await;
    let id = session.rsplit('/').next().expect("an id");
    let with = |more: Value| {
        let mut body = json!({ "session_id": id });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    for (format, body, expected) in [
        ("docx", with(json!({})), (404, "not_found")),
        ("pdf", with(json!({ "lines": "exact" })), (422, "invalid_value")),
        ("pptx", with(json!({ "notes": true })), (422, "invalid_value")),
        ("pptx", with(json!({ "author": "x".repeat(101) })), (422, "invalid_value")),
        ("pptx", with(json!({ "author": "a\nb" })), (422, "invalid_value")),
        ("pdf", json!({ "session_id": "00000000-0000-0000-0000-000000000000" }), (404, "not_found")),
    ] {
        let answer = ada.post(&format!("/api/export/{format}"), body.clone()).await;
        assert_eq!(code(&answer), expected, "{format} {body}: {}", answer.1);
    }
    // A deck that is deleted while its job waits takes the job along.
    stand.worker.abort();
    let job = ada.exports("pdf", &session, json!({})).await;
    assert_eq!(ada.delete(&session).await, 204);
    assert_eq!(ada.get(&format!("/api/jobs/{job}")).await.0, 404);
}

#[tokio::test]
async fn the_paths_of_the_original_lead_to_the_same_file() {
    let stand = Stand::new().await;
    let (ada, eve) = (stand.app.person("1001"), stand.app.person("1003"));
    let session = ada.session(json!({ "from": "sample" })).await;
    let id = session.rsplit('/').next().expect("an id");
    let (status, submitted) = ada.post("/api/export/pptx/async", json!({ "session_id": id })).await;
    assert_eq!((status, &submitted["status"]), (202, &json!("pending")));
    let job = submitted["job_id"].as_str().expect("an id");
    let poll = format!("/api/export/pptx/poll/{job}");
    eventually("it is completed", async || ada.get(&poll).await.1["status"] == "completed").await;
    let polled = ada.get(&poll).await.1;
    assert_eq!(polled["progress"], 100);
    assert!(polled["total_slides"].as_u64() > Some(2), "{polled}");
    assert_eq!(eve.get(&poll).await.0, 404);
    let path = format!("/api/export/pptx/download/{job}");
    for _ in 0..2 {
        let answer = ada.request(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert!(answer.bytes().await.expect("bytes").starts_with(b"PK"));
    }
    assert_eq!(eve.get(&path).await.0, 404);
}
