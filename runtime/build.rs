//! Compresses the page: every file of `frontend/dist`, once here instead of at each request.
//!
//! Writes the files into `$OUT_DIR/page`, a folder for each encoding, which the program embeds (`frontend.rs`).
//! In a clone where the page was not built yet, a page that says so takes its place, so that `cargo build`
//! needs no Node.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-env-changed=TELLR_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=placeholder");
    // Also while it does not exist: then cargo looks again at each build, and finds it once it does.
    println!("cargo::rerun-if-changed=../frontend/dist");

    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let dist = Path::new("../frontend/dist");
    let is_built = dist.join("index.html").is_file();
    let root = if is_built { dist } else { Path::new("placeholder") };

    println!("cargo::rustc-env=TELLR_PAGE_IS_BUILT={is_built}");

    // What an earlier build left there may be gone from the page.
    let page = out.join("page");
    if page.exists() {
        fs::remove_dir_all(&page)?;
    }
    let mut files = Vec::new();
    collect(root, root, &mut files)?;
    for path in &files {
        compress(&root.join(path), path, &page)?;
    }
    Ok(())
}

/// The files below `folder`, relative to `root`, with `/` between the parts.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What editors and file managers leave behind.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let parts: Option<Vec<&str>> =
                path.strip_prefix(root)?.iter().map(|part| part.to_str()).collect();
            let parts = parts.ok_or_else(|| format!("{} is not UTF-8", path.display()))?;
            files.push(parts.join("/"));
        }
    }
    Ok(())
}

/// Writes a file compressed, where that is worth it, or else as it is. One encoding: the platform limits the
/// program, and every browser that the page supports has brotli.
fn compress(source: &Path, path: &str, page: &Path) -> Result<()> {
    let plain = fs::read(source)?;
    let write = |encoding: &str, bytes: &[u8]| -> Result<()> {
        let file = page.join(encoding).join(path);
        fs::create_dir_all(file.parent().ok_or("a file has a folder")?)?;
        Ok(fs::write(file, bytes)?)
    };
    // A few per cent are not worth the receiver's time.
    let is_worth_it = |compressed: &[u8]| compressed.len() * 20 < plain.len() * 19;
    let smallest = if is_compressed(path) { plain.clone() } else { brotli(&plain)? };
    if !is_worth_it(&smallest) {
        return write("identity", &plain);
    }
    write("br", &smallest)
}

/// Whether the format is one that is compressed already, so that trying is a waste.
fn is_compressed(path: &str) -> bool {
    matches!(path.rsplit('.').next(), Some("png" | "jpg" | "jpeg" | "webp" | "woff2"))
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 4096;
    const BEST: i32 = 11;
    /// What isn't shipped is built often, and a build script isn't optimised: the best takes it a minute.
    const FAST: i32 = 4;
    const LARGEST_WINDOW: i32 = 24;
    let is_shipped = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let quality = if is_shipped { BEST } else { FAST };
    let settings = BrotliEncoderParams {
        quality,
        lgwin: LARGEST_WINDOW,
        size_hint: plain.len(),
        // Its distances suit modules, the largest files, and are no worse for the others.
        mode: BrotliEncoderMode::BROTLI_MODE_FONT,
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::with_params(&mut compressed, BUFFER, &settings);
    writer.write_all(plain)?;
    writer.flush()?;
    drop(writer);
    Ok(compressed)
}
