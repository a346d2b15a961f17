//! Bytes within a file, as `data:` addresses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::export::{PictureFile, PictureKind};

/// The address of an image that holds its bytes.
pub(crate) fn of_picture(file: &PictureFile) -> String {
    let media_type = match file.kind {
        PictureKind::Png => "image/png",
        PictureKind::Jpeg => "image/jpeg",
    };
    address(media_type, &file.bytes)
}

/// An address that holds bytes.
pub(crate) fn address(media_type: &str, bytes: &[u8]) -> String {
    let mut address = format!("data:{media_type};base64,");
    STANDARD.encode_string(bytes, &mut address);
    address
}
