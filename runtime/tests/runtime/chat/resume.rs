//! Processes that end, requests that are stopped, and sign-ins that expire in the middle.

use serde_json::{Value, json};

use super::{Stand, TOKEN, text, titles};
use crate::support::databricks::Kind;
use crate::support::{eventually, postgres};

/// Kills the process when a kind was asked so often, and has another one finish.
async fn killed_at(kind: Kind, asked: usize) {
    let mut first = Stand::new().await;
    first.databricks.hold_after(kind, asked - 1);
    let turn = first.ada().asks("Review the revenue").await;
    first.databricks.asked(kind, asked).await;
    if kind == Kind::Slide && asked > 1 {
        // What passed is stored: three are asked at once.
        let schema = first.schema().to_owned();
        eventually("slides are stored", || {
            let statement = format!("SELECT count(*) FROM {schema}.chat_slides WHERE state = 'done'");
            async move { usize::try_from(postgres::one::<i64>(&statement).await).expect("a count") >= asked - 1 }
        })
        .await;
    }
    first.kill().await;
    let before = first.databricks.counts();
    first.databricks.let_go(kind);
    let stored: i64 =
        postgres::one(&format!("SELECT count(*) FROM {}.chat_slides WHERE state = 'done'", first.schema()))
            .await;
    let mut second = first.another().await;
    // The person's page is there, with their token.
    let ada = second.ada();
    ada.turn(&turn).await;
    second.work();
    let ada = second.ada();
    let done = ada.sees(&turn, "succeeded").await;
    assert_eq!(
        titles(&ada.deck(&done).await),
        (1..=5).map(|n| format!("Point {n} is made")).collect::<Vec<_>>()
    );

    // Only what was not stored is asked again.
    let counts = second.databricks.counts();
    let more = |kind: Kind| {
        counts.get(&kind).copied().unwrap_or_default() - before.get(&kind).copied().unwrap_or_default()
    };
    let stored = usize::try_from(stored).expect("a count");
    match kind {
        Kind::Gather => assert_eq!(more(Kind::Gather), 3 - asked, "{counts:?}"),
        Kind::Ask => assert_eq!((more(Kind::Gather), more(Kind::Ask)), (1, 3 - asked), "{counts:?}"),
        Kind::Poll => assert_eq!((more(Kind::Gather), more(Kind::Ask)), (1, 0), "{counts:?}"),
        Kind::Outline => assert_eq!((more(Kind::Gather), more(Kind::Outline)), (0, 1), "{counts:?}"),
        _ => assert_eq!((more(Kind::Outline), more(Kind::Slide)), (0, 5 - stored), "{counts:?}"),
    }
    let sources: i64 = postgres::one(&format!("SELECT count(*) FROM {}.chat_sources", second.schema())).await;
    assert_eq!(sources, 2, "nothing is doubled");
    assert_eq!(done["slides"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn killed_while_the_model_is_asked_what_it_needs() {
    killed_at(Kind::Gather, 1).await;
    killed_at(Kind::Gather, 2).await;
}

#[tokio::test]
async fn killed_while_genie_works() {
    killed_at(Kind::Ask, 2).await;
    killed_at(Kind::Poll, 1).await;
}

#[tokio::test]
async fn killed_while_the_outline_is_written() {
    killed_at(Kind::Outline, 1).await;
}

#[tokio::test]
async fn killed_between_slides() {
    for slide in [1, 3, 5] {
        killed_at(Kind::Slide, slide).await;
    }
}

#[tokio::test]
async fn a_stream_goes_on_behind_its_last_event_in_another_process() {
    let mut first = Stand::new().await;
    first.databricks.hold_after(Kind::Slide, 2);
    let turn = first.ada().asks("Review the revenue").await;
    first.databricks.asked(Kind::Slide, 3).await;
    let seen = first.ada().events(&turn).await;
    let last = seen.last().and_then(|event| event["id"].as_i64()).expect("an event");
    first.kill().await;
    first.databricks.let_go(Kind::Slide);
    let mut second = first.another().await;
    second.ada().turn(&turn).await;
    second.work();
    second.ada().sees(&turn, "succeeded").await;
    let request = second
        .ada()
        .person
        .request(reqwest::Method::GET, &format!("/api/jobs/{}/events", text(&turn, "job_id")))
        .header("last-event-id", last.to_string());
    let stream = request.send().await.expect("a stream").text().await.expect("it ends with the job");
    let ids: Vec<i64> =
        stream.lines().filter_map(|line| line.strip_prefix("id: ")?.trim().parse().ok()).collect();
    assert_eq!(ids, (last + 1..=last + i64::try_from(ids.len()).expect("few")).collect::<Vec<_>>());
    assert!(stream.contains("event: succeeded"), "{stream}");
}

#[tokio::test]
async fn stopping_ends_at_once_and_keeps_what_is_there() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    stand.databricks.hold_after(Kind::Slide, 2);
    let turn = ada.asks("Review the revenue").await;
    stand.databricks.asked(Kind::Slide, 4).await;
    eventually("two slides are there", || async {
        titles(&ada.deck(&turn).await).iter().filter(|title| !title.is_empty()).count() == 2
    })
    .await;
    let started = std::time::Instant::now();
    let (status, _) = ada.post(&format!("/api/chat/{}/cancel", text(&turn, "id")), json!({})).await;
    assert_eq!(status, 202);
    let stopped = ada.sees(&turn, "cancelled").await;
    println!("stopped within {} ms", started.elapsed().as_millis());
    let done = |turn: &Value| {
        turn["slides"].as_array().expect("slides").iter().filter(|slide| slide["state"] == "done").count()
    };
    assert_eq!(done(&stopped), 2);

    // It can be resumed.
    stand.databricks.let_go(Kind::Slide);
    let asked = stand.databricks.count(Kind::Slide);
    let (status, answer) = ada.post(&format!("/api/chat/{}/retry", text(&turn, "id")), json!({})).await;
    assert_eq!(status, 202, "{answer}");
    let finished = ada.sees(&turn, "succeeded").await;
    assert_eq!(done(&finished), 5);
    assert_eq!(stand.databricks.count(Kind::Slide), asked + 3);
}

#[tokio::test]
async fn an_expired_sign_in_waits_for_the_person_and_then_goes_on() {
    let stand = Stand::new().await;
    let ada = stand.ada();
    stand.databricks.hold_after(Kind::Ask, 0);
    let turn = ada.asks("Review the revenue").await;
    stand.databricks.asked(Kind::Ask, 1).await;
    stand.databricks.refuse(TOKEN);
    stand.databricks.let_go(Kind::Ask);
    eventually("the person is asked to sign in", || async {
        ada.events(&turn).await.iter().any(|event| event["kind"] == "sign_in")
    })
    .await;
    // The page was loaded again: the proxy sends a new token.
    ada.get_as("planted-newer-token-of-ada-0123456789", "/api/user").await;
    let path = format!("/api/sessions/{}/chat", text(&turn, "session_id"));
    eventually("it goes on", || async {
        let (_, conversation) = ada.get_as("planted-newer-token-of-ada-0123456789", &path).await;
        conversation["turns"][0]["state"] == "succeeded"
    })
    .await;
}
