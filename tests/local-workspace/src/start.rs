//! Starting and stopping a workspace.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::apps::Apps;
use crate::clock::Clock;
use crate::connection;
use crate::faults::Faults;
use crate::files::Files;
use crate::genie::{self, Genie};
use crate::identity::{Credentials, Identities, PrincipalSpec};
use crate::ids::Ids;
use crate::journal::Journal;
use crate::lakebase::{CertificateError, Lakebase};
use crate::mlflow::Mlflow;
use crate::oauth::SignIns;
use crate::permissions::Permissions;
use crate::platform::{AppsMode, Platform};
use crate::scim::Directory;
use crate::scopes::TokenScopes;
use crate::scratch::Scratch;
use crate::secrets::Secrets;
use crate::server;
use crate::serving;
use crate::serving::calls::ModelCalls;
use crate::settings::{Settings, SharedSettings};
use crate::tags::Tags;
use crate::tokens;
use crate::warehouse::{self, Warehouse};
use crate::workspace::Workspace;

/// The start options.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port; 0 selects a free one.
    pub port: u16,
    /// Where to keep persistent files (`ca.pem`, apps); a temporary directory if absent.
    pub dir: Option<PathBuf>,
    /// The clock.
    pub clock: Clock,
    /// The initial settings; all of them can be changed later.
    pub settings: Settings,
    /// Whether apps are real processes.
    pub apps: AppsMode,
    /// A folder of wheels that apps can install from, beside the usual index.
    pub wheels: Option<PathBuf>,
    /// How long an app may take to answer after its start before its deployment fails.
    pub app_start_limit: Duration,
    /// The initial principals.
    pub principals: Vec<PrincipalSpec>,
}

impl Default for Options {
    /// A free port, a temporary directory, the machine's clock, no delays, real apps, three users.
    fn default() -> Self {
        Self {
            port: 0,
            dir: None,
            clock: Clock::real(),
            settings: Settings::default(),
            apps: AppsMode::Process,
            wheels: None,
            app_start_limit: Platform::START_LIMIT,
            principals: PrincipalSpec::defaults(),
        }
    }
}

/// Why a workspace did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is probably in use.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The requested port.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The directory can't be created.
    #[error("cannot use the directory {}: {source}", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The scratch directory can't be created.
    #[error("cannot make a scratch directory: {0}")]
    Scratch(#[source] io::Error),
    /// The certificate authority can't be created.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// A running workspace. [`LocalWorkspace::shutdown`] shuts it down.
#[derive(Debug)]
pub struct LocalWorkspace {
    workspace: Arc<Workspace>,
    principals: Vec<Credentials>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl LocalWorkspace {
    /// Starts a workspace. PostgreSQL starts later, with the first database.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|source| StartError::Listen { port, source })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen { port, source })?;
        let scratch = Arc::new(Scratch::create().map_err(StartError::Scratch)?);
        let dir = options.dir.unwrap_or_else(|| scratch.path().join("workspace"));
        std::fs::create_dir_all(&dir).map_err(|source| StartError::Directory { dir: dir.clone(), source })?;

        let clock = options.clock;
        let ids = Ids::default();
        let settings = SharedSettings::new(options.settings);
        let permissions = Permissions::default();
        serving::register(&permissions);
        tokens::register(&permissions);
        warehouse::register(&permissions);
        genie::register(&permissions);
        let lakebase = Lakebase::start(&dir, Arc::clone(&scratch), clock.clone(), settings.clone())?;
        let warehouse = Warehouse::new(lakebase.clone(), clock.clone(), ids.clone(), settings.clone());
        // Installing happens in another folder than ours.
        let wheels =
            options.wheels.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect();
        let platform = Platform::start(options.apps, scratch, wheels, options.app_start_limit);
        let workspace = Arc::new(Workspace {
            id: ids.number(),
            host: format!("http://{address}"),
            identities: Identities::new(clock.clone(), ids.clone()),
            files: Files::new(ids.clone(), permissions.clone(), clock.now()),
            secrets: Secrets::default(),
            directory: Directory::default(),
            sign_ins: SignIns::default(),
            token_scopes: TokenScopes::default(),
            lakebase,
            warehouse,
            genie: Genie::default(),
            mlflow: Mlflow::default(),
            platform,
            apps: Apps::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            model_calls: ModelCalls::default(),
            dir,
            clock,
            ids,
            settings,
            permissions,
            tags: Tags::default(),
        });
        workspace.platform.join(&workspace);
        let principals = options.principals.into_iter().map(|spec| workspace.add_principal(spec)).collect();
        let (stop, stopped) = watch::channel(false);
        let router = server::router(Arc::clone(&workspace));
        let server = tokio::spawn(connection::serve(listener, router, stopped));
        Ok(Self { workspace, principals, stop, server })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn host(&self) -> &str {
        &self.workspace.host
    }

    /// The initial principals, with tokens.
    pub fn principals(&self) -> &[Credentials] {
        &self.principals
    }

    /// The token of one of them; empty if the principal doesn't exist, which every call refuses.
    pub fn token(&self, user_name: &str) -> &str {
        self.principals
            .iter()
            .find(|credentials| credentials.user_name == user_name)
            .map_or("", |credentials| &credentials.token)
    }

    /// The state behind the API: clock, settings, faults, journal and everything else.
    pub fn control(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// Closes all connections and ends apps and databases.
    pub async fn shutdown(self) {
        self.workspace.faults.clear();
        // The receiver lives as long as the server task, which can only have ended early by a panic.
        let _ = self.stop.send(true);
        let _ = self.server.await;
        self.workspace.platform.shutdown().await;
        self.workspace.warehouse.shutdown().await;
        self.workspace.lakebase.shutdown().await;
    }
}
