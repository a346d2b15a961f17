//! Passwords that the workspace mints: asked for as the API wants it, kept, renewed, retried.

use serde_json::json;
use tellr_app::database::DatabaseError;

use crate::support::app::Variables;
use crate::support::front::{Certificate, Front, Mode};
use crate::support::postgres;
use crate::support::workspace::{ENDPOINT, Failure, Workspace};

struct Lakebase {
    workspace: Workspace,
    front: Front,
    variables: Variables,
    _certificate: Certificate,
}

async fn lakebase() -> Lakebase {
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    let front = Front::with_tls(&certificate).await;
    let variables = Variables::autoscaling(&workspace, &front, &certificate).await;
    Lakebase { workspace, front, variables, _certificate: certificate }
}

#[tokio::test]
async fn an_autoscaling_database_is_opened_with_its_endpoints_credential() {
    let lakebase = lakebase().await;
    lakebase.variables.initialise().await.expect("initialised");
    let requests = lakebase.workspace.credential_requests();
    assert_eq!(requests, [json!({"endpoint": ENDPOINT})]);

    let app = lakebase.variables.serve().await;
    let (status, ready) = app.json("/api/ready").await;
    assert_eq!((status, &ready["database"]["kind"]), (200, &"autoscaling".into()), "{ready}");
}

#[tokio::test]
async fn a_provisioned_database_is_opened_with_its_instances_credential() {
    let lakebase = lakebase().await;
    let variables = lakebase
        .variables
        .clone()
        .with("LAKEBASE_TYPE", "provisioned")
        .with("LAKEBASE_INSTANCE", "tellr-db")
        .with("LAKEBASE_ENDPOINT_NAME", "")
        .with("LAKEBASE_PG_HOST", "")
        .with("PGHOST", "127.0.0.1");
    variables.initialise().await.expect("initialised");
    let requests = lakebase.workspace.credential_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["instance_names"], json!(["tellr-db"]));
    let id = requests[0]["request_id"].as_str().expect("a request id");
    assert_eq!(id.len(), 36, "{id} is not a UUID");
}

#[tokio::test]
async fn connections_that_come_at_once_share_one_credential() {
    let lakebase = lakebase().await;
    let database = lakebase.variables.database();
    let connections = futures_util::future::join_all((0..10).map(|_| database.connection())).await;
    for connection in connections {
        drop(connection.expect("a connection"));
    }
    assert_eq!(lakebase.workspace.credential_requests().len(), 1);
    assert_eq!(lakebase.workspace.tokens().len(), 1);
}

#[tokio::test]
async fn an_app_asks_with_one_token_for_all_it_needs() {
    let lakebase = lakebase().await;
    let variables = lakebase.variables.clone().with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("initialised");
    let before = lakebase.workspace.tokens().len();
    let app = variables.serve().await;
    // The database's password, and the person's groups.
    app.person("1001").session(json!({})).await;
    assert_eq!(lakebase.workspace.tokens().len(), before + 1);
}

#[tokio::test]
async fn a_password_that_the_database_refuses_is_minted_anew() {
    let lakebase = lakebase().await;
    lakebase.variables.initialise().await.expect("initialised");
    let app = lakebase.variables.serve().await;
    assert_eq!(app.json("/api/ready").await.0, 200);
    let before = lakebase.workspace.passwords().len();

    // The password changes under the app, and its connections end.
    postgres::run(&format!("ALTER ROLE {} PASSWORD 'another'", lakebase.workspace.role())).await;
    lakebase.front.set(Mode::Broken);
    lakebase.front.set(Mode::Open);
    postgres::run(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'",
        lakebase.workspace.role()
    ))
    .await;

    crate::support::eventually("the app connects anew", async || app.json("/api/ready").await.0 == 200).await;
    assert_eq!(lakebase.workspace.passwords().len(), before + 1);
}

#[tokio::test]
async fn a_busy_workspace_is_asked_again() {
    let lakebase = lakebase().await;
    let busy = Failure::platform(429, "RESOURCE_EXHAUSTED", "Too many requests");
    lakebase.workspace.fail_token(busy.clone());
    lakebase.workspace.fail_credential(Failure { retry_after: Some("1"), ..busy });
    lakebase.workspace.fail_credential(Failure::platform(503, "TEMPORARILY_UNAVAILABLE", "Try again"));
    let connection = lakebase.variables.database().connection().await;
    drop(connection.expect("a connection"));
    assert_eq!(lakebase.workspace.credential_requests().len(), 3);
}

#[tokio::test]
async fn a_workspace_that_stays_busy_is_named_as_the_cause() {
    let lakebase = lakebase().await;
    for _ in 0..4 {
        lakebase.workspace.fail_credential(Failure::platform(503, "TEMPORARILY_UNAVAILABLE", "Try again"));
    }
    let error = failure(&lakebase.variables).await;
    assert!(
        error.contains("a database credential: 503") && error.contains("TEMPORARILY_UNAVAILABLE"),
        "{error}"
    );
    assert_eq!(lakebase.workspace.credential_requests().len(), 4);
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    let lakebase = lakebase().await;
    lakebase.workspace.fail_credential(Failure::platform(
        403,
        "PERMISSION_DENIED",
        "The caller may not use this endpoint",
    ));
    let error = failure(&lakebase.variables).await;
    assert!(error.contains("403") && error.contains("The caller may not use this endpoint"), "{error}");
    assert_eq!(lakebase.workspace.credential_requests().len(), 1);
}

#[tokio::test]
async fn a_wrong_client_secret_is_told_without_showing_it() {
    let lakebase = lakebase().await;
    let variables = lakebase.variables.clone().with("DATABRICKS_CLIENT_SECRET", "planted-wrong-secret");
    let error = failure(&variables).await;
    assert!(
        error.contains("no OAuth token") && error.contains("401") && error.contains("invalid_client"),
        "{error}"
    );
    assert!(!error.contains("planted"), "{error}");
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once() {
    let lakebase = lakebase().await;
    let database = lakebase.variables.database();
    drop(database.connection().await.expect("a connection"));
    lakebase.workspace.revoke_tokens();
    // The kept connection is cut and its password is wrong, so both have to be minted again.
    lakebase.front.set(Mode::Broken);
    lakebase.front.set(Mode::Open);
    postgres::run(&format!(
        "ALTER ROLE {0} PASSWORD 'another'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{0}'",
        lakebase.workspace.role()
    ))
    .await;
    crate::support::eventually("the app connects anew", async || match database.connection().await {
        Ok(connection) => connection.query("SELECT 1", &[]).await.is_ok(),
        Err(_) => false,
    })
    .await;
    assert_eq!(lakebase.workspace.tokens().len(), 2);
}

#[tokio::test]
async fn a_schema_that_the_deployer_did_not_make_is_told() {
    let lakebase = lakebase().await;
    let variables = lakebase.variables.clone().with("LAKEBASE_SCHEMA", "never_made");
    let error = variables.initialise().await.expect_err("no schema").to_string();
    assert!(error.contains("schema `never_made` does not exist") && error.contains("deployer"), "{error}");
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_named() {
    let lakebase = lakebase().await;
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let host = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let error = failure(&lakebase.variables.clone().with("DATABRICKS_HOST", &host)).await;
    assert!(error.contains(&host) && error.contains("no OAuth token"), "{error}");
}

async fn failure(variables: &Variables) -> String {
    match variables.database().connection().await {
        Err(error @ DatabaseError::Credential(_)) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a connection was made"),
    }
}
