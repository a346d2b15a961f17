//! The workspace folder that an app's files are uploaded to.
//!
//! The workspace has two spellings of the same tree, `/Users/…` and `/Workspace/Users/…`; the second is used
//! throughout, so that both spellings of a folder share one lock and one journal. Home folders and `Shared`
//! themselves are refused, because everything in the folder would be deployed as the app's source.

use super::name::AppName;
use super::text::{checked_text, invalid};
use crate::error::Failure;

checked_text! {
    /// An absolute path below `/Workspace`, without a trailing slash.
    WorkspacePath, "app_file_workspace_path"
}

const EXAMPLE: &str = "`/Workspace/Users/<you>/.apps/tellr`";

impl WorkspacePath {
    /// Checks `text`, which was given as `key`, and converts it to the form `/Workspace/…`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let refuse = |expected: &str| Err(invalid(key, text, format!("{expected}, such as {EXAMPLE}")));

        if text.len() > 1024 {
            return refuse("a path of at most 1024 bytes");
        }
        if text.chars().any(|c| c.is_control() || c == '\\') {
            return refuse("a path without control characters and backslashes");
        }
        let Some(path) = text.strip_suffix('/').unwrap_or(text).strip_prefix('/') else {
            return refuse("an absolute path");
        };
        let mut segments: Vec<&str> = path.split('/').collect();
        if segments
            .iter()
            .any(|segment| matches!(segment.trim(), "" | "." | "..") || segment.trim() != *segment)
        {
            return refuse("a path without empty parts, `.`, `..`, or spaces around a name");
        }
        match segments.first() {
            Some(&"Workspace") => {
                segments.remove(0);
            }
            Some(&("Users" | "Shared" | "Repos")) => {}
            _ => return refuse("a path that begins with `/Workspace/`"),
        }
        // `/Workspace/Users/<name>` is a user's home and `/Workspace/Shared` is shared by all users.
        let least = if matches!(segments.first(), Some(&("Users" | "Repos"))) { 3 } else { 2 };
        if segments.len() < least {
            return refuse("a folder of the app's own");
        }
        Ok(Self(format!("/Workspace/{}", segments.join("/"))))
    }

    /// The default folder of an app's files: `/Workspace/Users/<user>/.apps/<app>`.
    pub(crate) fn of_app(user_name: &str, app: &AppName) -> Result<Self, Failure> {
        Self::parse("app_file_workspace_path", &format!("/Workspace/Users/{user_name}/.apps/{app}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::properties::fixed_seed;

    #[test]
    fn spellings_of_one_folder_become_one() {
        let wanted = "/Workspace/Users/ada@example.com/.apps/tellr";
        for text in [
            "/Workspace/Users/ada@example.com/.apps/tellr",
            "/Workspace/Users/ada@example.com/.apps/tellr/",
            "/Users/ada@example.com/.apps/tellr",
        ] {
            assert_eq!(WorkspacePath::parse("k", text).unwrap().as_str(), wanted);
        }
        assert_eq!(WorkspacePath::parse("k", "/Shared/tellr").unwrap().as_str(), "/Workspace/Shared/tellr");
        assert_eq!(
            WorkspacePath::parse("k", "/Workspace/Applications/My Slides").unwrap().as_str(),
            "/Workspace/Applications/My Slides"
        );
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for text in [
            "",
            "/",
            "tellr",
            "Workspace/Users/a/b",
            "/Workspace",
            "/Workspace/",
            "/Workspace/tellr",
            "/Workspace/Users",
            "/Workspace/Users/ada@example.com",
            "/Users/ada@example.com/",
            "/Workspace/Shared",
            "/Workspace/Repos/ada@example.com",
            "/Volumes/main/default/x",
            "/dbfs/x/y",
            "/Workspace/Users/ada/../eve/x",
            "/Workspace/Users/ada/./x",
            "/Workspace/Users//x/y",
            "/Workspace/Users/ada/x//",
            "/Workspace/Users/ada/ x",
            "/Workspace/Users/ada/x\n",
            "/Workspace/Users/ada/x\0",
            "/Workspace\\Users\\ada\\x",
        ] {
            match WorkspacePath::parse("app_file_workspace_path", text) {
                Err(Failure::InvalidValue { key, expected, .. }) => {
                    assert_eq!(key, "app_file_workspace_path");
                    assert!(expected.contains(EXAMPLE));
                }
                other => panic!("`{text}`: {other:?}"),
            }
        }
    }

    proptest! {
        #![proptest_config(fixed_seed())]

        #[test]
        fn an_accepted_path_is_absolute_and_stable(text in "(/(Workspace|Users|[a-zA-Z0-9. @\\\\-]{0,8})){0,6}/?") {
            if let Ok(path) = WorkspacePath::parse("k", &text) {
                prop_assert!(path.as_str().starts_with("/Workspace/"));
                prop_assert!(!path.as_str().split('/').any(|part| matches!(part, "." | "..")));
                prop_assert_eq!(WorkspacePath::parse("k", path.as_str()).unwrap(), path);
            }
        }
    }
}
