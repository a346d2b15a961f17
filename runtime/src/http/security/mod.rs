//! What protects the page and its API in a browser.

pub mod headers;
