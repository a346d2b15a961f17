//! The pip options for a package index.

use crate::config::PackageIndex;

/// The options that select `index`, or none for pip's default index. Packages that are not on `TestPyPI` are
/// still installed from `PyPI`.
pub(super) fn options(index: PackageIndex) -> Vec<String> {
    match index {
        PackageIndex::Pypi => Vec::new(),
        PackageIndex::TestPypi => vec![
            format!("--index-url {}/simple/", index.origin()),
            format!("--extra-index-url {}/simple/", PackageIndex::Pypi.origin()),
        ],
    }
}
