//! The system's browser.

use std::process::Stdio;

use tokio::process::Command;

/// Hands it an address; false where there is none.
pub(crate) fn open(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || Stdio::null();
    Command::new(opener).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}
