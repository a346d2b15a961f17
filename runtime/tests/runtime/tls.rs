//! A database that cannot prove who it is gets no password.

use crate::support::app::Variables;
use crate::support::front::{Certificate, Front};
use crate::support::workspace::Workspace;

async fn failure(variables: &Variables) -> String {
    match variables.database().connection().await {
        Err(error) => error.to_string(),
        Ok(_) => panic!("the connection was made"),
    }
}

#[tokio::test]
async fn a_trusted_authority_and_the_right_name_are_let_through() {
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    let front = Front::with_tls(&certificate).await;
    let variables = Variables::autoscaling(&workspace, &front, &certificate).await;
    let connection = variables.database().connection().await;
    drop(connection.expect("a connection"));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["elsewhere.example.com"]);
    let front = Front::with_tls(&certificate).await;
    let variables = Variables::autoscaling(&workspace, &front, &certificate).await;
    let error = failure(&variables).await;
    assert!(error.contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let workspace = Workspace::start().await;
    let (ours, theirs) = (Certificate::for_names(&["127.0.0.1"]), Certificate::for_names(&["127.0.0.1"]));
    let front = Front::with_tls(&theirs).await;
    let variables = Variables::autoscaling(&workspace, &front, &ours).await;
    let error = failure(&variables).await;
    assert!(error.contains("invalid peer certificate"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let workspace = Workspace::start().await;
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    // Straight to PostgreSQL, which was started without a certificate.
    let front = Front::plain().await;
    let variables = Variables::autoscaling(&workspace, &front, &certificate).await;
    let error = failure(&variables).await;
    assert!(error.contains("TLS"), "{error}");
}

#[tokio::test]
async fn a_file_of_authorities_that_is_none_is_told() {
    let variables = Variables::local();
    for (path, part) in [("/nowhere/roots.pem", "could not be read"), ("/dev/null", "holds no certificate")] {
        let settings = variables.clone().with("PGSSLROOTCERT", path).settings();
        let effort = crate::support::app::impatient();
        let error =
            tellr_app::database::Database::open(&settings, effort).err().expect("no pool").to_string();
        assert!(error.contains(path) && error.contains(part), "{error}");
    }
}
