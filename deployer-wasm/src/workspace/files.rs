//! Workspace files: `/api/2.0/workspace/*`.
//!
//! Files are uploaded as base64 in JSON. The multipart form of the same call is no smaller where size matters
//! (a notebook's comm carries text), and not every host can repeat it.

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Call;
use super::secrets::Empty;
use crate::decode::null_as_default;
use crate::host::Method;

/// What to do if the file exists: creating a lock and replacing a state file are different values of this
/// type, rather than a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutMode {
    /// Refuse if something of the name exists. Of two concurrent writers, one succeeds.
    CreateNew,
    /// Replace.
    Overwrite,
}

/// An exported file.
#[derive(Clone, Deserialize)]
pub struct Exported {
    /// The content in base64.
    #[serde(default, deserialize_with = "null_as_default")]
    pub content: String,
}

impl Exported {
    /// The content; `None` if it isn't base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        Base64::decode_vec(self.content.trim()).ok()
    }

    /// The content as text; `None` if it isn't.
    pub fn text(&self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    /// The content as JSON; `None` if it isn't.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.text()?).ok()
    }
}

/// A file's content: `value` as JSON.
///
/// # Panics
/// Never for the values used here: types with derived serializers and string keys.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts are keys, and no writer has errors of its own")
}

/// Creates a folder and its parents.
pub fn mkdirs(path: &str) -> Call<Empty> {
    call(Method::Post, "mkdirs", format!("create the folder `{path}`"), path, "CAN EDIT")
        .body(json!({"path": path}))
}

/// Writes a file.
pub fn import(path: &str, content: &[u8], mode: PutMode) -> Call<Empty> {
    // The content may hold a key (in `app.yaml`), so contents are never printed.
    call(Method::Post, "import", format!("write `{path}`"), path, "CAN EDIT")
        .body(json!({
            "path": path,
            "format": "AUTO",
            "overwrite": mode == PutMode::Overwrite,
            "content": Base64::encode_string(content),
        }))
        .sensitive()
}

/// Reads a file.
pub fn export(path: &str) -> Call<Exported> {
    call(Method::Get, "export", format!("read `{path}`"), path, "CAN READ")
        .query("path", path)
        .query("format", "AUTO")
        .sensitive()
}

/// Removes a file.
pub fn delete(path: &str) -> Call<Empty> {
    call(Method::Post, "delete", format!("delete `{path}`"), path, "CAN EDIT")
        .body(json!({"path": path, "recursive": false}))
}

fn call<T>(method: Method, path: &str, doing: String, on: &str, needed: &'static str) -> Call<T> {
    Call::new(method, format!("/api/2.0/workspace/{path}"), doing, format!("the folder of `{on}`"), needed)
}
