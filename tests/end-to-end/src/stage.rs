//! A local workspace on virtual time, and its deployers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deployer::config::{
    AppName, CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, SchemaName,
    StatusArguments, UpdateArguments,
};
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::host::{CredentialTarget, Host as _, LakebaseTarget};
use deployer::operations::{
    self, CreateResult, DeleteResult, History, RestoreResult, RollbackResult, UpdateResult,
};
use deployer::schema::{SchemaOperation, SchemaOutcome, SchemaState};
use local_workspace::clock::{Clock, Timestamp};
use local_workspace::identity::{PrincipalSpec, Right};
use local_workspace::pace::Pace;
use local_workspace::platform::AppsMode;
use local_workspace::settings::Settings;
use local_workspace::{LocalWorkspace, Options};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::Value;
use tellr_app::deploy::native_host::NativeHost;
use tellr_app::settings::{WorkspaceAuth, WorkspaceSettings};

use crate::virtual_time::{Death, Time, VirtualHost, drive};

/// The workspace admin.
pub const ADA: &str = "ada@example.com";
/// An ordinary user.
pub const BEN: &str = "ben@example.com";
/// The initial time: 2026-11-23T15:00:00Z.
pub const START: Timestamp = Timestamp(1_795_446_000_000);
/// The folder in which `create` puts Ada's app.
pub const FOLDER: &str = "/Workspace/Users/ada@example.com/.apps/tellr";

/// A workspace and its clock.
pub struct Stage {
    /// The workspace.
    pub workspace: LocalWorkspace,
    /// Its clock.
    pub time: Time,
    /// Shared: each client would otherwise load the machine's certificates again.
    http: reqwest::Client,
    seeds: AtomicU64,
}

impl Stage {
    /// A workspace with the durations of a real one; apps are scripted.
    pub async fn realistic() -> Self {
        Self::with(Pace::realistic()).await
    }

    /// A workspace with these durations.
    pub async fn with(pace: Pace) -> Self {
        Self::with_user(pace, None).await
    }

    /// The same with an additional administrator of this user name.
    pub async fn with_user(pace: Pace, user: Option<&str>) -> Self {
        Self::at(Clock::virtual_from(START), pace, user).await
    }

    /// A workspace by this machine's clock: for processes, which report another one.
    pub async fn by_real_clock(pace: Pace) -> Self {
        Self::at(Clock::real(), pace, None).await
    }

    async fn at(clock: Clock, pace: Pace, user: Option<&str>) -> Self {
        // Both client libraries require the program to choose the TLS provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options {
            clock: clock.clone(),
            settings: Settings { pace, ..Settings::default() },
            apps: AppsMode::Scripted,
            principals: PrincipalSpec::defaults().into_iter().chain(user.map(administrator)).collect(),
            ..Options::default()
        };
        let workspace = LocalWorkspace::start(options).await.expect("a workspace starts");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let (time, http) = (Time::new(clock), http.expect("TLS can be set up"));
        Self { workspace, time, http, seeds: AtomicU64::new(1) }
    }

    /// A deployer's host for `user`, with its own random bytes.
    pub fn host(&self, user: &str) -> VirtualHost<'_> {
        self.host_with(self.workspace.token(user))
    }

    /// The same for the holder of `token`.
    pub fn host_with(&self, token: &str) -> VirtualHost<'_> {
        let settings = WorkspaceSettings {
            host: self.workspace.host().to_owned(),
            auth: WorkspaceAuth::Token(SecretString::from(token)),
        };
        let roots = self.workspace.control().dir.join("ca.pem");
        let native = NativeHost::new(settings, Some(&roots), |_| {}).expect("TLS can be set up");
        let latency = self.workspace.control().settings.get().pace.latency;
        let sql = Duration::from_millis(latency.sql_connect_ms + latency.credential_ms);
        let seed = self.seeds.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let http = self.http.clone();
        VirtualHost::new(self.time.clone(), http, self.workspace.host(), token, native, sql)
            .minting(Duration::from_millis(latency.credential_ms))
            .seeded(seed)
    }

    /// `create` as Ada.
    pub async fn create(&self, arguments: CreateArguments) -> Result<CreateResult, DeployError> {
        self.create_on(&self.host(ADA), arguments).await
    }

    /// `create` on a host that does not die.
    pub async fn create_on(
        &self,
        host: &VirtualHost<'_>,
        arguments: CreateArguments,
    ) -> Result<CreateResult, DeployError> {
        let config = arguments.resolve(None, None)?;
        drive_to_end(&self.time, Box::pin(operations::create(host, &config, &Cancellation::new()))).await
    }

    /// `create` as Ada, with the text of a configuration file.
    pub async fn create_from(&self, file: &str) -> Result<CreateResult, DeployError> {
        let (host, config) = (self.host(ADA), CreateArguments::default().resolve(Some(file), None)?);
        drive_to_end(&self.time, Box::pin(operations::create(&host, &config, &Cancellation::new()))).await
    }

    /// `create` as Ada by a process that dies at one of its requests; `None` if it died.
    pub async fn create_dying(
        &self,
        arguments: CreateArguments,
        death: Death,
    ) -> Option<Result<CreateResult, DeployError>> {
        let config = arguments.resolve(None, None).expect("good arguments");
        let host = self.host(ADA).dying(Some(death));
        drive(&self.time, Box::pin(operations::create(&host, &config, &Cancellation::new()))).await
    }

    /// `update` as Ada.
    pub async fn update(&self, arguments: UpdateArguments) -> Result<UpdateResult, DeployError> {
        self.update_on(&self.host(ADA), arguments).await
    }

    /// `update` on a host that does not die.
    pub async fn update_on(
        &self,
        host: &VirtualHost<'_>,
        arguments: UpdateArguments,
    ) -> Result<UpdateResult, DeployError> {
        let config = arguments.resolve(None, None)?;
        drive_to_end(&self.time, Box::pin(operations::update(host, &config, &Cancellation::new()))).await
    }

    /// `rollback` as Ada, to a release or to the previous one.
    pub async fn rollback(&self, to: Option<u32>) -> Result<RollbackResult, DeployError> {
        self.rollback_on(&self.host(ADA), to).await
    }

    /// `rollback` on a host that does not die.
    pub async fn rollback_on(
        &self,
        host: &VirtualHost<'_>,
        to: Option<u32>,
    ) -> Result<RollbackResult, DeployError> {
        let to_release = to.map(|number| number.to_string());
        let arguments =
            RollbackArguments { app_name: Some("tellr".into()), to_release, ..RollbackArguments::default() };
        let config = arguments.resolve(None, None)?;
        drive_to_end(&self.time, Box::pin(operations::rollback(host, &config, &Cancellation::new()))).await
    }

    /// `restore` as Ada, from a branch or from the newest restore point.
    pub async fn restore(&self, from: Option<&str>) -> Result<RestoreResult, DeployError> {
        self.restore_on(&self.host(ADA), from).await
    }

    /// `restore` on a host that does not die.
    pub async fn restore_on(
        &self,
        host: &VirtualHost<'_>,
        from: Option<&str>,
    ) -> Result<RestoreResult, DeployError> {
        let arguments = RestoreArguments {
            app_name: Some("tellr".into()),
            restore_from: from.map(str::to_owned),
            ..RestoreArguments::default()
        };
        let config = arguments.resolve(None, None)?;
        drive_to_end(&self.time, Box::pin(operations::restore(host, &config, &Cancellation::new()))).await
    }

    /// `history` as Ada.
    pub async fn history(&self) -> Result<History, DeployError> {
        let arguments = StatusArguments { app_name: Some("tellr".into()), ..StatusArguments::default() };
        let (host, config) = (self.host(ADA), arguments.resolve(None, None)?);
        drive_to_end(&self.time, Box::pin(operations::history(&host, &config, &Cancellation::new()))).await
    }

    /// `delete` as Ada.
    pub async fn delete(&self, arguments: DeleteArguments) -> Result<DeleteResult, DeployError> {
        let (host, config) = (self.host(ADA), arguments.resolve(None, None)?);
        drive_to_end(&self.time, Box::pin(operations::delete(&host, &config, &Cancellation::new()))).await
    }

    /// Sends a read request as Ada, without a deployer: status and JSON.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send_as(ADA, reqwest::Method::GET, path, None).await
    }

    /// Sends a write request as Ada.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send_as(ADA, reqwest::Method::POST, path, Some(body)).await
    }

    /// Sends a request as `user`.
    pub async fn send_as(
        &self,
        user: &str,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let url = format!("{}{path}", self.workspace.host());
        let mut request = self.http.request(method, url).bearer_auth(self.workspace.token(user));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the workspace answers");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Deletes something as Ada; returns the status.
    pub async fn delete_at(&self, path: &str) -> u16 {
        self.send_as(ADA, reqwest::Method::DELETE, path, None).await.0
    }

    /// The text of a workspace file.
    pub async fn file(&self, path: &str) -> Option<String> {
        use base64::Engine as _;
        let path = utf8_percent_encode(path, NON_ALPHANUMERIC);
        let (status, body) = self.get(&format!("/api/2.0/workspace/export?path={path}&format=AUTO")).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(body["content"].as_str()?).ok()?;
        (status == 200).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// How many requests of this kind had an effect.
    pub fn made(&self, method: &str, path: &str) -> usize {
        let entries = self.workspace.control().journal.mutations();
        entries.iter().filter(|entry| entry.method == method && entry.path == path).count()
    }

    /// The state of the schema, inspected as Ada, for the role of the app `tellr`.
    pub async fn schema_state(&self, database: &str, kind: &str, schema: &str) -> SchemaState {
        if kind == "autoscaling" {
            return self.schema_state_on(database, "production", schema).await;
        }
        let (_, found) = self.get(&format!("/api/2.0/database/instances/{database}")).await;
        let credential = CredentialTarget::Instance(database.to_owned());
        self.inspected(&found["read_write_dns"], credential, schema).await
    }

    /// The same on a branch of an autoscaling database.
    pub async fn schema_state_on(&self, database: &str, branch: &str, schema: &str) -> SchemaState {
        let endpoint = format!("projects/{database}/branches/{branch}/endpoints/primary");
        let (_, found) = self.get(&format!("/api/2.0/postgres/{endpoint}")).await;
        self.inspected(&found["status"]["hosts"]["host"], CredentialTarget::Endpoint(endpoint), schema).await
    }

    async fn inspected(&self, host: &Value, credential: CredentialTarget, schema: &str) -> SchemaState {
        let at = LakebaseTarget {
            host: host.as_str().expect("a host").to_owned(),
            database: "databricks_postgres".into(),
            user: ADA.into(),
            credential,
        };
        let (_, app) = self.get("/api/2.0/apps/tellr").await;
        let role = app["service_principal_client_id"].as_str().map(str::to_owned);
        let schema = SchemaName::parse("schema_name", schema).expect("a good name");
        let ada = self.host(ADA);
        let looking = ada.schema(&at, SchemaOperation::Inspect { app: AppName::default(), schema, role });
        match drive(&self.time, Box::pin(looking)).await.expect("it does not die") {
            Ok(SchemaOutcome::Inspected(state)) => state,
            other => panic!("{other:?}"),
        }
    }

    /// Changes the workspace's settings.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.workspace.control().settings.update(change);
    }

    /// Shuts the workspace down.
    pub async fn end(self) {
        self.workspace.shutdown().await;
    }
}

fn administrator(user_name: &str) -> PrincipalSpec {
    PrincipalSpec {
        user_name: user_name.to_owned(),
        display_name: None,
        service_principal: false,
        rights: Right::of_admin(),
    }
}

async fn drive_to_end<T>(
    time: &Time,
    work: impl Future<Output = Result<T, DeployError>>,
) -> Result<T, DeployError> {
    drive(time, work).await.expect("a process that was not told to die")
}

/// The arguments that `update` needs for the defaults of `create`.
pub fn update_of_default() -> UpdateArguments {
    UpdateArguments {
        app_name: Some("tellr".into()),
        app_file_workspace_path: Some(FOLDER.into()),
        lakebase_name: Some("tellr-db".into()),
        schema_name: Some("app_data".into()),
        ..UpdateArguments::default()
    }
}

/// The arguments that `delete` needs for the same.
pub fn delete_of_default() -> DeleteArguments {
    DeleteArguments { app_name: Some("tellr".into()), ..DeleteArguments::default() }
}
