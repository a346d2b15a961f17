//! What watches requests to endpoints.

use std::time::SystemTime;

use super::completion::Completion;
use super::error::ModelError;
use super::request::Request;

/// Is told of each request to an endpoint, once it has an outcome. It is called on the caller's task and must not
/// block.
pub trait Observer: Send + Sync {
    /// This endpoint was asked this, since `began`.
    fn asked(
        &self,
        endpoint: &str,
        request: &Request,
        began: SystemTime,
        answer: Result<&Completion, &ModelError>,
    );
}
