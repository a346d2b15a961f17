//! A local wheel, deployed instead of a published version.
//!
//! The platform refuses any source file over 10 MB, minutes later and without naming the file; so the size is
//! checked here. The file's name becomes part of a path and of `requirements.txt`, so it must be a valid
//! wheel name, of the package that is deployed.

use std::fmt;

use super::enums::AppPackage;
use super::text::invalid;
use crate::error::Failure;

/// The maximum size of a file that the platform deploys, in bytes.
pub const WHEEL_LIMIT_BYTES: usize = 10_485_760;

const KEY: &str = "local_wheel_path";

/// A wheel to upload.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalWheel {
    /// Its file name, without a folder.
    pub file_name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl LocalWheel {
    /// Checks that this is a wheel of `package` that the platform accepts.
    pub fn new(file_name: &str, content: Vec<u8>, package: AppPackage) -> Result<Self, Failure> {
        let expected =
            || format!("a wheel of `{package}`, such as `{}-0.1.0-py3-none-any.whl`", distribution(package));
        if !is_wheel_of(file_name, package) {
            return Err(invalid(KEY, file_name, expected()));
        }
        if content.is_empty() {
            return Err(invalid(KEY, file_name, format!("{}; this file is empty", expected())));
        }
        if content.len() > WHEEL_LIMIT_BYTES {
            return Err(Failure::FileTooLarge {
                file: file_name.to_owned(),
                bytes: content.len(),
                limit: WHEEL_LIMIT_BYTES,
            });
        }
        Ok(Self { file_name: file_name.to_owned(), content })
    }
}

impl LocalWheel {
    /// The version in the file name.
    pub fn version(&self) -> &str {
        self.file_name.split('-').nth(1).unwrap_or_default()
    }
}

impl fmt::Debug for LocalWheel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalWheel")
            .field("file_name", &self.file_name)
            .field("bytes", &self.content.len())
            .finish()
    }
}

/// The package's name as it is written in a wheel's file name.
fn distribution(package: AppPackage) -> String {
    package.as_str().replace('-', "_")
}

/// `distribution-version[-build]-python-abi-platform.whl`
fn is_wheel_of(file_name: &str, package: AppPackage) -> bool {
    let Some(stem) = file_name.strip_suffix(".whl") else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+!".contains(&b))
    };
    let parts: Vec<&str> = stem.split('-').collect();
    file_name.len() <= 200
        && matches!(parts.len(), 5 | 6)
        && parts.iter().all(|part| plain(part))
        && parts.first().is_some_and(|name| name.eq_ignore_ascii_case(&distribution(package)))
        && parts.get(1).is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_of_the_package_is_taken() {
        for (name, package) in [
            ("tellr_app-0.1.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", AppPackage::TellrApp),
            ("tellr_app-0.1.0.dev1+local.2-1-py3-none-any.whl", AppPackage::TellrApp),
            ("databricks_tellr_app-0.1.21-py3-none-any.whl", AppPackage::DatabricksTellrApp),
        ] {
            let wheel = LocalWheel::new(name, vec![1], package).unwrap();
            assert_eq!(wheel.file_name, name);
        }
    }

    #[test]
    fn other_files_are_refused() {
        for name in [
            "",
            "tellr_app.whl",
            "tellr_app-0.1.0.tar.gz",
            "../tellr_app-0.1.0-py3-none-any.whl",
            "wheels/tellr_app-0.1.0-py3-none-any.whl",
            "tellr_app-0.1.0-py3-none-any.whl\n--index-url x.whl",
            "tellr_app-0.1.0-py3-none-a ny.whl",
            "databricks_tellr_app-0.1.21-py3-none-any.whl",
            "tellr-app-0.1.0-py3-none-any.whl",
        ] {
            let failure = LocalWheel::new(name, vec![1], AppPackage::TellrApp).unwrap_err();
            assert!(matches!(failure, Failure::InvalidValue { .. }), "`{name}`: {failure:?}");
        }
    }

    #[test]
    fn size_is_checked_before_anything_is_sent() {
        let name = "tellr_app-0.1.0-py3-none-any.whl";
        assert!(LocalWheel::new(name, vec![0; WHEEL_LIMIT_BYTES], AppPackage::TellrApp).is_ok());
        assert!(matches!(
            LocalWheel::new(name, vec![0; WHEEL_LIMIT_BYTES + 1], AppPackage::TellrApp),
            Err(Failure::FileTooLarge { bytes: 10_485_761, limit: 10_485_760, .. })
        ));
        assert!(LocalWheel::new(name, vec![], AppPackage::TellrApp).is_err());
    }
}
