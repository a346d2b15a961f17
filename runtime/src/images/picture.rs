//! An upload into a picture that may be served.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};

use crate::http::Rejection;

use axum::http::StatusCode;

/// The most pixels of an upload. The page makes larger photos smaller before it sends them.
const MOST_PIXELS: u64 = 20_000_000;
/// The most pixels of one side of an upload.
const LONGEST_UPLOAD: u32 = 20_000;
/// The most memory of a decoded picture, in bytes. With what a decoder keeps beside it, or with the rows of a picture
/// that is made smaller, an upload takes 256 MiB at most.
const MOST_MEMORY: u64 = 80 * 1024 * 1024;
/// The longest side of a kept image: a slide is 1280 pixels wide, and screens have two for each.
const LONGEST_KEPT: u32 = 2560;
/// The longest side of a small form: a slide in a list is 330 pixels wide, and screens have two for each.
const LONGEST_SMALL: u32 = 660;
/// The quality of JPEG, from 1 to 100.
const QUALITY: u8 = 88;

/// A picture that may be served.
#[derive(Debug)]
pub struct Picture {
    /// A whole file.
    pub bytes: Vec<u8>,
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Decodes an upload and encodes it anew: with transparency or few colours as PNG, photos as JPEG. Programs
/// that show presentations read both; not all read WebP.
///
/// # Errors
/// 415 for another format, 413 for one that is too large, 422 for one that can't be decoded.
pub fn read(bytes: &[u8]) -> Result<Picture, Rejection> {
    let format = format_of(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_UPLOAD);
    limits.max_image_height = Some(LONGEST_UPLOAD);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| unreadable(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(too_large(&format!("{width} × {height} pixels")));
    }
    // Cameras keep pictures as their sensor lies, and say beside it which side is up.
    let orientation = decoder.orientation().map_err(|error| unreadable(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGEST_KEPT {
        picture = picture.resize(LONGEST_KEPT, LONGEST_KEPT, FilterType::CatmullRom);
    }
    encoded(&picture, is_photo(bytes, format)).map_err(|error| unreadable(&error))
}

/// The small form of a kept picture, in the same format; `None` if the picture is small itself.
///
/// # Errors
/// If it can't be decoded, with the reason.
pub(super) fn small(kept: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let format = image::guess_format(kept).map_err(|error| error.to_string())?;
    let mut reader = ImageReader::with_format(Cursor::new(kept), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| error.to_string())?;
    if picture.width().max(picture.height()) <= LONGEST_SMALL {
        return Ok(None);
    }
    let picture = picture.resize(LONGEST_SMALL, LONGEST_SMALL, FilterType::CatmullRom);
    let small = encoded(&picture, format == ImageFormat::Jpeg).map_err(|error| error.to_string())?;
    Ok(Some(small.bytes))
}

fn encoded(picture: &DynamicImage, is_photo: bool) -> Result<Picture, ImageError> {
    let mut bytes = Vec::new();
    let media_type = if is_photo && !has_transparency(picture) {
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture.to_rgb8())?;
        "image/jpeg"
    } else {
        let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
        if has_transparency(picture) {
            picture.to_rgba8().write_with_encoder(encoder)?;
        } else {
            picture.to_rgb8().write_with_encoder(encoder)?;
        }
        "image/png"
    };
    Ok(Picture { bytes, media_type, width: picture.width(), height: picture.height() })
}

fn has_transparency(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

/// Whether the picture was compressed with losses already.
fn is_photo(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => true,
        // `RIFF`, a length, `WEBP`, and the kind of what follows; `VP8X` may hold either kind.
        ImageFormat::WebP => {
            let lossy = |part: &[u8]| part == b"VP8 ";
            bytes.get(12..16).is_some_and(lossy)
                || (bytes.get(12..16).is_some_and(|part| part == b"VP8X")
                    && bytes.get(..4096).unwrap_or(bytes).windows(4).any(lossy))
        }
        _ => false,
    }
}

/// The format by its first bytes: what a request says of it is not always so.
fn format_of(bytes: &[u8]) -> Result<ImageFormat, Rejection> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => Ok(format),
        Ok(_) => Err(unsupported("This format isn't supported. Use PNG, JPEG or WebP")),
        Err(_) if looks_like_markup(bytes) => Err(unsupported(
            "SVG isn't supported, because it can contain scripts. Export the drawing as PNG and upload that",
        )),
        Err(_) => Err(unsupported("The file is no image that can be read. Use PNG, JPEG or WebP")),
    }
}

/// The refusal of a format.
pub(super) fn unsupported(message: &str) -> Rejection {
    Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_type", message)
}

fn looks_like_markup(bytes: &[u8]) -> bool {
    let start = bytes.get(..1024).unwrap_or(bytes);
    start.windows(4).any(|part| part.eq_ignore_ascii_case(b"<svg")) || start.starts_with(b"<?xml")
}

fn too_large(what: &str) -> Rejection {
    let message = format!(
        "The image has {what}; at most {} million pixels and {LONGEST_UPLOAD} on a side are possible. Make it smaller",
        MOST_PIXELS / 1_000_000
    );
    Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "image_too_large", message)
}

fn unreadable(error: &ImageError) -> Rejection {
    if let ImageError::Limits(_) = error {
        return too_large("too many pixels");
    }
    let message = format!("The image can't be read: {error}. Open it in another program and export it again");
    Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_image", message)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("an image");
        bytes.into_inner()
    }

    fn gradient(width: u32, height: u32) -> DynamicImage {
        let shade = |n: u32| u8::try_from(n % 256).unwrap_or_default();
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            Rgb([shade(x), shade(y), shade(x + y)])
        }))
    }

    #[test]
    fn each_format_becomes_one_that_every_program_shows() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(30, 20, Rgba([255, 0, 0, 128])));
        for (bytes, media_type) in [
            (written(&gradient(30, 20), ImageFormat::Png), "image/png"),
            (written(&clear, ImageFormat::Png), "image/png"),
            (written(&gradient(30, 20), ImageFormat::Jpeg), "image/jpeg"),
            (written(&gradient(30, 20), ImageFormat::WebP), "image/png"),
            (written(&clear, ImageFormat::WebP), "image/png"),
        ] {
            let picture = read(&bytes).expect("a picture");
            assert_eq!((picture.media_type, picture.width, picture.height), (media_type, 30, 20));
            let again = image::load_from_memory(&picture.bytes).expect("it can be read");
            assert_eq!((again.width(), again.height()), (30, 20));
        }
    }

    #[test]
    fn what_is_hidden_behind_a_picture_is_gone() {
        let script = b"<script>alert(1)</script><?php system('id'); ?>PK\x03\x04";
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let mut bytes = written(&gradient(30, 20), format);
            bytes.extend(script);
            let picture = read(&bytes).expect("a picture");
            assert!(!picture.bytes.windows(7).any(|part| part == b"<script"), "{format:?}");
        }
        // In a comment of a JPEG, which decoders skip.
        let mut bytes = written(&gradient(30, 20), ImageFormat::Jpeg);
        let mut comment = vec![0xff, 0xfe, 0, u8::try_from(script.len() + 2).expect("short")];
        comment.extend(script);
        bytes.splice(2..2, comment);
        let picture = read(&bytes).expect("a picture");
        assert!(!picture.bytes.windows(7).any(|part| part == b"<script"));
    }

    #[test]
    fn a_large_picture_is_made_as_small_as_a_slide_needs() {
        let picture = read(&written(&gradient(3000, 20), ImageFormat::Png)).expect("a picture");
        assert_eq!((picture.width, picture.height), (2560, 17));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_decoded() {
        // The header of a PNG of 20,000 × 20,000 pixels, without them.
        let mut bytes = written(&gradient(1, 1), ImageFormat::Png);
        bytes[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        let checksum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        let refusal = read(&bytes).expect_err("it is refused");
        assert!(format!("{refusal:?}").contains("20000 × 20000 pixels"), "{refusal:?}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        })
    }

    #[test]
    fn what_is_no_picture_is_refused_with_a_reason() {
        let reason = |bytes: &[u8]| format!("{:?}", read(bytes).expect_err("it is refused"));
        assert!(reason(b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>").contains("SVG"));
        assert!(reason(b"\n <SVG xmlns=\"x\"><script/></SVG>").contains("SVG"));
        assert!(reason(b"GIF89a\x01\x00\x01\x00").contains("PNG, JPEG or WebP"));
        assert!(reason(b"").contains("no image"));
        let whole = written(&gradient(300, 200), ImageFormat::Png);
        assert!(reason(&whole[..whole.len() / 2]).contains("can't be read"));
    }

    #[test]
    fn noise_never_panics() {
        let mut bytes = written(&gradient(16, 16), ImageFormat::Png);
        for index in 8..bytes.len() {
            bytes[index] ^= 0x55;
            let _ = read(&bytes);
            bytes[index] ^= 0x55;
        }
    }
}
