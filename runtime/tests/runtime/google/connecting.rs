//! Connections: each can be begun only by the app's own page, and finished once, by the person and in the browser
//! that began it.

use google_stand_in::{Act, Consent, Fault, On};
use reqwest::{Method, Url};
use serde_json::json;

use super::Stand;

const REFUSED: &str = "doesn't belong to a connection that you began";

#[tokio::test]
async fn a_person_connects_and_disconnects() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let (_, begun) = ada.send(Method::POST, "/api/google/connection", None).await;
    let url: Url = begun["url"].as_str().expect("an address").parse().expect("an address");
    let get =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(get("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(get("access_type").as_deref(), Some("offline"));
    assert_eq!(get("prompt").as_deref(), Some("consent"));
    assert_eq!(get("scope").as_deref(), Some("https://www.googleapis.com/auth/drive.file openid email"));
    assert_eq!(get("redirect_uri"), Some(format!("{}/api/google/callback", stand.app.url)));

    ada.connects().await;
    let (_, status) = ada.get("/api/google").await;
    assert_eq!((&status["is_connected"], &status["email"]), (&json!(true), &json!("ada@gmail.example")));
    assert_eq!(stand.browser("eve").get("/api/google").await.1["is_connected"], false);
    assert_eq!(stand.google.grants(), 1);

    let (status, answer) = ada.send(Method::DELETE, "/api/google/connection", None).await;
    assert_eq!((status, answer), (200, json!({ "is_revoked": true, "message": null })));
    assert_eq!((stand.google.grants(), stand.count("google_connections").await), (0, 0));
    assert_eq!(ada.get("/api/google").await.1["is_connected"], false);
}

#[tokio::test]
async fn tokens_are_deleted_also_if_google_does_not_confirm() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    stand.google.fail(Fault::next(On::Revoke, Act::Cut).times(9));
    let (_, answer) = ada.send(Method::DELETE, "/api/google/connection", None).await;
    assert_eq!(answer["is_revoked"], false);
    assert!(answer["message"].as_str().is_some_and(|text| text.contains("myaccount.google.com/connections")));
    assert_eq!(stand.count("google_connections").await, 0);
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let callback = ada.consents().await;
    assert_eq!(ada.opens(&callback).await.0, 200);
    let exchanges = || stand.google.calls().iter().filter(|call| call.on == On::Exchange).count();
    let before = exchanges();
    let (status, page) = ada.opens(&callback).await;
    assert_eq!(status, 400, "{page}");
    assert!(page.contains("doesn&#39;t belong"), "{page}");
    assert_eq!(exchanges(), before, "the code isn't sent again");
    assert_eq!(ada.get("/api/google").await.1["is_connected"], true);
}

#[tokio::test]
async fn an_answer_of_another_person_browser_or_time_is_refused() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let refused = async |browser: &super::Browser, path: &str, why: &str| {
        let (status, page) = browser.opens(path).await;
        assert_eq!(status, 400, "{why}: {page}");
        assert!(page.replace("&#39;", "'").contains(REFUSED), "{why}: {page}");
        assert_eq!(stand.count("google_connections").await, 0, "{why}");
    };
    let callback = ada.consents().await;

    // The same person in another browser, or without a cookie; another person with the stolen cookie.
    refused(&stand.browser("ada"), &callback, "no cookie").await;
    let elsewhere = stand.browser("ada");
    elsewhere.consents().await;
    refused(&elsewhere, &callback, "another browser").await;
    let eve = stand.browser("eve");
    eve.cookie.lock().expect("not poisoned").clone_from(&ada.cookie.lock().expect("not poisoned"));
    refused(&eve, &callback, "another person").await;

    // An altered cookie, state, or none.
    let forged = stand.browser("ada");
    let cookie = ada.cookie.lock().expect("not poisoned").clone().expect("a cookie");
    let middle = cookie.len() / 2;
    let other = if &cookie[middle..=middle] == "A" { "B" } else { "A" };
    let altered = format!("{}{other}{}", &cookie[..middle], &cookie[middle + 1..]);
    *forged.cookie.lock().expect("not poisoned") = Some(altered);
    refused(&forged, &callback, "altered cookie").await;
    let state = callback.split("state=").nth(1).expect("a state").split('&').next().expect("a state");
    let swapped: String = state.chars().rev().collect();
    refused(&ada, &callback.replace(state, &swapped), "altered state").await;
    refused(&ada, &callback.replace(&format!("state={state}"), "x=1"), "no state").await;
    refused(&ada, "/api/google/callback", "nothing").await;

    // None of it has used the attempt up; time does.
    stand.run("UPDATE google_attempts SET expires_at = now() - interval '1 second'").await;
    refused(&ada, &callback, "expired").await;
}

#[tokio::test]
async fn a_refusal_by_others_leaves_the_attempt_to_its_owner() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let callback = ada.consents().await;
    assert_eq!(stand.browser("eve").opens(&callback).await.0, 400);
    // A second tab of the same browser doesn't make the first one's attempt void.
    ada.consents().await;
    assert_eq!(ada.opens(&callback).await.0, 200);
}

#[tokio::test]
async fn a_page_of_another_site_begins_nothing() {
    let stand = Stand::new().await;
    let client = crate::support::app::client(|builder| builder);
    for (method, path) in [
        (Method::POST, "/api/google/connection"),
        (Method::DELETE, "/api/google/connection"),
        (Method::PUT, "/api/google/client"),
        (Method::POST, "/api/export/google-slides"),
        (Method::GET, "/api/export/google-slides/auth/url"),
    ] {
        for headers in [
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[],
        ] {
            let mut request = client
                .request(method.clone(), format!("{}{path}", stand.app.url))
                .header("x-forwarded-user", "root@42")
                .header("x-forwarded-email", "root@example.com");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.json(&json!({})).send().await.expect("an answer");
            assert_eq!(answer.status(), 403, "{method} {path} {headers:?}");
        }
    }
    assert_eq!(stand.count("google_attempts").await, 0);
}

#[tokio::test]
async fn a_person_who_refuses_or_holds_drive_back_is_told_what_to_do() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    for (consent, words) in [
        (Consent::Refuse, "didn&#39;t allow Tellr"),
        (Consent::WithoutDrive { email: "ada@gmail.example".to_owned() }, "leave that permission checked"),
    ] {
        stand.google.answers(consent);
        let callback = ada.consents().await;
        let (status, page) = ada.opens(&callback).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains(words) && page.contains("data-outcome=\"failed\""), "{page}");
    }
    assert_eq!(stand.count("google_connections").await, 0);
}

#[tokio::test]
async fn the_last_page_runs_only_its_own_script_and_repeats_nothing() {
    let stand = Stand::new().await;
    let path = "/api/google/callback?state=%3Cscript%3Eplanted&code=planted&error=%3Cscript%3Eplanted";
    let answer = stand.app.get_with(path, &[("x-forwarded-email", "ada@example.com")]).await;
    assert_eq!(answer.status(), 400);
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(
        (header("referrer-policy"), header("cache-control")),
        ("no-referrer".into(), "no-store".into())
    );
    assert!(!answer.text().await.expect("text").contains("planted"));
    let nobody = stand.app.get("/api/google/callback?state=a&code=b").await;
    assert_eq!(nobody.status(), 401);
    assert!(nobody.headers()["content-type"].to_str().expect("text").starts_with("text/html"));
}

#[tokio::test]
async fn google_out_of_order_is_said_so() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    for act in
        [Act::Cut, Act::Refuse { status: 503, reason: "backendError".to_owned(), retry_after_secs: None }]
    {
        stand.google.fail(Fault::next(On::Exchange, act));
        let callback = ada.consents().await;
        let (status, page) = ada.opens(&callback).await;
        assert_eq!(status, 502, "{page}");
        assert!(page.contains("connect again"), "{page}");
    }
    ada.connects().await;
}

#[tokio::test]
async fn behind_the_platforms_proxy_the_address_and_the_cookie_are_those_of_its_host() {
    const HOST: &str = "https://tellr-1.aws.databricksapps.com";
    let stand = Stand::new().await;
    let redirect = format!("{HOST}/api/google/callback");
    let mut file = stand.client(super::CLIENT_ID);
    file["web"]["redirect_uris"] = json!([redirect]);
    let ask = |method: Method, path: &str| {
        stand
            .app
            .client
            .request(method, format!("{}{path}", stand.app.url))
            .header("x-forwarded-host", "tellr-1.aws.databricksapps.com")
            .header("x-forwarded-user", "root@42")
            .header("x-forwarded-email", "root@example.com")
            .header("origin", HOST)
    };
    let put = ask(Method::PUT, "/api/google/client").json(&file).send().await.expect("an answer");
    let status: serde_json::Value = put.json().await.expect("JSON");
    assert_eq!(status["redirect_uri"], redirect);
    let begun = ask(Method::POST, "/api/google/connection").send().await.expect("an answer");
    let cookie = begun.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-tellr-google=gAAAA"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}
