//! Files on the user's machine.

use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The content of a file, cut off behind `limit` bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The user's home folder.
pub(crate) fn home(variable: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_end_is_not_read_whole() {
        assert_eq!(read_bounded(Path::new("/dev/zero"), 1_000).expect("zeros").len(), 1_000);
    }
}
