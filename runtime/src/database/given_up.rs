//! Statements are stopped on the server when their caller has given up.
//!
//! Problem: a server that runs a statement, or waits for a lock, doesn't notice that its client is gone. So
//! a statement whose request was dropped or timed out keeps running, beyond the size of the pool, and may
//! still write what its caller was told had failed.
//!
//! Choice: a connection that still owes an answer is not closed at once. A task asks the server to cancel,
//! by a request on a second connection, as the protocol has it, until everything that was sent has been
//! answered; then it closes the connection. Until then the connection counts in the pool. It is never used
//! again, because a cancel request may arrive late. A proxy may ignore such requests and a server may not
//! answer, so all of this has a time limit ([`Effort::stopping`](super::Effort)); what is left then is ended
//! by the time limit of the session or transaction, which the server keeps itself.

use std::pin::pin;
use std::time::Duration;

use deadpool::managed::{Manager, Object};
use deadpool_postgres::ClientWrapper;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_postgres::{CancelToken, Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::describe;

/// The time between two cancel requests; it doubles. One that reaches the server before the statement has
/// arrived there completely has no effect.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Stops what runs on connections that were given up. Cheap to clone.
#[derive(Clone)]
pub(super) struct Stopper {
    /// As for the connections themselves; `None` without TLS.
    tls: Option<MakeRustlsConnect>,
    limit: Duration,
    /// How many connections are being stopped.
    under_way: watch::Sender<usize>,
}

impl Stopper {
    pub(super) fn new(tls: Option<MakeRustlsConnect>, limit: Duration) -> Self {
        Self { tls, limit, under_way: watch::Sender::new(0) }
    }

    /// Stops what the server does for this connection, in a task, and closes the connection.
    pub(super) fn stop<M: Manager<Type = ClientWrapper> + 'static>(&self, object: Object<M>) {
        let given_up = GivenUp::new(object, self.under_way.clone());
        let Ok(runtime) = Handle::try_current() else {
            // Nothing can be sent without a runtime; the connection is closed.
            return;
        };
        let stopper = self.clone();
        runtime.spawn(async move {
            if let Some(client) = given_up.client()
                && tokio::time::timeout(stopper.limit, stopper.cancel(client)).await.is_err()
            {
                tracing::warn!(
                    "the database did not stop a statement that was given up within {} ms; \
                     its connection is closed",
                    stopper.limit.as_millis()
                );
            }
            drop(given_up);
        });
    }

    /// Until nothing is being stopped any more, at most for the time limit of one.
    pub(super) async fn done(&self) {
        let mut under_way = self.under_way.subscribe();
        // `self` holds the sender, so this only ends with none under way or at the limit.
        let _ = tokio::time::timeout(self.limit, under_way.wait_for(|count| *count == 0)).await;
    }

    /// Sends cancel requests until the server has answered everything.
    async fn cancel(&self, client: &Client) {
        let token = client.cancel_token();
        // An empty statement, sent after everything else and so answered after it. It fails if the
        // connection ends, and then nothing is left to stop either.
        let mut answered = pin!(client.simple_query(""));
        let mut pause = FIRST_PAUSE;
        loop {
            let request = async {
                if let Err(error) = self.request(&token).await {
                    tracing::debug!(error = %describe(&error), "a cancel request could not be sent");
                }
                tokio::time::sleep(pause).await;
            };
            tokio::select! {
                biased;
                _ = &mut answered => return,
                () = request => pause = pause.saturating_mul(2),
            }
        }
    }

    async fn request(&self, token: &CancelToken) -> Result<(), tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => token.cancel_query(tls.clone()).await,
            None => token.cancel_query(NoTls).await,
        }
    }
}

/// A connection that is being stopped. It leaves the pool when this is dropped, and never returns to it,
/// even if the task ends early.
struct GivenUp<M: Manager<Type = ClientWrapper>> {
    object: Option<Object<M>>,
    under_way: watch::Sender<usize>,
}

impl<M: Manager<Type = ClientWrapper>> GivenUp<M> {
    fn new(object: Object<M>, under_way: watch::Sender<usize>) -> Self {
        under_way.send_modify(|count| *count = count.saturating_add(1));
        Self { object: Some(object), under_way }
    }

    fn client(&self) -> Option<&Client> {
        self.object.as_ref().map(|object| -> &Client { object })
    }
}

impl<M: Manager<Type = ClientWrapper>> Drop for GivenUp<M> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
        self.under_way.send_modify(|count| *count = count.saturating_sub(1));
    }
}
