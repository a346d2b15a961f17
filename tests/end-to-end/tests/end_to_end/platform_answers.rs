//! Answers that a workspace gives when something is odd with it, and what the deployer makes of them:
//! how soon it gives up, how often it asks, and what it tells meanwhile.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::CreateArguments;
use deployer::error::DeployError;
use deployer::events::{DeployEvent, EventKind};
use deployer::host::WorkspaceResponse;
use end_to_end::stage::{ADA, Stage};
use end_to_end::words::{Expected, assert_good_words, assert_says};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::journal::Entry;
use local_workspace::pace::Pace;
use serde_json::{Value, json};

const APPS: &str = "/api/2.0/apps";
const APP: &str = "/api/2.0/apps/tellr";
const ME: &str = "/api/2.0/preview/scim/v2/Me";

/// An answer with a status, headers and a body.
fn answer(status: u16, headers: &[(&str, &str)], body: Value) -> Action {
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Action::Answer { status, headers, body }
}

/// A `create` that is answered so for as long as it asks: why it failed, and after how many milliseconds.
async fn fails_while(stage: &Stage, rule: Rule) -> (DeployError, u64) {
    stage.workspace.control().faults.add(Rule { times: None, ..rule }).expect("a good rule");
    let began = stage.time.now_ms();
    let error = stage.create(CreateArguments::default()).await.expect_err("it lasts");
    (error, stage.time.now_ms() - began)
}

#[tokio::test]
async fn a_name_that_is_taken_by_no_app_that_can_be_seen_is_given_up_after_some_tries() {
    let stage = Stage::with(Pace::none()).await;
    let taken = Action::error(409, "ALREADY_EXISTS", "An app with the same name already exists.");
    let (error, waited) = fails_while(&stage, Rule::next(APPS, taken).on("POST")).await;
    assert_says(&error, Expected { code: "APP_ALREADY_EXISTS", names: "`tellr`", because: "shows no app" });
    let entries = stage.workspace.control().journal.entries();
    let tries = entries.iter().filter(|entry| entry.method == "POST" && entry.path == APPS).count();
    assert!((2..120).contains(&tries), "{tries} requests");
    assert!((60_000..=180_000).contains(&waited), "{waited} ms");
    stage.end().await;
}

#[tokio::test]
async fn a_retry_after_beyond_all_clocks_delays_nothing() {
    let stage = Stage::with(Pace::none()).await;
    let nonsense = Action::too_many_requests(Some("18446744073709551615"));
    for path in [ME, APP, APPS] {
        stage.workspace.control().faults.add(Rule::next(path, nonsense.clone())).expect("a good rule");
    }
    let began = stage.time.now_ms();
    stage.create(CreateArguments::default()).await.expect("the limit is over");
    assert!(stage.time.now_ms() - began < 60_000);
    stage.end().await;
}

#[tokio::test]
async fn json_of_another_shape_is_told_at_once_with_the_field_and_what_is_there() {
    let state = json!({"name": "tellr", "compute_status": {"state": 5}});
    for (path, body, names) in [
        (ME, json!({"user": "ada"}), "`userName` is missing"),
        (APP, json!([1, 2]), "it is a list, an object was expected"),
        (APP, json!({"name": 7}), "`name` is a number, text was expected"),
        (APP, state, "`compute_status.state` is a number, text was expected"),
    ] {
        let stage = Stage::with(Pace::none()).await;
        let (error, waited) = fails_while(&stage, Rule::next(path, answer(200, &[], body))).await;
        assert_says(&error, Expected { code: "UNREADABLE_ANSWER", names, because: "" });
        assert!(waited < 1_000, "{path}: {waited} ms");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_full_workspace_is_told_at_once_whatever_its_status() {
    for (status, code) in [(429, "RESOURCE_EXHAUSTED"), (400, "BAD_REQUEST"), (429, "QUOTA_EXCEEDED")] {
        let stage = Stage::with(Pace::none()).await;
        let full = Action::error(status, code, "The maximum number of apps for your workspace is 100.");
        let (error, waited) = fails_while(&stage, Rule::next(APPS, full).on("POST")).await;
        assert_says(&error, Expected { code: "APP_QUOTA", names: "`tellr`", because: "is 100" });
        assert!(waited < 5_000, "{waited} ms");
        stage.end().await;
    }
}

#[tokio::test]
async fn what_stands_in_front_of_a_workspace_is_named_at_once() {
    let page = "<html><head><title>Databricks - Sign In</title></head></html>";
    let blocked =
        "Source IP address: 203.0.113.7 is blocked by Databricks IP ACL for workspace: 7474646471015793";
    let scopes = "Provided OAuth token does not have required scopes: apps";
    let login = "/login.html?next_url=%2Fapi";
    let private = "/login.html?error=private-link-validation-error:7474646471015793";
    let integer = |message: &str| answer(403, &[], json!({"error_code": 403, "message": message}));
    for (action, code) in [
        (answer(200, &[("content-type", "text/html")], json!(page)), "SIGN_IN_PAGE"),
        (answer(302, &[("location", login)], json!("")), "SIGN_IN_PAGE"),
        (answer(302, &[("location", private)], json!("")), "PRIVATE_LINK_REQUIRED"),
        (integer(blocked), "ADDRESS_BLOCKED"),
        (integer(scopes), "TOKEN_SCOPE_MISSING"),
        (answer(407, &[], json!("<html><title>Proxy</title></html>")), "PROXY_AUTHENTICATION"),
    ] {
        let stage = Stage::with(Pace::none()).await;
        let (error, waited) = fails_while(&stage, Rule { path: None, ..Rule::next("", action) }).await;
        assert_says(&error, Expected { code, names: "", because: "" });
        assert!(waited < 1_000, "{code}: {waited} ms");
        assert_eq!(stage.made("POST", APPS), 0);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_workspace_that_never_answered_is_given_up_within_five_seconds() {
    let stage = Stage::with(Pace::none()).await;
    let (error, waited) = fails_while(&stage, Rule { path: None, ..Rule::next("", Action::Cut) }).await;
    assert_says(&error, Expected { code: "WORKSPACE_UNREACHABLE", names: "can't be reached", because: "" });
    assert!((1_000..=5_000).contains(&waited), "{waited} ms");
    stage.workspace.control().faults.clear();
    stage.create(CreateArguments::default()).await.expect("the network is back");
    stage.assert_deployed_once().await;
    stage.end().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_later_is_told_while_it_is_tried_again() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let lost = Rule::next(APPS, Action::Cut).on("POST").times(3);
    stage.workspace.control().faults.add(lost).expect("a good rule");
    let notices = RefCell::new(Vec::new());
    let listener = |event: &DeployEvent| {
        if event.kind == EventKind::Notice {
            notices.borrow_mut().push(event.message.clone());
        }
    };
    let host = stage.host(ADA).watched(&listener);
    stage.create_on(&host, CreateArguments::default()).await.expect("the network is back");
    let notices = notices.take();
    for nth in 1..=3 {
        let told = notices.iter().any(|notice| {
            notice.starts_with("can't reach the workspace (")
                && notice.ends_with(&format!("retrying ({nth} of 5)"))
        });
        assert!(told, "{notices:#?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    for list in ["endpoints", "databases"] {
        let stage = Stage::with(Pace::none()).await;
        let path = format!("/api/2.0/postgres/projects/[^/]+/branches/[^/]+/{list}");
        let first = answer(200, &[], json!({list: [], "next_page_token": "after-0"}));
        stage.workspace.control().faults.add(Rule::next(&path, first)).expect("a good rule");
        stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let entries = stage.workspace.control().journal.entries();
        let asked = |entry: &&Entry| entry.query.as_deref().is_some_and(|query| query.contains("after-0"));
        assert_eq!(entries.iter().filter(asked).count(), 1, "{list}");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_given_up() {
    let stage = Stage::with(Pace::none()).await;
    let path = "/api/2.0/postgres/projects/[^/]+/branches/[^/]+/endpoints";
    let page = answer(200, &[], json!({"endpoints": [], "next_page_token": "again"}));
    let (error, _) = fails_while(&stage, Rule::next(path, page)).await;
    assert_says(&error, Expected { code: "UNREADABLE_ANSWER", names: "more than 100 pages", because: "" });
    stage.end().await;
}

/// Numbers that overflow, round or turn negative in one type or another.
const EXTREMES: [&str; 9] = [
    "18446744073709551615",
    "9223372036854775807",
    "-9223372036854775808",
    "4294967295",
    "-1",
    "0",
    "1e308",
    "-1e308",
    "0.1",
];

/// All numbers of a JSON value replaced; how many there were.
fn replace_numbers(value: &mut Value, extreme: &Value) -> usize {
    match value {
        Value::Number(_) => {
            *value = extreme.clone();
            1
        }
        Value::Array(list) => list.iter_mut().map(|one| replace_numbers(one, extreme)).sum(),
        Value::Object(object) => object.values_mut().map(|one| replace_numbers(one, extreme)).sum(),
        // Lengths of time, and moments, are numbers in a text.
        Value::String(text) => {
            let is_moment = text.len() >= 19 && text.as_bytes()[4] == b'-' && text.contains('T');
            let is_duration = text.strip_suffix('s').is_some_and(|secs| secs.parse::<f64>().is_ok());
            if is_moment {
                *text = if extreme.to_string().starts_with('-') {
                    "0000-01-01T00:00:00Z".into()
                } else {
                    "9999-12-31T23:59:59.999Z".into()
                };
            } else if is_duration {
                *text = format!("{extreme}s");
            }
            usize::from(is_moment || is_duration)
        }
        Value::Null | Value::Bool(_) => 0,
    }
}

/// Alters one answer: its numbers, what a file holds in them, its `Date`, and a `Retry-After` if it asks to
/// wait. Whether there was anything to alter.
fn alter(response: &mut WorkspaceResponse, extreme: &str) -> bool {
    let number: Value = serde_json::from_str(extreme).expect("a number");
    let mut altered = 0;
    if let Ok(mut body) = serde_json::from_str::<Value>(&response.body) {
        altered += replace_numbers(&mut body, &number);
        // A file of the deployer's own: the journal, the lock.
        let file = body["content"].as_str().and_then(|content| STANDARD.decode(content).ok());
        if let Some(mut file) = file.and_then(|file| serde_json::from_slice::<Value>(&file).ok()) {
            altered += replace_numbers(&mut file, &number);
            body["content"] = STANDARD.encode(file.to_string()).into();
        }
        response.body = body.to_string();
    }
    let date = if extreme.starts_with('-') { "Sat, 01 Jan 0000" } else { "Fri, 31 Dec 9999" };
    for (name, value) in &mut response.headers {
        if name == "date" {
            *value = format!("{date} 23:59:59 GMT");
            altered += 1;
        }
    }
    response.headers.push(("retry-after".into(), extreme.to_owned()));
    altered > 0
}

/// What comes of it is not the point: a run may fail, with an error in words, but not by a panic.
#[tokio::test]
async fn no_number_in_an_answer_breaks_the_arithmetic() {
    let counting = Stage::with(Pace::scaled(0.01)).await;
    let host = counting.host(ADA);
    counting.create_on(&host, CreateArguments::default()).await.expect("nothing is altered");
    let requests = host.requests();
    drop(host);
    counting.end().await;
    assert!(requests > 40, "{requests}");
    let mut altered = 0;
    for (nth, extreme) in (0..requests).step_by(2).zip(EXTREMES.iter().cycle()) {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        // A busy answer first, so that a pause is computed of what it says.
        let busy = Rule::nth_request(
            u64::try_from(nth + 1).expect("few"),
            When::Before,
            Action::too_many_requests(None),
        );
        stage.workspace.control().faults.add(busy).expect("a good rule");
        let met = std::cell::Cell::new(false);
        let change = |index: usize, response: &mut WorkspaceResponse| {
            if index == nth || index == nth + 1 {
                met.set(alter(response, extreme) || met.get());
            }
        };
        let host = stage.host(ADA).altered(&change);
        if let Err(error) = stage.create_on(&host, CreateArguments::default()).await {
            assert_good_words(&error);
        }
        altered += usize::from(met.get());
        drop(host);
        stage.end().await;
    }
    assert!(altered > requests / 4, "{altered} of {requests}");
    // And all at once, from the first answer on.
    for extreme in EXTREMES {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        let change = |_: usize, response: &mut WorkspaceResponse| {
            alter(response, extreme);
        };
        let host = stage.host(ADA).altered(&change);
        if let Err(error) = stage.create_on(&host, CreateArguments::default()).await {
            assert_good_words(&error);
        }
        drop(host);
        stage.end().await;
    }
}

#[tokio::test]
async fn while_the_platform_works_elapsed_and_usual_time_are_told() {
    let stage = Stage::with(Pace::none()).await;
    stage.set(|settings| settings.pace.durations.compute_start_ms = 90_000);
    let told = RefCell::new(Vec::new());
    let listener = |event: &DeployEvent| {
        if event.step.as_deref() == Some("app") && event.progress.is_some() {
            told.borrow_mut().push((event.message.clone(), event.step_elapsed_ms, event.progress));
        }
    };
    let host = stage.host(ADA).watched(&listener);
    stage.create_on(&host, CreateArguments::default()).await.expect("it starts");
    let told = told.take();
    assert_eq!(told.len(), 4, "every 20 s of 90: {told:#?}");
    let (message, elapsed_ms, progress) = &told[3];
    assert!(message.starts_with("starting compute of the app `tellr`: 1 min 2"), "{message}");
    assert!(message.ends_with(" s so far, usually 1 to 3 min"), "{message}");
    assert!(elapsed_ms.is_some_and(|ms| (80_000..90_000).contains(&ms)) && progress.is_some_and(|p| p < 0.5));
    stage.end().await;
}

#[tokio::test]
async fn hours_in_which_the_machine_slept_are_no_timeout() {
    const EIGHT_HOURS_MS: u64 = 8 * 60 * 60 * 1000;
    let stage = Stage::with(Pace::realistic()).await;
    stage.set(|settings| settings.pace.durations.compute_start_ms = EIGHT_HOURS_MS + 5 * 60 * 1000);
    let slept = std::cell::Cell::new(false);
    let listener = |event: &DeployEvent| {
        if event.message.contains("compute of the app") && !slept.replace(true) {
            let advanced = stage.workspace.control().clock.advance(EIGHT_HOURS_MS);
            advanced.expect("the workspace runs on a virtual clock");
        }
    };
    let host = stage.host(ADA).watched(&listener);
    stage.create_on(&host, CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(slept.get());
    stage.end().await;
}
