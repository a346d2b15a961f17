//! Runs statements on a stage's database as Ada, without a deployer.

use serde_json::json;
use tellr_app::tls;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::stage::{ADA, Stage};

/// Runs `statements` on the project `tellr-db`, with a credential minted for it and verified TLS.
pub async fn execute(stage: &Stage, statements: &str) {
    let (client, connection) = connect(stage).await;
    client.batch_execute(statements).await.expect("the statements run");
    drop(client);
    connection.await.expect("the connection ends");
}

/// A connection to the same database as Ada, and its task.
pub async fn connect(stage: &Stage) -> (Client, JoinHandle<()>) {
    let endpoint = "projects/tellr-db/branches/production/endpoints/primary";
    let (_, found) = stage.get(&format!("/api/2.0/postgres/{endpoint}")).await;
    let (_, minted) = stage.post("/api/2.0/postgres/credentials", json!({"endpoint": endpoint})).await;
    let roots = stage.workspace.control().dir.join("ca.pem");
    let tls = tls::client_config(Some(&roots)).expect("TLS can be set up");
    let mut config = Config::new();
    config
        .host(found["status"]["hosts"]["host"].as_str().expect("a host"))
        .dbname("databricks_postgres")
        .user(ADA)
        .password(minted["token"].as_str().expect("a token"))
        .ssl_mode(SslMode::Require);
    let (client, connection) = config.connect(MakeRustlsConnect::new(tls)).await.expect("a connection");
    let ending = tokio::spawn(async move { connection.await.expect("in good order") });
    (client, ending)
}
