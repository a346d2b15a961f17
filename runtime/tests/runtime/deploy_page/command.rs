//! `tellr-app deploy-page`, as a process.

use serde_json::json;
use tokio::net::TcpStream;

use crate::support::app::{Variables, client};
use crate::support::page::{Answer, Page, cookie_behind, cookies};
use crate::support::process::{self, Serving};
use crate::support::upstream::{TOKEN, Upstream};

fn variables(upstream: &Upstream) -> Variables {
    Variables::nothing().with("DATABRICKS_HOST", &upstream.host).with("DATABRICKS_TOKEN", TOKEN)
}

#[tokio::test]
async fn it_needs_a_workspace_and_no_database() {
    let upstream = Upstream::start().await;
    let mut page = Serving::deploy_page(&variables(&upstream)).await;
    page.line_with(&upstream.host).await;
    let entrance = page.line.split_whitespace().last().expect("an address").to_owned();
    let cookie = cookie_behind(&entrance).await;
    let client = client(|builder| builder.default_headers(cookies(&cookie)));
    let get = |path: &str| client.get(format!("{}{path}", page.url)).header("sec-fetch-site", "same-origin");

    let document = Answer::of(get("/deploy")).await;
    assert_eq!((document.status, document.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let app = Answer::of(get("/api/workspace/api/2.0/apps/tellr")).await;
    assert_eq!((app.status, app.json()), (200, json!({"fine": true})));
    for path in ["/api/settings/prompts", "/api/ready", "/api/user/current", "/api/nothing"] {
        assert_eq!(Answer::of(get(path)).await.status, 404, "{path}");
    }

    page.terminate().await;
    let ended = page.end().await;
    assert!(ended.status.success(), "{}", ended.output);
    assert!(!ended.output.contains("planted"), "{}", ended.output);
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let upstream = Upstream::start().await;
    let page = Serving::deploy_page(&variables(&upstream)).await;
    let port = page.url.rsplit(':').next().expect("a port");
    TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("it listens there");
    // Whoever listens on all addresses listens on this one as well.
    TcpStream::connect(format!("127.0.0.2:{port}")).await.expect_err("it listens nowhere else");
    page.terminate().await;
    page.end().await;
}

#[tokio::test]
async fn without_a_credential_it_says_where_one_belongs() {
    let nothing = Variables::nothing().with("HOME", "/nonexistent");
    let ended = process::run(&["deploy-page", "--port", "0"], &nothing).await;
    assert_eq!(ended.status.code(), Some(2));
    for words in ["no workspace is named", "--host https://", "DATABRICKS_HOST", "What now:"] {
        assert!(ended.output.contains(words), "{words}: {}", ended.output);
    }
}

#[tokio::test]
async fn a_host_that_signs_nobody_in_is_told_at_once() {
    let upstream = Upstream::start().await;
    let nothing = Variables::nothing().with("HOME", "/nonexistent");
    let run =
        async |host: &str| process::run(&["deploy-page", "--port", "0", "--host", host], &nothing).await;
    upstream.answer_next(axum::http::Response::new("<html>Some other site</html>".into()));
    let ended = run(&upstream.host).await;
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.output.contains("address of a workspace"), "{}", ended.output);
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let host = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let ended = run(&host).await;
    assert!(ended.output.contains("WORKSPACE_UNREACHABLE"), "{}", ended.output);
    let ended = run("http://far.example").await;
    assert!(ended.output.contains("https://"), "{}", ended.output);
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let upstream = Upstream::start().await;
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let ended = process::run(&["deploy-page", "--port", &port], &variables(&upstream)).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.output.contains(&port) && ended.output.contains("--port 0"), "{}", ended.output);
}

#[tokio::test]
async fn its_start_is_the_deploy_page_and_the_apps_is_not() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let app = Variables::local().serve().await;
    let client = client(|builder| builder.redirect(reqwest::redirect::Policy::none()));
    let start = Answer::of(client.get(format!("{}/", page.origin()))).await;
    assert_eq!((start.status, start.header("location")), (307, Some("/deploy")));
    assert!(start.header("content-security-policy").is_some());
    assert_eq!(Answer::of(client.get(format!("{}/", app.url))).await.status, 200);
}

#[tokio::test]
async fn the_app_itself_deploys_nothing() {
    let upstream = Upstream::start().await;
    for name in ["DATABRICKS_APP_NAME", "DEV_USER_ID"] {
        let app =
            Variables::local().with(name, "tellr").with("DATABRICKS_HOST", &upstream.host).serve().await;
        for path in ["/deploy", "/deploy/"] {
            let answer = Answer::of(app.client.get(format!("{}{path}", app.url))).await;
            assert_eq!((answer.status, answer.header("cache-control")), (404, Some("no-store")), "{path}");
            assert!(answer.body.contains("tellr-app deploy-page"), "{}", answer.body);
        }
        for path in ["workspace/api/2.0/apps/tellr", "workspace-access", "workspace-access/sign-in"] {
            let request = app
                .client
                .get(format!("{}/api/{path}", app.url))
                .header("x-forwarded-email", "ada@example.com")
                .header("x-forwarded-access-token", TOKEN);
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.json()["error"]["code"], "not_found", "{path}");
        }
    }
    assert_eq!(upstream.received_lines(), [""; 0]);
}

/// A `xdg-open` that keeps what it was given, and a folder with it.
fn browser() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text").to_owned();
    let script = format!(
        "#!/bin/sh\ncp \"$1\" {path}/page\nstat -c %a \"$1\" \"${{1%/*}}\" >{path}/modes\n\
         tr '\\0' '\\n' </proc/$$/cmdline >{path}/told.part\nmv {path}/told.part {path}/told\n"
    );
    std::fs::write(folder.path().join("xdg-open"), script).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("xdg-open"), mode).expect("executable");
    (folder, format!("{path}:/usr/bin:/bin"))
}

async fn told(folder: &tempfile::TempDir) -> [String; 3] {
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    crate::support::eventually("the browser is started", async || !read("told").is_empty()).await;
    [read("told"), read("modes"), read("page")]
}

#[tokio::test]
async fn a_browser_is_opened_without_the_key_in_its_arguments() {
    let upstream = Upstream::start().await;
    let (folder, path) = browser();
    let page = Serving::deploy_page_with(&["--open"], &variables(&upstream).with("PATH", &path)).await;
    let entrance = page.line.split_whitespace().last().expect("an address").to_owned();
    let key = entrance.rsplit('=').next().expect("a key");
    let [arguments, modes, document] = told(&folder).await;
    assert!(!arguments.contains(key), "{arguments}");
    assert_eq!(modes, "600\n700\n");
    assert!(document.contains(&format!("url={entrance}\"")), "{document}");
    let given = arguments.lines().find(|argument| argument.contains("/tellr-")).expect("a file").to_owned();
    assert!(std::path::Path::new(&given).exists(), "the browser may be slow");
    page.terminate().await;
    page.end().await;
    assert!(!std::path::Path::new(&given).exists(), "nothing stays");
}

#[tokio::test]
async fn a_sign_in_on_the_command_line_is_not_in_arguments_either() {
    let upstream = Upstream::start().await;
    let (folder, path) = browser();
    let nothing = Variables::nothing().with("HOME", "/nonexistent").with("PATH", &path);
    let arguments = ["deploy", "status", "--app-name", "tellr", "--sign-in", "--host", &upstream.host];
    let running = process::spawn(&arguments, &nothing);
    let [arguments, modes, document] = told(&folder).await;
    assert!(!arguments.contains("state=") && !arguments.contains("code_challenge"), "{arguments}");
    assert_eq!(modes, "600\n700\n");
    assert!(document.contains("/oidc/") && document.contains("state="), "{document}");
    drop(running);
}

#[tokio::test]
async fn requests_are_shown_on_demand_only() {
    let upstream = Upstream::start().await;
    for (flags, shown) in [(&[][..], false), (&["-v"], true), (&["--verbose"], true)] {
        let page = Serving::deploy_page_with(flags, &variables(&upstream)).await;
        let asked = client(|builder| builder).get(format!("{}/api/version", page.url)).send().await;
        assert_eq!(asked.expect("an answer").status(), 200);
        page.terminate().await;
        let ended = page.end().await;
        assert_eq!(ended.output.contains("/api/version"), shown, "{}", ended.output);
    }
}

#[tokio::test]
async fn only_the_page_itself_may_compile_webassembly() {
    let upstream = Upstream::start().await;
    let page = Page::start(&upstream).await;
    let app = Variables::local().serve().await;
    for origin in [page.origin(), app.url.clone()] {
        for path in ["/deploy", "/deploy/", "/sessions/1", "/assets/none.js", "/api/health"] {
            let answer = Answer::of(app.client.get(format!("{origin}{path}"))).await;
            let policy = answer.header("content-security-policy").expect("a policy");
            // The app has no deploy page; it says so in a text.
            let is_text = origin == app.url && path.starts_with("/deploy");
            let is_page = !is_text && !path.starts_with("/assets/") && !path.starts_with("/api/");
            let scripts = if is_page { "'self' 'wasm-unsafe-eval'" } else { "'self'" };
            assert!(policy.contains(&format!("script-src {scripts};")), "{origin}{path}: {policy}");
            assert!(!policy.contains("unsafe-inline"), "{origin}{path}: {policy}");
        }
    }
}
