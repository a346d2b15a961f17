//! Why a key cannot be used with a database.

use crate::settings::SchemaName;

/// The key cannot be used with this database.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    /// Another key than the recorded one.
    #[error(
        "the key in GOOGLE_OAUTH_ENCRYPTION_KEY is not the one this database was set up with: it does not \
         decrypt the check value that schema `{schema}` has held since {since}. Continuing would make \
         the credentials stored there unreadable, so the app does not start. Restore the previous key: \
         the deployer keeps it in the app's secret scope, or in `app.yaml` if so configured, and \
         `update` without `encryption_key` finds it there. If the key is lost, deploy with a new \
         `schema_name`: the app starts with an empty schema there, and this data is kept"
    )]
    Wrong {
        /// The schema.
        schema: SchemaName,
        /// The date when the key was recorded.
        since: String,
    },
    /// Another key than the recorded one, since this process started.
    #[error(
        "the encryption key was changed with `tellr-app rotate-key` while this process was running, so it stores no \
         more credentials. Restart the app with the new key in GOOGLE_OAUTH_ENCRYPTION_KEY"
    )]
    Rotated,
    /// No key, though one is required.
    #[error(
        "GOOGLE_OAUTH_ENCRYPTION_KEY is not set{}. Credentials of users are only ever stored encrypted, so the \
         app does not start without it. The deployer sets it; by hand, it is a Fernet key: 32 random bytes in \
         URL-safe base64",
        if *.in_use { ", but this database was set up with a key" } else { "" }
    )]
    Missing {
        /// Whether a key was recorded in the database.
        in_use: bool,
    },
}
