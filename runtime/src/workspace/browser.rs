//! Opens the system's browser.
//!
//! A program's arguments are visible to all users of the machine, and most URLs opened here contain secrets
//! of a session or a sign-in. For those the browser opens a local file that only this user can read, which
//! redirects to the URL.

use std::ffi::OsStr;
use std::fs::{OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

/// The file that the browser opens. Deleted when this is dropped.
pub(crate) struct Opened {
    _folder: TempDir,
}

/// Opens a URL in the browser; does nothing if there is none.
pub(crate) fn open(url: &str) -> Option<Opened> {
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix("tellr-").permissions(private).tempdir().ok()?;
    let path = folder.path().join("open.html");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok()?;
    file.write_all(leading_to(url).as_bytes()).ok()?;
    start(path.as_os_str()).then_some(Opened { _folder: folder })
}

/// Opens a URL without a secret in the browser; false if there is none.
pub(crate) fn open_page(url: &str) -> bool {
    start(OsStr::new(url))
}

fn start(argument: &OsStr) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || Stdio::null();
    Command::new(opener).arg(argument).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}

/// An HTML page that redirects to `url`.
fn leading_to(url: &str) -> String {
    let url = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Tellr</title>\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n<p><a href=\"{url}\">Continue</a></p>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_one() {
        let page = leading_to("https://x.example/a?b=c&d=\"><script>");
        assert!(page.contains("url=https://x.example/a?b=c&amp;d=&quot;&gt;&lt;script&gt;\""), "{page}");
        assert!(!page.contains("<script>"), "{page}");
    }
}
