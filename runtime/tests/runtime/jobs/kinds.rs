//! The queue's own kinds of jobs.

use std::sync::Arc;

use serde_json::json;
use tellr_app::decks::SearchIndex;
use tellr_app::jobs::kinds::sweep::{self, Sweep};
use tellr_app::jobs::{Enqueued, Kinds};
use uuid::Uuid;

use super::{Stand, effect, of, still};

#[tokio::test]
async fn old_jobs_are_deleted_with_their_events_and_the_next_sweep_is_scheduled() {
    let stand = Stand::new(still()).await;
    let (old, young, waiting) = (
        stand.enqueue(&of("ada", "effect")).await,
        stand.enqueue(&of("ada", "effect")).await,
        Uuid::new_v4(),
    );
    let worker = stand.worker(Kinds::new().with(effect()).with(Sweep::default()));
    stand.is(old, "succeeded").await;
    stand.is(young, "succeeded").await;
    stand
        .run(&format!(
            "UPDATE jobs SET finished_at = clock_timestamp() - interval '8 days' WHERE id = '{old}';
             INSERT INTO jobs (id, kind, owner, created_at)
             VALUES ('{waiting}', 'other', 'ada', clock_timestamp() - interval '1 year');
             INSERT INTO jobs (kind, state, finished_at)
             SELECT 'many', 'failed', clock_timestamp() - interval '1 year' FROM generate_series(1, 1200)"
        ))
        .await;
    let first = sweep::schedule(&stand.jobs).await.expect("scheduled");
    worker.look();
    stand.is(first.id(), "succeeded").await;
    let left = "SELECT count(*) FROM jobs WHERE kind <> 'sweep'";
    assert_eq!(stand.one::<i64>(left).await, 2, "the young one and the one that waits");
    assert_eq!(stand.one::<i64>(&format!("SELECT count(*) FROM job_events WHERE job_id = '{old}'")).await, 0);
    let next = "SELECT extract(epoch FROM run_after - clock_timestamp())::float8 FROM jobs
                WHERE kind = 'sweep' AND state = 'queued'";
    let seconds = stand.one::<f64>(next).await;
    assert!((86_000.0..86_401.0).contains(&seconds), "{seconds}");
    // A process that starts meanwhile changes nothing about that.
    assert!(matches!(sweep::schedule(&stand.jobs).await, Ok(Enqueued::Existing(_))));
}

fn deck(title: &str) -> serde_json::Value {
    json!({
        "format": 1, "title": title, "theme": "clear",
        "slides": [{
            "id": "s1", "layout": "title_and_text",
            "blocks": [
                {"type": "title", "id": "b1", "text": "Umsatz **wächst**"},
                {"type": "bullets", "id": "b2", "items": [{"text": "Norden vor [Süden](https://example.com)"}]},
                {"type": "columns", "id": "b3", "columns": [
                    {"width": 6, "blocks": [{"type": "text", "id": "b4", "text": "links"}]},
                    {"width": 6, "blocks": [{"type": "callout", "id": "b5", "text": "rechts"}]}]}
            ],
            "notes": "Pause machen"
        }]
    })
}

#[tokio::test]
async fn a_deck_is_found_by_its_words_and_by_its_newest_ones() {
    let stand = Stand::new(still()).await;
    let session: Uuid = stand.one("INSERT INTO sessions (owner) VALUES ('ada') RETURNING id").await;
    stand
        .run(&format!(
            "INSERT INTO decks (session_id, document, updated_by) VALUES ('{session}', '{}', 'ada')",
            deck("Quartal")
        ))
        .await;
    let worker = stand.worker(Kinds::new().with(SearchIndex));
    let first = stand.enqueue(&SearchIndex::of(session)).await;
    worker.look();
    stand.is(first, "succeeded").await;
    let finds = async |word: &str| {
        stand
            .one::<bool>(&format!(
                "SELECT search @@ to_tsquery('simple', '{word}') FROM decks WHERE session_id = '{session}'"
            ))
            .await
    };
    for word in [
        "quartal:A",
        "umsatz:B",
        "wächst:B",
        "norden:B",
        "süden:B",
        "links:B",
        "rechts:B",
        "pause:C",
        "nor:*",
    ] {
        assert!(finds(word).await, "{word}");
    }
    for word in ["jahr", "example", "quartal:B", "pause:B"] {
        assert!(!finds(word).await, "{word}");
    }
    stand
        .run(&format!(
            "UPDATE decks SET version = 2, document = '{}' WHERE session_id = '{session}'",
            deck("Jahr")
        ))
        .await;
    let second = stand.enqueue(&SearchIndex::of(session)).await;
    worker.look();
    stand.is(second, "succeeded").await;
    assert!(finds("jahr:A").await && !finds("quartal").await);
    assert_eq!(stand.one::<i64>("SELECT search_version FROM decks").await, 2);
}

/// Many change one deck at once and ask for its index in the same transactions: the last change is found.
#[tokio::test]
async fn no_change_of_a_deck_is_missed_by_its_index() {
    let stand = Arc::new(Stand::new(still()).await);
    let session: Uuid = stand.one("INSERT INTO sessions (owner) VALUES ('ada') RETURNING id").await;
    stand
        .run(&format!("INSERT INTO decks (session_id, document) VALUES ('{session}', '{}')", deck("Quartal")))
        .await;
    let _workers =
        [stand.worker(Kinds::new().with(SearchIndex)), stand.worker(Kinds::new().with(SearchIndex))];
    let changes = (0..4).map(|_| {
        let stand = Arc::clone(&stand);
        tokio::spawn(async move {
            let database = stand.variables.database();
            for _ in 0..25 {
                let mut connection = database.connection().await.expect("a connection");
                let transaction = connection.transaction(database.schema()).await.expect("a transaction");
                let change = "UPDATE decks SET version = version + 1 WHERE session_id = $1";
                transaction.execute(change, &[&session]).await.expect("changed");
                stand.jobs.enqueue_in(&transaction, &SearchIndex::of(session)).await.expect("enqueued");
                transaction.commit().await.expect("committed");
                stand.jobs.announce();
            }
        })
    });
    for change in changes.collect::<Vec<_>>() {
        change.await.expect("changed");
    }
    let idle = "SELECT count(*) FROM jobs WHERE finished_at IS NULL";
    crate::support::eventually("the queue is empty", async || stand.one::<i64>(idle).await == 0).await;
    assert_eq!(stand.one::<i64>("SELECT version FROM decks").await, 101);
    assert_eq!(stand.one::<i64>("SELECT search_version FROM decks").await, 101);
}
