//! The profiles of `~/.databrickscfg`.

use std::path::PathBuf;

use deployer::error::Failure;
use ini::{Ini, Properties};

use super::sign_in::{Source, not_signed_in};
use crate::settings::normalise_host;

/// Why there are no profiles to look at.
pub(super) enum Unread {
    NoFile { shown: String },
    Unreadable(String),
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NoFile { shown } => not_signed_in(format!("There is no `{shown}` with profiles")),
            Unread::Unreadable(problem) => not_signed_in(problem),
        }
    }
}

/// The profiles of `~/.databrickscfg`.
pub(super) struct Profiles {
    /// The file's path.
    pub(super) shown: String,
    file: Ini,
}

impl Profiles {
    pub(super) fn read(variable: &impl Fn(&str) -> Option<String>) -> Result<Self, Unread> {
        let path = variable("DATABRICKS_CONFIG_FILE").map(PathBuf::from).or_else(|| {
            variable("HOME")
                .or_else(|| variable("USERPROFILE"))
                .map(|home| PathBuf::from(home).join(".databrickscfg"))
        });
        let shown =
            path.as_deref().map_or_else(|| "~/.databrickscfg".to_owned(), |path| path.display().to_string());
        let text = match path.as_deref().map(std::fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Unread::Unreadable(format!("`{shown}` can't be read: {error}")));
            }
            _ => return Err(Unread::NoFile { shown }),
        };
        match Ini::load_from_str(&text) {
            Ok(file) => Ok(Self { shown, file }),
            Err(error) => Err(Unread::Unreadable(format!(
                "`{shown}` can't be read at line {}, column {}",
                error.line, error.col
            ))),
        }
    }

    /// The profile of this name.
    pub(super) fn named(&self, name: &str) -> Result<Source, Failure> {
        self.section(name).map(|section| self.source(name, section)).ok_or_else(|| self.missing(name))
    }

    /// The profile to use when none was named: `DEFAULT`, if it is for the wanted workspace, else the one
    /// that is.
    pub(super) fn default_for(&self, wanted: Option<&str>) -> Result<Option<Source>, Failure> {
        if let Some(section) = self.section("DEFAULT") {
            let default = self.source("DEFAULT", section);
            // Often it is there and empty.
            let says_something = default.host.is_some() || default.has_credential();
            if default.is_for(wanted) && (says_something || wanted.is_none()) {
                return Ok(Some(default));
            }
        }
        let fitting = |name: &&str| {
            let host = self.section(name).and_then(|section| section.get("host"));
            host.and_then(|host| normalise_host(host).ok()).as_deref() == wanted && wanted.is_some()
        };
        let names: Vec<&str> = self.file.sections().flatten().filter(fitting).collect();
        match names.as_slice() {
            [] => Ok(None),
            [name] => self.named(name).map(Some),
            names => Err(not_signed_in(format!(
                "Several profiles of `{}` are for this workspace: {}. Name one of them with `--profile`",
                self.shown,
                names.join(", ")
            ))),
        }
    }

    fn section(&self, name: &str) -> Option<&Properties> {
        let section = self.file.section(Some(name));
        // Values above the first section belong to `DEFAULT`.
        let above = || self.file.section(None::<String>).filter(|section| !section.is_empty());
        if name == "DEFAULT" { section.or_else(above) } else { section }
    }

    fn source(&self, name: &str, section: &Properties) -> Source {
        let text = |key: &str| section.get(key).map(str::to_owned).filter(|text| !text.trim().is_empty());
        Source {
            name: format!("The profile `{name}` of `{}`", self.shown),
            host: text("host"),
            token: text("token"),
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            auth_type: text("auth_type"),
        }
    }

    pub(super) fn missing(&self, name: &str) -> Failure {
        let known: Vec<&str> = self.file.sections().flatten().collect();
        not_signed_in(format!("`{}` has no profile `{name}`; it has: {}", self.shown, known.join(", ")))
    }
}
