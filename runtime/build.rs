//! Embeds the page: every file of `frontend/dist`, compressed once here instead of at each request.
//!
//! Writes a table of the files to `$OUT_DIR/frontend.rs`. In a clone where the page was not built yet,
//! a page that says so takes its place, so that `cargo build` needs no Node.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

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

    let mut files = Vec::new();
    collect(root, root, &mut files)?;
    // The server looks files up by binary search.
    files.sort();

    let mut table =
        format!("pub(super) const IS_BUILT: bool = {is_built};\npub(super) static FILES: &[File] = &[\n");
    for (index, path) in files.iter().enumerate() {
        embed(root, path, index, &out, &mut table)?;
    }
    table.push_str("];\n");
    fs::write(out.join("frontend.rs"), table)?;
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

fn embed(root: &Path, path: &str, index: usize, out: &Path, table: &mut String) -> Result<()> {
    let plain = fs::read(root.join(path))?;
    let (content_type, is_text) = content_type(path);
    let hash =
        Sha256::digest(&plain)[..12].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));

    let write = |suffix: &str, bytes: &[u8]| -> Result<String> {
        let file = out.join(format!("{index}.{suffix}"));
        fs::write(&file, bytes)?;
        Ok(format!("include_bytes!({:?})", file.to_str().ok_or("OUT_DIR is not UTF-8")?))
    };
    let smaller = |suffix: &str, bytes: Vec<u8>| -> Result<String> {
        // A few per cent are not worth the receiver's time.
        if is_text && bytes.len() * 20 < plain.len() * 19 {
            Ok(format!("Some({})", write(suffix, &bytes)?))
        } else {
            Ok("None".to_owned())
        }
    };
    let identity = write("plain", &plain)?;
    let brotli = smaller("br", brotli(&plain)?)?;
    let gzip = smaller("gz", gzip(&plain)?)?;
    writeln!(
        table,
        "    File {{ path: {path:?}, content_type: {content_type:?}, hash: {hash:?}, \
         identity: {identity}, brotli: {brotli}, gzip: {gzip} }},"
    )?;
    Ok(())
}

/// The media type by the name's ending, and whether compressing is worth trying.
fn content_type(path: &str) -> (&'static str, bool) {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "webp" => ("image/webp", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 4096;
    const BEST: u32 = 11;
    const LARGEST_WINDOW: u32 = 24;
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, BUFFER, BEST, LARGEST_WINDOW);
    writer.write_all(plain)?;
    writer.flush()?;
    drop(writer);
    Ok(compressed)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(plain)?;
    Ok(writer.finish()?)
}
