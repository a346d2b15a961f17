//! The job that exports a deck to Google Slides.
//!
//! In this order: the person's access, the file, what is known of earlier exports, the upload, the result. Nothing of
//! it is repeated with an effect: see [`super`] for why one deck is one presentation.

use std::time::Duration;

use axum::body::Bytes;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tellr_slides::pptx::Lines;
use uuid::Uuid;

use super::drive::{Drive, File, LARGEST_CONVERTED, Reached};
use super::handle::Google;
use super::queries::{self, Presentation, StoredUpload};
use super::trouble::Trouble;
use super::uploading;
use crate::database::encryption;
use crate::export::{Format, Made, Maker};
use crate::jobs::work::{Attempt, Load};
use crate::jobs::{Done, Failure, Running, Work};

/// The kind of the job.
pub(super) const KIND: &str = "google_export";
/// The part of the work, in percent, that making the file is; sending it is the rest.
const MADE: u8 = 50;
/// The longest name of a presentation, in characters.
const LONGEST_NAME: usize = 250;

/// What the job is told.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Payload {
    /// The groups of the person when they asked: a job has no request to read them from.
    pub(super) groups: Vec<String>,
}

/// Exports decks to Google Slides.
#[derive(Clone)]
pub struct Exporting {
    google: Google,
    maker: Maker,
}

impl Exporting {
    /// With what makes the files.
    pub fn new(google: Google, maker: Maker) -> Self {
        Self { google, maker }
    }
}

impl Work for Exporting {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn load(&self) -> Load {
        Load::Network
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(async move {
            match Box::pin(self.export(job)).await {
                Ok(done) => Ok(done),
                Err(trouble) => self.ended(job, trouble).await,
            }
        })
    }
}

/// One deck of one person.
struct Export<'a> {
    job: &'a Running,
    owner: &'a str,
    session: Uuid,
    made: Made,
    bytes: Bytes,
    sha256: Vec<u8>,
}

impl Exporting {
    async fn export(&self, job: &Running) -> Result<Done, Trouble> {
        let (Some(owner), Some(session)) = (job.owner(), job.session()) else {
            return Err(Trouble::Refused("The export has no deck".to_owned()));
        };
        // First, so that a file is not made in vain.
        let mut drive = Drive::open(&self.google, owner).await?;
        let mut made = self.maker.make(job, session, Format::Pptx(Lines::Google), MADE).await?;
        let bytes = Bytes::from(std::mem::take(&mut made.bytes));
        if bytes.is_empty() || bytes.len() > LARGEST_CONVERTED {
            let message = "The presentation is larger than 100 MB, which is the most that Google Slides takes. Use fewer or \
                           smaller images";
            return Err(Trouble::Refused(message.to_owned()));
        }
        let sha256 = Sha256::digest(&bytes).to_vec();
        let export = Export { job, owner, session, made, bytes, sha256 };
        let schema = job.schema();
        let earlier = queries::earlier(&job.connection().await?, &schema, session, owner).await?;
        let (known, upload) = earlier;
        let continued = match upload {
            Some(upload) => self.resume(&mut drive, &export, &upload).await?,
            None => Continued::No,
        };
        let target = match continued {
            Continued::Finished(file) => {
                let title = export.name();
                return self.finish(&export, &file, &title).await;
            }
            Continued::Earlier(file) => Some(file),
            Continued::No => None,
        };
        let (target, title) = self.target(&mut drive, &export, target, known).await?;
        let name = title.is_none().then(|| export.name());
        let id = target.as_ref().map(|file| file.id.as_str());
        let address = drive.start(id, session, name.as_deref(), export.bytes.len()).await?;
        self.keep(&export, &address).await?;
        let file = self.send(&mut drive, &export, &address, 0).await?;
        self.finish(&export, &file, &title.unwrap_or_else(|| export.name())).await
    }

    /// Goes on with an upload of an earlier attempt.
    async fn resume(
        &self,
        drive: &mut Drive<'_>,
        export: &Export<'_>,
        upload: &StoredUpload,
    ) -> Result<Continued, Trouble> {
        let address = self.google.reveal(&upload.address)?;
        let Some(address) = self.google.endpoints().session(address.expose_secret()) else {
            return Ok(Continued::No);
        };
        let size = usize::try_from(upload.size_bytes).unwrap_or(usize::MAX);
        let is_same = upload.sha256 == export.sha256 && size == export.bytes.len();
        match drive.reached(&address, size).await {
            Ok(Reached::File(file)) if is_same => Ok(Continued::Finished(file)),
            // The deck has changed since.
            Ok(Reached::File(file)) => Ok(Continued::Earlier(file)),
            Ok(Reached::At(at)) if is_same => {
                tracing::info!(at, "an upload to Google that was interrupted is continued");
                self.send(drive, export, &address, at).await.map(Continued::Finished)
            }
            Ok(Reached::At(_)) => {
                drive.cancel(&address).await;
                Ok(Continued::No)
            }
            Err(Trouble::Gone) => Ok(Continued::No),
            Err(trouble) => Err(trouble),
        }
    }

    /// Sends the file from `at` on. An upload that Google refuses is not continued by the next export.
    async fn send(
        &self,
        drive: &mut Drive<'_>,
        export: &Export<'_>,
        address: &Url,
        at: usize,
    ) -> Result<File, Trouble> {
        let sent = uploading::send(drive, export.job, address, &export.bytes, at).await;
        if let Err(Trouble::Refused(_)) = &sent {
            let mut connection = export.job.connection().await?;
            let transaction = export.job.begin(&mut connection).await?;
            queries::end_upload(&transaction, export.session, export.owner).await?;
            export.job.tell_in(&transaction, &[], None).await?;
            transaction.commit().await?;
        }
        sent
    }

    /// The presentation to write to, if there is one, and its title if that is to be left as it is.
    async fn target(
        &self,
        drive: &mut Drive<'_>,
        export: &Export<'_>,
        earlier: Option<File>,
        known: Option<Presentation>,
    ) -> Result<(Option<File>, Option<String>), Trouble> {
        let id = earlier.as_ref().map(|file| file.id.clone());
        let ours = known.as_ref().map(|known| known.title.clone());
        let id = id.or_else(|| known.map(|known| known.file_id));
        let file = match id {
            Some(id) => drive.usable(&id).await?,
            None => None,
        };
        let file = match file {
            Some(file) => Some(file),
            None => drive.find(export.session).await?,
        };
        // A name that differs from the app's is a person's.
        let is_renamed = |file: &File| ours.as_ref().is_some_and(|ours| *ours != file.name);
        let title = file.as_ref().filter(|file| is_renamed(file)).and(ours.clone());
        Ok((file, title))
    }

    /// Stores an upload before its first byte is sent, if the attempt still has the job.
    async fn keep(&self, export: &Export<'_>, address: &Url) -> Result<(), Trouble> {
        let address = SecretString::from(address.as_str());
        let key = self.google.key().map_err(|refused| Failure::Final(format!("{refused:?}")))?;
        let sealed = self.google.seal(&address).map_err(|error| Failure::Retry(error.to_string()))?;
        let upload = StoredUpload {
            address: sealed,
            sha256: export.sha256.clone(),
            size_bytes: i64::try_from(export.bytes.len()).unwrap_or(i64::MAX),
        };
        let mut connection = export.job.connection().await?;
        let transaction = export.job.begin(&mut connection).await?;
        encryption::hold(&transaction, key).await?;
        queries::keep_upload(&transaction, export.session, export.owner, &upload).await?;
        export.job.tell_in(&transaction, &[], None).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn finish(&self, export: &Export<'_>, file: &File, title: &str) -> Result<Done, Trouble> {
        if !file.is_presentation() {
            let message = "Google stored the file without converting it to a presentation. Check Google Drive, and export again";
            return Err(Trouble::Refused(message.to_owned()));
        }
        let presentation = Presentation { file_id: file.id.clone(), title: title.to_owned() };
        let mut connection = export.job.connection().await?;
        let transaction = export.job.begin(&mut connection).await?;
        let version = export.made.version;
        queries::exported(&transaction, export.session, export.owner, &presentation, version).await?;
        let result = json!({ "presentation_id": file.id, "url": file.address() });
        let done = export.job.succeed(&transaction, result).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// What becomes of the job when an attempt ends early.
    async fn ended(&self, job: &Running, trouble: Trouble) -> Result<Done, Failure> {
        match trouble {
            Trouble::Job(failure) => Err(failure),
            Trouble::Refused(message) => Err(Failure::Final(message)),
            Trouble::Gone => {
                Err(Failure::Retry("Google has forgotten the upload. It is started again".to_owned()))
            }
            Trouble::Later(message, Some(pause)) if pause > self.google.retry().longest_pause => {
                let Some(_) = self.wait(job).await? else { return Err(Failure::Final(message)) };
                job.tell("waiting", json!({ "reason": message, "seconds": pause.as_secs() })).await?;
                Ok(Done::Snoozed(pause))
            }
            Trouble::Later(message, _) => Err(Failure::Retry(message)),
            Trouble::Connect(connect) => {
                let message = connect.message();
                let Some(pause) = self.wait(job).await? else {
                    let message =
                        "Your Google account was not connected for a day. Connect it, and export again";
                    return Err(Failure::Final(message.to_owned()));
                };
                let body = json!({ "reason": connect.reason(), "message": message });
                job.tell("waiting_for_google", body).await?;
                Ok(Done::Snoozed(pause))
            }
        }
    }

    /// How long to wait; `None` if it has waited long enough. A person who connects ends the wait, unless that happens
    /// in the moment before it begins: so it is never much longer than what was waited already.
    async fn wait(&self, job: &Running) -> Result<Option<Duration>, Failure> {
        let limits = self.google.limits();
        let age = queries::age(&job.connection().await?, &job.schema(), job.id()).await?;
        let age = Duration::try_from_secs_f64(age).unwrap_or_default();
        Ok((age < limits.patience).then(|| age.clamp(limits.first_wait, limits.longest_wait)))
    }
}

/// What came of an upload of an earlier attempt.
enum Continued {
    /// It is complete, and holds what is to be exported.
    Finished(File),
    /// It is complete, and holds an earlier version.
    Earlier(File),
    /// There is nothing to go on with.
    No,
}

impl Export<'_> {
    /// The name of a presentation that the app names.
    fn name(&self) -> String {
        let title = self.made.title.trim();
        if title.is_empty() { "Presentation".to_owned() } else { title.chars().take(LONGEST_NAME).collect() }
    }
}
