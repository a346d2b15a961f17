//! A cluster behind its front, seen by ordinary clients.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::TlsConnector;

use super::Lakebase;
use super::cluster::Cluster;
use super::credentials::{ComputeId, StorageId};
use super::front::{Access, Front};
use super::sql::{RoleAttributes, create_role, grant_connect_and_create};
use crate::clock::{Clock, Timestamp};
use crate::scratch::Scratch;
use crate::settings::SharedSettings;

const COMPUTE: ComputeId = ComputeId(900);
const STORAGE: StorageId = StorageId(901);
const ADA: &str = "ada@example.com";

struct Database {
    lakebase: Lakebase,
    clock: Clock,
    cluster: Arc<Cluster>,
    front: Front,
    // Last, so that it outlives the server.
    _dir: tempfile::TempDir,
}

async fn database() -> Database {
    let dir = tempfile::tempdir().expect("a directory");
    let scratch = Arc::new(Scratch::create().expect("a scratch directory"));
    let clock = Clock::virtual_from(Timestamp(1_000_000));
    let settings = SharedSettings::default();
    let lakebase = Lakebase::start(dir.path(), scratch, clock.clone(), settings).expect("certificates");
    let cluster = lakebase.new_cluster().await.expect("a cluster");
    let roles = create_role(ADA, true, RoleAttributes::OWNER, true)
        + &grant_connect_and_create(ADA, "databricks_postgres");
    cluster.execute("postgres", &roles).await.expect("a role");
    let front = lakebase
        .open_front(COMPUTE, STORAGE, &cluster, Access::ReadWrite, lakebase.activity())
        .await
        .expect("an address");
    Database { lakebase, clock, cluster, front, _dir: dir }
}

impl Database {
    fn token(&self, identity: &str, ttl_ms: u64) -> String {
        let expires = self.clock.now().plus_ms(ttl_ms);
        self.lakebase.0.credentials.mint(identity, [COMPUTE], expires)
    }

    async fn connect(&self, user: &str, password: &str) -> Result<Client, tokio_postgres::Error> {
        connect(&self.front.host(), &self.lakebase.ca_file(), user, password).await
    }
}

fn trusting(ca_file: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let pem = std::fs::read(ca_file).expect("the authority's certificate");
    roots.add(CertificateDer::from_pem_slice(&pem).expect("a certificate")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn tls(ca_file: &Path) -> MakeRustlsConnect {
    MakeRustlsConnect::new(trusting(ca_file))
}

/// Connects with verified TLS, as a driver does that asks first.
async fn connect(
    host: &str,
    ca_file: &Path,
    user: &str,
    password: &str,
) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::Config::new()
        .host(host)
        .port(super::hosts::PORT)
        .user(user)
        .password(password)
        .dbname("databricks_postgres")
        .ssl_mode(tokio_postgres::config::SslMode::Require)
        .connect(tls(ca_file))
        .await?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}

fn refusal(result: Result<Client, tokio_postgres::Error>) -> (SqlState, String) {
    let error = result.expect_err("a refusal");
    let refusal = error.as_db_error().expect("PostgreSQL's own kind of error");
    (refusal.code().clone(), refusal.message().to_owned())
}

#[tokio::test]
async fn a_minted_credential_opens_a_verified_connection() {
    let database = database().await;
    let client = database.connect(ADA, &database.token(ADA, 60_000)).await.expect("a connection");
    let row = client
        .query_one("SELECT current_user::text, current_database()::text", &[])
        .await
        .expect("an answer");
    assert_eq!(row.get::<_, String>(0), ADA);
    assert_eq!(row.get::<_, String>(1), "databricks_postgres");
}

#[tokio::test]
async fn an_expired_credential_is_refused_and_open_connections_stay() {
    let database = database().await;
    let token = database.token(ADA, 60_000);
    let client = database.connect(ADA, &token).await.expect("a connection");
    database.clock.advance(60_000).expect("a virtual clock");
    let (code, message) = refusal(database.connect(ADA, &token).await);
    assert_eq!(code, SqlState::INVALID_PASSWORD);
    assert_eq!(message, "password authentication failed for user \"ada@example.com\"");
    client.simple_query("SELECT 1").await.expect("still open");
}

#[tokio::test]
async fn a_credential_is_of_no_use_to_somebody_else() {
    let database = database().await;
    let token = database.token("ben@example.com", 60_000);
    let (code, _) = refusal(database.connect(ADA, &token).await);
    assert_eq!(code, SqlState::INVALID_PASSWORD);
}

#[tokio::test]
async fn an_identity_without_a_role_is_told_so() {
    let database = database().await;
    let token = database.token("ben@example.com", 60_000);
    let (_, message) = refusal(database.connect("ben@example.com", &token).await);
    assert_eq!(message, "role \"ben@example.com\" does not exist");
}

#[tokio::test]
async fn a_connection_without_tls_is_refused() {
    let database = database().await;
    let result = tokio_postgres::Config::new()
        .host(database.front.host())
        .port(super::hosts::PORT)
        .user(ADA)
        .password(database.token(ADA, 60_000))
        .ssl_mode(tokio_postgres::config::SslMode::Disable)
        .connect(tokio_postgres::NoTls)
        .await;
    let (code, message) = refusal(result.map(|(client, _)| client));
    assert_eq!(code, SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
    assert!(message.contains("sslmode=require"), "{message}");
}

#[tokio::test]
async fn direct_tls_needs_the_protocols_name() {
    let database = database().await;
    let attempt = async |protocols: Vec<Vec<u8>>| {
        let mut config = trusting(&database.lakebase.ca_file());
        config.alpn_protocols = protocols;
        let host = database.front.host();
        let stream =
            tokio::net::TcpStream::connect((host.as_str(), super::hosts::PORT)).await.expect("a connection");
        let name = host.try_into().expect("an address");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        tokio_postgres::Config::new()
            .user(ADA)
            .password(database.token(ADA, 60_000))
            .dbname("databricks_postgres")
            .connect_raw(stream, tokio_postgres::NoTls)
            .await
            .map(drop)
            .map_err(std::io::Error::other)
    };
    attempt(vec![b"postgresql".to_vec()]).await.expect("direct TLS with the protocol's name");
    attempt(Vec::new()).await.expect_err("direct TLS without the protocol's name");
}

#[tokio::test]
async fn a_query_can_be_cancelled_through_the_front() {
    let database = database().await;
    let client = database.connect(ADA, &database.token(ADA, 60_000)).await.expect("a connection");
    let cancel = client.cancel_token();
    let tls = tls(&database.lakebase.ca_file());
    let query = client.simple_query("SELECT pg_sleep(600)");
    let canceller = async {
        // The wish is only heard while the query runs, so it is repeated until it was heard.
        loop {
            cancel.cancel_query(tls.clone()).await.expect("delivered");
        }
    };
    let error = tokio::select! {
        result = query => result.expect_err("the query is cancelled"),
        () = canceller => unreachable!("it never ends by itself"),
    };
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
}

#[tokio::test]
async fn a_read_only_front_refuses_writes() {
    let database = database().await;
    let compute = ComputeId(902);
    let front = database
        .lakebase
        .open_front(compute, STORAGE, &database.cluster, Access::ReadOnly, database.lakebase.activity())
        .await
        .expect("an address");
    let expires = database.clock.now().plus_ms(60_000);
    let token = database.lakebase.0.credentials.mint(ADA, [compute], expires);
    let client =
        connect(&front.host(), &database.lakebase.ca_file(), ADA, &token).await.expect("a connection");
    let error = client.simple_query("CREATE TABLE t (n int)").await.expect_err("a refusal");
    assert_eq!(error.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));
}

#[tokio::test]
async fn a_copy_has_the_data_of_its_moment_and_goes_its_own_way() {
    let database = database().await;
    let run = async |cluster: &Cluster, sql: &str| {
        cluster.execute("databricks_postgres", sql).await.expect("a statement");
    };
    let count = async |cluster: &Cluster| -> i64 {
        let client = cluster.connect("databricks_postgres").await.expect("a connection");
        let row = client.query_one("SELECT count(*) FROM deck", &[]).await;
        row.expect("an answer").get(0)
    };
    run(&database.cluster, "CREATE TABLE deck (n int); INSERT INTO deck SELECT generate_series(1, 1000)")
        .await;
    let copy = database.lakebase.copy_cluster(&database.cluster).await.expect("a copy");
    run(&database.cluster, "DELETE FROM deck WHERE n > 10").await;
    run(&copy, "INSERT INTO deck VALUES (0)").await;
    assert_eq!(count(&database.cluster).await, 10);
    assert_eq!(count(&copy).await, 1001);
}
