//! Runs that are asked to stop, and a page that is closed in the middle of one.

use std::cell::Cell;
use std::pin::pin;

use deployer::events::{DeployEvent, StepState};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

use crate::stage::{Stage, create, create_unless_closed, create_until, fetch};

/// Aborts when `when` is heard; the next run finishes, and nothing was made twice.
async fn aborted(app: &'static str, when: fn(&DeployEvent) -> bool, stands: &str) {
    let stage = Stage::open(app).await;
    let controller = AbortController::new().expect("an `AbortController`");
    let signal = controller.signal();
    let stop = move |event: &DeployEvent| {
        if when(event) {
            controller.abort();
        }
    };
    let stopped = create_until(&fetch(), stage.create_arguments(json!({})), Some(signal), stop).await;
    let error = stopped.error();
    assert_eq!(error["code"], "CANCELLED", "{error:#}");
    assert!(error["cause"].as_str().is_some_and(|cause| cause.contains(stands)), "{error:#}");
    assert_eq!(stage.lock().await, None, "the lock is released");
    create(&fetch(), stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
}

fn is(event: &DeployEvent, step: &str, state: StepState) -> bool {
    event.step.as_deref() == Some(step) && event.state == Some(state)
}

#[wasm_bindgen_test]
async fn a_run_that_is_aborted_before_its_first_effect_has_begun_nothing() {
    aborted("early", |event| is(event, "lakebase", StepState::Started), "nothing had been started").await;
}

#[wasm_bindgen_test]
async fn a_run_that_is_aborted_while_it_waits_says_what_stands() {
    aborted("midway", |event| is(event, "lakebase", StepState::Done), "`lakebase`").await;
}

#[wasm_bindgen_test]
async fn a_run_that_is_aborted_late_says_what_stands() {
    aborted("late", |event| is(event, "deployment", StepState::Started), "`schema`").await;
}

#[wasm_bindgen_test]
async fn with_a_signal_that_was_aborted_before_nothing_is_changed() {
    let stage = Stage::open("never").await;
    let controller = AbortController::new().expect("an `AbortController`");
    controller.abort();
    let arguments = stage.create_arguments(json!({}));
    let stopped = create_until(&fetch(), arguments, Some(controller.signal()), |_| ()).await;
    assert_eq!(stopped.error()["code"], "CANCELLED");
    assert_eq!(stage.made("POST", "/api/2.0/apps").await, 0);
    assert_eq!(stage.made("POST", "/api/2.0/postgres/projects").await, 0);
}

#[wasm_bindgen_test]
async fn after_a_page_was_closed_the_next_one_waits_for_the_lease_and_goes_on() {
    let stage = Stage::open("closed").await;
    let (closes, closing) = oneshot::channel::<()>();
    let closes = Cell::new(Some(closes));
    let close = move |event: &DeployEvent| {
        if is(event, "lakebase", StepState::Waiting)
            && let Some(closes) = closes.take()
        {
            closes.send(()).ok();
        }
    };
    {
        let deployer = fetch();
        let run = pin!(create_unless_closed(&deployer, stage.create_arguments(json!({})), close));
        let Either::Right(_) = select(run, closing).await else { panic!("it was closed before it ended") };
    }
    assert!(stage.lock().await.is_some(), "nobody was there to release it");
    let began = stage.now_ms().await;
    let created = create(&fetch(), stage.create_arguments(json!({}))).await;
    assert_eq!(created.result()["status"], "created");
    assert!(stage.now_ms().await - began > 40_000, "the lease is waited out");
    stage.assert_deployed_once().await;
}
