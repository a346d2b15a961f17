//! The app as a user meets it: over HTTP, on its command line, with a real PostgreSQL behind it.
//!
//! One test binary, so that one throw-away PostgreSQL serves all tests; each has a schema of its own.

mod support;

mod commands;
mod connections;
mod credentials;
mod deploy_page;
mod encryption_key;
mod frontend;
mod http;
mod identity;
mod migrations;
mod readiness;
mod secrets;
mod seeds;
mod shutdown;
mod tls;
mod unreachable;
