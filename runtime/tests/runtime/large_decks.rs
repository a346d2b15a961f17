//! Decks at their limits: they stay usable, and they don't burden those who only see them in a list.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::people::{Person, code, on_the_platform};

fn deck(title: &str, slides: Vec<Value>) -> Value {
    json!({ "deck": { "format": 1, "title": title, "theme": "clear", "slides": slides } })
}

fn slide(id: &str, blocks: Value, notes: &str) -> Value {
    json!({ "id": id, "layout": "title_and_text", "blocks": blocks, "notes": notes })
}

async fn bytes(person: &Person<'_>, path: &str) -> Vec<u8> {
    let answer = person.request(Method::GET, path).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.expect("bytes").to_vec()
}

#[tokio::test]
async fn a_first_slide_that_compresses_well_is_not_in_lists() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let items = vec![json!({ "text": "a".repeat(5000) }); 100];
    let blocks: Vec<Value> =
        (0..4).map(|n| json!({ "type": "bullets", "id": format!("b{n}"), "items": items })).collect();
    ada.session(deck("Bomb", vec![slide("s", json!(blocks), "")])).await;
    ada.session(json!({ "from": "sample" })).await;
    let list = bytes(&ada, "/api/sessions").await;
    assert!(list.len() < 64 * 1024, "{} bytes", list.len());
    let list: Value = serde_json::from_slice(&list).expect("JSON");
    let covers: Vec<bool> = list["sessions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|session| session["cover"].is_object())
        .collect();
    assert_eq!(covers, [true, false]);
}

#[tokio::test]
async fn a_deck_of_many_different_words_is_saved_and_found() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let mut count = 0_u32;
    let mut words = |length: usize| {
        let mut text = String::new();
        while text.len() < length {
            count += 1;
            let _ = write!(text, "a{count}.co/{count}-b{count} ");
        }
        text.truncate(length);
        text
    };
    let slides = (0..60).map(|n| {
        let block = json!([{ "type": "text", "id": format!("t{n}"), "text": words(4500) }]);
        slide(&format!("s{n}"), block, &words(4500))
    });
    let session = ada.session(deck("Wörterbuch", slides.collect())).await;
    let patch = json!({ "version": 1, "patches": [{ "op": "set_notes", "slide": "s0", "notes": "x" }] });
    assert_eq!(ada.post(&format!("{session}/patches"), patch).await.0, 200);
    let (_, found) = ada.get("/api/sessions?q=W%C3%B6rterbuch").await;
    assert_eq!(found["sessions"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_deck_of_the_largest_size_is_renamed_copied_edited_and_read_in_again() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let notes = "é".repeat(19_000);
    let mut slides: Vec<Value> = (0..219).map(|n| slide(&format!("s{n}"), json!([]), &notes)).collect();
    let size = |slides: &Vec<Value>| deck("T", slides.clone())["deck"].to_string().len();
    let room = (8 * 1024 * 1024_usize).checked_sub(size(&slides)).expect("room for more");
    assert!(room < 60_000, "{room}");
    let rest = room - size(&vec![slide("last", json!([]), "")]) + size(&vec![]) - 1;
    slides.push(slide("last", json!([]), &"x".repeat(rest.min(19_900))));
    let session = ada.session(deck("T", slides)).await;

    let (status, renamed) = ada.patch(&session, json!({ "title": "A longer title than before" })).await;
    assert_eq!((status, &renamed["version"]), (200, &json!(2)));
    let shorter = json!({ "version": 2, "patches": [{ "op": "remove_slide", "slide": "s1" }] });
    assert_eq!(ada.post(&format!("{session}/patches"), shorter).await.0, 200);
    assert_eq!(ada.post(&format!("{session}/save-points"), json!({})).await.0, 201);
    let (status, copy) = ada.post(&format!("{session}/duplicate"), json!({})).await;
    assert_eq!(status, 201);
    let copy = format!("/api/sessions/{}", copy["id"].as_str().expect("an id"));
    let file = bytes(&ada, &format!("{copy}/deck.json")).await;
    let file: Value = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(file["title"], "Copy of A longer title than before");
}

#[tokio::test]
async fn a_file_of_a_large_deck_is_read_in_again() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let rows = vec![vec![7; 30]; 480];
    let columns = vec![json!({ "title": "c" }); 30];
    let slides = (0..40).map(|n| {
        let table = json!([{ "type": "table", "id": format!("t{n}"), "columns": columns, "rows": rows }]);
        json!({ "id": format!("s{n}"), "layout": "table", "blocks": table })
    });
    let session = ada.session(deck("Numbers", slides.collect())).await;
    let file = bytes(&ada, &format!("{session}/deck.json")).await;
    let body = [b"{\"deck\":", file.as_slice(), b"}"].concat();
    let request = ada.request(Method::POST, "/api/sessions").header("content-type", "application/json");
    let answer = request.body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 201, "{} bytes", file.len());
}

#[tokio::test]
async fn an_edit_gives_no_access_to_an_image_that_was_only_named_in_the_deck() {
    let app = on_the_platform(Variables::local()).await;
    let (ada, eve) = (app.person("1001"), app.person("1003"));
    let request = ada.request(Method::POST, "/api/images").header("content-type", "image/png");
    let picture = image::DynamicImage::ImageRgb8(image::RgbImage::from_pixel(3, 2, image::Rgb([7, 8, 9])));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).expect("an image");
    let kept: Value =
        request.body(png.into_inner()).send().await.expect("an answer").json().await.expect("JSON");
    let id = kept["id"].as_str().expect("an id");
    let path = format!("/api/images/{id}");

    // Eve knows the id, names it in a deck of hers, and lets Ada edit it.
    let block = json!([{ "type": "image", "id": "i", "image": id, "alt": "" }]);
    let trap = eve.session(deck("Trap", vec![slide("s", block, "")])).await;
    eve.post(&format!("{trap}/save-points"), json!({})).await;
    eve.shares(&trap, &ada, "edit").await;
    let edit = |version: i64, patch: Value| json!({ "version": version, "patches": [patch] });
    let notes = json!({ "op": "set_notes", "slide": "s", "notes": "x" });
    assert_eq!(ada.post(&format!("{trap}/patches"), edit(1, notes)).await.0, 200);
    assert_eq!(code(&eve.get(&path).await), (404, "not_found"));
    assert_eq!(ada.post(&format!("{trap}/save-points/1/restore"), json!({})).await.0, 200);
    assert_eq!(code(&eve.get(&path).await), (404, "not_found"));

    // What Ada puts in herself, Eve sees.
    let own = json!({ "op": "insert_slide", "after": null, "slide":
        { "id": "own", "layout": "title_and_text", "blocks": [{ "type": "image", "id": "j", "image": id, "alt": "" }] } });
    let fresh = eve.session(json!({})).await;
    eve.shares(&fresh, &ada, "edit").await;
    let (status, patched) = ada.post(&format!("{fresh}/patches"), edit(1, own)).await;
    assert_eq!(status, 200, "{patched}");
    assert_eq!(eve.get(&path).await.0, 200);
}
