//! What hosts databases have, and that TLS carries their names.

use std::net::IpAddr;

use local_workspace::settings::DatabaseHosts;

use crate::support::{ADA, Local};

const FIRST: &str = "projects/first/branches/production";
const SECOND: &str = "projects/second/branches/production";

async fn with(hosts: DatabaseHosts) -> Local {
    let local = Local::start().await;
    local.state().settings.update(|settings| settings.features.database_hosts = hosts);
    local
}

#[tokio::test]
async fn names_share_an_address_and_lead_to_their_own_database() {
    let local = with(DatabaseHosts::Names).await;
    let (first, second) = (local.project("first").await, local.project("second").await);
    assert_ne!(first, second);
    for host in [&first, &second] {
        assert!(host.starts_with("ep-") && host.ends_with(".database.localhost"), "{host}");
    }
    for (branch, name) in [(FIRST, "one"), (SECOND, "two")] {
        let client = local.ada_at(branch).await;
        client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    }
    for (branch, own) in [(FIRST, "one"), (SECOND, "two")] {
        let client = local.ada_at(branch).await;
        let query = "SELECT nspname FROM pg_namespace WHERE nspname IN ('one', 'two')";
        let found = client.query(query, &[]).await.expect("rows");
        assert_eq!((found.len(), found[0].get::<_, String>(0)), (1, own.to_owned()));
    }
}

#[tokio::test]
async fn a_client_has_to_name_the_database() {
    let local = with(DatabaseHosts::Names).await;
    let host = local.project("first").await;
    local.project("second").await;
    let password = local.password(local.workspace.token(ADA), FIRST).await.ok();
    let password = password["token"].as_str().expect("a token");
    local.connect(&host, ADA, password).await.expect("a connection");
    let address = local.state().lakebase.address_of_names().expect("an address").to_string();
    for other in [address.as_str(), "ep-0.database.localhost"] {
        let refused = local.connect(other, ADA, password).await.expect_err("nobody is meant");
        assert!(refused.code().is_none(), "{other}: the handshake fails: {refused}");
    }
}

#[tokio::test]
async fn what_is_deleted_ends_its_sessions_and_no_others() {
    let local = with(DatabaseHosts::Names).await;
    local.project("first").await;
    local.project("second").await;
    let (first, second) = (local.ada_at(FIRST).await, local.ada_at(SECOND).await);
    local.delete("postgres/projects/first?purge=true").await.ok();
    first.batch_execute("SELECT 1").await.expect_err("its database is gone");
    second.batch_execute("SELECT 1").await.expect("the other one stays");
}

#[tokio::test]
async fn addresses_are_one_for_each_database() {
    let local = with(DatabaseHosts::Addresses).await;
    let (first, second) = (local.project("first").await, local.project("second").await);
    assert_ne!(first, second);
    for host in [first, second] {
        assert!(host.parse::<IpAddr>().expect("an address").is_loopback());
    }
    local.ada_at(FIRST).await.batch_execute("SELECT 1").await.expect("it answers");
}
