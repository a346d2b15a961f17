//! Images: who sees them, and what becomes of what is uploaded.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use tellr_app::images::Thumbnail;
use tellr_app::jobs::{Kinds, Worker};

use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::eventually;
use crate::support::people::{Person, answered, code, on_the_platform};

/// A picture that no other one is like.
fn picture(shade: u8) -> Vec<u8> {
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(12, 8, Rgb([shade, 1, 2])));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("an image");
    bytes.into_inner()
}

async fn upload(person: &Person<'_>, kind: &str, bytes: Vec<u8>) -> (u16, Value) {
    let request = person.request(Method::POST, "/api/images").header("content-type", kind).body(bytes);
    answered(request.send().await.expect("an answer")).await
}

fn with_image(id: &str) -> Value {
    json!({ "deck": { "format": 1, "title": "T", "theme": "clear", "slides": [
        { "id": "s", "layout": "image_half", "blocks": [{ "type": "image", "id": "i", "image": id, "alt": "A" }] }] } })
}

#[tokio::test]
async fn an_image_is_seen_by_those_who_may_see_a_deck_that_has_it() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace, eve) = (app.person("1001"), app.person("1002"), app.person("1003"));
    let (status, image) = upload(&ada, "image/png", picture(1)).await;
    assert_eq!((status, &image["width"], &image["type"]), (201, &json!(12), &json!("image/png")));
    let id = image["id"].as_str().expect("an id");
    let path = format!("/api/images/{id}");
    assert_eq!(upload(&ada, "image/png", picture(1)).await.1["id"], id, "the same is kept once");
    assert_eq!(code(&grace.get(&path).await), (404, "not_found"));

    // To name it in a deck of one's own gives nothing.
    let trap = grace.session(with_image(id)).await;
    assert_eq!(code(&grace.get(&path).await), (404, "not_found"));
    let patch = json!({ "version": 1, "patches": [{ "op": "set_notes", "slide": "s", "notes": "x" }] });
    assert_eq!(grace.post(&format!("{trap}/patches"), patch).await.0, 200);
    assert_eq!(code(&grace.get(&path).await), (404, "not_found"));

    let session = ada.session(with_image(id)).await;
    ada.shares(&session, &grace, "view").await;
    let served = grace.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(served.status(), 200);
    let header = |name: &str| served.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert!(header("cache-control").starts_with("private"));
    let again = grace.request(Method::GET, &path).header("if-none-match", header("etag"));
    assert_eq!(again.send().await.expect("an answer").status(), 304);
    assert_eq!(
        image::guess_format(&served.bytes().await.expect("bytes")).expect("an image"),
        ImageFormat::Png
    );
    assert_eq!(code(&eve.get(&path).await), (404, "not_found"));

    // A copy keeps it, also when the original is gone.
    let (_, copy) = grace.post(&format!("{session}/duplicate"), json!({})).await;
    assert_eq!(copy["deck"]["slides"][0]["blocks"][0]["image"], id);
    assert_eq!(ada.delete(&session).await, 204);
    assert_eq!(grace.get(&path).await.0, 200);
    for other in ["00000000-0000-0000-0000-000000000000", "none", "..%2F..%2Fetc"] {
        assert_eq!(code(&ada.get(&format!("/api/images/{other}")).await), (404, "not_found"), "{other}");
    }
}

#[tokio::test]
async fn an_image_put_in_by_a_patch_is_seen_too_and_stays_for_save_points() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let session = ada.session(json!({})).await;
    ada.shares(&session, &grace, "edit").await;
    // An editor brings one of theirs; the owner then sees it.
    let (_, image) = upload(&grace, "image/png", picture(2)).await;
    let id = image["id"].as_str().expect("an id");
    let block = json!({ "type": "image", "id": "i", "image": id, "alt": "A" });
    let insert = json!({ "op": "insert_block", "block": block, "into": { "slide": "cover" }, "after": null });
    let (status, patched) =
        grace.post(&format!("{session}/patches"), json!({ "version": 1, "patches": [insert] })).await;
    assert_eq!(status, 200, "{patched}");
    assert_eq!(ada.get(&format!("/api/images/{id}")).await.0, 200);
    ada.post(&format!("{session}/save-points"), json!({})).await;
    let undo = json!({ "version": 2, "patches": patched["inverse"] });
    assert_eq!(ada.post(&format!("{session}/patches"), undo).await.0, 200);
    assert_eq!(ada.get(&format!("/api/images/{id}")).await.0, 200);
}

#[tokio::test]
async fn uploads_are_refused_with_a_reason() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    for (kind, bytes, expected) in [
        ("image/svg+xml", svg.clone(), (415, "unsupported_type")),
        ("image/png", svg, (415, "unsupported_type")),
        ("text/html", picture(3), (415, "unsupported_type")),
        ("image/png", b"GIF89a\x01\x00\x01\x00".to_vec(), (415, "unsupported_type")),
        ("image/png", Vec::new(), (415, "unsupported_type")),
        ("image/png", picture(3)[..40].to_vec(), (422, "invalid_image")),
        ("image/jpeg", vec![0xff; 50 * 1024 * 1024], (413, "too_large")),
    ] {
        let length = bytes.len();
        let answer = upload(&ada, kind, bytes).await;
        assert_eq!(code(&answer), expected, "{kind}, {length} bytes: {}", answer.1);
    }
}

#[tokio::test]
async fn an_image_gets_a_small_form_that_the_same_people_see() {
    let variables = Variables::local().with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    let mut jobs = None;
    let app = RunningApp::start_with(variables.settings(), impatient(), |app| {
        jobs = Some(app.jobs.clone());
    })
    .await;
    let (ada, grace) = (app.person("1001"), app.person("1002"));
    let large = DynamicImage::ImageRgb8(RgbImage::from_fn(1600, 900, |x, y| {
        let shade = |n: u32| u8::try_from(n % 256).expect("a byte");
        Rgb([shade(x), shade(y), shade(x * y)])
    }));
    let mut bytes = std::io::Cursor::new(Vec::new());
    large.write_to(&mut bytes, ImageFormat::Png).expect("an image");
    let (_, image) = upload(&ada, "image/png", bytes.into_inner()).await;
    let path = format!("/api/images/{}", image["id"].as_str().expect("an id"));
    let small = format!("{path}/thumbnail");

    let served = async |path: &str| {
        let answer = ada.request(Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        let (kind, tag, policy) = (header("content-type"), header("etag"), header("content-security-policy"));
        assert_eq!((kind.as_str(), policy.as_str()), ("image/png", "default-src 'none'; sandbox"));
        let picture = image::load_from_memory(&answer.bytes().await.expect("bytes")).expect("an image");
        ((picture.width(), picture.height()), tag)
    };
    assert_eq!(served(&small).await, served(&path).await, "until it is made");

    let jobs = jobs.expect("the app's queue");
    let worker = tokio::spawn(Worker::new(&jobs, Kinds::new().with(Thumbnail)).run(std::future::pending()));
    eventually("a small form", async || served(&small).await.0 == (660, 371)).await;
    assert_eq!(served(&path).await.0, (1600, 900), "the image itself is as it was");
    let tag = served(&small).await.1;
    let again = ada.request(Method::GET, &small).header("if-none-match", tag);
    assert_eq!(again.send().await.expect("an answer").status(), 304);
    assert_eq!(code(&grace.get(&small).await), (404, "not_found"));
    let session = ada.session(with_image(image["id"].as_str().expect("an id"))).await;
    ada.shares(&session, &grace, "view").await;
    assert_eq!(grace.request(Method::GET, &small).send().await.expect("an answer").status(), 200);

    // One that is small itself has none.
    let (_, tiny) = upload(&ada, "image/png", picture(9)).await;
    let tiny = format!("/api/images/{}/thumbnail", tiny["id"].as_str().expect("an id"));
    assert_eq!(served(&tiny).await.0, (12, 8));
    worker.abort();
}
