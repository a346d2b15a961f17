//! Runs plans and status, and checks that they change nothing in the workspace.

use deployer::config::{
    CreateArguments, DeleteArguments, RollbackArguments, StatusArguments, UpdateArguments,
};
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::operations::{self, Change, Plan, Status};

use crate::stage::{ADA, Stage};
use crate::virtual_time::{VirtualHost, drive};

impl Stage {
    /// The plan of `create`, as Ada.
    pub async fn plan_create(&self, arguments: CreateArguments) -> Result<Plan, DeployError> {
        self.plan(Change::Create(Box::new(arguments.resolve(None, None)?))).await
    }

    /// The plan of `update`, as Ada.
    pub async fn plan_update(&self, arguments: UpdateArguments) -> Result<Plan, DeployError> {
        self.plan(Change::Update(Box::new(arguments.resolve(None, None)?))).await
    }

    /// The plan of `delete`, as Ada.
    pub async fn plan_delete(&self, arguments: DeleteArguments) -> Result<Plan, DeployError> {
        self.plan(Change::Delete(Box::new(arguments.resolve(None, None)?))).await
    }

    /// The plan of `rollback` of the app `tellr`, as Ada.
    pub async fn plan_rollback(&self, to: Option<u32>) -> Result<Plan, DeployError> {
        let to_release = to.map(|number| number.to_string());
        let arguments =
            RollbackArguments { app_name: Some("tellr".into()), to_release, ..RollbackArguments::default() };
        self.plan(Change::Rollback(Box::new(arguments.resolve(None, None)?))).await
    }

    async fn plan(&self, change: Change) -> Result<Plan, DeployError> {
        self.only_looking(ADA, async |host| {
            Box::pin(operations::plan(host, &change, &Cancellation::new())).await
        })
        .await
    }

    /// The status of the app `tellr`, as Ada.
    pub async fn status(&self) -> Status {
        self.status_as(ADA, StatusArguments::default()).await.expect("status")
    }

    /// The status of the app `tellr`, as `user`.
    pub async fn status_as(&self, user: &str, arguments: StatusArguments) -> Result<Status, DeployError> {
        let config = arguments.resolve(None, None)?;
        self.only_looking(user, async |host| {
            Box::pin(operations::status(host, &config, &Cancellation::new())).await
        })
        .await
    }

    /// Runs a read-only operation, and asserts that it only sends requests that read (or that mint a
    /// database credential, to inspect the schema), leaves all resources unchanged, and emits no events.
    pub async fn only_looking<'s, T>(
        &'s self,
        user: &str,
        look: impl AsyncFnOnce(&VirtualHost<'s>) -> Result<T, DeployError>,
    ) -> Result<T, DeployError> {
        let journal = &self.workspace.control().journal;
        let (before, sent) = (self.inventory().await, journal.entries().len());
        let host = self.host(user);
        let looked = drive(&self.time, Box::pin(look(&host))).await.expect("a process that does not die");
        let credentials = ["/api/2.0/postgres/credentials", "/api/2.0/database/credentials"];
        let entries = journal.entries();
        let reads = entries[sent..].iter().filter(|entry| !credentials.contains(&entry.path.as_str()));
        for entry in reads {
            assert_eq!(entry.method, "GET", "a look only reads: {} {}", entry.method, entry.path);
            assert_ne!(entry.path, "/api/2.0/secrets/get", "no key is needed for it");
        }
        assert!(host.events().is_empty(), "what only looks tells nothing: {:?}", host.events());
        assert_eq!(self.inventory().await, before);
        looked
    }
}
