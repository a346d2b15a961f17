//! A SQL warehouse with sample data.
//!
//! Problem: an app that reads numbers from a warehouse can only be tested against statements that are
//! really executed, with types, errors and limits, and its answers can only be checked against real tables.
//!
//! Choice: one serverless warehouse, whose catalog is a database in a PostgreSQL of this workspace, made with
//! the first statement. `text` translates what differs between Databricks SQL and PostgreSQL in quoting and
//! parameters, `result` brings types and values into the platform's form, `statement` is one execution and
//! `statements` the API around it, `routes` the warehouse itself.
//!
//! Trade-off: functions and types are PostgreSQL's, plus the few of Databricks SQL that `sample.sql` defines.
//! It can't write, and it has one catalog with one schema.

mod database;
mod result;
mod routes;
mod statement;
mod statements;
mod text;

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Router;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Timestamp};
use crate::identity::Principal;
use crate::ids::Ids;
use crate::lakebase::Lakebase;
use crate::permissions::{Grantee, Permissions};
use crate::settings::SharedSettings;
use crate::workspace::Workspace;
use database::Database;
pub(crate) use result::{Column, ResultSet};
pub(crate) use statement::{Order, Statement, StatementState};
pub(crate) use statements::shown as shown_statement;

/// The id of the one warehouse.
pub const WAREHOUSE_ID: &str = "8f3c1d0a9b5e7246";
/// Its name.
const WAREHOUSE_NAME: &str = "Serverless Starter Warehouse";
/// The object type of its permissions.
pub(crate) const OBJECT_TYPE: &str = "warehouses";
/// How many statements are kept; the oldest are forgotten.
const KEPT_STATEMENTS: usize = 500;

/// The settings of the warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WarehouseSettings {
    /// The most rows in one chunk of a result.
    pub rows_per_chunk: usize,
}

impl Default for WarehouseSettings {
    fn default() -> Self {
        Self { rows_per_chunk: 5000 }
    }
}

/// The warehouse of a workspace; clones share it.
#[derive(Clone, Debug)]
pub struct Warehouse(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    clock: Clock,
    ids: Ids,
    settings: SharedSettings,
    power: Mutex<Power>,
    statements: Mutex<VecDeque<Arc<Statement>>>,
}

/// Whether the warehouse runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Power {
    /// From this time on; it is starting before.
    On(Timestamp),
    Off,
}

impl Warehouse {
    /// A running warehouse without a database yet.
    pub(crate) fn new(lakebase: Lakebase, clock: Clock, ids: Ids, settings: SharedSettings) -> Self {
        let power = Mutex::new(Power::On(clock.now()));
        let database = Database::new(lakebase);
        Self(Arc::new(Inner { database, clock, ids, settings, power, statements: Mutex::default() }))
    }

    /// Shuts its database down.
    pub(crate) async fn shutdown(&self) {
        self.0.database.shutdown().await;
    }

    /// Whether the warehouse of this id exists.
    pub(crate) fn exists(id: &str) -> bool {
        id == WAREHOUSE_ID
    }

    /// `RUNNING`, `STARTING` or `STOPPED`.
    fn state(&self) -> &'static str {
        match *self.0.power.lock() {
            Power::On(ready) if self.0.clock.now() >= ready => "RUNNING",
            Power::On(_) => "STARTING",
            Power::Off => "STOPPED",
        }
    }

    /// Starts it if it is stopped; says from when on it runs.
    fn start(&self) -> Timestamp {
        let mut power = self.0.power.lock();
        match *power {
            Power::On(ready) => ready,
            Power::Off => {
                let duration = self.0.settings.get().pace.durations.warehouse_start_ms;
                let ready = self.0.clock.now().plus_ms(duration);
                *power = Power::On(ready);
                ready
            }
        }
    }

    fn stop(&self) {
        *self.0.power.lock() = Power::Off;
    }

    /// Executes a statement in the background, starting the warehouse if it is stopped.
    pub(crate) fn submit(&self, owner: &Principal, order: Order) -> Arc<Statement> {
        let ready = self.start();
        let statement = Arc::new(Statement::new(self.0.ids.uuid().to_string(), owner, order, ready));
        self.keep(&statement);
        let (database, executed) = (self.0.database.clone(), Arc::clone(&statement));
        tokio::spawn(async move { executed.execute(&database).await });
        statement
    }

    /// A statement with this result, as if it had been executed.
    pub(crate) fn invent(&self, owner: &Principal, result: ResultSet) -> Arc<Statement> {
        let ready = self.start();
        let id = self.0.ids.uuid().to_string();
        let statement = Arc::new(Statement::finished(id, owner, result, ready));
        self.keep(&statement);
        statement
    }

    fn keep(&self, statement: &Arc<Statement>) {
        let mut statements = self.0.statements.lock();
        statements.push_back(Arc::clone(statement));
        if statements.len() > KEPT_STATEMENTS {
            statements.pop_front();
        }
    }

    /// A statement of this principal.
    fn statement(&self, owner: &Principal, id: &str) -> Option<Arc<Statement>> {
        let statements = self.0.statements.lock();
        statements.iter().find(|known| known.id == id && known.owner == owner.user_name).cloned()
    }
}

/// Gives the warehouse its access control list: everyone may use it.
pub(crate) fn register(permissions: &Permissions) {
    permissions.register_without_owner(OBJECT_TYPE, WAREHOUSE_ID);
    permissions.grant(OBJECT_TYPE, WAREHOUSE_ID, Grantee::Group("users".to_owned()), "CAN_USE");
}

/// `/api/2.0/sql/warehouses*` and `/api/2.0/sql/statements*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    routes::routes().merge(statements::routes())
}
