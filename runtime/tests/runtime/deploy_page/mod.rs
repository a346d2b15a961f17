//! The server beside the deploy page, as the page, other pages and worse meet it.

mod access;
mod command;
mod forwarding;
mod guards;
mod schema;
mod status;
