//! The version of the app's package.
//!
//! A version is written to `requirements.txt`, where a comma, a space or a semicolon would change its
//! meaning. So only valid public versions are accepted, as normalised by Python's packaging rules (`1.2`,
//! `1.2rc1`, `1.2.post1`, `1.2.dev3`), without a local part.

use serde::{Deserialize, Serialize};

use super::text::{checked_text, invalid};
use crate::error::Failure;

checked_text! {
    /// A public version of a Python package.
    PackageVersion, "app_version"
}

impl PackageVersion {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        if text.len() <= 64 && is_public_version(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(key, text, "one exact version, such as `0.1.20` or `1.0.0rc1`, or `latest`"))
        }
    }

    /// The version of this deployer, which is also that of the app released with it.
    pub fn own() -> Self {
        Self(env!("CARGO_PKG_VERSION").to_owned())
    }
}

/// `[epoch!]release[{a|b|rc}n][.postn][.devn]`
fn is_public_version(text: &str) -> bool {
    let release = match text.split_once('!') {
        Some((epoch, rest)) if number(epoch) == Some("") => rest,
        Some(_) => return false,
        None => text,
    };
    let Some(mut rest) = number(release) else {
        return false;
    };
    while let Some(after) = rest.strip_prefix('.').and_then(number) {
        rest = after;
    }
    for marks in [["a", "b", "rc"].as_slice(), &[".post"], &[".dev"]] {
        if let Some(after) = marks.iter().find_map(|mark| rest.strip_prefix(mark)) {
            match number(after) {
                Some(after) => rest = after,
                None => return false,
            }
        }
    }
    rest.is_empty()
}

/// What follows the leading digits of `text`, if there are any.
fn number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// Which version to install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionPin {
    /// The newest one on the index when the app is deployed.
    Latest,
    /// An exact version.
    Exact(PackageVersion),
}

impl VersionPin {
    /// Checks `text`, which was given as `key`: a version, or `latest`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        match text {
            "latest" => Ok(Self::Latest),
            text => PackageVersion::parse(key, text).map(Self::Exact),
        }
    }

    /// The version, or `latest`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Latest => "latest",
            Self::Exact(version) => version.as_str(),
        }
    }
}

impl std::fmt::Display for VersionPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::properties::fixed_seed;

    #[test]
    fn public_versions_are_accepted() {
        for text in
            ["1", "0.1.20", "1.0.0rc1", "1.0a2", "1.0b2.post3.dev4", "2!1.0", "2026.11.23", "1.0.dev0"]
        {
            assert_eq!(PackageVersion::parse("k", text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn anything_that_means_more_than_one_version_is_refused() {
        for text in [
            "",
            "v1.0",
            "1.",
            ".1",
            "1..2",
            "1.0+local",
            "1.0-1",
            ">=1.0",
            "1.0,<2",
            "1.*",
            "1.0 ",
            "1.0\n",
            "1.0rc",
            "1.0.post",
            "!1",
            "1!",
            "1.0; python_version",
            "Latest",
            "1.0.dev1.post1",
            "１.0",
        ] {
            assert!(VersionPin::parse("app_version", text).is_err(), "`{text}`");
        }
    }

    #[test]
    fn latest_leaves_it_open() {
        assert_eq!(VersionPin::parse("k", "latest").unwrap(), VersionPin::Latest);
    }

    #[test]
    fn the_deployers_own_version_is_one_an_index_can_hold() {
        assert!(is_public_version(PackageVersion::own().as_str()));
    }

    proptest! {
        #![proptest_config(fixed_seed())]

        #[test]
        fn an_accepted_version_is_one_plain_word(text in "[0-9a-z.!+ ;=\\n-]{0,12}") {
            if let Ok(version) = PackageVersion::parse("k", &text) {
                prop_assert!(version.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'!'));
            }
        }
    }
}
