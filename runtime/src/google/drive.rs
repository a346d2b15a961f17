//! Files of Drive and upload sessions, on behalf of one person.

use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE};
use reqwest::{RequestBuilder, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, later, once, patiently};
use super::handle::{Access, Google};
use super::trouble::{Connect, Trouble};

/// The media type of a `.pptx` file.
const POWERPOINT: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
/// The media type of a presentation in Drive.
const SLIDES: &str = "application/vnd.google-apps.presentation";
/// The property of a file that holds the session of its deck.
const PROPERTY: &str = "tellr_deck";
const FIELDS: &str = "id,name,mimeType,trashed,capabilities(canEdit)";
/// How long one chunk may take.
const CHUNK: Duration = Duration::from_mins(1);
/// How long the last chunk may take: Google converts the file before it answers.
const CONVERSION: Duration = Duration::from_mins(5);
/// The largest file that Google converts.
pub(super) const LARGEST_CONVERTED: usize = 100 * 1024 * 1024;

/// A file in Drive.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    trashed: bool,
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capabilities {
    #[serde(default = "yes")]
    can_edit: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { can_edit: true }
    }
}

fn yes() -> bool {
    true
}

impl File {
    fn read(json: Value) -> Option<Self> {
        serde_json::from_value::<Self>(json).ok().filter(|file| is_id(&file.id))
    }

    /// Whether a deck can be written to it.
    fn is_usable(&self) -> bool {
        self.is_presentation() && !self.trashed && self.capabilities.can_edit
    }

    pub(super) fn is_presentation(&self) -> bool {
        self.mime_type == SLIDES
    }

    /// Where a person opens it. Made of the id, so that it can lead nowhere else.
    pub(super) fn address(&self) -> String {
        format!("https://docs.google.com/presentation/d/{}/edit", self.id)
    }
}

/// An id becomes part of addresses.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=200).contains(&id.len()) && id.bytes().all(is_plain)
}

/// How far an upload is.
#[derive(Debug)]
pub(super) enum Reached {
    /// So many bytes have arrived.
    At(usize),
    /// All have; this is the file.
    File(File),
}

/// Drive on behalf of a person.
pub(super) struct Drive<'a> {
    google: &'a Google,
    owner: &'a str,
    access: Access,
}

impl<'a> Drive<'a> {
    pub(super) async fn open(google: &'a Google, owner: &'a str) -> Result<Self, Trouble> {
        Ok(Self { google, owner, access: Box::pin(google.access(owner, None)).await? })
    }

    pub(super) fn google(&self) -> &Google {
        self.google
    }

    /// Sends a request with the person's token, and once more with a new one if Google refuses the first.
    async fn ask(
        &mut self,
        request: impl Fn(&reqwest::Client) -> RequestBuilder,
        patience: Patience,
    ) -> Result<Answer, Trouble> {
        let mut is_again = false;
        loop {
            let token = &self.access.token;
            let request = || request(self.google.http()).bearer_auth(token.expose_secret());
            let answer = match patience {
                Patience::Asking => patiently(self.google.retry(), request).await?,
                Patience::Once(timeout) => {
                    let answer = once(request().timeout(timeout)).await;
                    answer.map_err(|message| Trouble::Later(message, None))?
                }
            };
            match answer.status {
                StatusCode::UNAUTHORIZED if is_again => {
                    self.google.forget(self.access.generation).await?;
                    return Err(Trouble::Connect(Connect::Expired));
                }
                StatusCode::UNAUTHORIZED => {
                    is_again = true;
                    self.access = Box::pin(self.google.access(self.owner, Some(&self.access))).await?;
                }
                StatusCode::FORBIDDEN if lacks_permission(&answer) => {
                    self.google.forget(self.access.generation).await?;
                    return Err(Trouble::Connect(Connect::Permission));
                }
                _ => return Ok(answer),
            }
        }
    }

    /// A file that can be written to; `None` if it is gone, in the trash, or can't be changed.
    pub(super) async fn usable(&mut self, id: &str) -> Result<Option<File>, Trouble> {
        if !is_id(id) {
            return Ok(None);
        }
        let url = format!("{}/{id}", self.google.endpoints().files);
        let query = [("fields", FIELDS), ("supportsAllDrives", "true")];
        let answer = self.ask(|http| http.get(&url).query(&query), Patience::Asking).await?;
        match answer.status {
            StatusCode::OK => Ok(File::read(answer.json()).filter(File::is_usable)),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refused(&answer)),
        }
    }

    /// The oldest presentation of a deck that can be written to.
    pub(super) async fn find(&mut self, session: Uuid) -> Result<Option<File>, Trouble> {
        let url = self.google.endpoints().files.clone();
        let search = format!(
            "appProperties has {{ key='{PROPERTY}' and value='{session}' }} and mimeType = '{SLIDES}' and trashed = false"
        );
        let fields = format!("files({FIELDS})");
        let query =
            [("q", search.as_str()), ("fields", &fields), ("orderBy", "createdTime"), ("pageSize", "20")];
        let answer = self.ask(|http| http.get(&url).query(&query), Patience::Asking).await?;
        if answer.status != StatusCode::OK {
            return Err(refused(&answer));
        }
        let mut json = answer.json();
        let files = json["files"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Ok(files.into_iter().filter_map(File::read).find(File::is_usable))
    }

    /// Starts an upload: into `target`, or into a new file of a deck. Its address. Nothing is there in Drive before the
    /// last byte.
    pub(super) async fn start(
        &mut self,
        target: Option<&str>,
        session: Uuid,
        name: Option<&str>,
        size: usize,
    ) -> Result<Url, Trouble> {
        let base = &self.google.endpoints().uploads;
        let url = target.map_or_else(|| base.clone(), |id| format!("{base}/{id}"));
        let mut body = json!({ "mimeType": SLIDES, "appProperties": { PROPERTY: session } });
        if let Some(name) = name {
            body["name"] = json!(name);
        }
        let query = [("uploadType", "resumable"), ("fields", FIELDS), ("supportsAllDrives", "true")];
        let request = |http: &reqwest::Client| {
            let request = if target.is_some() { http.patch(&url) } else { http.post(&url) };
            request
                .query(&query)
                .header("x-upload-content-type", POWERPOINT)
                .header("x-upload-content-length", size)
                .json(&body)
        };
        let answer = self.ask(request, Patience::Asking).await?;
        if answer.status != StatusCode::OK {
            return Err(refused(&answer));
        }
        let address = answer.location().and_then(|address| self.google.endpoints().session(address));
        address.ok_or_else(|| Trouble::Refused("Google's answer has no address for the upload".to_owned()))
    }

    /// Asks how far an upload is.
    pub(super) async fn reached(&mut self, address: &Url, size: usize) -> Result<Reached, Trouble> {
        let request = |http: &reqwest::Client| {
            http.put(address.clone())
                .header(CONTENT_RANGE, format!("bytes */{size}"))
                .header(CONTENT_LENGTH, 0)
        };
        reached(&self.ask(request, Patience::Asking).await?, size)
    }

    /// Sends one chunk, `bytes` from `at` on. Not sent again here: what has arrived of it is asked first.
    pub(super) async fn send(
        &mut self,
        address: &Url,
        bytes: &Bytes,
        (at, end): (usize, usize),
    ) -> Result<Reached, Trouble> {
        let size = bytes.len();
        let range = format!("bytes {at}-{}/{size}", end.saturating_sub(1));
        let request = |http: &reqwest::Client| {
            http.put(address.clone()).header(CONTENT_RANGE, &range).body(bytes.slice(at..end))
        };
        let timeout = if end == size { CONVERSION } else { CHUNK };
        let answer = self.ask(request, Patience::Once(timeout)).await?;
        if answer.is_transient() { Err(later(&answer)) } else { reached(&answer, size) }
    }

    /// Ends an upload without a file. If that fails, Google ends it after a week.
    pub(super) async fn cancel(&mut self, address: &Url) {
        let request = |http: &reqwest::Client| http.delete(address.clone()).header(CONTENT_LENGTH, 0);
        if self.ask(request, Patience::Once(CHUNK)).await.is_err() {
            tracing::info!("an upload to Google that is not continued could not be cancelled");
        }
    }
}

/// How often a request is sent.
#[derive(Clone, Copy)]
enum Patience {
    /// Again, if it fails.
    Asking,
    /// Once, and at most this long.
    Once(Duration),
}

fn lacks_permission(answer: &Answer) -> bool {
    matches!(answer.reason().as_str(), "insufficientPermissions" | "ACCESSTOKENSCOPEINSUFFICIENT")
}

fn reached(answer: &Answer, size: usize) -> Result<Reached, Trouble> {
    let strange = || Trouble::Refused("Google's answer to the upload can't be read".to_owned());
    match answer.status {
        StatusCode::OK | StatusCode::CREATED => {
            File::read(answer.json()).map(Reached::File).ok_or_else(strange)
        }
        StatusCode::PERMANENT_REDIRECT => {
            let Some(range) = answer.range() else { return Ok(Reached::At(0)) };
            let last: Option<usize> = range.strip_prefix("bytes=0-").and_then(|last| last.parse().ok());
            last.filter(|last| *last < size).map(|last| Reached::At(last + 1)).ok_or_else(strange)
        }
        _ => Err(refused(answer)),
    }
}

/// What a refusal means for the person.
fn refused(answer: &Answer) -> Trouble {
    let reason = answer.reason();
    let message = match (answer.status, reason.as_str()) {
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => return Trouble::Gone,
        // What a session that was cancelled answers.
        (status, _) if status.as_u16() == 499 => return Trouble::Gone,
        (_, "storageQuotaExceeded" | "teamDriveFileLimitExceeded") => {
            "Your Google Drive is full. Free some space there, and export again"
        }
        (_, "accessNotConfigured" | "SERVICEDISABLED") => {
            "The Google Drive API isn't enabled in the Google project of the app's OAuth client. Ask an administrator to \
             enable it there, and export again"
        }
        (_, "domainPolicy" | "appNotAuthorizedToFile" | "appAccessNotAllowed") => {
            "Your organization doesn't allow this app to use Google Drive. Ask the administrator of your Google account"
        }
        (_, "insufficientFilePermissions" | "cannotModifyRestrictedContent" | "fileNotDownloadable") => {
            "You may no longer change the presentation in Google Drive. Move it to the trash, and export again"
        }
        (_, "uploadTooLarge") | (StatusCode::PAYLOAD_TOO_LARGE, _) => {
            "The presentation is too large for Google Slides. Use fewer or smaller images"
        }
        _ => {
            let status = answer.status.as_u16();
            let reason = if reason.is_empty() { String::new() } else { format!(", {reason}") };
            return Trouble::Refused(format!("Google refused the export ({status}{reason})"));
        }
    };
    Trouble::Refused(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_lead_elsewhere_is_none() {
        for bad in ["", "a/b", "..", "a?b", "a#b", &"a".repeat(201), "é"] {
            assert!(File::read(json!({ "id": bad, "mimeType": SLIDES })).is_none(), "{bad}");
        }
        let file = File::read(json!({ "id": "1aB-_", "mimeType": SLIDES })).expect("a file");
        assert_eq!(file.address(), "https://docs.google.com/presentation/d/1aB-_/edit");
        assert!(file.is_usable());
    }
}
