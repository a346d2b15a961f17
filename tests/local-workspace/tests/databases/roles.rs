//! What a role may do is decided by PostgreSQL.

use local_workspace::identity::Right;
use local_workspace::lakebase::LakebaseResource;
use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::support::{Local, sql_state};

const BRANCH: &str = "projects/tellr-db/branches/production";

fn resource() -> LakebaseResource {
    LakebaseResource::Postgres {
        branch: BRANCH.to_owned(),
        database: format!("{BRANCH}/databases/databricks-postgres"),
    }
}

#[tokio::test]
async fn an_attached_app_may_connect_and_make_schemas_of_its_own() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let state = local.state();
    let (app, _) = state.identities.add_service_principal("app", Right::of_app());
    let token = state.identities.mint_oauth(&app.user_name);
    assert_eq!(local.password(&token, BRANCH).await.refusal().0, 403);

    let env = state.lakebase.attach(&state.permissions, &resource(), &app.user_name).await;
    let env = env.expect("attached");
    assert_eq!(env.value_from, format!("{BRANCH}/endpoints/primary"));
    let value = |name: &str| {
        let found = env.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(value("PGHOST"), Some(host.as_str()));
    assert_eq!(value("PGUSER"), Some(app.user_name.as_str()));
    assert_eq!(value("PGDATABASE"), Some("databricks_postgres"));
    assert_eq!(value("PGPASSWORD"), None);

    let password = local.password(&token, BRANCH).await.ok();
    let password = password["token"].as_str().expect("a token");
    let client = local.connect(&host, &app.user_name, password).await.expect("a connection");
    client.batch_execute("CREATE SCHEMA own; CREATE TABLE own.deck (n int)").await.expect("its own schema");

    let ada = local.ada_at(BRANCH).await;
    ada.batch_execute("CREATE SCHEMA hers; CREATE TABLE hers.deck (n int)").await.expect("a schema");
    let foreign = client.batch_execute("SELECT n FROM hers.deck").await;
    assert_eq!(sql_state(foreign), SqlState::INSUFFICIENT_PRIVILEGE);
    // A superuser of the platform's kind reads everything and changes nobody's objects.
    ada.batch_execute("SELECT n FROM own.deck").await.expect("all data");
    let changed = ada.batch_execute("ALTER TABLE own.deck ADD COLUMN m int").await;
    assert_eq!(sql_state(changed), SqlState::INSUFFICIENT_PRIVILEGE);
}

#[tokio::test]
async fn attaching_twice_changes_nothing_and_shows_one_role() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let state = local.state();
    let (app, _) = state.identities.add_service_principal("app", Right::of_app());
    for _ in 0..2 {
        let attached = state.lakebase.attach(&state.permissions, &resource(), &app.user_name).await;
        attached.expect("attached");
    }
    let role = local.get(&format!("postgres/{BRANCH}/roles/sp-{}", app.user_name)).await.ok();
    assert_eq!(role["status"]["identity_type"], "SERVICE_PRINCIPAL");
    assert_eq!(role["status"]["membership_roles"], json!([]));
}

#[tokio::test]
async fn roles_are_made_once_changed_and_removed() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let state = local.state();
    let (app, _) = state.identities.add_service_principal("app", Right::of_app());
    let client_id = app.user_name.as_str();
    let roles = format!("postgres/{BRANCH}/roles");
    let spec = json!({"spec": {"postgres_role": client_id, "identity_type": "SERVICE_PRINCIPAL",
        "auth_method": "LAKEBASE_OAUTH_V1", "membership_roles": ["DATABRICKS_SUPERUSER"]}});
    let create = format!("{roles}?role_id=sp-{client_id}");
    local.post(&create, spec.clone()).await.ok();
    let again = local.post(&create, spec).await;
    assert_eq!(again.refusal(), (400, "BAD_REQUEST", "role with that name already exists"));

    let token = state.identities.mint_oauth(client_id);
    let password = local.password(&token, BRANCH).await.ok();
    let password = password["token"].as_str().expect("a token");
    let client = local.connect(&host, client_id, password).await.expect("a connection");
    let member = "SELECT pg_has_role(current_user, 'databricks_superuser', 'member')";
    assert!(client.query_one(member, &[]).await.expect("an answer").get::<_, bool>(0));
    let role = format!("{roles}/sp-{client_id}");
    let patch = format!("{role}?update_mask=spec.membership_roles");
    local.patch(&patch, json!({"spec": {"membership_roles": []}})).await.ok();
    assert!(!client.query_one(member, &[]).await.expect("an answer").get::<_, bool>(0));
    drop(client);

    local.delete(&role).await.ok();
    assert_eq!(local.get(&role).await.refusal().1, "NOT_FOUND");
    let error = local.connect(&host, client_id, password).await.expect_err("no role");
    assert!(error.as_db_error().expect("a refusal").message().contains("does not exist"));
}

#[tokio::test]
async fn a_role_that_owns_something_needs_an_heir() {
    let local = Local::start().await;
    let host = local.project("tellr-db").await;
    let state = local.state();
    let (app, _) = state.identities.add_service_principal("app", Right::of_app());
    state.lakebase.attach(&state.permissions, &resource(), &app.user_name).await.expect("attached");
    let token = state.identities.mint_oauth(&app.user_name);
    let password = local.password(&token, BRANCH).await.ok();
    let password = password["token"].as_str().expect("a token");
    let client = local.connect(&host, &app.user_name, password).await.expect("a connection");
    client.batch_execute("CREATE SCHEMA own").await.expect("a schema");
    let role = format!("postgres/{BRANCH}/roles/sp-{}", app.user_name);
    assert!(local.delete(&role).await.refusal().2.contains("cannot be dropped"));
    let heir = format!("{role}?reassign_owned_to={BRANCH}/roles/ada");
    local.delete(&heir).await.ok();
    let ada = local.ada_at(BRANCH).await;
    ada.batch_execute("DROP SCHEMA own").await.expect("hers now");
}

#[tokio::test]
async fn an_identity_that_is_not_there_gets_no_role() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let spec = json!({"spec": {"postgres_role": "123", "identity_type": "SERVICE_PRINCIPAL"}});
    let refused = local.post(&format!("postgres/{BRANCH}/roles?role_id=sp-123"), spec).await;
    assert_eq!((refused.refusal().0, refused.refusal().1), (404, "NOT_FOUND"));
}
