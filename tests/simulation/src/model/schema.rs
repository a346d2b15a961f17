//! Schemas in a database, and the operations on them.
//!
//! An operation comes as the type that a host receives; its outcome goes back through JSON, as from a host in
//! another language.

use std::collections::{BTreeMap, BTreeSet};

use deployer::host::{CredentialTarget, LakebaseTarget, SchemaError, SchemaErrorKind};
use deployer::schema::{SchemaOperation, SchemaOutcome};
use serde_json::{Value, json};

use super::{Caller, Record, State};

/// A database.
#[derive(Debug, Clone, Default)]
pub struct Database {
    /// Its schemas.
    pub schemas: BTreeMap<String, Schema>,
    /// Its roles, each with the time from which it can be seen.
    pub(super) roles: BTreeMap<String, u64>,
}

/// A schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    owner: String,
    /// The app that its comment names.
    pub app: Option<String>,
    /// The roles that may create in it.
    pub granted: BTreeSet<String>,
    pub(super) owning_roles: BTreeSet<String>,
    /// The number of its tables.
    pub tables: u32,
    /// The key that its data is encrypted with.
    pub encrypted_with: Option<String>,
    /// When the newest row was written, in milliseconds since 1970.
    pub last_row: u64,
    /// Differs for each schema that was created, also under one name.
    pub serial: u64,
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A branch's path.
    Branch(String),
    /// An instance's name.
    Instance(String),
}

fn refused(sqlstate: &str, message: impl Into<String>) -> SchemaError {
    let (sqlstate, message) = (Some(sqlstate.to_owned()), message.into());
    SchemaError { kind: SchemaErrorKind::Database, sqlstate, message }
}

impl State {
    /// Runs an operation at the time `now_ms`.
    ///
    /// # Errors
    /// The database's refusal.
    pub fn schema(
        &mut self,
        record: &mut Record,
        caller: &Caller,
        now_ms: u64,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        self.settle(record, now_ms);
        let place = self.reach(caller, at)?;
        let (app, now) = (operation.app().to_string(), self.now_ms);
        // A read takes no number.
        let mut serial = 0;
        if !matches!(operation, SchemaOperation::Inspect { .. }) {
            serial = self.id();
            record.changes += 1;
            record.made += 1;
            record.effect(caller, || format!("a change of a schema of `{app}`"));
        }
        let points = self.restore_points(&place);
        let database = self.database_mut(&place).ok_or_else(|| refused("3D000", "no such database"))?;
        let (schema, role) = match operation {
            SchemaOperation::SetUp { schema, role, .. } | SchemaOperation::Reset { schema, role, .. } => {
                (schema.as_str(), Some(role.as_str()))
            }
            SchemaOperation::Drop { schema, .. } => (schema.as_str(), None),
            SchemaOperation::Inspect { schema, role, .. } => {
                let state = inspected(database, &app, schema.as_str(), role.as_deref(), now);
                return serde_json::from_value(state).map_err(|error| refused("XX000", error.to_string()));
            }
        };
        if let Some(other) = database.schemas.get(schema).and_then(|there| there.app.clone())
            && other != app
        {
            return Err(refused("TLR01", format!("The schema {schema} belongs to the app {other}")));
        }
        if let Some(role) = role
            && database.roles.get(role).is_none_or(|visible| *visible > now)
        {
            return Err(refused("42704", format!("role \"{role}\" does not exist")));
        }
        let drops = matches!(operation, SchemaOperation::Reset { .. } | SchemaOperation::Drop { .. });
        if drops && let Some(there) = database.schemas.remove(schema) {
            dropped(record, caller, schema, &there, points.as_deref());
        }
        if let Some(role) = role {
            let there = database.schemas.entry(schema.to_owned()).or_insert_with(|| Schema {
                owner: caller.user.clone(),
                serial,
                ..Schema::default()
            });
            there.app.get_or_insert(app);
            there.granted.insert(role.to_owned());
        }
        Ok(SchemaOutcome::Done)
    }

    /// The database of a target, if the credential is one for it.
    fn reach(&self, caller: &Caller, at: &LakebaseTarget) -> Result<Place, SchemaError> {
        let place = match &at.credential {
            CredentialTarget::Endpoint(endpoint) => {
                let branch = endpoint.strip_suffix("/endpoints/primary").unwrap_or_default();
                Place::Branch(branch.to_owned())
            }
            CredentialTarget::Instance(name) => Place::Instance(name.clone()),
        };
        let known = self.host_of(&place);
        if known.as_ref() != Some(&at.host) || at.database != "databricks_postgres" {
            let message = format!("could not connect to {}", at.host);
            return Err(SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message });
        }
        if at.user != caller.user {
            let message = format!("password authentication failed for user \"{}\"", at.user);
            return Err(SchemaError { kind: SchemaErrorKind::Login, sqlstate: None, message });
        }
        Ok(place)
    }

    /// The schemas in the restore points beside a branch; `None` where there are no branches.
    fn restore_points(&self, place: &Place) -> Option<Vec<Schema>> {
        let Place::Branch(path) = place else { return None };
        let project = path.split('/').nth(1)?;
        let branches = self.projects.get(project)?.branches.iter();
        let own = path.split('/').nth(3);
        let points = branches.filter(|(name, branch)| {
            Some(name.as_str()) != own && !branch.is_default && branch.ready <= self.now_ms
        });
        Some(points.flat_map(|(_, branch)| branch.database.schemas.values().cloned()).collect())
    }

    /// A schema of the database `name`: of the project's branch that `app` was attached to last, else of its
    /// default branch, else of its instance.
    pub fn schema_of(&self, app: &str, name: &str, schema: &str) -> Option<&Schema> {
        let attached = self.attached.get(app).filter(|path| path.split('/').nth(1) == Some(name));
        if let Some(branch) = attached.and_then(|path| self.branch(path)) {
            return branch.database.schemas.get(schema);
        }
        let branches = self.projects.get(name).map(|project| project.branches.values());
        let branch = branches.and_then(|mut branches| branches.find(|branch| branch.is_default));
        let database = branch.map(|branch| &branch.database);
        let database = database.or_else(|| self.instances.get(name).map(|instance| &instance.database));
        database?.schemas.get(schema)
    }
}

/// Checks that data may be dropped, and that it can be restored.
fn dropped(record: &mut Record, caller: &Caller, schema: &str, there: &Schema, points: Option<&[Schema]>) {
    if there.tables == 0 {
        return;
    }
    record.drops += 1;
    if !caller.may_drop {
        record.violation(format!("the data of `{schema}` was dropped without a confirmation"));
    }
    if let Some(points) = points {
        let kept = |point: &Schema| point.serial == there.serial && point.last_row >= there.last_row;
        if !points.iter().any(kept) {
            record.violation(format!("the data of `{schema}` was dropped and no restore point holds it"));
        }
    }
}

fn inspected(database: &Database, app: &str, schema: &str, role: Option<&str>, now: u64) -> Value {
    let there = database.schemas.get(schema);
    let role_exists =
        role.is_some_and(|role| database.roles.get(role).is_some_and(|visible| *visible <= now));
    let has = |roles: &BTreeSet<String>| role.is_some_and(|role| roles.contains(role));
    let others: BTreeSet<&String> = there
        .iter()
        .flat_map(|there| there.granted.iter().chain(&there.owning_roles))
        .filter(|other| role != Some(other.as_str()))
        .collect();
    let own = format!("app_data_{}", app.replace('-', "_"));
    let free = (1..9)
        .map(|nth| if nth == 1 { own.clone() } else { format!("{own}_{nth}") })
        .find(|name| !database.schemas.contains_key(name));
    let tables = there.map_or(0, |there| there.tables);
    let largest = if tables == 0 { json!([]) } else { json!([{"name": "sessions", "rows": 40}]) };
    json!({
        "outcome": "inspected",
        "exists": there.is_some(),
        "owner": there.map(|there| there.owner.as_str()),
        "app": there.and_then(|there| there.app.as_deref()),
        "can_record": there.is_some(),
        "tables": tables,
        "largest": largest,
        "encrypted_data": there.is_some_and(|there| there.encrypted_with.is_some()),
        "role_exists": role_exists,
        "role_granted": there.is_some_and(|there| has(&there.granted)),
        "role_owns": there.is_some_and(|there| has(&there.owning_roles)),
        "other_roles": others,
        "free_name": free,
    })
}
