//! The first line of a run: which workspace this is, and who one is there.

use std::sync::Mutex;

use super::printer::{Style, print, printable};

/// Says once which workspace is worked in, and as whom as soon as the workspace has said so.
pub(super) struct Introduction {
    /// What there is to say, until it is said.
    unsaid: Mutex<Option<String>>,
    profile: Option<String>,
}

impl Introduction {
    /// For the workspace at `host`, which `profile` names.
    pub(super) fn new(style: Style, host: &str, profile: Option<String>) -> Self {
        let unsaid = matches!(style, Style::Lines { .. }).then(|| host.to_owned());
        Self { unsaid: Mutex::new(unsaid), profile }
    }

    /// Says it, unless it was said before.
    pub(super) fn say(&self, who: Option<&str>) {
        let host = self.unsaid.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(host) = host {
            let who = who.map(|who| format!(" as {}", printable(who))).unwrap_or_default();
            let profile = self
                .profile
                .as_deref()
                .map(|name| format!(" (profile `{}`)", printable(name)))
                .unwrap_or_default();
            print(&format!("Workspace {host}{who}{profile}\n"));
        }
    }
}
