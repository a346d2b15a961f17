//! An app's URL: who the visitor is, and what passes.

use local_workspace::identity::PrincipalSpec;
use local_workspace::settings::SignInAnswer;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::{ADA, BEN, Local, PATIENCE};

#[tokio::test]
async fn the_app_learns_who_visits_from_the_proxy_alone() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let request = local
        .visit("/deck?n=1")
        .header("X-Forwarded-Email", "mallory@example.com")
        .header("X-Forwarded-Access-Token", "stolen")
        .header("X-Forwarded-Something", "else")
        .header("X-Request-Id", "mine")
        .header("Accept-Language", "de");
    let told = local.ask(request).await;
    assert_eq!(told["path"], "/deck?n=1");
    let headers = &told["headers"];
    assert_eq!(headers["x-forwarded-email"], ADA);
    assert_eq!(headers["x-forwarded-preferred-username"], ADA);
    let ada = local.workspace.control().identities.find(ADA).expect("ada");
    assert_eq!(headers["x-forwarded-user"], ada.id.to_string());
    assert_eq!(headers["x-real-ip"], "127.0.0.1");
    assert_ne!(headers["x-request-id"], "mine");
    assert_eq!(headers.get("x-forwarded-something"), None::<&Value>);
    assert_eq!(headers.get("x-forwarded-access-token"), None::<&Value>);
    assert_eq!(headers["accept-language"], "de");
    let host = local.url("");
    assert_eq!(headers["x-forwarded-host"], host.trim_start_matches("http://"));
}

#[tokio::test]
async fn a_users_token_carries_the_apps_scopes_and_no_more() {
    let local = Local::with_app(json!({"user_api_scopes": ["sql"]})).await;
    local.deploy_version("one").await;
    let token = async || {
        let told = local.ask(local.visit("/")).await;
        told["headers"]["x-forwarded-access-token"].as_str().expect("a token").to_owned()
    };
    let ask = async |token: &str, path: &str| {
        let url = format!("{}{path}", local.workspace.host());
        let answer = local.http.get(url).bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let first = token().await;
    let (status, me) = ask(&first, "/api/2.0/preview/scim/v2/Me").await;
    assert_eq!((status, &me["userName"]), (200, &json!(ADA)));
    let words = "Provided OAuth token does not have required scopes: ";
    for (path, scope) in
        [("/api/2.0/apps/tellr", "all-apis"), ("/api/2.0/serving-endpoints", "serving.serving-endpoints")]
    {
        let (status, refused) = ask(&first, path).await;
        assert_eq!((status, &refused["error_code"]), (403, &json!("PERMISSION_DENIED")), "{path}");
        assert_eq!(refused["message"], format!("{words}{scope}"));
    }
    assert_eq!(token().await, first, "one token for an hour");

    // The app asks for more: the next token has it, the first one has not.
    let more = json!({"user_api_scopes": ["sql", "serving.serving-endpoints"]});
    local.call(reqwest::Method::PATCH, "apps/tellr", more).await;
    let second = token().await;
    assert_eq!(ask(&second, "/api/2.0/serving-endpoints").await.0, 200);
    assert_eq!(ask(&first, "/api/2.0/serving-endpoints").await.0, 403);
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_and_back() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    for request in [local.http.get(local.url("/deck?n=1&m=2")), local.http.post(local.url("/deck?n=1&m=2"))] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 302);
        assert_eq!(answer.headers()["location"], "/.auth/login?next=%2Fdeck%3Fn%3D1%26m%3D2");
    }
    let page = local.http.get(local.url("/.auth/login?next=%2Fdeck%3Fn%3D1%26m%3D2")).send().await;
    let page = page.expect("an answer").text().await.expect("a page");
    let link = "/.auth/login?as=ben@example.com&amp;next=%2Fdeck%3Fn%3D1%26m%3D2";
    assert!(page.contains(link), "{page}");
    let back = local.http.get(local.url(&link.replace("&amp;", "&"))).send().await.expect("an answer");
    assert_eq!(back.headers()["location"], "/deck?n=1&m=2");
    let away = "/.auth/login?as=ben@example.com&next=%2F%2Fexample.com";
    let back = local.http.get(local.url(away)).send().await.expect("an answer");
    assert_eq!(back.headers()["location"], "/");
}

#[tokio::test]
async fn a_visitor_signs_in_by_name_and_needs_permission() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let cookie = local.session(BEN).await;
    let visit = || local.http.get(local.url("/")).header("Cookie", format!("theme=dark; {cookie}"));
    let refused = visit().send().await.expect("an answer");
    assert_eq!(refused.status(), 403);
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    local.call(reqwest::Method::PATCH, "permissions/apps/tellr", grant).await;
    let told = local.ask(visit()).await;
    assert_eq!(told["headers"]["x-forwarded-email"], BEN);
    assert_eq!(told["headers"]["cookie"], "theme=dark");
    let nobody = local.http.get(local.url("/.auth/login?as=nobody")).send().await.expect("an answer");
    assert_eq!(nobody.status(), 400);
    let name = cookie.split('=').next().expect("a name");
    let made_up = local.http.get(local.url("/")).header("Cookie", format!("{name}={ADA}"));
    assert_eq!(made_up.send().await.expect("an answer").status(), 302, "a name is no session");

    let out = local.http.get(local.url("/.auth/logout")).header("Cookie", &cookie).send().await;
    assert_eq!(out.expect("an answer").status(), 302);
    assert_eq!(visit().send().await.expect("an answer").status(), 302, "the session has ended");
}

#[tokio::test]
async fn a_browser_that_is_signed_in_already_is_not_asked() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let state = local.workspace.control();
    state.settings.update(|settings| settings.sign_in.answer = SignInAnswer::As(ADA.to_owned()));
    let answer = local.http.get(local.url("/.auth/login?next=%2Fdeck")).send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (302, &HeaderValue::from_static("/deck"))
    );
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a pair");
    let told = local.ask(local.http.get(local.url("/")).header("Cookie", cookie)).await;
    assert_eq!(told["headers"]["x-forwarded-email"], ADA);
}

#[tokio::test]
async fn programs_send_oauth_tokens_and_no_others() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let personal = local.http.get(local.url("/")).bearer_auth(local.workspace.token(ADA));
    assert_eq!(personal.send().await.expect("an answer").status(), 401);
    let state = local.workspace.control();
    let robot = state.identities.add(PrincipalSpec {
        user_name: "robot".to_owned(),
        display_name: None,
        service_principal: true,
        rights: local_workspace::identity::Right::of_admin(),
    });
    let told = local.ask(local.http.get(local.url("/")).bearer_auth(&robot.token)).await;
    assert_eq!(told["headers"]["x-forwarded-email"], robot.user_name);
    assert_eq!(told["headers"].get("authorization"), None::<&Value>);
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let cookie = local.session(ADA).await;
    let big = "x".repeat(3 * 1024 * 1024);
    let answer = local
        .http
        .post(local.url("/"))
        .header("Cookie", &cookie)
        .body(big.clone())
        .send()
        .await
        .expect("an answer");
    assert!(answer.text().await.expect("the body") == big, "the body comes back as it was");

    let folder = local.ask(local.visit("/")).await;
    let folder = std::path::Path::new(folder["cwd"].as_str().expect("a folder")).to_owned();
    let mut events = local.visit("/stream").send().await.expect("an answer");
    let first = tokio::time::timeout(PATIENCE, events.chunk()).await.expect("in time");
    assert_eq!(first.expect("readable").expect("an event"), "data: first\n\n");
    std::fs::write(folder.join("seen"), "").expect("a file");
    let second = tokio::time::timeout(PATIENCE, events.chunk()).await.expect("in time");
    assert_eq!(second.expect("readable").expect("an event"), "data: second\n\n");
}

#[tokio::test]
async fn an_upgraded_connection_is_only_bytes() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let address = local.url("");
    let address = address.trim_start_matches("http://");
    let stream = TcpStream::connect(address).await.expect("a connection");
    let mut stream = BufReader::new(stream);
    let cookie = local.session(ADA).await;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a status line");
    assert!(line.starts_with("HTTP/1.1 101"), "{line}");
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line).await.expect("a header");
    }
    stream.write_all(b"hello\n").await.expect("sent");
    line.clear();
    tokio::time::timeout(PATIENCE, stream.read_line(&mut line)).await.expect("in time").expect("a line");
    assert_eq!(line, "hello\n");
}
