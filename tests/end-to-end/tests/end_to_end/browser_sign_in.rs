//! Without a profile and without a token: signing in in the browser, with the real program in front of
//! the local workspace.

use end_to_end::browser::{Browser, DeployPage};
use end_to_end::kill;
use end_to_end::stage::{ADA, BEN, Stage};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::journal::Entry;
use local_workspace::pace::Pace;
use local_workspace::settings::SignInAnswer;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

const HOUR_MS: u64 = 3_600_000;
const ACCESS: &str = "/api/workspace-access";
const ME: &str = "/api/workspace/api/2.0/preview/scim/v2/Me";
const MKDIRS: &str = "/api/workspace/api/2.0/workspace/mkdirs";

/// Somebody whom the workspace's sign-in knows.
fn be(stage: &Stage, user: &str) {
    let answer = SignInAnswer::As(user.to_owned());
    stage.workspace.control().settings.update(|settings| settings.sign_in.answer = answer);
}

fn pass_an_hour(stage: &Stage) {
    stage.workspace.control().clock.advance(HOUR_MS).expect("a virtual clock");
}

/// Method, path and status of everything since `from`.
fn conversation(stage: &Stage, from: usize) -> Vec<String> {
    let line = |entry: &Entry| format!("{} {} {}", entry.method, entry.path, entry.status.unwrap_or(0));
    stage.workspace.control().journal.entries().iter().skip(from).map(line).collect()
}

/// Everything in `text` that only the program and the workspace may know.
fn secrets_in(stage: &Stage, text: &str) -> Vec<String> {
    let mut secrets = vec!["eyJ.local.".to_owned(), "local-refresh-".to_owned(), "local-code-".to_owned()];
    for entry in stage.workspace.control().journal.entries() {
        let form = entry.body.unwrap_or_default();
        let verifier = form.split('&').filter_map(|pair| pair.strip_prefix("code_verifier="));
        secrets.extend(verifier.map(str::to_owned));
    }
    assert!(secrets.len() > 3, "signed in to ");
    secrets.retain(|secret| text.contains(secret.as_str()));
    secrets
}

#[tokio::test]
async fn somebody_signs_in_deploys_is_renewed_and_signs_in_again() {
    let stage = Stage::with(Pace::none()).await;
    be(&stage, ADA);
    let program = DeployPage::start(&["--host", stage.workspace.host()], &[]).await;
    let browser = Browser::default();
    let page = browser.open(&program.entrance).await.url;
    assert_eq!(page.path(), "/deploy");
    let fetch = async |method, path, body: Option<&Value>| browser.fetch(&page, method, path, body).await;

    // Before.
    let access = fetch(Method::GET, ACCESS, None).await.json();
    assert_eq!((&access["signed_in"], &access["host"]), (&json!(false), &json!(stage.workspace.host())));
    let early = fetch(Method::GET, ME, None).await;
    assert_eq!((early.status, early.host_error()), (401, Some("credential")), "{}", early.body);

    // Signing in, through the link that the page shows.
    let link = access["sign_in_url"].as_str().expect("a link");
    let done = browser.click(&page, link).await;
    assert!(done.status == 200 && done.body.contains("You are signed in"), "{}", done.body);
    assert_eq!(done.url.host_str(), Some("localhost"));
    assert!(done.body.contains(&format!("href=\"{page}\"")), "{}", done.body);
    let access = fetch(Method::GET, ACCESS, None).await.json();
    assert_eq!((&access["signed_in"], &access["user"]), (&json!(true), &json!(ADA)));

    // A deployer's request.
    let folder = json!({"path": "/Workspace/Users/ada@example.com/.apps/tellr"});
    let made = fetch(Method::POST, MKDIRS, Some(&folder)).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let entries = stage.workspace.control().journal.mutations();
    assert_eq!(entries.last().and_then(|entry| entry.principal.as_deref()), Some(ADA));

    // The token ends half way, and nobody notices.
    pass_an_hour(&stage);
    let before = stage.workspace.control().journal.entries().len();
    let again = fetch(Method::POST, MKDIRS, Some(&folder)).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let mkdirs = "POST /api/2.0/workspace/mkdirs";
    let told = conversation(&stage, before);
    assert_eq!(
        told,
        [format!("{mkdirs} 401"), "POST /oidc/v1/token 200".to_owned(), format!("{mkdirs} 200")]
    );

    // It ends and can't be renewed.
    stage.workspace.control().sign_ins.revoke(ADA);
    pass_an_hour(&stage);
    let ended = fetch(Method::POST, MKDIRS, Some(&folder)).await;
    assert_eq!((ended.status, ended.host_error()), (401, Some("credential")), "{}", ended.body);
    assert_eq!(ended.json()["kind"], "credential");
    let words = ended.json()["message"].as_str().expect("words").to_owned();
    assert!(words.contains("Refresh token is invalid") && words.contains("Sign in again"), "{words}");
    let access = fetch(Method::GET, ACCESS, None).await.json();
    assert_eq!((&access["signed_in"], &access["problem"]), (&json!(false), &json!(words)));

    // As somebody else.
    be(&stage, BEN);
    let done = browser.click(&page, access["sign_in_url"].as_str().expect("a link")).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(fetch(Method::GET, ACCESS, None).await.json()["user"], BEN);
    assert_eq!(fetch(Method::GET, ME, None).await.json()["userName"], BEN);

    let written = program.end().await;
    assert!(written.contains("signed in to "), "the log was read: {written}");
    assert_eq!(secrets_in(&stage, &written), [""; 0], "in the log");
    assert_eq!(secrets_in(&stage, &browser.seen()), [""; 0], "in the browser");
    stage.end().await;
}

#[tokio::test]
async fn the_printed_address_signs_in_too() {
    let stage = Stage::with(Pace::none()).await;
    be(&stage, ADA);
    // As Databricks' command line leaves a profile behind.
    let profiles = stage.workspace.control().dir.join("databrickscfg");
    let text =
        format!("[DEFAULT]\n\n[mine]\nhost = {}\nauth_type = databricks-cli\n", stage.workspace.host());
    std::fs::write(&profiles, text).expect("a file");
    let path = profiles.display().to_string();
    let variables = [("DATABRICKS_CONFIG_FILE", path.as_str())];
    let program = DeployPage::start(&["--profile", "mine"], &variables).await;
    let browser = Browser::default();
    let done = browser.open(program.sign_in.as_ref().expect("an address")).await;
    assert!(done.status == 200 && done.body.contains("You are signed in"), "{}", done.body);
    let page = browser.open(&program.entrance).await.url;
    assert_eq!(browser.fetch(&page, Method::GET, ACCESS, None).await.json()["user"], ADA);
    program.end().await;
    stage.end().await;
}

#[tokio::test]
async fn a_credential_that_is_there_is_used_unless_one_wants_to_sign_in() {
    let stage = Stage::with(Pace::none()).await;
    be(&stage, BEN);
    let environment =
        [("DATABRICKS_HOST", stage.workspace.host()), ("DATABRICKS_TOKEN", stage.workspace.token(ADA))];
    let program = DeployPage::start(&[], &environment).await;
    assert_eq!(program.sign_in, None);
    let browser = Browser::default();
    let page = browser.open(&program.entrance).await.url;
    assert_eq!(browser.fetch(&page, Method::GET, ACCESS, None).await.json()["user"], ADA);
    program.end().await;

    let program = DeployPage::start(&["--sign-in"], &environment).await;
    let browser = Browser::default();
    browser.open(program.sign_in.as_ref().expect("an address")).await;
    let page = browser.open(&program.entrance).await.url;
    assert_eq!(browser.fetch(&page, Method::GET, ACCESS, None).await.json()["user"], BEN);
    let written = program.end().await;
    assert!(!written.contains(stage.workspace.token(ADA)), "{written}");
    stage.end().await;
}

#[tokio::test]
async fn a_code_of_somebody_else_is_of_no_use() {
    let stage = Stage::with(Pace::none()).await;
    be(&stage, BEN);
    let mallorys = DeployPage::start(&["--host", stage.workspace.host()], &[]).await;
    let adas = DeployPage::start(&["--host", stage.workspace.host()], &[]).await;
    let address = |program: &DeployPage| program.sign_in.clone().expect("an address");
    let parameter = |url: &Url, name: &str| {
        let value = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        value.unwrap_or_else(|| panic!("no {name} in {url}"))
    };
    // Mallory signs in somewhere else and keeps the code; she even knows Ada's state.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.no_proxy().build().expect("a client");
    let answer = client.get(address(&mallorys)).send().await.expect("an answer");
    let location: Url = answer.headers()["location"].to_str().expect("text").parse().expect("an address");
    let code = parameter(&location, "code");
    let mut injected: Url = parameter(&address(&adas), "redirect_uri").parse().expect("an address");
    injected.query_pairs_mut().append_pair("code", &code);
    injected.query_pairs_mut().append_pair("state", &parameter(&address(&adas), "state"));
    let browser = Browser::default();
    let refused = browser.open(&injected).await;
    assert!(refused.status == 400 && refused.body.contains("You are not signed in"), "{}", refused.body);
    assert!(!refused.body.contains(&code), "{}", refused.body);
    let page = browser.open(&adas.entrance).await.url;
    let access = browser.fetch(&page, Method::GET, ACCESS, None).await.json();
    assert_eq!(access["signed_in"], false);
    assert!(access["problem"].as_str().is_some_and(|why| why.contains("invalid_grant")), "{access}");
    adas.end().await;
    mallorys.end().await;
    stage.end().await;
}

#[tokio::test]
async fn the_command_line_signs_in_and_its_run_outlives_a_token() {
    let stage = Stage::with(Pace::none()).await;
    be(&stage, ADA);
    let faults = &stage.workspace.control().faults;
    faults.add(Rule::nth_request(20, When::Before, Action::Hang)).expect("a good rule");
    let mut process = Command::new(kill::program())
        .args(["deploy", "create", "--json", "--sign-in", "--host", stage.workspace.host()])
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("PGSSLROOTCERT", stage.workspace.control().dir.join("ca.pem"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program runs");
    let mut output = process.stdout.take().expect("stdout is piped");
    let mut errors = BufReader::new(process.stderr.take().expect("stderr is piped")).lines();
    let mut address = None;
    while let (None, Some(line)) = (&address, errors.next_line().await.expect("text")) {
        address = line.trim().parse::<Url>().ok().filter(Url::has_host);
    }
    let done = Browser::default().open(&address.expect("an address")).await;
    assert!(
        done.status == 200 && !done.body.contains("href"),
        "there is no page to go back to: {}",
        done.body
    );
    let hangs = faults.wait_for_hanging(Duration::from_mins(1)).await;
    assert!(hangs.is_some(), "the run goes on for so long");
    pass_an_hour(&stage);
    faults.release();
    let mut text = String::new();
    output.read_to_string(&mut text).await.expect("text");
    assert!(process.wait().await.expect("a status").success(), "{text}");

    let entries = stage.workspace.control().journal.entries();
    let renewals = entries.iter().filter(|entry| {
        entry.path == "/oidc/v1/token"
            && entry.body.as_deref().is_some_and(|body| body.contains("refresh_token"))
    });
    assert_eq!(renewals.count(), 1);
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["type"], "result", "{text}");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["creator"], ADA);
    assert_eq!(secrets_in(&stage, &text), [""; 0]);
    stage.end().await;
}

#[tokio::test]
async fn the_command_line_says_how_to_sign_in() {
    let stage = Stage::with(Pace::none()).await;
    let output = Command::new(kill::program())
        .args(["deploy", "create", "--host", stage.workspace.host()])
        .env_clear()
        .env("HOME", "/nonexistent")
        .output()
        .await
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("NOT_SIGNED_IN") && text.contains("--sign-in"), "{text}");
    assert_eq!(conversation(&stage, 0), [""; 0]);
    stage.end().await;
}
