//! The command line of the app.

fn main() {}
