//! The first line of a run: the workspace and the user.

use std::sync::{Mutex, MutexGuard, PoisonError};

use deployer::command_line::introduction::{user, workspace};

use super::printer::{Style, print};

/// The parts printed so far.
enum Printed {
    Nothing,
    Workspace,
    All,
}

/// Prints the workspace and the user once. Code that prints something else prints this first, with what is
/// known by then; the user then follows on a separate line.
pub(super) struct Introduction {
    said: Mutex<Printed>,
    host: String,
    profile: Option<String>,
}

impl Introduction {
    /// For the workspace at `host`, from the profile `profile`.
    pub(super) fn new(style: Style, host: &str, profile: Option<String>) -> Self {
        // With JSON output, the events have this information.
        let said = if matches!(style, Style::Lines { .. }) { Printed::Nothing } else { Printed::All };
        Self { said: Mutex::new(said), host: host.to_owned(), profile }
    }

    /// Prints the workspace, unless it was printed before.
    pub(super) fn workspace(&self) {
        print(&self.line(None));
    }

    /// Prints the user, unless it was printed before.
    pub(super) fn person(&self, who: &str) {
        print(&self.line(Some(who)));
    }

    fn line(&self, who: Option<&str>) -> String {
        let mut said = self.said();
        match (&*said, who) {
            (Printed::Nothing, who) => {
                *said = if who.is_some() { Printed::All } else { Printed::Workspace };
                workspace(&self.host, who, self.profile.as_deref())
            }
            (Printed::Workspace, Some(who)) => {
                *said = Printed::All;
                user(who)
            }
            (Printed::Workspace, None) | (Printed::All, _) => String::new(),
        }
    }

    fn said(&self) -> MutexGuard<'_, Printed> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn introduction(style: Style) -> Introduction {
        Introduction::new(style, "https://x.example", Some("work".into()))
    }

    #[test]
    fn one_line_says_both_and_the_person_follows_where_that_was_too_early() {
        let both = introduction(Style::Lines { colour: false });
        assert_eq!(both.line(Some("ada")), "Workspace https://x.example as ada (profile `work`)\n");
        assert_eq!((both.line(None), both.line(Some("ada"))), (String::new(), String::new()));
        let early = introduction(Style::Lines { colour: false });
        assert_eq!(early.line(None), "Workspace https://x.example (profile `work`)\n");
        assert_eq!(early.line(Some("ada\u{1b}[2J")), "Signed in as ada [2J\n");
        assert_eq!((early.line(None), early.line(Some("ada"))), (String::new(), String::new()));
        assert_eq!(introduction(Style::Json).line(Some("ada")), "");
    }
}
