//! Slide styles from PowerPoint files: who sees them and their pictures, what is refused, and decks in them.

use std::io::{Cursor, Read as _};

use reqwest::Method;
use serde_json::{Value, json};
use tellr_app::export::{Exporting, Maker};
use tellr_app::jobs::{Jobs, Kinds, Pace, Worker};

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::directory::Directory;
use crate::support::eventually;
use crate::support::people::{Person, answered, code, on_the_platform, on_the_platform_of};
use crate::template_sample::{MASTER, Sample};

async fn uploads(person: &Person<'_>, query: &str, bytes: Vec<u8>) -> (u16, Value) {
    let request = person.request(Method::POST, &format!("/api/settings/styles/file?{query}")).body(bytes);
    answered(request.send().await.expect("an answer")).await
}

/// The id of the theme of a style from an ordinary file.
async fn style(person: &Person<'_>) -> (Value, String) {
    let (status, style) = uploads(person, "name=Acme", Sample::ordinary().zip()).await;
    assert_eq!(status, 201, "{style}");
    let theme = style["theme"].as_str().expect("a theme").to_owned();
    (style, theme)
}

fn deck_in(theme: &str) -> Value {
    json!({ "deck": { "format": 1, "title": "T", "theme": theme, "slides": [
        { "id": "s", "layout": "title_and_text", "blocks": [{ "type": "title", "id": "t", "text": "Acme grew" }] }] } })
}

async fn themes(person: &Person<'_>) -> Vec<String> {
    let (_, body) = person.get("/api/themes").await;
    let all = body["themes"].as_array().expect("a list").iter();
    all.map(|theme| theme["id"].as_str().expect("an id").to_owned()).collect()
}

async fn drawn(person: &Person<'_>, session: &str) -> String {
    let path = format!("{session}/slides/s/picture.svg");
    let answer = person.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("text")
}

/// The address of the first picture of a theme, as the person sees the theme.
async fn picture_of(person: &Person<'_>, theme: &str) -> String {
    let (status, theme) = person.get(&format!("/api/themes/{theme}")).await;
    assert_eq!(status, 200, "{theme}");
    format!("/api/images/{}", theme["pictures"][0]["image"].as_str().expect("a picture"))
}

async fn status_of(person: &Person<'_>, path: &str) -> u16 {
    person.request(Method::GET, path).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_style_and_its_pictures_are_seen_by_those_who_may_see_a_deck_in_it() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let (made, theme) = style(&ada).await;
    let path = format!("/api/themes/{theme}");
    assert!(made["notes"].as_array().is_some_and(|notes| !notes.is_empty()), "{made}");
    let (_, listed) = ada.get("/api/settings/styles").await;
    let listed = listed["styles"].as_array().expect("a list").iter().find(|one| one["name"] == "Acme");
    let listed = listed.expect("it is listed");
    assert_eq!((&listed["theme"], &listed["notes"]), (&made["theme"], &made["notes"]));
    assert_eq!(themes(&ada).await.last(), Some(&theme));
    assert!(!themes(&grace).await.contains(&theme));
    assert_eq!(code(&grace.get(&path).await), (404, "not_found"));
    let picture = picture_of(&ada, &theme).await;
    assert_eq!((status_of(&ada, &picture).await, status_of(&grace, &picture).await), (200, 404));

    // To name it in a deck of one's own gives nothing, nor does it when the owner changes such a deck.
    let trap = grace.session(deck_in(&theme)).await;
    grace.shares(&trap, &ada, "edit").await;
    let notes = json!({ "version": 1, "patches": [{ "op": "set_notes", "slide": "s", "notes": "x" }] });
    assert_eq!(ada.post(&format!("{trap}/patches"), notes).await.0, 200);
    assert_eq!(code(&grace.get(&path).await), (404, "not_found"));
    assert_eq!(status_of(&grace, &picture).await, 404);
    assert!(!drawn(&grace, &trap).await.contains("data:image/"));

    // A deck in it that is shared is drawn alike.
    let session = ada.session(deck_in("clear")).await;
    let choice = json!({ "version": 1, "patches": [{ "op": "set_theme", "theme": theme }] });
    assert_eq!(ada.post(&format!("{session}/patches"), choice).await.0, 200);
    ada.shares(&session, &grace, "view").await;
    assert_eq!(grace.get(&path).await, ada.get(&path).await);
    assert_eq!((status_of(&grace, &picture).await, status_of(&eve, &picture).await), (200, 404));
    let svg = drawn(&ada, &session).await;
    assert!(svg.contains("data:image/png"), "the logo is on it");
    assert_eq!(drawn(&grace, &session).await, svg);
    assert!(!themes(&grace).await.contains(&theme), "it isn't hers to choose");

    // Also a copy, and after the style is deleted.
    let (status, copy) = grace.post(&format!("{session}/duplicate"), json!({})).await;
    assert_eq!(status, 201, "{copy}");
    assert_eq!(
        ada.delete(&format!("/api/settings/styles/{}", made["id"].as_str().expect("an id"))).await,
        204
    );
    assert!(!themes(&ada).await.contains(&theme));
    assert_eq!(drawn(&ada, &session).await, svg);
    assert_eq!(drawn(&grace, &session).await, svg);
    assert_eq!(ada.delete(&session).await, 204);
    let copy = format!("/api/sessions/{}", copy["id"].as_str().expect("an id"));
    assert_eq!(drawn(&grace, &copy).await, svg);
    assert_eq!((status_of(&grace, &picture).await, code(&eve.get(&path).await)), (200, (404, "not_found")));
}

#[tokio::test]
async fn shared_styles_are_created_by_administrators() {
    let directory = Directory::start().await;
    directory.group("1", "admins");
    directory.user("1001", "Ada Lovelace", &["1"]);
    directory.user("1002", "Grace Hopper", &[]);
    let app = on_the_platform_of(Variables::local(), &directory).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let file = Sample::ordinary().zip();
    assert_eq!(code(&uploads(&grace, "name=Acme&shared=true", file.clone()).await), (403, "forbidden"));
    let (status, made) = uploads(&ada, "name=Acme&shared=true", file.clone()).await;
    assert_eq!((status, &made["shared"]), (201, &json!(true)), "{made}");
    assert_eq!(code(&uploads(&ada, "name=acme&shared=true", file.clone()).await), (409, "name_taken"));
    assert_eq!(uploads(&grace, "name=Acme", file).await.0, 201, "the name is free among hers");
    let theme = made["theme"].as_str().expect("a theme").to_owned();
    assert!(themes(&grace).await.contains(&theme));
    let picture = picture_of(&grace, &theme).await;
    assert_eq!(status_of(&grace, &picture).await, 200);

    let path = format!("/api/settings/styles/{}", made["id"].as_str().expect("an id"));
    assert_eq!(ada.patch(&path, json!({ "name": "Acme 2027" })).await.0, 200);
    assert_eq!(grace.get(&format!("/api/themes/{theme}")).await.1["name"], "Acme 2027");
}

#[tokio::test]
async fn files_that_are_no_style_are_refused_with_words_and_leave_nothing() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let macros = {
        let mut sample = Sample::ordinary();
        sample.set_bytes("ppt/vbaProject.bin", vec![0; 64]);
        sample.zip()
    };
    let entities =
        Sample::ordinary().with(MASTER, "<p:sldMaster", "<!DOCTYPE x [<!ENTITY a 'b'>]><p:sldMaster");
    let cut = {
        let file = Sample::ordinary().zip();
        file[..file.len() / 2].to_vec()
    };
    for (file, words) in [
        (b"hello".to_vec(), "PowerPoint"),
        (Vec::new(), "PowerPoint"),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "PowerPoint"),
        (macros, "macros"),
        (entities.zip(), "DOCTYPE"),
        (cut, ""),
    ] {
        let (status, answer) = uploads(&ada, "name=Acme", file).await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!([415, 422].contains(&status) && message.contains(words), "{words}: {status} {answer}");
        assert_eq!(answer["error"]["code"], "invalid_style_file");
    }
    let (status, answer) = uploads(&ada, "name=Acme", vec![b'P'; 32 * 1024 * 1024 + 1]).await;
    assert_eq!(status, 413, "{answer}");
    let (status, answer) = uploads(&ada, "name=%20", Sample::ordinary().zip()).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (422, Some("invalid_value")));
    assert!(themes(&ada).await.iter().all(|theme| !theme.starts_with("style-")));
}

#[tokio::test]
async fn a_deck_is_exported_in_its_style() {
    let variables = Variables::local().with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    let mut jobs = None;
    let app = RunningApp::start_with(variables.settings(), impatient(), |app| {
        app.jobs = Jobs::new(app.database.clone(), Pace::default());
        jobs = Some(app.jobs.clone());
    })
    .await;
    let kinds = Kinds::new().with(Exporting::new(Maker::default()));
    let worker = tokio::spawn(Worker::new(&jobs.expect("set"), kinds).run(std::future::pending()));
    let ada = app.person("1001");
    let (_, theme) = style(&ada).await;
    let session = ada.session(deck_in(&theme)).await;
    let body = json!({ "session_id": session.rsplit('/').next() });
    let (status, accepted) = ada.post("/api/export/pptx", body).await;
    assert_eq!(status, 202, "{accepted}");
    let job = format!("/api/jobs/{}", accepted["job_id"].as_str().expect("an id"));
    eventually("the job ends", async || ada.get(&job).await.1["state"] == "succeeded").await;
    let result = ada.get(&job).await.1["result"].clone();
    let path = format!("/api/export/files/{}", result["file_id"].as_str().expect("an id"));
    let file = ada.request(Method::GET, &path).send().await.expect("an answer").bytes().await.expect("bytes");
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).expect("a zip file");
    let names: Vec<String> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert!(names.iter().any(|name| name.starts_with("ppt/media/")), "{names:?}");
    let mut text = String::new();
    zip.by_name("ppt/theme/theme1.xml").expect("a theme").read_to_string(&mut text).expect("text");
    assert!(text.contains("Acme") && text.contains("1F5FD6"), "the theme is the company's: {text}");
    let mut layout = String::new();
    let path = "ppt/slideLayouts/slideLayout2.xml";
    zip.by_name(path).expect("a layout").read_to_string(&mut layout).expect("text");
    assert!(layout.contains("Title and Content"), "{layout}");
    worker.abort();
}
