//! Serves the page from files embedded in the program.
//!
//! Problem: the platform restarts an app on a clean disk, and compressing the same script for every visitor
//! costs more than all other work of the server.
//!
//! Choice: the files are part of the binary (rust-embed), compressed at build time (`build.rs`). A response is
//! a table look-up and a pointer into the binary. What is compressed isn't there a second time as it was, as
//! the platform limits the program's size: the rare client that accepts no brotli (or a browser without TLS on
//! another machine, which asks for none) gets it unpacked.
//!
//! Cache rules: names under `/assets/` contain a hash of the contents, so these files may be cached for
//! ever; everything else is revalidated and usually answered with 304. Any other path is handled by the
//! page's router and gets `index.html`; `/api/` and `/assets/` never do, because HTML in place of a script
//! or JSON leads to confusing errors.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rust_embed::{Embed, EmbeddedFile};

use super::security::headers::PAGE_SECURITY_POLICY;

/// The output of the build script: the page's files under `br`; under `identity` those that don't become
/// smaller.
#[derive(Embed)]
#[folder = "$OUT_DIR/page"]
struct Page;

/// An encoding of the embedded files. Its name is the folder's name, and the value of `content-encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Identity,
}

impl Encoding {
    fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Identity => "identity",
        }
    }

    /// The file `path` in this encoding.
    fn get(self, path: &str) -> Option<EmbeddedFile> {
        Page::get(&format!("{}/{path}", self.as_str()))
    }
}

const INDEX: &str = "index.html";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");

/// Information about the embedded page, for `check`.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// False if the program was built before the page.
    pub is_built: bool,
    /// The number of files.
    pub files: usize,
    /// Their total size as sent to a current browser.
    pub compressed_bytes: usize,
}

/// Returns information about the embedded page.
pub fn contents() -> Contents {
    let sizes: Vec<usize> =
        Page::iter().map(|path| Page::get(&path).map_or(0, |file| file.data.len())).collect();
    Contents {
        is_built: env!("TELLR_PAGE_IS_BUILT") == "true",
        files: sizes.len(),
        compressed_bytes: sizes.iter().sum(),
    }
}

/// The handler of all paths outside `/api/`.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let accepted = accepts_brotli(&headers);
    match find(path, accepted) {
        Some(found) => respond(path, found, &headers),
        None if path.starts_with("assets/") => missing(),
        None => find(INDEX, accepted).map_or_else(missing, |found| respond(INDEX, found, &headers)),
    }
}

/// The file `path` as it is kept, or unpacked if that encoding is not accepted.
fn find(path: &str, accepts_brotli: bool) -> Option<(Encoding, EmbeddedFile)> {
    let compressed = || Encoding::Brotli.get(path);
    if let Some(file) = accepts_brotli.then(compressed).flatten() {
        return Some((Encoding::Brotli, file));
    }
    let plain = Encoding::Identity.get(path).or_else(|| unpacked(compressed()?));
    Some((Encoding::Identity, plain?))
}

/// A file's contents from their brotli form.
fn unpacked(file: EmbeddedFile) -> Option<EmbeddedFile> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*file.data, &mut plain).ok()?;
    Some(EmbeddedFile { data: Cow::Owned(plain), metadata: file.metadata })
}

fn missing() -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    (
        StatusCode::NOT_FOUND,
        // A page that is open during a deployment may request the previous version's files.
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, NOT_AT_ALL)],
        "There is no such file\n",
    )
        .into_response()
}

fn respond(path: &str, (encoding, file): (Encoding, EmbeddedFile), request: &HeaderMap) -> Response {
    // A strong tag: each encoding has different bytes, also what was unpacked.
    let hash = BASE64_URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..12]);
    let etag = format!("\"{hash}-{}\"", encoding.as_str());
    let mut response = if is_listed(request, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = content_type(&file);
        let mut response = Response::new(match file.data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        });
        if let Ok(kind) = HeaderValue::try_from(kind) {
            set(&mut response, header::CONTENT_TYPE, kind);
        }
        if encoding != Encoding::Identity {
            set(&mut response, header::CONTENT_ENCODING, HeaderValue::from_static(encoding.as_str()));
        }
        response
    };
    let cache = if has_hashed_name(path) { FOR_EVER } else { ASK_AGAIN };
    set(&mut response, header::CACHE_CONTROL, cache);
    if path == INDEX {
        let policy = HeaderValue::from_static(PAGE_SECURITY_POLICY);
        set(&mut response, header::CONTENT_SECURITY_POLICY, policy);
    }
    set(&mut response, header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        set(&mut response, header::ETAG, etag);
    }
    response
}

/// The media type; text files are in UTF-8.
fn content_type(file: &EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

fn set(response: &mut Response, name: HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}

/// `assets/index-BxT2f8aQ.js`: Vite's names with a content hash.
fn has_hashed_name(path: &str) -> bool {
    const SHORTEST_HASH: usize = 8;
    let Some(name) = path.strip_prefix("assets/") else {
        return false;
    };
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let is_hash = |text: &str| {
        text.len() >= SHORTEST_HASH
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    // A hash may contain a dash itself, so the search starts at the first dash.
    stem.split_once('-').is_some_and(|(_, rest)| is_hash(rest))
}

/// Whether `If-None-Match` lists this tag.
fn is_listed(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// Whether a request accepts brotli.
fn accepts_brotli(request: &HeaderMap) -> bool {
    let mut items = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| item.split_once(';').unwrap_or((item, "")));
    let is_wanted = |parameters: &str| {
        !matches!(
            parameters.trim().strip_prefix("q=").map(str::parse::<f32>),
            Some(Ok(quality)) if quality <= 0.0
        )
    };
    items
        .rfind(|(name, _)| name.trim().eq_ignore_ascii_case("br"))
        .is_some_and(|(_, parameters)| is_wanted(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepts_brotli(&headers)
    }

    #[test]
    fn brotli_is_sent_if_it_is_offered() {
        for offered in ["gzip, deflate, br, zstd", "BR;q=0.5, GZIP;q=1.0", "br;q=1"] {
            assert!(accepted(offered), "{offered}");
        }
        for other in ["gzip", "br;q=0, gzip", "identity", "", "brotli", "br; q=0"] {
            assert!(!accepted(other), "{other}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for hashed in ["assets/index-BxT2f8aQ.js", "assets/a-b-Cd_34-efg.css", "assets/x-12345678.js.map"] {
            assert!(has_hashed_name(hashed), "{hashed}");
        }
        for plain in ["index.html", "favicon.svg", "assets/logo.svg", "assets/logo-big.svg", "x-12345678.js"]
        {
            assert!(!has_hashed_name(plain), "{plain}");
        }
    }

    #[test]
    fn tags_are_found_in_a_list() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"a\", W/\"b-br\""));
        assert!(is_listed(&headers, "\"a\""));
        assert!(is_listed(&headers, "\"b-br\""));
        assert!(!is_listed(&headers, "\"b\""));
    }
}
