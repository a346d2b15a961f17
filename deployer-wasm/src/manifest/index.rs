//! The package indexes.

use crate::config::PackageIndex;

/// The address of an index: scheme and host.
pub fn index_origin(index: PackageIndex) -> String {
    let domain = ["pypi", "org"].join(".");
    match index {
        PackageIndex::Pypi => format!("https://{domain}"),
        PackageIndex::TestPypi => format!("https://test.{domain}"),
    }
}

/// The options that choose `index`, or none where it is the one that is used anyway. Packages
/// that are not on the index for trials still come from the public one.
pub(super) fn options(index: PackageIndex) -> Vec<String> {
    match index {
        PackageIndex::Pypi => Vec::new(),
        PackageIndex::TestPypi => vec![
            format!("--index-url {}/simple/", index_origin(index)),
            format!("--extra-index-url {}/simple/", index_origin(PackageIndex::Pypi)),
        ],
    }
}
