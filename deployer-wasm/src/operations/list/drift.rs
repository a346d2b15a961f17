//! Whether a deployed app differs from its last release: a light check.
//!
//! The plan of an update compares each field. Here it is enough that another deployment is active, that the app's
//! record lacks what the release has set, or that a file in the app's folder has another content.

use futures_util::{StreamExt as _, stream};

use crate::config::WorkspacePath;
use crate::engine::releases::{KEY_MARK, ReleasedFile, Releases, sha256};
use crate::host::Host;
use crate::steps::resources::{self, Wanted};
use crate::workspace::apps::App;
use crate::workspace::{ApiError, Client, files};

/// Whether `app` differs from its current release; `None` without a release.
pub(super) async fn of<H: Host>(
    client: &Client<'_, H>,
    app: &App,
    folder: &WorkspacePath,
    releases: &Releases,
) -> Result<Option<bool>, ApiError> {
    let Some(release) = releases.current() else { return Ok(None) };
    let deployed = app.active_deployment.as_ref().map(|deployment| deployment.deployment_id.as_str());
    // A stopped app has no active deployment.
    if let (Some(deployed), Some(released)) = (deployed, release.deployment_id.as_deref())
        && deployed != released
    {
        return Ok(Some(true));
    }
    // Fields of the record that are set by us; what others added is kept by each operation, and is no difference.
    if !release.app.is_null() && !resources::differences(app, &Wanted::of_kept(&release.app)).is_empty() {
        return Ok(Some(true));
    }
    // A wheel is too large to be read for this; its name contains its hash.
    let texts = release.files.iter().filter(|file| file.text.is_some());
    let changed = stream::iter(texts).map(async |file| {
        let found = client.find(files::export(&format!("{folder}/{}", file.name))).await?;
        let text = found.and_then(|exported| exported.text());
        Ok(!text.is_some_and(|text| is_same(file, &text)))
    });
    let changed: Vec<Result<bool, ApiError>> = changed.buffered(4).collect().await;
    let changed = changed.into_iter().collect::<Result<Vec<bool>, ApiError>>()?;
    Ok(Some(changed.contains(&true)))
}

/// Whether the text of a file is that of the release. The release has a mark in the place of the key.
fn is_same(file: &ReleasedFile, text: &str) -> bool {
    match file.text.as_deref().and_then(|released| released.split_once(KEY_MARK)) {
        Some((before, after)) => {
            text.len() >= before.len() + after.len() && text.starts_with(before) && text.ends_with(after)
        }
        None => sha256(text.as_bytes()) == file.sha256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_key_is_compared_around_it() {
        let marked = ReleasedFile::of_text("app.yaml", format!("a: {KEY_MARK}\nb: 1\n"));
        assert!(is_same(&marked, "a: some-key\nb: 1\n"));
        assert!(!is_same(&marked, "a: some-key\nb: 2\n"));
        let plain = ReleasedFile::of_text("requirements.txt", "tellr-app==1\n".to_owned());
        assert!(is_same(&plain, "tellr-app==1\n"));
        assert!(!is_same(&plain, "tellr-app==2\n"));
    }
}
