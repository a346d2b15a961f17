//! Several futures in one task.
//!
//! `futures_util` has the same, in code of its own for each type of future: for the module's size, the futures here are
//! boxed, and what is polled is of few types.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::LocalBoxFuture;

use crate::order;

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
        running.push(Box::pin(async move {
            let output = future.await;
            outputs.borrow_mut().push((index, output));
        }));
    }
    all(running).await;
    in_order(outputs.into_inner())
}

/// What is numbered, in the order of the numbers.
fn in_order<T>(mut numbered: Vec<(usize, T)>) -> Vec<T> {
    order::sort(&mut numbered, |(one, _), (other, _)| one < other);
    let mut items = Vec::with_capacity(numbered.len());
    for (_, item) in numbered {
        items.push(item);
    }
    items
}
