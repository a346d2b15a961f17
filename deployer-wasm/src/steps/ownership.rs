//! Determines which app a schema belongs to.
//!
//! If a schema records its app ([`SchemaState::app`]), that is the owner. One that was created before schemas
//! recorded an app is adopted if it demonstrably belongs to this app: the app's role owns objects in it or
//! has privileges on it, or the app's own `app.yaml` names it. If the role of another existing app has
//! privileges on it, it belongs to that app.

use crate::config::{AppName, SchemaName};
use crate::error::{Failure, SchemaOwner};
use crate::host::Host;
use crate::schema::{SchemaOperation, SchemaState};
use crate::workspace::apps::{self, App};
use crate::workspace::{ApiError, Client};

/// An upper limit for the number of pages in the list of a workspace's apps.
const MAX_PAGES: usize = 100;

/// An app and its intended schema.
#[derive(Debug, Clone)]
pub struct Tenant<'a> {
    /// The app.
    pub app: &'a AppName,
    /// The schema.
    pub schema: &'a SchemaName,
    /// The app's role in the database, if known.
    pub role: Option<String>,
    /// Whether the `app.yaml` in the app's own folder names this schema of this database.
    pub deployed: bool,
}

impl Tenant<'_> {
    /// The operation that reads the schema's state.
    pub fn inspection(&self) -> SchemaOperation {
        let (app, schema) = (self.app.clone(), self.schema.clone());
        SchemaOperation::Inspect { app, schema, role: self.role.clone() }
    }
}

/// Refuses a schema that belongs to another app. If the schema has no record, the workspace's apps may have
/// to be listed.
///
/// # Errors
/// `SCHEMA_OF_ANOTHER_APP`, or the workspace's refusal.
pub async fn check<H: Host>(
    client: &Client<'_, H>,
    database: &str,
    tenant: &Tenant<'_>,
    state: &SchemaState,
) -> Result<(), Failure> {
    let owner = match owner(tenant, state) {
        Verdict::This => None,
        Verdict::Other(app) => Some(SchemaOwner::App(app)),
        Verdict::AskForApps => {
            let live = live_apps(client).await.map_err(ApiError::into_failure)?;
            owner_among(tenant, state, &live)
        }
    };
    match owner {
        None => Ok(()),
        Some(owner) => Err(Failure::SchemaOfAnotherApp {
            schema: tenant.schema.to_string(),
            database: database.to_owned(),
            owner,
            free: state.free_name.clone(),
        }),
    }
}

/// What the schema itself shows about its owner.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It belongs to the app, or to none.
    This,
    /// It records this app.
    Other(String),
    /// It has no record, and other roles have privileges on it: only the workspace knows whether these are
    /// existing apps.
    AskForApps,
}

fn owner(tenant: &Tenant<'_>, state: &SchemaState) -> Verdict {
    match state.app.as_deref() {
        Some(app) if app == tenant.app.as_str() => Verdict::This,
        Some(app) => Verdict::Other(app.to_owned()),
        // No other role has privileges on it, or its content was created by this app.
        None if !state.exists || state.role_owns || state.other_roles.is_empty() => Verdict::This,
        None => Verdict::AskForApps,
    }
}

/// The owner of a schema without a record, on which other roles have privileges.
fn owner_among(tenant: &Tenant<'_>, state: &SchemaState, live: &[App]) -> Option<SchemaOwner> {
    let of_app = |app: &&App| {
        let role = app.service_principal_client_id.as_deref();
        role.is_some_and(|role| state.other_roles.iter().any(|other| other == role))
    };
    let other = live.iter().filter(|app| app.name != tenant.app.as_str()).find(of_app);
    if let Some(other) = other {
        return Some(SchemaOwner::App(other.name.clone()));
    }
    // The other roles belong to users, to deleted apps, or to apps that the caller may not see.
    if state.tables == 0 || state.role_granted || tenant.deployed {
        return None;
    }
    state.other_roles.first().map(|role| SchemaOwner::Role(role.clone()))
}

async fn live_apps<H: Host>(client: &Client<'_, H>) -> Result<Vec<App>, ApiError> {
    let (mut live, mut token) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let page = client.send(apps::list(token.as_deref())).await?;
        live.extend(page.apps);
        token = page.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(live)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state() -> SchemaState {
        SchemaState {
            exists: true,
            tables: 3,
            other_roles: vec!["other-role".into()],
            ..SchemaState::default()
        }
    }

    fn decided(state: &SchemaState, deployed: bool, live: &[App]) -> Option<SchemaOwner> {
        let (app, schema) = (AppName::default(), SchemaName::default());
        let tenant = Tenant { app: &app, schema: &schema, role: None, deployed };
        match owner(&tenant, state) {
            Verdict::This => None,
            Verdict::Other(app) => Some(SchemaOwner::App(app)),
            Verdict::AskForApps => owner_among(&tenant, state, live),
        }
    }

    fn app(name: &str, role: &str) -> App {
        serde_json::from_value(json!({"name": name, "service_principal_client_id": role})).unwrap()
    }

    #[test]
    fn a_record_decides() {
        let recorded = |app: &str| SchemaState { app: Some(app.into()), ..state() };
        assert_eq!(decided(&recorded("tellr"), false, &[app("other", "other-role")]), None);
        let other = Some(SchemaOwner::App("other".into()));
        assert_eq!(decided(&SchemaState { role_owns: true, ..recorded("other") }, true, &[]), other);
    }

    #[test]
    fn without_a_record_a_live_app_with_rights_is_the_owner() {
        let live = [app("tellr", "own-role"), app("other", "other-role")];
        let other = Some(SchemaOwner::App("other".into()));
        for state in
            [state(), SchemaState { role_granted: true, ..state() }, SchemaState { tables: 0, ..state() }]
        {
            assert_eq!(decided(&state, true, &live), other, "{state:?}");
        }
        assert_eq!(
            decided(&SchemaState { role_owns: true, ..state() }, false, &live),
            None,
            "its tables are in it"
        );
    }

    #[test]
    fn without_a_record_it_is_adopted_where_something_shows_that_it_is_the_apps() {
        assert_eq!(decided(&state(), false, &[]), Some(SchemaOwner::Role("other-role".into())));
        assert_eq!(decided(&state(), true, &[]), None, "deployed with it");
        for adopted in [
            SchemaState { role_granted: true, ..state() },
            SchemaState { tables: 0, ..state() },
            SchemaState { other_roles: Vec::new(), ..state() },
        ] {
            assert_eq!(decided(&adopted, false, &[]), None, "{adopted:?}");
        }
    }
}
