//! Pictures of a file: only PNG and JPEG, recognised by their bytes and not by their names.
//!
//! Other formats (EMF, WMF, SVG, TIFF) are whole languages whose readers were attacked often; they are
//! left out. The structure is walked to the end, so that a cut file isn't taken for a picture. Pixels are
//! not decoded here.

use std::sync::Arc;

use crate::export::{PictureFile, PictureKind};

/// Bytes of a picture.
pub(super) const MAX_PICTURE: usize = 8 * 1024 * 1024;
/// The longest side of a picture, and its most pixels: a decoder needs four bytes for each.
const MAX_SIDE: u32 = 16_384;
const MAX_PIXELS: u64 = 40_000_000;

/// A picture with its size; none if it isn't one, or one that is too large.
pub(super) fn picture(bytes: Vec<u8>) -> Option<PictureFile> {
    let (kind, [width, height]) = match &bytes[..] {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, rest @ ..] => (PictureKind::Png, png(rest)?),
        [0xFF, 0xD8, rest @ ..] => (PictureKind::Jpeg, jpeg(rest)?),
        _ => return None,
    };
    let is_fit = (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS;
    is_fit.then(|| PictureFile { kind, bytes: Arc::new(bytes), width, height })
}

/// The size of a PNG whose blocks lead to its end.
fn png(mut rest: &[u8]) -> Option<[u32; 2]> {
    let number = |at: &[u8]| Some(u32::from_be_bytes(at.get(..4)?.try_into().ok()?));
    if rest.get(4..8)? != b"IHDR" || number(rest)? != 13 {
        return None;
    }
    let size = [number(rest.get(8..)?)?, number(rest.get(12..)?)?];
    let mut has_data = false;
    loop {
        let length = usize::try_from(number(rest)?).ok()?;
        let kind = rest.get(4..8)?;
        has_data |= kind == b"IDAT";
        if kind == b"IEND" {
            return has_data.then_some(size);
        }
        rest = rest.get(length.checked_add(12)?..)?;
    }
}

/// The size of a JPEG whose segments lead to a picture.
fn jpeg(mut rest: &[u8]) -> Option<[u32; 2]> {
    let mut size = None;
    loop {
        let [0xFF, marker, ..] = *rest else { return None };
        if marker == 0xFF {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
        let segment = rest.get(4..length.checked_add(2)?)?;
        match marker {
            // The start of a frame: precision, height, width.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let side = |at: usize| {
                    Some(u32::from(u16::from_be_bytes(segment.get(at..at + 2)?.try_into().ok()?)))
                };
                size = Some([side(3)?, side(1)?]);
            }
            // The data: the rest is the picture.
            0xDA => return size,
            0xD8 | 0xD9 | 0x00..=0x01 => return None,
            _ => {}
        }
        rest = &rest[length + 2..];
    }
}
