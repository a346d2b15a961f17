//! Work that keeps a processor busy, off the threads that answer requests.

use tokio::task::{JoinError, spawn_blocking};
use tracing::Span;

/// Does the work on a thread of its own. What it logs belongs to the request, with its id.
///
/// # Errors
/// If the work panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let span = Span::current();
    spawn_blocking(move || span.in_scope(work)).await
}
