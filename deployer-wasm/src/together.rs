//! Futures that run side by side in one task.
//!
//! There are never more than a dozen, so all are polled whenever one of them may go on. The collections
//! of `futures_util` poll only that one, which takes queues, wakers of their own and reference counts:
//! code for thousands of futures, compiled for each kind of them, in a module that a page downloads.
//!
//! Dropping a future between a request and its answer would forget what the workspace did, so these are
//! run to their end even when one of them failed.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::LocalBoxFuture;

/// Futures under way, each with what it is known by.
pub struct Together<'a, K, T> {
    running: Vec<(K, LocalBoxFuture<'a, T>)>,
}

impl<K, T> Default for Together<'_, K, T> {
    fn default() -> Self {
        Self { running: Vec::new() }
    }
}

impl<'a, K, T> Together<'a, K, T> {
    /// Adds one.
    pub fn push(&mut self, key: K, future: LocalBoxFuture<'a, T>) {
        self.running.push((key, future));
    }

    /// The next one that ends; none if none is left.
    pub async fn next(&mut self) -> Option<(K, T)> {
        poll_fn(|context| {
            for (at, (_, future)) in self.running.iter_mut().enumerate() {
                if let Poll::Ready(output) = future.as_mut().poll(context) {
                    let (key, _) = self.running.remove(at);
                    return Poll::Ready(Some((key, output)));
                }
            }
            if self.running.is_empty() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

/// Runs all to their ends; what came of them, in order, or the error of the first that failed.
///
/// # Errors
/// That of the first that failed.
pub async fn all<T, E>(futures: Vec<LocalBoxFuture<'_, Result<T, E>>>) -> Result<Vec<T>, E> {
    let mut together = Together::default();
    for (at, future) in futures.into_iter().enumerate() {
        together.push(at, future);
    }
    let (mut outputs, mut failure) = (Vec::new(), None);
    while let Some((at, output)) = together.next().await {
        match output {
            Ok(output) => outputs.push((at, output)),
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    outputs.sort_unstable_by_key(|(at, _)| *at);
    match failure {
        Some(error) => Err(error),
        None => Ok(outputs.into_iter().map(|(_, output)| output).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use futures_util::FutureExt as _;
    use futures_util::future::{pending, ready};

    use super::*;

    /// Goes on when it is polled the second time.
    async fn later<T>(output: T) -> T {
        let mut polled = false;
        poll_fn(|context| {
            if polled {
                return Poll::Ready(());
            }
            polled = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        output
    }

    #[test]
    fn they_end_as_they_are_ready() {
        let mut together = Together::default();
        together.push("slow", later(1).boxed_local());
        together.push("fast", ready(2).boxed_local());
        assert_eq!(together.next().now_or_never(), Some(Some(("fast", 2))));
        assert_eq!(together.next().now_or_never(), Some(Some(("slow", 1))));
        assert_eq!(together.next().now_or_never(), Some(None));
        together.push("never", pending().boxed_local());
        assert_eq!(together.next().now_or_never(), None);
    }

    #[test]
    fn the_outputs_are_in_order_and_an_error_ends_none_of_them() {
        let ended = Rc::new(Cell::new(false));
        let slow = |output: Result<u8, &'static str>| {
            let ended = Rc::clone(&ended);
            async move {
                let output = later(later(output).await).await;
                ended.set(true);
                output
            }
            .boxed_local()
        };
        let mut run = all(vec![slow(Ok(1)), ready(Ok(2)).boxed_local()]).boxed_local();
        let polled = std::iter::repeat_with(|| (&mut run).now_or_never()).take(5).flatten().next();
        assert_eq!(polled, Some(Ok(vec![1, 2])));
        ended.set(false);
        let mut run = all(vec![slow(Ok(1)), ready(Err("no")).boxed_local()]).boxed_local();
        let polled = std::iter::repeat_with(|| (&mut run).now_or_never()).take(5).flatten().next();
        assert_eq!(polled, Some(Err("no")));
        assert!(ended.get());
    }
}
