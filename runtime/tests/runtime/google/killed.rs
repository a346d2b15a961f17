//! A process that is killed in the middle of an upload.

use google_stand_in::{Act, Fault, On};

use super::Stand;
use crate::support::app::Variables;
use crate::support::eventually;
use crate::support::process::Serving;

#[tokio::test]
async fn another_process_continues_an_upload_of_one_that_was_killed() {
    // This process answers requests; those that work are others.
    let stand = Stand::bare(Variables::local()).await;
    stand.set_up().await;
    let ada = stand.browser("ada");
    ada.connects().await;
    let session = ada.deck_with("Review", 950).await;
    stand.google.fail(Fault::next(On::Chunk, Act::Hold));

    let first = Serving::start(&stand.variables).await;
    let job = ada.exports(&session).await;
    let chunks = || stand.google.calls().iter().filter(|call| call.on == On::Chunk).count();
    eventually("it is in the middle", async || chunks() == 1).await;
    first.kill().await;
    stand.run("UPDATE jobs SET lease_until = now() WHERE state = 'running'").await;
    assert!(stand.google.files().is_empty());

    let mut second = Serving::start(&stand.variables).await;
    second.line_with("an upload to Google that was interrupted is continued").await;
    ada.sees(&job, "succeeded").await;
    assert_eq!(stand.file().revision, 1);
    let calls = stand.google.calls();
    let count = |on| calls.iter().filter(|call| call.on == on).count();
    assert_eq!((count(On::Start), count(On::Progress)), (1, 1), "the same session, asked once");
}
