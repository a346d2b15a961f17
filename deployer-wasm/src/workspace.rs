//! Typed access to the platform's API: the only place with URL paths and names of platform fields.
//!
//! Each resource has a file with functions that *build* requests and types for parsing its answers; nothing
//! in them sends. A [`Call`] carries, beside the request, the words for an error message about it (the
//! action, its target, the permission it requires), so that the code that knows the request also explains its
//! refusal. `client` and `retry` send and retry; nothing here depends on what Tellr is.

use std::marker::PhantomData;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::host::{Method, WorkspaceRequest};

mod api_error;
pub mod apps;
mod client;
pub mod database;
mod elapsed;
pub mod files;
pub mod identity;
pub mod operation;
pub mod permissions;
pub mod postgres;
mod retry;
pub mod rights;
pub mod routes;
pub mod secrets;
pub mod services;
pub mod tags;

pub use api_error::{ApiError, ErrorKind};
pub use client::{Client, Permit};
pub use elapsed::Elapsed;
pub use retry::{Attempt, RetryDecision, RetryPolicy};

/// A list that the platform returns in pages.
pub trait Page {
    /// The field of its entries, in the answer and in the type.
    const ENTRIES: &'static str;
}

/// Makes a struct with a list a [`Page`].
macro_rules! page {
    ($type:ty, $entries:ident) => {
        impl $crate::workspace::Page for $type {
            const ENTRIES: &'static str = stringify!($entries);
        }
    };
}
pub(crate) use page;

/// The words of a call for its refusal.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    doing: String,
    what: String,
    needed: &'static str,
}

impl Words {
    /// The error in these words.
    fn of(self, mut error: ApiError) -> ApiError {
        (error.doing, error.what, error.needed) = (self.doing, self.what, self.needed);
        error
    }
}

/// A request, the type its answer is parsed into, and the words for its refusal.
#[derive(Debug)]
pub struct Call<T> {
    /// What is sent.
    pub request: WorkspaceRequest,
    /// The action, as in "while *reading the app `tellr`*".
    pub doing: String,
    /// The resource that a permission is required on, such as "the Lakebase project `tellr-db`".
    pub what: String,
    /// The required permission, such as "CAN MANAGE".
    pub needed: &'static str,
    answer: PhantomData<fn() -> T>,
}

impl<T> Call<T> {
    fn new(method: Method, path: String, doing: String, what: String, needed: &'static str) -> Self {
        let request = WorkspaceRequest { method, path, query: Vec::new(), body: None, sensitive: false };
        Self { request, doing, what, needed, answer: PhantomData }
    }

    /// The request, and the words for its refusal.
    fn into_parts(self) -> (WorkspaceRequest, Words) {
        let Self { request, doing, what, needed, .. } = self;
        (request, Words { doing, what, needed })
    }

    fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.request.query.push((name.to_owned(), value.into()));
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.request.body = Some(body);
        self
    }

    fn sensitive(mut self) -> Self {
        self.request.sensitive = true;
        self
    }
}

/// The same request for the page after the one that answered `token`.
fn next_page(mut request: WorkspaceRequest, token: String) -> WorkspaceRequest {
    request.query.push(("page_token".to_owned(), token));
    request
}

/// Characters that need no encoding in a path segment: letters, digits and the four marks that RFC 3986
/// leaves alone.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Percent-encodes one path segment. Names are validated earlier; this makes sure that no character can
/// change the path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Percent-encodes each segment of a resource's name, such as `projects/tellr-db/branches/production`.
fn resource_path(name: &str) -> String {
    name.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn a_segment_can_not_become_another_path() {
        assert_eq!(segment("tellr"), "tellr");
        assert_eq!(segment("../secrets?x"), "..%2Fsecrets%3Fx");
        assert_eq!(segment("é"), "%C3%A9");
    }
}
