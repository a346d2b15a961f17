//! Apps as real processes: deployed through the API, used through their URL.

mod deploying;
mod proxy;
mod support;
