//! Apps as real processes: deployed through the API, used through their URL.

mod deploying;
mod logz;
mod proxy;
mod proxy_http;
mod relayed;
mod support;
mod user_tokens;
