//! How a package index is chosen.

use crate::config::PackageIndex;

/// The options that choose `index`, or none where it is the one that is used anyway. Packages
/// that are not on the index for trials still come from the public one.
pub(super) fn options(index: PackageIndex) -> Vec<String> {
    match index {
        PackageIndex::Pypi => Vec::new(),
        PackageIndex::TestPypi => vec![
            format!("--index-url {}/simple/", index.origin()),
            format!("--extra-index-url {}/simple/", PackageIndex::Pypi.origin()),
        ],
    }
}
