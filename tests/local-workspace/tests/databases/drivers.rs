//! Databricks' own driver for Node, node-postgres and psycopg, unchanged, against a database.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local_workspace::clock::{Clock, Timestamp};
use local_workspace::settings::DatabaseHosts;
use tokio::process::Command;

use crate::support::{ADA, Local};

const BRANCH: &str = "projects/tellr-db/branches/production";
/// A token of an hour ends that soon by the machine's clock, which drivers look at.
const LEFT: Duration = Duration::from_secs(30);

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Runs a conversation, in the environment of somebody who is signed in and knows a database.
async fn converse(program: impl AsRef<Path>, arguments: &[&Path]) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + LEFT;
    let start = now.saturating_sub(Duration::from_hours(1));
    let clock = Clock::virtual_from(Timestamp(start.as_millis().try_into().expect("milliseconds")));
    let local = Local::at(clock).await;
    local.state().settings.update(|settings| settings.features.database_hosts = DatabaseHosts::Names);
    let host = local.project("tellr-db").await;
    let address = local.state().lakebase.address_of_names().expect("an address");
    let output = Command::new(program.as_ref())
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("LOCAL_CONTROL", format!("{}/__local", local.workspace.host()))
        .env("LOCAL_DATABASE_ADDRESS", address.to_string())
        .env("DATABRICKS_HOST", local.workspace.host())
        .env("DATABRICKS_TOKEN", local.workspace.token(ADA))
        .env("LAKEBASE_ENDPOINT", format!("{BRANCH}/endpoints/primary"))
        .env("PGHOST", host)
        .env("PGUSER", ADA)
        .env("PGDATABASE", "databricks_postgres")
        .env("PGSSLROOTCERT", local.state().lakebase.ca_file())
        .env("NODE_EXTRA_CA_CERTS", local.state().lakebase.ca_file())
        .output()
        .await
        .unwrap_or_else(|error| panic!("{}: {error}; run `make setup-tests`", program.as_ref().display()));
    local.workspace.shutdown().await;
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}{}", told[0], told[1]);
    assert!(told[0].ends_with("all said\n"), "{}", told[0]);
}

#[tokio::test]
async fn databricks_driver_for_node_and_node_postgres_work_unchanged() {
    let folder = tests().join("node");
    let modules = folder.join("node_modules/@databricks/lakebase");
    assert!(modules.is_dir(), "there is no {}; run `make setup-tests`", modules.display());
    let (resolver, script) = (folder.join("localhost.cjs"), folder.join("contract.mjs"));
    converse("node", &[Path::new("--require"), &resolver, &script]).await;
}

#[tokio::test]
async fn psycopg_works_unchanged() {
    let python = std::env::var_os("TELLR_TEST_PYTHON")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python"), PathBuf::from);
    converse(python, &[&tests().join("psycopg/conversation.py")]).await;
}
