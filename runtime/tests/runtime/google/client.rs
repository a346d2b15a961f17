//! The OAuth client: who may upload it, what is refused, and that it never comes out again.

use reqwest::Method;
use serde_json::json;

use super::{CLIENT_ID, CLIENT_SECRET, Stand};
use crate::support::app::Variables;
use crate::support::people::code;

#[tokio::test]
async fn only_an_administrator_uploads_the_client_and_no_route_reads_it() {
    let stand = Stand::bare(Variables::local()).await;
    let (root, ada) = (stand.browser("root"), stand.browser("ada"));
    let redirect = format!("{}/api/google/callback", stand.app.url);
    let (_, status) = root.get("/api/google").await;
    let expected = json!({
        "is_configured": false, "can_configure": true, "is_connected": false, "email": null, "redirect_uri": redirect,
    });
    assert_eq!(status, expected);
    assert_eq!(ada.get("/api/google").await.1["can_configure"], false);
    assert_eq!(code(&ada.send(Method::POST, "/api/google/connection", None).await), (409, "not_configured"));

    let file = stand.client(CLIENT_ID);
    let put = |file| (Method::PUT, "/api/google/client", Some(file));
    let (method, path, body) = put(file.clone());
    assert_eq!(code(&ada.send(method, path, body).await), (403, "forbidden"));
    assert_eq!(code(&ada.send(Method::DELETE, path, None).await), (403, "forbidden"));
    let (method, path, body) = put(file);
    let (status, answer) = root.send(method, path, body).await;
    assert_eq!((status, &answer["is_configured"]), (200, &json!(true)));
    for browser in [&root, &ada] {
        browser.get("/api/google").await;
        browser.get("/api/export/google-slides/auth/status").await;
        let read = browser.read.lock().expect("not poisoned").clone();
        assert!(!read.contains(CLIENT_SECRET) && !read.contains("1234567890"), "{read}");
    }
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_refused_with_what_to_do() {
    let stand = Stand::bare(Variables::local()).await;
    let root = stand.browser("root");
    let mut elsewhere = stand.client(CLIENT_ID);
    elsewhere["web"]["redirect_uris"] = json!(["https://other.example/api/google/callback"]);
    let desktop = json!({ "installed": stand.client(CLIENT_ID)["web"] });
    for (file, word) in
        [(elsewhere, "/api/google/callback"), (desktop, "Web application"), (json!({}), "OAuth client")]
    {
        let (status, answer) = root.send(Method::PUT, "/api/google/client", Some(file)).await;
        assert_eq!(status, 422, "{answer}");
        let message = answer["error"]["message"].as_str().expect("a message");
        assert!(message.contains(word) && !message.contains(CLIENT_SECRET), "{message}");
    }
    let large = json!({ "web": "x".repeat(200_000) });
    assert_eq!(root.send(Method::PUT, "/api/google/client", Some(large)).await.0, 422);
    assert_eq!(stand.count("google_client").await, 0);
}

#[tokio::test]
async fn another_client_ends_connections_and_the_same_one_keeps_them() {
    let stand = Stand::new().await;
    let (root, ada) = (stand.browser("root"), stand.browser("ada"));
    ada.connects().await;
    stand.set_up().await;
    assert_eq!(ada.get("/api/google").await.1["is_connected"], true);
    let other = stand.client("99-other.apps.googleusercontent.com");
    assert_eq!(root.send(Method::PUT, "/api/google/client", Some(other)).await.0, 200);
    let (_, status) = ada.get("/api/google").await;
    assert_eq!((&status["is_configured"], &status["is_connected"]), (&json!(true), &json!(false)));
    ada.connects().await;
    assert_eq!(root.send(Method::DELETE, "/api/google/client", None).await.0, 204);
    assert_eq!(stand.count("google_connections").await, 0);
}

#[tokio::test]
async fn a_client_made_for_the_original_tellr_is_taken_with_its_redirect_address() {
    let stand = Stand::bare(Variables::local()).await;
    let redirect = format!("{}/api/export/google-slides/auth/callback", stand.app.url);
    let mut file = stand.client(CLIENT_ID);
    file["web"]["redirect_uris"] = json!([redirect]);
    stand.google.register(google_stand_in::Client {
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        redirect_uris: vec![redirect.clone()],
    });
    let root = stand.browser("root");
    let (status, answer) = root.send(Method::PUT, "/api/google/client", Some(file)).await;
    assert_eq!((status, &answer["redirect_uri"]), (200, &json!(redirect)));
    let ada = stand.browser("ada");
    let (status, answer) = ada.get("/api/export/google-slides/auth/url").await;
    assert_eq!(status, 200, "{answer}");
    let callback = ada.consents_at(answer["url"].as_str().expect("an address")).await;
    assert!(callback.starts_with("/api/export/google-slides/auth/callback?"), "{callback}");
    assert_eq!(ada.opens(&callback).await.0, 200);
    assert_eq!(ada.get("/api/export/google-slides/auth/status").await.1["authorized"], true);
}
