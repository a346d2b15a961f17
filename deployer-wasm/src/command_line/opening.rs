//! What `open` prints.

use serde::Serialize;

use super::style::Style;
use crate::error::Failure;

/// An app that was opened in the browser.
#[derive(Debug, Serialize)]
pub struct Opening<'a> {
    /// The app's URL.
    pub url: &'a str,
    /// Whether a browser was started.
    pub opened: bool,
}

impl Opening<'_> {
    /// The text.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        match style {
            Style::Json => style.result(self, ""),
            Style::Lines { .. } if self.opened => format!("{}\n", self.url),
            Style::Lines { .. } => {
                format!("{}\nNo browser could be started; open the address by hand\n", self.url)
            }
        }
    }
}

/// The workspace shows no address that could be opened.
#[must_use]
pub fn no_address(app: &str) -> Failure {
    Failure::Unreachable { problem: format!("The workspace shows no address for the app `{app}`") }
}
