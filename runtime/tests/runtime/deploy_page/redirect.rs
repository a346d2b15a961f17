//! Attacks on the port to which a sign-in comes back, and on the link that opens it.

use reqwest::Method;
use tokio::net::TcpStream;

use crate::support::app::client;
use crate::support::page::{Answer, Page};
use crate::support::sign_in::{ACCESS, AtTheWorkspace, SIGN_IN, click};
use crate::support::upstream::Upstream;

const TOKEN: &str = "POST /oidc/v1/token";

async fn stage() -> (Upstream, Page, AtTheWorkspace) {
    let upstream = Upstream::start().await;
    let page = Page::start_signed_out(&upstream).await;
    let at = click(&page).await;
    upstream.received();
    (upstream, page, at)
}

/// That nobody is signed in, nothing was asked for, and the person's own answer still counts.
async fn assert_harmless(upstream: &Upstream, page: &Page, at: &AtTheWorkspace, what: &str) {
    assert_eq!(upstream.received_lines(), [""; 0], "{what}");
    assert_eq!(page.get(ACCESS).await.json()["signed_in"], false, "{what}");
    let waiting = Answer::of(at.request(Method::GET, "/")).await;
    assert_eq!(waiting.status, 400, "it still listens after {what}");
}

#[tokio::test]
async fn an_answer_to_no_question_is_refused() {
    let (upstream, page, at) = stage().await;
    let state = at.state();
    let other = Page::start_signed_out(&upstream).await;
    let other = click(&other).await;
    upstream.received();
    let long = "c".repeat(5000);
    let attacks: [&[(&str, &str)]; 13] = [
        &[],
        &[("code", "mallorys-code")],
        &[("code", "mallorys-code"), ("state", "")],
        &[("code", "mallorys-code"), ("state", "guessed")],
        &[("code", "mallorys-code"), ("state", other.state())],
        &[("code", "mallorys-code"), ("state", &state[1..])],
        &[("code", "mallorys-code"), ("state", "guessed"), ("state", state)],
        &[("code", "mallorys-code"), ("code", "planted-code"), ("state", state)],
        &[("code", ""), ("state", state)],
        &[("code", &long), ("state", state)],
        &[("state", state)],
        &[("code", "mallorys-code"), ("error", "access_denied"), ("state", state)],
        // Nobody ends a sign-in from outside, and nobody has words of theirs shown.
        &[("error", "access_denied"), ("error_description", "Call 555 0123"), ("state", "guessed")],
    ];
    for attack in attacks {
        let answer = Answer::of(at.coming_back(attack)).await;
        assert!(answer.status == 400 && answer.body.contains("You are not signed in"), "{}", answer.body);
        assert!(!answer.body.contains("555") && !answer.body.contains("mallory"), "{}", answer.body);
        assert_harmless(&upstream, &page, &at, &format!("{attack:?}")).await;
    }
    assert_eq!(at.come_back().await.status, 200);
}

#[tokio::test]
async fn only_a_page_that_is_opened_counts() {
    let (upstream, page, at) = stage().await;
    let right = [("code", "planted-code"), ("state", at.state())];
    let get = || at.request(Method::GET, "/").query(&right);
    let attacks = [
        ("an image", 403, get().header("sec-fetch-mode", "no-cors").header("sec-fetch-dest", "image")),
        ("a script's request", 403, get().header("sec-fetch-mode", "cors").header("sec-fetch-dest", "empty")),
        ("a frame", 403, get().header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "iframe")),
        ("another name", 403, get().header("host", "evil.example")),
        (
            "a name that only starts like it",
            403,
            get().header("host", format!("{}.evil.example", at.authority())),
        ),
        ("its address", 403, get().header("host", at.authority().replace("localhost", "127.0.0.1"))),
        ("a form", 404, at.request(Method::POST, "/").query(&right).form(&right)),
        ("another path", 404, at.request(Method::GET, "/callback").query(&right)),
        ("an icon", 404, at.request(Method::GET, "/favicon.ico")),
    ];
    for (what, status, request) in attacks {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_harmless(&upstream, &page, &at, what).await;
    }
    assert_eq!(at.come_back().await.status, 200);
}

#[tokio::test]
async fn an_answer_counts_once() {
    let (upstream, page, at) = stage().await;
    let stalled = upstream.stall_tokens();
    let again = || Answer::of(at.coming_back(&[("code", "planted-code"), ("state", at.state())]));
    let other = || Answer::of(at.coming_back(&[("code", "mallorys-code"), ("state", at.state())]));
    let replays = async {
        crate::support::eventually("the code is redeemed", async || upstream.count(TOKEN) == 1).await;
        let answers = (again().await, other().await);
        stalled.add_permits(1);
        answers
    };
    let (first, (second, third)) = futures_util::join!(at.come_back(), replays);
    assert_eq!((first.status, second.status, third.status), (200, 400, 400), "{}", second.body);
    let redeemed = upstream.received();
    assert_eq!(redeemed.len(), 1, "{redeemed:?}");
    assert_eq!(redeemed[0].body["code"], "planted-code");
    assert_eq!(page.get(ACCESS).await.json()["signed_in"], true);
    assert!(at.is_over().await);
    assert_eq!(upstream.received_lines(), ["GET /api/2.0/preview/scim/v2/Me"]);
}

#[tokio::test]
async fn its_pages_run_nothing_and_are_kept_nowhere() {
    let (_upstream, _page, at) = stage().await;
    let refused = Answer::of(at.coming_back(&[("code", "x"), ("state", "guessed")])).await;
    let done = at.come_back().await;
    for answer in [refused, done] {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("content-type", "text/html; charset=utf-8"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        for nothing in ["<script", "javascript:", "onload", "<img", "<link", "<form", at.state()] {
            assert!(!answer.body.contains(nothing), "{nothing}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_port_is_this_machines_only() {
    let (_upstream, _page, at) = stage().await;
    let port = at.authority().rsplit(':').next().expect("a port");
    TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("it is open here");
    // Whoever listens on all addresses listens on this one as well.
    TcpStream::connect(format!("127.0.0.2:{port}")).await.expect_err("it is open nowhere else");
}

#[tokio::test]
async fn only_the_page_begins_a_sign_in() {
    let upstream = Upstream::start().await;
    let page = Page::start_signed_out(&upstream).await;
    let url = format!("{}{SIGN_IN}", page.origin());
    let stay = |builder: reqwest::ClientBuilder| builder.redirect(reqwest::redirect::Policy::none());
    let stranger = client(stay);
    let insider =
        client(|builder| stay(builder).default_headers(crate::support::page::cookies(&page.cookie)));
    let attacks = [
        ("without the cookie", 401, stranger.get(&url)),
        ("another site's link", 403, insider.get(&url).header("sec-fetch-site", "cross-site")),
        ("an address typed in", 403, insider.get(&url).header("sec-fetch-site", "none")),
        ("another origin", 403, insider.get(&url).header("origin", "https://evil.example")),
        ("another name", 403, insider.get(&url).header("host", "evil.example")),
        ("a form", 403, insider.post(&url).header("origin", "https://evil.example").body("host=evil")),
        ("a write", 405, page.fetch(Method::POST, SIGN_IN).json(&serde_json::json!({}))),
    ];
    for (what, status, request) in attacks {
        let answer = Answer::of(request).await;
        assert_eq!((answer.status, answer.header("location")), (status, None), "{what}: {}", answer.body);
        assert_eq!(upstream.received_lines(), [""; 0], "{what}");
    }
    // Nor does the page say where to sign in, or where to come back to.
    let elsewhere = "?host=https://evil.example&redirect_uri=https://evil.example";
    let answer = Answer::of(insider.get(format!("{url}{elsewhere}"))).await;
    let location = answer.header("location").expect("a place");
    assert!(location.starts_with(&upstream.host) && !location.contains("evil"), "{location}");
}
