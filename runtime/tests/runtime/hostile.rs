//! Content made to run in a page that shows it, or to bring the server down.

use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::app::Variables;
use crate::support::people::{Person, answered, code, on_the_platform};

const TEXTS: [&str; 6] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "</title></svg><svg onload=alert(1)>",
    "]]><!--<script>--><iframe srcdoc='x'>",
    "\"><a href=javascript:alert(1)>x</a>",
];

/// A deck of one slide, with this text wherever a text goes.
fn deck(text: &str) -> Value {
    json!({ "format": 1, "title": text, "theme": "clear", "slides": [{
        "id": "s", "layout": "title_and_text", "notes": text,
        "sources": [{ "label": text }],
        "blocks": [
            { "type": "title", "id": "t", "text": text },
            { "type": "text", "id": "x", "text": format!("**{text}**") },
            { "type": "image", "id": "i", "image": "00000000-0000-4000-8000-000000000000", "alt": text, "caption": text, "fit": "contain" },
        ] }] })
}

async fn asked(person: &Person<'_>, path: &str) -> Response {
    person.request(Method::GET, path).send().await.expect("an answer")
}

/// No browser makes a page of this answer, or runs anything in it.
fn runs_nothing(answer: &Response) {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = header("content-type").expect("a type");
    assert!(["application/json", "image/png", "image/jpeg"].contains(&kind), "{kind} of {}", answer.url());
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    let policy = header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn markup_in_a_deck_stays_text_in_answers_that_run_nothing() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    for text in TEXTS {
        let session = ada.session(json!({ "deck": deck(text) })).await;
        for path in ["", "/deck", "/deck.json", "/save-points", "/shares"] {
            let answer = asked(&ada, &format!("{session}{path}")).await;
            assert_eq!(answer.status(), 200, "{path}");
            runs_nothing(&answer);
            if path == "/deck.json" {
                let name = answer.headers()["content-disposition"].to_str().expect("text");
                assert!(name.starts_with("attachment; filename=\""), "{name}");
                assert!(!name.contains(['<', '>', '\\', '/']), "{name}");
            }
        }
        assert_eq!(ada.get(&session).await.1["deck"], deck(text), "nothing of it is lost or changed");
        runs_nothing(&asked(&ada, "/api/sessions").await);
    }
    for kind in ["prompts", "styles"] {
        let text = json!({ "name": TEXTS[0], "description": TEXTS[1], "content": TEXTS[2] });
        assert_eq!(ada.post(&format!("/api/settings/{kind}"), text).await.0, 201);
        runs_nothing(&asked(&ada, &format!("/api/settings/{kind}")).await);
    }
    // What the request says comes back in errors.
    for path in ["/api/%3Cscript%3Ealert(1)%3C/script%3E", "/api/sessions?limit=%3Cscript%3E"] {
        let answer = asked(&ada, path).await;
        assert!(answer.status().is_client_error(), "{path}");
        runs_nothing(&answer);
    }
}

#[tokio::test]
async fn a_link_that_runs_is_refused_wherever_a_link_goes() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(json!({ "deck": deck("x") })).await;
    for link in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "blob:https://x.example/1",
        "file:///etc/passwd",
        "//evil.example",
    ] {
        let in_text = format!("[go]({link})");
        let mut with_source = deck("x");
        with_source["slides"][0]["sources"][0]["url"] = json!(link);
        let mut in_block = deck("x");
        in_block["slides"][0]["blocks"][1]["text"] = json!(in_text);
        for bad in [with_source, in_block] {
            let answer = ada.post("/api/sessions", json!({ "deck": bad })).await;
            assert_eq!(code(&answer), (422, "invalid_deck"), "{link}: {}", answer.1);
        }
        let set = json!({ "op": "set_field", "block": "x", "field": { "text": in_text } });
        let answer = ada.post(&format!("{session}/patches"), json!({ "version": 1, "patches": [set] })).await;
        assert_eq!(code(&answer), (422, "invalid_patch"), "{link}: {}", answer.1);
    }
    assert_eq!(ada.get(&session).await.1["version"], 1);
}

/// Sends bytes as a body of JSON.
async fn send(person: &Person<'_>, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request =
        person.request(Method::POST, path).header("content-type", "application/json").body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answered(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn json_that_grows_without_end_is_refused() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let session = ada.session(json!({ "deck": deck("x") })).await;
    let (_, before) = ada.get(&session).await;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let columns = format!(
        "{}[]{}",
        r#"[{"type":"columns","id":"c","columns":[{"blocks":"#.repeat(500),
        r#"},{"blocks":[]}]}]"#.repeat(500)
    );
    let many = json!(vec![json!({ "id": "s", "layout": "statement", "blocks": [] }); 20_000]);
    let slides = |slides: String| format!(r#"{{"format":1,"title":"T","theme":"clear","slides":{slides}}}"#);
    let nested = slides(format!(r#"[{{"id":"s","layout":"statement","blocks":{columns}}}]"#));
    let decks = [
        ("arrays in arrays", deep("[", "]")),
        ("objects in objects", deep(r#"{"a":"#, "}")),
        ("columns in columns", nested),
        ("a slide 20,000 times", slides(many.to_string())),
        ("a number without end", slides(format!("[{}]", "9".repeat(500_000)))),
        ("a number beyond all", slides("[1e999999999]".to_owned())),
        // JSON has no entities; what expands in other formats is text or nothing here.
        ("references", slides(r##"[{"$ref":"#"},{"$ref":"#/slides/0"}]"##.to_owned())),
        ("an alias", slides("[*a, *a, *a, *a]".to_owned())),
    ];
    for (name, deck) in decks {
        let (status, body) =
            send(&ada, "/api/sessions", format!(r#"{{"deck":{deck}}}"#).into_bytes(), &[]).await;
        assert!([400, 413, 422].contains(&status), "{name}: {status} {body}");
        let patch = format!(r#"{{"version":1,"patches":[{{"op":"set_title","title":{deck}}}]}}"#);
        let (status, body) = send(&ada, &format!("{session}/patches"), patch.into_bytes(), &[]).await;
        assert!([400, 413, 422].contains(&status), "{name}: {status} {body}");
    }
    // Compressed requests aren't expanded.
    let bomb = send(&ada, "/api/sessions", vec![0x1f, 0x8b, 8, 0], &[("content-encoding", "gzip")]).await;
    assert_eq!(code(&bomb), (400, "bad_request"));
    let huge = send(&ada, "/api/sessions", vec![b' '; 50 * 1024 * 1024], &[]).await;
    assert_eq!(code(&huge), (413, "too_large"));
    assert_eq!(ada.get(&session).await.1, before);
}

#[tokio::test]
async fn what_can_be_no_deck_is_refused_before_it_takes_memory() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let objects = vec![r#"{"":0}"#; 1_150_000].join(",");
    let deck = format!(r#"{{"deck":{{"format":1,"title":"T","theme":"clear","slides":[{objects}]}}}}"#);
    let answer = send(&ada, "/api/sessions", deck.into_bytes(), &[]).await;
    assert_eq!(code(&answer), (422, "invalid_deck"));
    let message = answer.1["error"]["message"].as_str().expect("a message");
    assert!(message.contains("a list has more than 4000 entries"), "{message}");
    // A number is kept as it was sent, or refused.
    let metric = r#"{"type":"metric","id":"m","label":"x","value":1e-400}"#;
    let deck = format!(
        r#"{{"deck":{{"format":1,"title":"T","theme":"clear","slides":[{{"id":"s","layout":"metrics","blocks":[{metric}]}}]}}}}"#
    );
    let answer = send(&ada, "/api/sessions", deck.into_bytes(), &[]).await;
    assert_eq!(code(&answer), (422, "invalid_deck"));
    let session = ada.session(json!({ "deck": self::deck("x") })).await;
    let patch = r#"{"version":1,"patches":[{"op":"set_field","block":"x","field":{"value":1e-400}}]}"#;
    let answer = send(&ada, &format!("{session}/patches"), patch.as_bytes().to_vec(), &[]).await;
    assert_eq!(code(&answer), (422, "invalid_patch"));
    assert_eq!(answer.1["error"]["problems"][0]["path"], "patches[0]");
}

#[tokio::test]
async fn what_a_polyglot_hides_is_not_served() {
    let app = on_the_platform(Variables::local()).await;
    let ada = app.person("1001");
    let script = b"<script>alert(1)</script>%PDF-1.7 PK\x03\x04";
    for (format, kind) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(9, 9)).write_to(&mut bytes, format).expect("an image");
        let mut bytes = bytes.into_inner();
        bytes.extend(script);
        let upload = ada.request(Method::POST, "/api/images").header("content-type", kind).body(bytes);
        let (status, image) = answered(upload.send().await.expect("an answer")).await;
        assert_eq!(status, 201, "{kind}: {image}");
        let answer = asked(&ada, &format!("/api/images/{}", image["id"].as_str().expect("an id"))).await;
        runs_nothing(&answer);
        assert!(answer.headers()["content-security-policy"].to_str().expect("text").contains("sandbox"));
        let bytes = answer.bytes().await.expect("bytes");
        for hidden in [&b"<script"[..], b"%PDF", b"PK\x03\x04"] {
            assert!(!bytes.windows(hidden.len()).any(|part| part == hidden), "{kind}");
        }
    }
}
