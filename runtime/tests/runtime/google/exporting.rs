//! Exports: one deck of one person is one presentation.

use google_stand_in::{Consent, On};
use reqwest::Method;
use serde_json::json;

use super::{KIB, Stand};
use crate::support::people::code;

#[tokio::test]
async fn a_deck_becomes_a_presentation_and_the_next_export_changes_it() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck("Quarterly review").await;
    let job = ada.exports(&session).await;
    let done = ada.sees(&job, "succeeded").await;
    let file = stand.file();
    assert_eq!(file.mime_type, "application/vnd.google-apps.presentation");
    assert_eq!(
        (file.name.as_str(), file.owner.as_str(), file.revision),
        ("Quarterly review", "ada@gmail.example", 1)
    );
    assert!(
        file.content.len() > 512 * KIB && file.content.starts_with(b"PK"),
        "several chunks arrived whole"
    );
    let url = format!("https://docs.google.com/presentation/d/{}/edit", file.id);
    assert_eq!(done["result"], json!({ "presentation_id": file.id, "url": url }));
    let chunks = stand.google.calls().iter().filter(|call| call.on == On::Chunk).count();
    assert_eq!(chunks, file.content.len().div_ceil(256 * KIB));
    ada.hears(&job, "progress", 2).await;

    let patch = json!({ "version": 1, "patches": [{ "op": "set_title", "title": "Annual review" }] });
    assert_eq!(ada.post(&format!("/api/sessions/{session}/patches"), patch).await.0, 200);
    let job = ada.exports(&session).await;
    assert_eq!(ada.sees(&job, "succeeded").await["result"]["presentation_id"], json!(file.id));
    let changed = stand.file();
    assert_eq!((changed.name.as_str(), changed.revision), ("Annual review", 2));
    assert_ne!(changed.content, file.content);
    assert_eq!(stand.count("google_uploads").await, 0);

    let (_, polled) = ada.get(&format!("/api/export/google-slides/poll/{job}")).await;
    assert_eq!((&polled["status"], &polled["presentation_url"]), (&json!("completed"), &json!(url)));
}

#[tokio::test]
async fn a_name_that_a_person_gave_is_kept() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck("Review").await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    stand.google.change(&stand.file().id, |file| "For the board".clone_into(&mut file.name));
    for revision in 2..4 {
        let job = ada.exports(&session).await;
        ada.sees(&job, "succeeded").await;
        assert_eq!((stand.file().name.as_str(), stand.file().revision), ("For the board", revision));
    }
}

#[tokio::test]
async fn a_presentation_that_is_gone_is_made_anew() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck("Review").await;
    let export = async || {
        let job = ada.exports(&session).await;
        ada.sees(&job, "succeeded").await["result"]["presentation_id"].as_str().expect("an id").to_owned()
    };
    let first = export().await;
    stand.google.delete(&first);
    let second = export().await;
    assert_ne!(first, second);
    stand.google.change(&second, |file| file.trashed = true);
    let third = export().await;
    assert_ne!(second, third);
    stand.google.change(&third, |file| file.can_edit = false);
    let fourth = export().await;
    assert_ne!(third, fourth);
    assert_eq!(export().await, fourth);
}

#[tokio::test]
async fn a_presentation_that_the_database_has_forgotten_is_found_in_drive() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck("Review").await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    // As after a backup was restored.
    stand.run("DELETE FROM google_presentations").await;
    let job = ada.exports(&session).await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.file().revision, 2);
}

#[tokio::test]
async fn two_people_and_two_decks_are_different_presentations() {
    let stand = Stand::new().await;
    let (ada, eve) = (stand.browser("ada"), stand.browser("eve"));
    ada.connects().await;
    stand.google.answers(Consent::Allow { email: "eve@gmail.example".to_owned() });
    eve.connects().await;
    let (one, two) = (ada.deck("One").await, ada.deck("Two").await);
    assert_eq!(
        code(&eve.post("/api/export/google-slides", json!({ "session_id": one })).await),
        (404, "not_found")
    );
    let share = format!("/api/sessions/{one}/shares/user/eve");
    assert_eq!(ada.send(Method::PUT, &share, Some(json!({ "access": "view" }))).await.0, 200);
    for (browser, session) in [(&ada, &one), (&ada, &two), (&eve, &one)] {
        let job = browser.exports(session).await;
        browser.sees(&job, "succeeded").await;
    }
    let mut files: Vec<(String, String)> =
        stand.google.files().into_iter().map(|file| (file.owner, file.name)).collect();
    files.sort();
    let of = |owner: &str, name: &str| (format!("{owner}@gmail.example"), name.to_owned());
    assert_eq!(files, [of("ada", "One"), of("ada", "Two"), of("eve", "One")]);
}

#[tokio::test]
async fn an_export_without_a_connection_waits_for_it_and_then_goes_on() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let session = ada.deck("Review").await;
    let job = ada.exports(&session).await;
    let told = ada.hears(&job, "waiting_for_google", 1).await;
    assert_eq!(told["reason"], "not_connected");
    ada.hears(&job, "snoozed", 1).await;
    ada.connects().await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.file().revision, 1);
}

#[tokio::test]
async fn an_export_that_waited_for_a_day_ends() {
    let stand = Stand::new().await;
    let ada = stand.browser("ada");
    let session = ada.deck("Review").await;
    let job = ada.exports(&session).await;
    ada.hears(&job, "snoozed", 1).await;
    stand.run("UPDATE jobs SET created_at = now() - interval '25 hours'").await;
    stand.hurry().await;
    let failed = ada.sees(&job, "failed").await;
    assert!(failed["error"].as_str().is_some_and(|text| text.contains("Connect it")), "{failed}");
}

#[tokio::test]
async fn without_a_client_nothing_is_exported() {
    let stand = Stand::bare(crate::support::app::Variables::local()).await;
    let ada = stand.browser("ada");
    let session = ada.deck("Review").await;
    let answer = ada.post("/api/export/google-slides", json!({ "session_id": session })).await;
    assert_eq!(code(&answer), (409, "not_configured"));
}
