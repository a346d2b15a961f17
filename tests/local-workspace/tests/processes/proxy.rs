//! An app's URL: who the visitor is, and what passes.

use local_workspace::identity::PrincipalSpec;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::{ADA, BEN, Local, PATIENCE};

#[tokio::test]
async fn the_app_learns_who_visits_from_the_proxy_alone() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let request = local
        .http
        .get(local.url("/deck?n=1"))
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
async fn an_app_that_acts_for_its_users_gets_their_token() {
    let local = Local::with_app(json!({"user_api_scopes": ["sql"]})).await;
    local.deploy_version("one").await;
    let told = local.ask(local.http.get(local.url("/"))).await;
    let token = told["headers"]["x-forwarded-access-token"].as_str().expect("a token");
    let me = format!("{}/api/2.0/preview/scim/v2/Me", local.workspace.host());
    let me = local.ask(local.http.get(me).bearer_auth(token)).await;
    assert_eq!(me["userName"], ADA);
}

#[tokio::test]
async fn a_visitor_signs_in_by_name_and_needs_permission() {
    let local = Local::with_app(json!({})).await;
    local.deploy_version("one").await;
    let signed_in = local.http.get(local.url("/.auth/login?as=ben@example.com")).send().await;
    let signed_in = signed_in.expect("an answer");
    assert_eq!(signed_in.status(), 302);
    assert_eq!(signed_in.headers()["location"], "/");
    let cookie = signed_in.headers()["set-cookie"].to_str().expect("text").to_owned();
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
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
    let big = "x".repeat(3 * 1024 * 1024);
    let answer = local.http.post(local.url("/")).body(big.clone()).send().await.expect("an answer");
    assert!(answer.text().await.expect("the body") == big, "the body comes back as it was");

    let folder = local.ask(local.http.get(local.url("/"))).await;
    let folder = std::path::Path::new(folder["cwd"].as_str().expect("a folder")).to_owned();
    let mut events = local.http.get(local.url("/stream")).send().await.expect("an answer");
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
    let request =
        format!("GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
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
