//! Makes the small form of an image, for slides in lists: a start page with thirty decks would else load thirty
//! pictures of full size.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{picture, queries};
use crate::http::blocking;
use crate::jobs::types::{IfRunning, Unique};
use crate::jobs::work::{Attempt, Work};
use crate::jobs::{Done, Failure, NewJob, Running};

const KIND: &str = "thumbnail";

/// Makes the small form of an image.
#[derive(Clone, Copy, Debug)]
pub struct Thumbnail;

#[derive(Debug, Deserialize, Serialize)]
struct Payload {
    image: Uuid,
}

/// The job for this image. It has no owner, so it doesn't count towards a person's limit of waiting jobs.
pub(super) fn of(image: Uuid) -> NewJob {
    NewJob {
        payload: json!(Payload { image }),
        unique: Some(Unique { key: format!("{KIND} {image}"), if_running: IfRunning::Join }),
        ..NewJob::new(KIND)
    }
}

impl Work for Thumbnail {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a> {
        Box::pin(make(job))
    }
}

async fn make(job: &Running) -> Result<Done, Failure> {
    let Payload { image } = job.payload()?;
    let mut connection = job.connection().await?;
    let transaction = job.begin(&mut connection).await?;
    let made = match queries::without_thumbnail(&transaction, image).await? {
        // It was deleted, or is done.
        None => None,
        Some(kept) => {
            let small = blocking(move || picture::small(&kept));
            small.await.map_err(|error| Failure::Retry(error.to_string()))?.map_err(Failure::Final)?
        }
    };
    if let Some(bytes) = &made {
        queries::keep_thumbnail(&transaction, image, bytes).await?;
    }
    let result = made.map_or(Value::Null, |bytes| json!({ "bytes": bytes.len() }));
    let done = job.succeed(&transaction, result).await?;
    transaction.commit().await?;
    Ok(done)
}
