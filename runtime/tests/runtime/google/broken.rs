//! What breaks between the app and Google: nothing is doubled, nothing is half, and people are told what to do.

use google_stand_in::{Act, Fault, On};
use serde_json::json;

use super::{Browser, Stand};
use crate::support::eventually;

fn refuse(status: u16, reason: &str, retry_after_secs: Option<u64>) -> Act {
    Act::Refuse { status, reason: reason.to_owned(), retry_after_secs }
}

/// A person with a connection and a deck.
async fn ready() -> (Stand, Browser, String) {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck("Review").await;
    (stand, ada, session)
}

fn calls(stand: &Stand, on: On) -> usize {
    stand.google.calls().iter().filter(|call| call.on == on).count()
}

#[tokio::test]
async fn an_upload_goes_on_after_whatever_breaks_it() {
    let (stand, ada, session) = ready().await;
    let mut revision = 0;
    for (on, act, skip, times) in [
        (On::Chunk, Act::Cut, 0, 1),
        (On::Chunk, Act::Cut, 1, 2),
        // The last chunk: the file is there, only the answer is lost.
        (On::Chunk, Act::LoseAnswer, 2, 1),
        (On::Chunk, Act::LoseAnswer, 0, 1),
        (On::Chunk, refuse(503, "backendError", None), 1, 3),
        (On::Chunk, refuse(429, "rateLimitExceeded", Some(0)), 0, 1),
        (On::Chunk, refuse(403, "userRateLimitExceeded", None), 0, 1),
        (On::Progress, Act::Cut, 0, 1),
        (On::Start, Act::LoseAnswer, 0, 1),
        (On::Start, refuse(500, "internalError", None), 0, 3),
        (On::Files, Act::Cut, 0, 1),
    ] {
        let fault = Fault::next(on, act).after(skip).times(times);
        stand.google.fail(fault.clone());
        if on == On::Progress {
            stand.google.fail(Fault::next(On::Chunk, Act::Cut));
        }
        let job = ada.exports(&session).await;
        ada.sees(&job, "succeeded").await;
        revision += 1;
        assert_eq!(stand.file().revision, revision, "{fault:?}");
    }
}

#[tokio::test]
async fn the_first_file_is_not_doubled_when_its_answer_is_lost() {
    // Of the last chunk, and of every question about it: the attempt fails, and the next one finds the file.
    let (stand, ada, session) = ready().await;
    stand.google.fail(Fault::next(On::Chunk, Act::LoseAnswer).after(2));
    stand.google.fail(Fault::next(On::Progress, Act::Cut).times(8));
    let job = ada.exports(&session).await;
    let done = ada.sees(&job, "succeeded").await;
    assert!(done["attempt"].as_i64() > Some(1), "{done}");
    assert_eq!((stand.file().revision, calls(&stand, On::Start)), (1, 1));
}

#[tokio::test]
async fn a_session_that_google_has_forgotten_is_not_a_second_file() {
    let (mut stand, ada, session) = ready().await;
    stand.google.fail(Fault::next(On::Chunk, Act::LoseAnswer).after(2));
    stand.google.fail(Fault::next(On::Progress, Act::Hold));
    let job = ada.exports(&session).await;
    eventually("the file is there", async || {
        stand.google.files().len() == 1 && calls(&stand, On::Progress) == 1
    })
    .await;
    stand.kill().await;
    stand.google.forget_uploads();
    stand.work();
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.file().revision, 2, "the same file, found by its property");
}

#[tokio::test]
async fn an_upload_of_an_older_version_is_given_up() {
    let (mut stand, ada, session) = ready().await;
    stand.google.fail(Fault::next(On::Chunk, Act::Hold).after(1));
    let job = ada.exports(&session).await;
    eventually("it is in the middle", async || calls(&stand, On::Chunk) == 2).await;
    stand.kill().await;
    let patch = json!({ "version": 1, "patches": [{ "op": "set_title", "title": "Later" }] });
    assert_eq!(ada.post(&format!("/api/sessions/{session}/patches"), patch).await.0, 200);
    stand.work();
    ada.sees(&job, "succeeded").await;
    assert_eq!((stand.file().name.as_str(), stand.file().revision), ("Later", 1));
    assert_eq!((calls(&stand, On::Start), calls(&stand, On::Cancel)), (2, 1));
}

#[tokio::test]
async fn an_export_that_was_cancelled_in_the_middle_is_continued_by_the_next() {
    let (stand, ada, session) = ready().await;
    stand.google.fail(Fault::next(On::Chunk, Act::Hold).after(1));
    let job = ada.exports(&session).await;
    eventually("it is in the middle", async || calls(&stand, On::Chunk) == 2).await;
    assert_eq!(ada.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.0, 202);
    eventually("it is cancelled", async || {
        ada.get(&format!("/api/jobs/{job}")).await.1["state"] == "cancelled"
    })
    .await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!((stand.file().revision, calls(&stand, On::Start)), (1, 1));
}

#[tokio::test]
async fn a_token_that_expired_is_refreshed_once() {
    let (stand, ada, session) = ready().await;
    // By its time, before it is used.
    stand.run("UPDATE google_connections SET access_expires_at = now()").await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(calls(&stand, On::Refresh), 1);
    // As Google says, at the first request and in the middle of an upload.
    stand.google.expire_access_tokens();
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(calls(&stand, On::Refresh), 2);
    stand.google.fail(Fault::next(On::Chunk, refuse(401, "authError", None)).after(1));
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!((calls(&stand, On::Refresh), stand.file().revision), (3, 3));
    // What is refreshed is kept.
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(calls(&stand, On::Refresh), 3);
}

#[tokio::test]
async fn many_exports_at_once_refresh_once() {
    let (stand, ada, first) = ready().await;
    let second = ada.deck_with("Second", 40).await;
    stand.run("UPDATE google_connections SET access_expires_at = now()").await;
    let jobs = [ada.exports(&first).await, ada.exports(&second).await];
    for job in &jobs {
        ada.sees(job, "succeeded").await;
    }
    assert_eq!(calls(&stand, On::Refresh), 1);
}

#[tokio::test]
async fn a_connection_that_was_revoked_is_dropped_and_the_export_waits_for_another() {
    let (stand, ada, session) = ready().await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    stand.google.revoke_everything();
    let job = ada.exports(&session).await;
    let told = ada.hears(&job, "waiting_for_google", 1).await;
    assert_eq!(told["reason"], "expired");
    assert!(told["message"].as_str().is_some_and(|text| text.contains("Connect again")), "{told}");
    ada.hears(&job, "snoozed", 1).await;
    assert_eq!(ada.get("/api/google").await.1["is_connected"], false);
    ada.connects().await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.file().revision, 2);
}

#[tokio::test]
async fn google_that_is_out_of_order_does_not_end_a_connection() {
    let (stand, ada, session) = ready().await;
    stand.google.expire_access_tokens();
    stand.google.fail(Fault::next(On::Refresh, refuse(503, "backendError", None)).times(5));
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(ada.get("/api/google").await.1["is_connected"], true);
}

#[tokio::test]
async fn a_long_pause_that_google_asks_for_is_kept_without_holding_anything() {
    let (stand, ada, session) = ready().await;
    stand.google.fail(Fault::next(On::Chunk, refuse(429, "rateLimitExceeded", Some(600))).after(1));
    let job = ada.exports(&session).await;
    let told = ada.hears(&job, "waiting", 1).await;
    assert_eq!(told["seconds"], 600);
    ada.hears(&job, "snoozed", 1).await;
    stand.hurry().await;
    ada.sees(&job, "succeeded").await;
    assert_eq!((stand.file().revision, calls(&stand, On::Start)), (1, 1));
}

#[tokio::test]
async fn what_google_refuses_is_said_in_words() {
    let (stand, ada, session) = ready().await;
    for (on, status, reason, words) in [
        (On::Start, 403, "storageQuotaExceeded", "Google Drive is full"),
        (On::Files, 403, "accessNotConfigured", "isn't enabled"),
        (On::Start, 403, "domainPolicy", "organization"),
        (On::Start, 413, "uploadTooLarge", "too large"),
        (On::Chunk, 400, "badRequest", "refused the export (400, badRequest)"),
    ] {
        stand.google.fail(Fault::next(on, refuse(status, reason, None)));
        let job = ada.exports(&session).await;
        let failed = ada.sees(&job, "failed").await;
        assert!(failed["error"].as_str().is_some_and(|text| text.contains(words)), "{failed}");
        let events = ada.get(&format!("/api/jobs/{job}/events?after=0")).await.1;
        assert_eq!(
            events["events"].as_array().map(|all| all.iter().filter(|one| one["kind"] == "started").count()),
            Some(1)
        );
    }
    stand.google.fail(Fault::next(On::Files, refuse(403, "insufficientPermissions", None)));
    let job = ada.exports(&session).await;
    assert_eq!(ada.hears(&job, "waiting_for_google", 1).await["reason"], "permission");
    ada.hears(&job, "snoozed", 1).await;
    ada.connects().await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.google.files().len(), 1);
}
