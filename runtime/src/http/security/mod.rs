//! What protects the page and its API in a browser.
//!
//! | module | content |
//! |---|---|
//! | [`headers`] | the headers of every answer, and the policies for content |
//! | [`own`] | the layer that refuses requests of other sites' pages, and requests for other hosts |
//! | [`address`] | which host and which page a request names |

pub mod address;
pub mod headers;
pub mod own;
