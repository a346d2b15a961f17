//! The command line of the local workspace.

fn main() {}
