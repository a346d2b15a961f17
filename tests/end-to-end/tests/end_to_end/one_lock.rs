//! One app has one lock, whatever folder, clock or person.

use std::time::Duration;

use deployer::config::CreateArguments;
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::host::Host as _;
use deployer::operations::{self, CreateResult};
use end_to_end::rivals::effects;
use end_to_end::stage::{ADA, Stage};
use end_to_end::virtual_time::{VirtualHost, drive};
use futures_util::future::join_all;

const TWO_FOLDERS: u64 = 50;
const FIVE_AT_ONCE: u64 = 20;

async fn create(
    host: &VirtualHost<'_>,
    delay_ms: u64,
    folder: Option<&str>,
) -> Result<CreateResult, DeployError> {
    host.sleep(Duration::from_millis(delay_ms)).await;
    let app_file_workspace_path = folder.map(str::to_owned);
    let config =
        CreateArguments { app_file_workspace_path, ..CreateArguments::default() }.resolve(None, None)?;
    Box::pin(operations::create(host, &config, &Cancellation::new())).await
}

/// What there is once, however many deployers ran.
fn assert_made_once(stage: &Stage, what: &str) {
    for (method, path) in [
        ("POST", "/api/2.0/apps"),
        ("POST", "/api/2.0/postgres/projects"),
        ("POST", "/api/2.0/secrets/put"),
        ("POST", "/api/2.0/apps/tellr/deployments"),
    ] {
        assert_eq!(stage.made(method, path), 1, "{method} {path}; {what}");
    }
}

#[tokio::test]
async fn two_folders_of_one_app_are_one_app() {
    let mut refused = std::collections::BTreeMap::<String, usize>::new();
    for run in 0..TWO_FOLDERS {
        let stage = Stage::realistic().await;
        let (one, other) = (stage.host(ADA).named("one"), stage.host(ADA).named("other"));
        // At the same moment, then further and further into the first run.
        let delay = run * 3_000;
        let elsewhere = "/Workspace/Users/ada@example.com/elsewhere";
        let runs: Vec<futures_util::future::LocalBoxFuture<'_, _>> =
            vec![Box::pin(create(&one, 0, None)), Box::pin(create(&other, delay, Some(elsewhere)))];
        let ended = drive(&stage.time, join_all(runs)).await.expect("nobody dies");
        let what = format!("begun {delay} ms later: {ended:#?}");
        let [one_ended, other_ended] = ended.as_slice() else { panic!("two ran") };
        let (error, by) = match (one_ended, other_ended) {
            (Ok(_), Err(error)) => (error, "other"),
            (Err(error), Ok(_)) => (error, "one"),
            _ => panic!("one of them deploys; {what}"),
        };
        *refused.entry(error.code.clone()).or_default() += 1;
        let none: [String; 0] = [];
        assert_eq!(effects(&stage.changes_by(by)), none, "{what}");
        assert_made_once(&stage, &what);
        assert!(!stage.is_locked().await, "{what}");
        drop((one, other));
        stage.end().await;
    }
    println!(
        "two folders: {TWO_FOLDERS} runs, refused with {refused:?}; 0 keys put twice, 0 apps deployed twice"
    );
    assert!(refused.keys().all(|code| ["DEPLOY_LOCKED", "APP_ALREADY_EXISTS"].contains(&code.as_str())));
}

#[tokio::test]
async fn of_five_at_once_whose_clocks_are_hours_apart_one_deploys() {
    let mut refused = 0;
    for run in 0..FIVE_AT_ONCE {
        let stage = Stage::realistic().await;
        let hour = 3_600_000;
        let hosts: Vec<VirtualHost<'_>> = (0..5)
            .map(|nth: i64| stage.host(ADA).named(&format!("nth-{nth}")).ahead((nth - 2) * hour))
            .collect();
        let runs = hosts.iter().zip(0..).map(|(host, nth)| create(host, nth * run * 7, None));
        let ended = drive(&stage.time, join_all(runs)).await.expect("nobody dies");
        let what = format!("run {run}: {ended:#?}");
        assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1, "{what}");
        for error in ended.iter().filter_map(|ended| ended.as_ref().err()) {
            assert!(error.is("DEPLOY_LOCKED"), "{what}");
            refused += 1;
        }
        assert_made_once(&stage, &what);
        stage.assert_deployed_once().await;
        drop(hosts);
        stage.end().await;
    }
    println!("five at once: {FIVE_AT_ONCE} runs, {refused} refused; 0 keys put twice, 0 apps deployed twice");
    assert_eq!(refused, 4 * FIVE_AT_ONCE);
}
