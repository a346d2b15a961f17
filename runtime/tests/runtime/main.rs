//! The app as a user meets it: over HTTP, on its command line, with a real PostgreSQL behind it.
//!
//! One test binary, so that one throw-away PostgreSQL serves all tests; each has a schema of its own.

mod support;

/// PowerPoint files as companies have them.
#[path = "../../slides/tests/slides/template_sample.rs"]
#[allow(dead_code, reason = "the tests of the crate `tellr-slides` use the rest")]
mod template_sample;

mod bounds;
mod chat;
mod commands;
mod connections;
mod credentials;
mod decks;
mod deploy_page;
mod encryption_key;
mod exports;
mod foreign;
mod frontend;
mod genie;
mod google;
mod groups;
mod hostile;
mod http;
mod identity;
mod images;
mod jobs;
mod large_decks;
mod library;
mod lists;
mod metrics;
mod migrations;
mod openapi;
mod outage;
mod person_tokens;
mod pool;
mod readiness;
mod secrets;
mod seeds;
mod serving;
mod serving_json;
mod sessions;
mod sharing;
mod shutdown;
mod styles;
mod tls;
mod traces;
mod unreachable;
