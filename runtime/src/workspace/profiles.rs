//! The profiles of `~/.databrickscfg`.

use std::path::PathBuf;

use deployer::error::Failure;

use super::ini::{self, Section};
use super::source::{Source, no_workspace};
use crate::files::{home, read_bounded};
use crate::settings::normalise_host;

/// A file of profiles is not larger.
const LARGEST_BYTES: u64 = 1024 * 1024;

/// A section with settings of Databricks' own command line; never a profile.
const SETTINGS: &str = "__settings__";
const DEFAULT: &str = "DEFAULT";

/// Why the profiles can't be read.
pub(super) enum Unread {
    NoFile { shown: String },
    Unreadable(String),
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NoFile { shown } => no_workspace(format!("There is no file `{shown}` with profiles")),
            Unread::Unreadable(problem) => no_workspace(problem),
        }
    }
}

/// The profiles of `~/.databrickscfg`.
pub(super) struct Profiles {
    /// The file's path.
    pub(super) shown: String,
    sections: Vec<Section>,
}

impl Profiles {
    pub(super) fn read(variable: &impl Fn(&str) -> Option<String>) -> Result<Self, Unread> {
        let path = match variable("DATABRICKS_CONFIG_FILE") {
            Some(named) => match (named.strip_prefix("~/"), home(variable)) {
                (Some(below), Some(home)) => Some(home.join(below)),
                _ => Some(PathBuf::from(named)),
            },
            None => home(variable).map(|home| home.join(".databrickscfg")),
        };
        let shown =
            path.as_deref().map_or_else(|| "~/.databrickscfg".to_owned(), |path| path.display().to_string());
        let bytes = match path.as_deref().map(|path| read_bounded(path, LARGEST_BYTES + 1)) {
            Some(Ok(bytes)) if bytes.len() as u64 > LARGEST_BYTES => {
                return Err(Unread::Unreadable(format!("`{shown}` is larger than {LARGEST_BYTES} bytes")));
            }
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Unread::Unreadable(format!("`{shown}` can't be read: {error}")));
            }
            _ => return Err(Unread::NoFile { shown }),
        };
        let text = text(&bytes).map_err(|problem| Unread::Unreadable(format!("`{shown}` {problem}")))?;
        Ok(Self { shown, sections: ini::sections(text) })
    }

    /// The profile of this name.
    pub(super) fn named(&self, name: &str) -> Result<Source, Failure> {
        if name == SETTINGS {
            return Err(no_workspace(format!(
                "`{SETTINGS}` of `{}` holds settings; it isn't a profile",
                self.shown
            )));
        }
        let section = self.section(name).ok_or_else(|| self.missing(name))?;
        self.source(section)
    }

    /// The default profile: the one that `default_profile` names, or else `DEFAULT`, if it belongs to the
    /// given workspace; else the only one that does.
    pub(super) fn default_for(&self, wanted: Option<&str>) -> Result<Option<Source>, Failure> {
        let settings = self.sections.iter().find(|section| section.name == SETTINGS);
        let chosen = settings.and_then(|section| section.get("default_profile"));
        let default = match (&chosen, wanted) {
            (Some(name), None) => Some(self.named(name)?),
            (Some(name), Some(_)) => self.section(name).map(|section| self.source(section)).transpose()?,
            (None, _) => self.section(DEFAULT).map(|section| self.source(section)).transpose()?,
        };
        if let Some(default) = default {
            // `DEFAULT` often exists but is empty.
            let says_something = default.host.is_some() || default.has_credential();
            if default.is_for(wanted) && (says_something || wanted.is_none()) {
                return Ok(Some(default));
            }
        }
        let Some(wanted) = wanted else { return Ok(None) };
        let fitting: Vec<&Section> = self
            .profiles()
            .filter(|section| {
                let host = section.get("host");
                host.and_then(|host| normalise_host(&host).ok()).as_deref() == Some(wanted)
            })
            .collect();
        match fitting.as_slice() {
            [] => Ok(None),
            [section] => self.source(section).map(Some),
            several => {
                let names: Vec<&str> = several.iter().map(|section| section.name.as_str()).collect();
                Err(no_workspace(format!(
                    "Several profiles of `{}` are for this workspace: {}. Choose one with `--profile`",
                    self.shown,
                    names.join(", ")
                )))
            }
        }
    }

    /// All sections that are profiles.
    fn profiles(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| {
            // `DEFAULT` is always in the parsed result; it is in the file if it isn't empty.
            section.name != SETTINGS
                && (section.name != DEFAULT || !section.is_empty() || section.fault.is_some())
        })
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.profiles().find(|section| section.name == name)
    }

    fn source(&self, section: &Section) -> Result<Source, Failure> {
        let name = &section.name;
        if let Some(fault) = &section.fault {
            return Err(no_workspace(format!("The profile `{name}` of `{}` {fault}", self.shown)));
        }
        let shown = format!("The profile `{name}` of `{}`", self.shown);
        let mut source =
            Source { profile: Some(name.clone()), name: shown, ..Source::of(|key| section.get(key)) };
        source.problem = ["host", "token", "client_id", "client_secret"]
            .into_iter()
            .find(|key| section.get(key).is_some_and(|value| value.contains('\n')))
            .map(|key| {
                format!(
                    "has a `{key}` of several lines: the line after it is indented, which continues a value"
                )
            });
        Ok(source)
    }

    /// The error for a missing profile `name`.
    pub(super) fn missing(&self, name: &str) -> Failure {
        let known: Vec<String> = self.profiles().map(|section| format!("`{}`", section.name)).collect();
        let known = if known.is_empty() { "no profiles".to_owned() } else { known.join(", ") };
        no_workspace(format!("`{}` has no profile `{name}`; it has {known}", self.shown))
    }
}

/// The text of a file, or the error.
fn text(bytes: &[u8]) -> Result<&str, String> {
    let is_utf_16 =
        bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0);
    if is_utf_16 {
        return Err("is in UTF-16, as PowerShell's `>` writes it; save it as UTF-8".to_owned());
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("isn't UTF-8 at line {line}; save it as UTF-8")
    })
}
