//! `ETag`: a hash of what is served, by which a client that has it already is told so.

use std::fmt::Write as _;

/// The tag of a hash: its hexadecimal digits in quotation marks.
pub fn of_hash(hash: &[u8]) -> String {
    let mut tag = String::with_capacity(2 * hash.len() + 2);
    tag.push('"');
    for byte in hash {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}
