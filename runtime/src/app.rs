//! The state shared by the handlers of `tellr-app serve`.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::database::{Database, DatabaseError, Effort};
use crate::identity::IdentityRule;
use crate::settings::Settings;

/// The shared state; cheap to clone.
pub type App = Arc<AppState>;

/// The shared state.
pub struct AppState {
    /// The database.
    pub database: Database,
    /// The source of identities.
    pub identity: IdentityRule,
}

impl AppState {
    /// Prepares the app. Works even if the database is down.
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
