//! The server beside the deploy page, as the page, other pages and worse meet it.

mod command;
mod destinations;
mod forwarding;
mod guards;
mod redirect;
mod schema;
mod sign_in;
mod status;
