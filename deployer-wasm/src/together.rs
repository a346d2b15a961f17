//! Several futures in one task.
//!
//! `futures_util::future::join_all` does the same, compiled once for each type of future: 7 KiB more in each module
//! after brotli. The futures here are boxed, and what is polled is of one type.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::LocalBoxFuture;

/// Runs all `futures` to their end.
pub(crate) async fn all(mut futures: Vec<LocalBoxFuture<'_, ()>>) {
    poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Runs all `futures` to their end, and returns their outputs in the same order.
pub(crate) async fn each<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let outputs = RefCell::new(Vec::new());
    let mut running: Vec<LocalBoxFuture<'_, ()>> = Vec::new();
    for (index, future) in futures.into_iter().enumerate() {
        let outputs = &outputs;
        outputs.borrow_mut().push(None);
        running.push(Box::pin(async move {
            let output = future.await;
            outputs.borrow_mut()[index] = Some(output);
        }));
    }
    all(running).await;
    outputs.into_inner().into_iter().flatten().collect()
}
