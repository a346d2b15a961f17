//! The lock's file, whatever it says and whoever may write it.

use std::time::Duration;

use base64::Engine as _;
use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::host::{Host as _, WorkspaceRequest, WorkspaceResponse};
use deployer::operations;
use end_to_end::rivals::{LOCK, effects, is_of_lock};
use end_to_end::stage::{ADA, FOLDER, Stage};
use end_to_end::virtual_time::{Death, RequestFault, drive};
use end_to_end::words::{Expected, assert_says};
use futures_util::join;
use serde_json::{Value, json};

async fn write(stage: &Stage, path: &str, text: &str) {
    let folder = path.rsplit_once('/').expect("a path").0;
    assert_eq!(stage.post("/api/2.0/workspace/mkdirs", json!({"path": folder})).await.0, 200);
    let content = base64::engine::general_purpose::STANDARD.encode(text);
    let body = json!({"path": path, "format": "AUTO", "overwrite": true, "content": content});
    assert_eq!(stage.post("/api/2.0/workspace/import", body).await.0, 200);
}

fn lock(id: &str, expires_at: &str) -> String {
    json!({
        "id": id, "holder": "dora@example.com", "operation": "create",
        "since": "2026-11-23T14:59:00Z", "expires_at": expires_at,
    })
    .to_string()
}

/// A lock that nobody renews is taken over after one lease, whatever it says.
#[tokio::test]
async fn what_a_dead_lock_says_changes_nothing() {
    for (text, at_work) in [
        (lock("abc", "2099-01-01T00:00:00Z"), false),
        (lock("abc", "1999-01-01T00:00:00Z"), false),
        (lock("abc", "2026-11-23T15:00:30Z"), true),
        (lock("../../a/b?c#d%2F\u{0}", "2026-11-23T15:00:30Z"), true),
        (lock("", "2026-11-23T15:00:30Z"), true),
        (lock(&"x".repeat(5_000), "2026-11-23T15:00:30Z"), true),
        (r#"{"id": 7}"#.to_owned(), false),
        ("not JSON".to_owned(), false),
        (String::new(), false),
    ] {
        let stage = Stage::realistic().await;
        write(&stage, LOCK, &text).await;
        let status = stage.status().await;
        assert_eq!(status.lock.is_some(), at_work, "{text}: {status:#?}");
        let began = stage.time.now_ms();
        let result =
            stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
        let waited = result.steps[0].elapsed_ms;
        assert!(
            (45_000..90_000).contains(&waited),
            "{text}: waited {waited} ms of {}",
            stage.time.now_ms() - began
        );
        stage.assert_deployed_once().await;
        stage.end().await;
    }
}

/// A lock that is renewed is somebody's, whatever it says.
#[tokio::test]
async fn a_lock_that_is_renewed_is_held_whatever_it_says() {
    for expires_at in ["1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
        let stage = Stage::realistic().await;
        let host = stage.host(ADA).named("waiter");
        let config = CreateArguments::default().resolve(None, None).expect("good arguments");
        let cancellation = Cancellation::new();
        write(&stage, LOCK, &lock("abc", expires_at)).await;
        let renewing = async {
            for renewals in 1..4 {
                stage.host(ADA).sleep(Duration::from_secs(15)).await;
                let mut text: Value = serde_json::from_str(&lock("abc", expires_at)).expect("JSON");
                text["renewals"] = renewals.into();
                write(&stage, LOCK, &text.to_string()).await;
            }
        };
        let creating = Box::pin(operations::create(&host, &config, &cancellation));
        let (refused, ()) =
            drive(&stage.time, async { join!(creating, renewing) }).await.expect("nobody dies");
        let error = refused.expect_err("somebody is at work");
        let names = "dora@example.com has been running `create` on app `tellr` since";
        assert_says(&error, Expected { code: "DEPLOY_LOCKED", names, because: LOCK });
        let none: [String; 0] = [];
        assert_eq!(effects(&stage.changes_by("waiter")), none);
        assert!(stage.is_locked().await, "it is left alone");
        drop(host);
        stage.end().await;
    }
}

/// Who waits for a lock can be stopped, and leaves it alone.
#[tokio::test]
async fn a_deployer_that_waits_for_a_lock_can_be_cancelled() {
    let stage = Stage::realistic().await;
    let text = lock("abc", "2026-11-23T15:00:30Z");
    write(&stage, LOCK, &text).await;
    let host = stage.host(ADA).named("waiter");
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    // While it watches the lock, and after it has replaced it.
    for (after, stays) in [(20, true), (60, false)] {
        let (cancellation, began) = (Cancellation::new(), stage.time.now_ms());
        let creating = Box::pin(operations::create(&host, &config, &cancellation));
        let stopping = async {
            stage.host(ADA).sleep(Duration::from_secs(after)).await;
            cancellation.cancel();
        };
        let (ended, ()) = drive(&stage.time, async { join!(creating, stopping) }).await.expect("nobody dies");
        assert_eq!(ended.expect_err("it was cancelled").code, "CANCELLED");
        let took = stage.time.now_ms() - began;
        assert!(took < after * 1_000 + 5_000, "as soon as the lock is given back: {took} ms for {after} s");
        assert_eq!(stage.file(LOCK).await, stays.then(|| text.clone()));
        let none: [String; 0] = [];
        assert_eq!(effects(&stage.changes_by("waiter")), none);
    }
    drop(host);
    stage.end().await;
}

/// A deployer dies at each request of taking over a lock; the next one goes on, and nothing stays.
#[tokio::test]
async fn a_takeover_that_dies_at_any_request_is_mended_by_the_next_run() {
    for index in 0.. {
        let stage = Stage::realistic().await;
        write(&stage, LOCK, &lock("abc", "2026-11-23T15:00:30Z")).await;
        let died = stage.create_dying(CreateArguments::default(), Death::After(index)).await.is_none();
        let journal = stage.last_run().await;
        assert!(died, "it has more requests than that");
        stage.create(CreateArguments::default()).await.unwrap_or_else(|error| panic!("{index}: {error:#?}"));
        stage.assert_deployed_once().await;
        stage.end().await;
        if journal.is_some() {
            println!("a takeover dies at each of its {index} first requests: 0 files stay");
            assert!(index > 15, "the takeover is among them: {index}");
            return;
        }
    }
}

/// A renewal that is under way when a run ends is finished, and the lock is then given back.
#[tokio::test]
async fn a_renewal_under_way_at_the_end_is_finished() {
    let mut under_way_at_the_end = 0;
    for longer in 0..10 {
        let stage = Stage::realistic().await;
        // Each renewal takes most of the time between two, so that one is under way whenever the steps end.
        let longer = Duration::from_secs(4 + longer);
        let slow = |request: &WorkspaceRequest| {
            let is_renewal =
                request.body.as_ref().is_some_and(|body| body["path"] == LOCK && body["overwrite"] == true);
            is_renewal.then_some(RequestFault::Latency(longer))
        };
        let host = stage.host(ADA).named("one").meeting(&slow);
        stage.create_on(&host, CreateArguments::default()).await.unwrap_or_else(|error| panic!("{error:#?}"));
        stage.assert_deployed_once().await;
        let changes = stage.changes_by("one");
        let [.., last, removal] = changes.as_slice() else { panic!("it changed something") };
        assert_eq!(removal.path, "/api/2.0/workspace/delete");
        let renewal = changes.iter().rev().find(|entry| is_of_lock(entry) && entry.path.ends_with("import"));
        let renewal = renewal.expect("it was renewed");
        // The journal's last line waits for the renewal; the lock is given back after both.
        assert!(
            removal.time.0 >= renewal.time.0 + u64::try_from(longer.as_millis()).expect("small"),
            "{last:?}"
        );
        under_way_at_the_end += usize::from(last.time.0 - renewal.time.0 < 20_000);
        drop(host);
        stage.end().await;
    }
    assert!(under_way_at_the_end > 0);
}

/// Where the shared folder is closed, the lock is beside the app's files.
#[tokio::test]
async fn without_the_shared_folder_the_lock_is_beside_the_files() {
    let stage = Stage::realistic().await;
    let closed = |request: &WorkspaceRequest| {
        let queried = request.query.iter().any(|(_, value)| value.starts_with("/Workspace/Shared"));
        let named =
            request.body.as_ref().is_some_and(|body| body["path"].to_string().contains("/Workspace/Shared"));
        let body = json!({"error_code": "PERMISSION_DENIED", "message": "Shared is closed"}).to_string();
        (queried || named).then_some(RequestFault::Answer(WorkspaceResponse {
            status: 403,
            headers: vec![],
            body,
        }))
    };
    let (one, other) = (stage.host(ADA).meeting(&closed), stage.host(ADA).meeting(&closed));
    let config = CreateArguments::default().resolve(None, None).expect("good arguments");
    let (first, second) = (Cancellation::new(), Cancellation::new());
    let both = async {
        join!(
            Box::pin(operations::create(&one, &config, &first)),
            Box::pin(operations::create(&other, &config, &second)),
        )
    };
    let ended = drive(&stage.time, both).await.expect("nobody dies");
    let error = match ended {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        other => panic!("one deploys: {other:#?}"),
    };
    let names = "ada@example.com has been running `create` on app `tellr`";
    let because = "/.apps/tellr/.tellr/lock.json`";
    assert_says(&error, Expected { code: "DEPLOY_LOCKED", names, because });
    stage.assert_deployed_once().await;
    drop((one, other));
    stage.end().await;
}

/// A journal of a run that ended well has nothing left to do.
#[tokio::test]
async fn what_a_finished_run_was_about_to_do_counts_as_done() {
    let stage = Stage::realistic().await;
    // Dead after the key was stored and before the journal said so.
    let died = stage.create_dying(CreateArguments::default(), Death::After(24)).await;
    assert!(died.is_none());
    stage.create(CreateArguments::default()).await.expect("create");
    let path = format!("{FOLDER}/.tellr/deployment.json");
    let journal: Value = serde_json::from_str(&stage.file(&path).await.expect("a journal")).expect("JSON");
    let states = |journal: &Value| -> Vec<Value> {
        let entries = journal["entries"].as_object().expect("entries");
        entries.values().map(|entry| entry["state"].clone()).collect()
    };
    assert!(states(&journal).iter().all(|state| state == "done"), "{journal:#}");

    // One that an older deployer left is mended by the next run.
    let mut older = journal.clone();
    older["entries"]["key"]["state"] = "intended".into();
    write(&stage, &path, &older.to_string()).await;
    stage.update(end_to_end::stage::update_of_default()).await.expect("update");
    let journal: Value = serde_json::from_str(&stage.file(&path).await.expect("a journal")).expect("JSON");
    assert!(states(&journal).iter().all(|state| state == "done"), "{journal:#}");
    stage.end().await;
}

/// One may write in the shared folder and the other may not: they exclude each other all the same.
#[tokio::test]
async fn a_deployer_with_the_shared_folder_and_one_without_exclude_each_other() {
    for delay in (0..12_000).step_by(800) {
        let stage = Stage::realistic().await;
        let closed = |request: &WorkspaceRequest| {
            let named = request
                .body
                .as_ref()
                .is_some_and(|body| body["path"].to_string().contains("/Workspace/Shared"));
            let body = json!({"error_code": "PERMISSION_DENIED", "message": "Shared is closed"}).to_string();
            named.then_some(RequestFault::Answer(WorkspaceResponse { status: 403, headers: vec![], body }))
        };
        let (without, with) = (stage.host(ADA).meeting(&closed), stage.host(ADA));
        let config = CreateArguments::default().resolve(None, None).expect("good arguments");
        let (first, second) = (Cancellation::new(), Cancellation::new());
        let late = async {
            with.sleep(Duration::from_millis(delay)).await;
            Box::pin(operations::create(&with, &config, &second)).await
        };
        let both = async { join!(Box::pin(operations::create(&without, &config, &first)), late) };
        let ended = drive(&stage.time, both).await.expect("nobody dies");
        match &ended {
            (Ok(_), Err(error)) | (Err(error), Ok(_)) => assert!(error.is("DEPLOY_LOCKED"), "{ended:#?}"),
            other => panic!("one deploys: {other:#?}"),
        }
        stage.assert_deployed_once().await;
        assert_eq!(stage.made("POST", "/api/2.0/secrets/put"), 1);
        drop((without, with));
        stage.end().await;
    }
}
