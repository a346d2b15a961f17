//! The job that writes a file.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::file_name::file_name;
use super::format::Format;
use super::maker::Maker;
use super::queries::{self, NewFile};
use super::sweep;
use crate::http::etag;
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::work::{Attempt, Work};
use crate::jobs::{Done, Failure, NewJob, Running};
use crate::sharing::Caller;

/// The kind of the job.
pub const KIND: &str = "export";
/// The largest file that is kept.
const LARGEST_BYTES: usize = 128 * 1024 * 1024;
/// Writing is most of the work; keeping the file is the rest.
const WRITTEN: u8 = 90;

/// Writes files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exporting {
    maker: Maker,
}

impl Exporting {
    /// With what writes files.
    pub fn new(maker: Maker) -> Self {
        Self { maker }
    }
}

#[derive(Debug, Deserialize, Serialize)]
struct Payload {
    format: String,
    groups: Vec<String>,
    author: Option<String>,
}

/// The job that writes a version of a deck. Asked for again while it waits or runs, it is the same one.
pub(super) fn of(
    caller: &Caller,
    session: Uuid,
    version: i64,
    format: Format,
    author: Option<String>,
) -> NewJob {
    let recipe = format.recipe(author.as_deref());
    let hash = etag::of_hash(&recipe[..8]);
    let person: String = caller.user.id.chars().take(80).collect();
    let unique =
        Unique { key: format!("{KIND} {session} {version} {hash} {person}"), if_running: IfRunning::Join };
    NewJob {
        owner: Some(caller.user.id.clone()),
        session: Some(session),
        payload: json!(Payload { format: format.key().to_owned(), groups: caller.groups.clone(), author }),
        unique: Some(unique),
        ..NewJob::new(KIND)
    }
}

impl Work for Exporting {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(self.export(job))
    }
}

impl Exporting {
    async fn export(&self, job: &Running) -> Result<Done, Failure> {
        let Payload { format, groups, author } = job.payload()?;
        let format = Format::named(&format)
            .ok_or_else(|| Failure::Retry(format!("This version of the app can't write `{format}`")))?;
        let session = job.session().ok_or_else(|| Failure::Final("The job names no deck".to_owned()))?;
        let person = job.owner().unwrap_or_default();
        let recipe = format.recipe(author.as_deref());
        if let Some(done) = self.there(job, session, (person, &groups), &recipe).await? {
            return Ok(done);
        }
        let made = self.maker.make(job, session, format, WRITTEN).await?;
        if made.bytes.len() > LARGEST_BYTES {
            return Err(Failure::Final(format!(
                "The file would have {} MB, and the app keeps files of {} MB at most. Use smaller images, or export the \
                 deck in two parts",
                made.bytes.len() / 1_000_000,
                LARGEST_BYTES / 1_000_000
            )));
        }
        let name = file_name(&made.title, format.extension());
        let mut connection = job.connection().await?;
        let transaction = job.begin(&mut connection).await?;
        let new = NewFile {
            session,
            recipe,
            version: made.version,
            name: &name,
            media_type: format.media_type(),
            slides: i32::try_from(made.slides).unwrap_or(i32::MAX),
            bytes: &made.bytes,
            person,
            warnings: &made.warnings,
        };
        let Some(file) = queries::keep(&transaction, &new).await? else {
            return Err(Failure::Retry("The file was swept while it was written again".to_owned()));
        };
        job.enqueue(&transaction, &sweep::after(queries::KEPT)).await?;
        let done = job.succeed(&transaction, json!(file)).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// Ends the job at once if the file of the deck's version is there.
    async fn there(
        &self,
        job: &Running,
        session: Uuid,
        person: (&str, &[String]),
        recipe: &[u8; 32],
    ) -> Result<Option<Done>, Failure> {
        let mut connection = job.connection().await?;
        let Some(version) = queries::version(&connection, &job.schema(), person, session).await? else {
            return Ok(None);
        };
        let transaction = job.begin(&mut connection).await?;
        let Some(file) = queries::same(&transaction, session, recipe, version).await? else {
            return Ok(None);
        };
        let done = job.succeed(&transaction, json!(file)).await?;
        transaction.commit().await?;
        Ok(Some(done))
    }
}
