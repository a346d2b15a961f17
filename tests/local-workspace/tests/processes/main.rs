//! Apps as real processes: deployed through the API, used through their URL.

mod deploying;
mod logz;
mod proxy;
mod support;
