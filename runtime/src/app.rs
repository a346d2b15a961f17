//! The composition root of `tellr-app serve`: builds what the subjects share, and gives each its part.
//!
//! A handler takes what it needs (`State<Database>`, `User`); its router requires `Database: FromRef<S>`. So
//! no subject knows this module, and a subject can be served by a test with a state of its own.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::adoption::claim::Claims;
use crate::chat::{Assistant, Limits};
use crate::database::{Database, DatabaseError, Effort};
use crate::decks::DeckWork;
use crate::export::Maker;
use crate::google::Google;
use crate::http::security::own::OwnAddress;
use crate::identity::IdentityRule;
use crate::identity::tokens::PersonTokens;
use crate::images::Uploads;
use crate::jobs::{Jobs, Pace};
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::sharing::Groups;
use crate::traces::Traces;
use crate::workspace::{ClientError, Workspace};

/// The app could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database could not be set up.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The client of the workspace could not be set up.
    #[error(transparent)]
    Workspace(#[from] ClientError),
}

/// The app; cheap to clone.
pub type App = Arc<AppState>;

/// What the subjects share.
pub struct AppState {
    /// The database.
    pub database: Database,
    /// The people whose data of the original app was looked for.
    pub claims: Claims,
    /// The queue.
    pub jobs: Jobs,
    /// The source of identities.
    pub identity: IdentityRule,
    /// The access tokens of people.
    pub tokens: PersonTokens,
    /// The workspace, asked as the app itself.
    pub workspace: Option<Workspace>,
    /// What answers people's requests for decks.
    pub assistant: Assistant,
    /// The groups of people.
    pub groups: Groups,
    /// Turns at uploading images.
    pub uploads: Uploads,
    /// Turns at reading and changing decks.
    pub deck_work: DeckWork,
    /// What writes files of decks.
    pub maker: Maker,
    /// Google, for people who have connected their account.
    pub google: Google,
    /// Traces of the assistant's work.
    pub traces: Traces,
    /// Figures about the process.
    pub metrics: Metrics,
    /// Under which names the server is reached.
    pub own_address: OwnAddress,
}

impl AppState {
    /// Prepares the app. Works even if the database is down.
    ///
    /// # Errors
    /// If the settings can't be used: a file of certificates that can't be read, for example.
    pub fn new(settings: &Settings, effort: Effort) -> Result<App, StartError> {
        let workspace = Workspace::of_app(settings, effort.retry)?;
        let database = Database::open_of(settings, workspace.as_ref(), effort)?;
        let identity = IdentityRule::from_settings(settings);
        // A local user isn't in the workspace's directory.
        let directory = workspace.clone().filter(|_| !matches!(identity, IdentityRule::Local(_)));
        let tokens = PersonTokens::default();
        let people = (identity.clone(), tokens.clone());
        let traces = Traces::new(&settings.traces, workspace.as_ref(), effort.retry)?;
        let assistant =
            Assistant::new(workspace.clone(), people, settings.assistant.clone(), Limits::default());
        let assistant = assistant.traced(traces.clone());
        let google = Google::new(database.clone(), settings.google_address.as_deref(), effort.retry)?;
        Ok(Arc::new(Self {
            google,
            claims: Claims::new(settings.import.is_some()),
            jobs: Jobs::new(database.clone(), Pace::default()),
            metrics: Metrics::new(&database, |registry| traces.register(registry)),
            traces,
            database,
            identity,
            tokens,
            assistant,
            workspace,
            uploads: Uploads::default(),
            deck_work: DeckWork::default(),
            maker: Maker::default(),
            groups: Groups::new(directory.map(Arc::new)),
            own_address: OwnAddress::from_settings(settings),
        }))
    }
}

impl FromRef<App> for Database {
    fn from_ref(app: &App) -> Self {
        app.database.clone()
    }
}

impl FromRef<App> for Groups {
    fn from_ref(app: &App) -> Self {
        app.groups.clone()
    }
}

impl FromRef<App> for IdentityRule {
    fn from_ref(app: &App) -> Self {
        app.identity.clone()
    }
}

impl FromRef<App> for PersonTokens {
    fn from_ref(app: &App) -> Self {
        app.tokens.clone()
    }
}

impl FromRef<App> for Assistant {
    fn from_ref(app: &App) -> Self {
        app.assistant.clone()
    }
}

impl FromRef<App> for Google {
    fn from_ref(app: &App) -> Self {
        app.google.clone()
    }
}

impl FromRef<App> for OwnAddress {
    fn from_ref(app: &App) -> Self {
        app.own_address.clone()
    }
}

impl FromRef<App> for Jobs {
    fn from_ref(app: &App) -> Self {
        app.jobs.clone()
    }
}

impl FromRef<App> for Uploads {
    fn from_ref(app: &App) -> Self {
        app.uploads.clone()
    }
}

impl FromRef<App> for DeckWork {
    fn from_ref(app: &App) -> Self {
        app.deck_work.clone()
    }
}

impl FromRef<App> for Maker {
    fn from_ref(app: &App) -> Self {
        app.maker
    }
}
