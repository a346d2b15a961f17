//! What the handlers of `tellr-app serve` share.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::database::{Database, DatabaseError, Effort};
use crate::identity::IdentityRule;
use crate::settings::Settings;

/// What the handlers share; cheap to clone.
pub type App = Arc<AppState>;

/// What the handlers share.
pub struct AppState {
    /// The data.
    pub database: Database,
    /// Where identities come from.
    pub identity: IdentityRule,
}

impl AppState {
    /// Prepares the app. Works while the database is down.
    pub fn new(settings: &Settings, effort: Effort) -> Result<App, DatabaseError> {
        Ok(Arc::new(Self {
            database: Database::open(settings, effort)?,
            identity: IdentityRule::from_settings(settings),
        }))
    }
}

impl FromRef<App> for IdentityRule {
    fn from_ref(app: &App) -> Self {
        app.identity.clone()
    }
}
