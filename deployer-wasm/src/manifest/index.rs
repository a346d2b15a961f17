//! The package indexes.

use crate::config::PackageIndex;

/// The options that choose `index`, or none where it is the one that is used anyway. Packages
/// that are not on the index for trials still come from the public one.
pub(super) fn options(index: PackageIndex) -> Vec<String> {
    match index {
        PackageIndex::Pypi => Vec::new(),
        PackageIndex::TestPypi => {
            let domain = ["pypi", "org"].join(".");
            vec![
                format!("--index-url https://test.{domain}/simple/"),
                format!("--extra-index-url https://{domain}/simple/"),
            ]
        }
    }
}
