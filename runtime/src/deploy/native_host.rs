//! The deployer's host outside a browser: reqwest, tokio-postgres, the machine's clock.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use deployer::events::DeployEvent;
use deployer::host::{
    CredentialTarget, Host, HostError, LakebaseTarget, Probe, SchemaError, SchemaErrorKind, Timestamp,
    WorkspaceRequest, WorkspaceResponse,
};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use secrecy::SecretString;

use crate::settings::WorkspaceSettings;
use crate::workspace::{self, Workspace, lakebase};

/// Called with the user name when the workspace has returned it.
type Identified = Box<dyn Fn(&str) + Send + Sync>;

/// Called with each event. Boxed: the deploy logic is compiled once for all of them.
type Events = Box<dyn FnMut(DeployEvent) + Send>;

/// The API path that returns it.
const ME: &str = "/api/2.0/preview/scim/v2/Me";

/// Runs the deploy logic against one workspace, as one principal.
pub struct NativeHost {
    workspace: Workspace,
    database_roots: Option<PathBuf>,
    events: Mutex<Events>,
    identified: Option<Identified>,
    began: Instant,
    /// The credential of a schema operation that probably follows.
    prepared: Mutex<Option<(CredentialTarget, SecretString)>>,
}

impl NativeHost {
    /// A host that passes events to `events`. `database_roots` names a file of additional certificate
    /// authorities for database connections (libpq's `PGSSLROOTCERT`).
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub fn new(
        workspace: WorkspaceSettings,
        database_roots: Option<&Path>,
        events: impl FnMut(DeployEvent) + Send + 'static,
    ) -> Result<Self, workspace::ClientError> {
        Ok(Self::of(Workspace::new(workspace::client()?, workspace), database_roots, events))
    }

    /// As [`NativeHost::new`], for an existing workspace client.
    pub fn of(
        workspace: Workspace,
        database_roots: Option<&Path>,
        events: impl FnMut(DeployEvent) + Send + 'static,
    ) -> Self {
        Self {
            workspace,
            database_roots: database_roots.map(Path::to_owned),
            events: Mutex::new(Box::new(events)),
            identified: None,
            began: Instant::now(),
            prepared: Mutex::new(None),
        }
    }

    /// The same, which calls `identified` with the user name as soon as the workspace has returned it.
    #[must_use]
    pub fn identifying(mut self, identified: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.identified = Some(Box::new(identified));
        self
    }

    fn identify(&self, answer: &WorkspaceResponse) {
        let Some(identified) = self.identified.as_ref().filter(|_| answer.status == 200) else { return };
        let me: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if let Some(name) = me["userName"].as_str() {
            identified(name);
        }
    }
}

impl Host for NativeHost {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let answer = self.workspace.request(&request).await?;
        if request.path == ME {
            self.identify(&answer);
        }
        Ok(answer)
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let roots = self.database_roots.as_deref();
        // Used once: the next operation may be minutes away.
        let prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((_, password)) = prepared.filter(|(target, _)| *target == at.credential) {
            let outcome = lakebase::run_with(&password, roots, at, &operation).await;
            if !matches!(&outcome, Err(error) if error.kind == SchemaErrorKind::Login) {
                return outcome;
            }
        }
        lakebase::run(&self.workspace, roots, at, &operation).await
    }

    async fn prepare(&self, credential: &CredentialTarget) {
        let Ok(password) = lakebase::database_password(&self.workspace, credential).await else { return };
        let prepared = Some((credential.clone(), password));
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = prepared;
    }

    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        self.workspace.probe(probe).await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn random(&self, out: &mut [u8]) {
        // Without the system's randomness there is no safe way to continue, as keys are made from this.
        getrandom::fill(out)
            .unwrap_or_else(|error| panic!("the operating system returned no random bytes: {error}"));
    }

    fn emit(&self, event: DeployEvent) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events(event);
    }
}
