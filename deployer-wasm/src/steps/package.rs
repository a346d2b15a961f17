//! The app's package on its index: whether the given version exists, and which one `latest` is.
//!
//! Checked before anything is changed, because the platform checks only after everything else is created. Not
//! every host can query the index, and not every index answers: then the plan says what was not checked, and
//! the platform's own error applies.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::config::{AppPackage, LocalWheel, PackageIndex, PackageVersion, VersionPin};
use crate::decode::decode_text;
use crate::error::Failure;
use crate::host::{Host, HostError, Probe, WorkspaceResponse};

/// The result of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// No index is needed: a wheel is uploaded.
    Wheel,
    /// The given version exists; for `latest`, this is it.
    Found(VersionPin),
    /// The index wasn't queried or gave no usable answer, with the reason.
    Unknown(String),
}

impl Published {
    /// The version to install if `wanted` may be `latest`.
    pub fn version<'a>(&'a self, wanted: &'a VersionPin) -> &'a VersionPin {
        match self {
            Self::Found(version) => version,
            Self::Wheel | Self::Unknown(_) => wanted,
        }
    }
}

/// The relevant part of the index's answer.
#[derive(Deserialize)]
struct Package {
    info: Info,
    releases: Option<BTreeMap<String, Vec<IgnoredAny>>>,
}

#[derive(Deserialize)]
struct Info {
    /// The newest version that is no pre-release.
    version: String,
}

/// Queries the index.
///
/// # Errors
/// `PACKAGE_VERSION_MISSING` if the index answers that it has no such version.
pub async fn look<H: Host>(
    host: &H,
    package: AppPackage,
    wanted: &VersionPin,
    wheel: Option<&LocalWheel>,
    index: PackageIndex,
) -> Result<Published, Failure> {
    if wheel.is_some() {
        return Ok(Published::Wheel);
    }
    let answer = host.probe(&Probe::Package { package: package.to_string(), index }).await;
    judge(package, wanted, index, answer)
}

fn judge(
    package: AppPackage,
    wanted: &VersionPin,
    index: PackageIndex,
    answer: Result<WorkspaceResponse, HostError>,
) -> Result<Published, Failure> {
    let missing = |newest: Option<String>| Failure::PackageVersionMissing {
        package: package.to_string(),
        version: wanted.as_str().to_owned(),
        index: index.as_str().to_owned(),
        newest,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Ok(Published::Unknown(error.message)),
    };
    if answer.status == 404 {
        // A server that is no package index answers any path with 404 and an HTML page; an index answers in
        // JSON.
        let says_so = serde_json::from_str::<serde_json::Value>(&answer.body).is_ok();
        let unknown = || Ok(Published::Unknown("The index answered with status 404".to_owned()));
        return if says_so { Err(missing(None)) } else { unknown() };
    }
    if answer.status != 200 {
        return Ok(Published::Unknown(format!("The index answered with status {}", answer.status)));
    }
    let Ok(found) = decode_text::<Package>(&answer.body) else {
        return Ok(Published::Unknown("The index's answer can't be read".to_owned()));
    };
    match (wanted, found.releases) {
        (VersionPin::Latest, _) => {
            // A version that isn't supported in our `requirements.txt` is left to the platform to resolve.
            Ok(match PackageVersion::parse("app_version", &found.info.version) {
                Ok(version) => Published::Found(VersionPin::Exact(version)),
                Err(_) => Published::Unknown("The index names no newest version".to_owned()),
            })
        }
        (VersionPin::Exact(version), Some(releases)) => {
            let same = |(name, files): (&String, &Vec<_>)| {
                release(name) == release(version.as_str()) && !files.is_empty()
            };
            if releases.iter().any(same) {
                Ok(Published::Found(wanted.clone()))
            } else {
                Err(missing(Some(found.info.version)))
            }
        }
        (VersionPin::Exact(_), None) => {
            Ok(Published::Unknown("The index does not list its versions".to_owned()))
        }
    }
}

/// A version without trailing zero segments, which are insignificant: `1.0` equals `1`.
pub(super) fn release(version: &str) -> &str {
    let mut version = version;
    while let Some(shorter) = version.strip_suffix(".0") {
        version = shorter;
    }
    version
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::DeployError;
    use crate::host::HostErrorKind;

    fn look(wanted: &str, status: u16, body: &str) -> Result<Published, DeployError> {
        let wanted = VersionPin::parse("app_version", wanted).unwrap();
        let answer = WorkspaceResponse { status, headers: vec![], body: body.to_owned() };
        Ok(judge(AppPackage::TellrApp, &wanted, PackageIndex::Pypi, Ok(answer))?)
    }

    fn index() -> String {
        json!({
            "info": {"version": "0.2.0"},
            "releases": {"0.1.0": [{"filename": "a"}], "0.2": [{"filename": "b"}], "0.3.0rc1": [{}], "0.0.9": []},
        })
        .to_string()
    }

    fn exact(version: &str) -> Published {
        Published::Found(VersionPin::parse("app_version", version).unwrap())
    }

    #[test]
    fn a_published_version_is_found_and_latest_is_resolved() {
        assert_eq!(look("0.1.0", 200, &index()).unwrap(), exact("0.1.0"));
        assert_eq!(look("0.2.0", 200, &index()).unwrap(), exact("0.2.0"));
        assert_eq!(look("0.3.0rc1", 200, &index()).unwrap(), exact("0.3.0rc1"));
        assert_eq!(look("latest", 200, &index()).unwrap(), exact("0.2.0"));
    }

    #[test]
    fn a_version_that_is_not_published_is_refused_with_the_newest_one() {
        for version in ["0.4.0", "0.0.9"] {
            let error = look(version, 200, &index()).unwrap_err();
            assert_eq!(error.code, "PACKAGE_VERSION_MISSING");
            assert!(error.message.contains(version) && error.cause.contains("0.2.0"), "{error:#?}");
        }
        for version in ["0.1.0", "latest"] {
            let error = look(version, 404, r#"{"message": "Not Found"}"#).unwrap_err();
            assert_eq!(error.code, "PACKAGE_VERSION_MISSING");
        }
    }

    #[test]
    fn an_index_that_can_not_be_asked_refuses_nothing() {
        for (status, body) in [
            (404, "<html>Not Found</html>"),
            (403, "{}"),
            (503, ""),
            (200, "<html>Sign in</html>"),
            (200, "{}"),
            (200, r#"{"info": {"version": "0.2.0"}}"#),
        ] {
            assert!(matches!(look("0.1.0", status, body), Ok(Published::Unknown(_))), "{status} {body}");
        }
        let wanted = VersionPin::Latest;
        let error = HostError { kind: HostErrorKind::Connection, message: "no route".into() };
        let found = judge(AppPackage::TellrApp, &wanted, PackageIndex::Pypi, Err(error)).unwrap();
        assert_eq!((found.version(&wanted), &found), (&wanted, &Published::Unknown("no route".into())));
    }
}
