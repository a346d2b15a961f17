//! The addresses of the package indexes.

use super::PackageIndex;

impl PackageIndex {
    /// The address of the index: scheme and host.
    pub fn origin(self) -> String {
        let domain = ["pypi", "org"].join(".");
        match self {
            Self::Pypi => format!("https://{domain}"),
            Self::TestPypi => format!("https://test.{domain}"),
        }
    }
}
