//! Hears what other processes do with the jobs, as long as somebody here wants to know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::handle::Shared;

/// How long to wait before another connection for hints.
const AGAIN: Duration = Duration::from_secs(5);

/// Listens for hints while there is work or somebody watches. Otherwise it holds no connection, so that the
/// database can sleep.
pub(super) async fn listen(shared: Arc<Shared>) {
    let Shared { database, queries, hub, pace } = &*shared;
    loop {
        hub.attentive(pace.attentive).await;
        match database.listen(queries.channel()).await {
            Ok(mut hints) => {
                // Whatever happened before isn't heard any more.
                hub.look_at_everything();
                loop {
                    match tokio::time::timeout(pace.attentive, hints.next()).await {
                        Ok(Some(hint)) => hub.hear(&hint),
                        Err(_) if hub.is_attentive(pace.attentive) => {}
                        Ok(None) | Err(_) => break,
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "hints about jobs can't be heard; polling is enough"),
        }
        tokio::time::sleep(AGAIN.min(pace.attentive)).await;
    }
}

/// Looks for news of the watched jobs from time to time, in one statement for all of them: hints may be lost.
pub(super) async fn look(shared: Arc<Shared>) {
    let Shared { database, queries, hub, pace } = &*shared;
    loop {
        hub.watched_by_somebody().await;
        tokio::time::sleep(pace.watch).await;
        let ids = hub.watched_ids();
        let found = async {
            let connection = database.connection().await?;
            queries.last_events(&connection, &ids).await
        };
        match found.await {
            Ok(found) => hub.seen(&ids, &found.into_iter().collect::<HashMap<_, _>>()),
            Err(error) => tracing::debug!(%error, "watched jobs can't be looked at"),
        }
    }
}
