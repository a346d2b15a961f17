//! The page out of the program: encodings, cache rules, and which paths are the page's.

use reqwest::Response;

use crate::support::app::{RunningApp, Variables};

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().expect("text"))
}

/// The page needs no database, so nobody initialises one here.
async fn app() -> RunningApp {
    Variables::local().serve().await
}

/// A hashed file that the page refers to.
async fn asset(app: &RunningApp) -> String {
    let page = app.get("/").await.text().await.expect("text");
    let start = page.find("/assets/").expect("the page refers to a hashed file");
    let end = page[start..].find('"').expect("the reference ends");
    page[start..start + end].to_owned()
}

#[tokio::test]
async fn the_page_is_asked_for_again_and_answered_with_304() {
    let app = app().await;
    let first = app.get("/").await;
    assert_eq!(first.status(), 200);
    assert_eq!(header(&first, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(header(&first, "cache-control"), Some("no-cache"));
    let etag = header(&first, "etag").expect("a tag").to_owned();
    assert!(etag.starts_with('"'), "{etag} is not a strong tag");

    let again = app.get_with("/", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "etag"), Some(etag.as_str()));
    assert_eq!(header(&again, "cache-control"), Some("no-cache"));
    assert_eq!(again.bytes().await.expect("a body").len(), 0);

    let changed = app.get_with("/", &[("if-none-match", "\"another\"")]).await;
    assert_eq!(changed.status(), 200);
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever() {
    let app = app().await;
    let answer = app.get(&asset(&app).await).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), Some("public, max-age=31536000, immutable"));
}

#[tokio::test]
async fn files_come_compressed_where_that_is_accepted() {
    let app = app().await;
    let path = asset(&app).await;
    let mut lengths = Vec::new();
    let mut tags = Vec::new();
    for (accepted, encoding) in [("gzip, deflate, br", Some("br")), ("gzip", None), ("identity", None)] {
        let answer = app.get_with(&path, &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&answer, "content-encoding"), encoding);
        assert_eq!(header(&answer, "vary"), Some("accept-encoding"));
        tags.push(header(&answer, "etag").expect("a tag").to_owned());
        lengths.push(answer.bytes().await.expect("a body").len());
    }
    assert!(lengths[0] < lengths[1] && lengths[1] == lengths[2], "{lengths:?}");
    assert!(tags[0] != tags[1] && tags[1] == tags[2], "a strong tag is for one sequence of bytes: {tags:?}");
}

#[tokio::test]
async fn head_tells_the_same_without_the_body() {
    let app = app().await;
    let get = app.get("/").await;
    let head = app.client.head(format!("{}/", app.url)).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    for name in ["content-type", "content-length", "etag", "cache-control"] {
        assert_eq!(header(&head, name), header(&get, name), "{name}");
    }
    assert_eq!(head.bytes().await.expect("a body").len(), 0);
}

#[tokio::test]
async fn any_other_path_is_the_pages_own_business() {
    let app = app().await;
    let page = app.get("/").await.text().await.expect("text");
    for path in ["/sessions/42", "/deployments", "/apiary", "/a%20b"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.text().await.expect("text"), page, "{path}");
    }
}

#[tokio::test]
async fn a_missing_file_is_not_the_page() {
    let app = app().await;
    for path in ["/assets/gone-12345678.js", "/assets/"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        assert!(!answer.text().await.expect("text").contains("<html"));
    }
}

#[tokio::test]
async fn a_missing_api_path_is_json() {
    let app = app().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/user"] {
        let (status, body) = app.json(path).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(body["error"]["code"], "not_found", "{path}");
    }
}
