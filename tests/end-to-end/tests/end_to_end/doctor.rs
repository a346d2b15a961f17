//! `doctor` finds everything that would stop a deployment at once, and says who can fix it.

use deployer::config::{CreateArguments, DoctorConfig};
use deployer::engine::Cancellation;
use deployer::operations::{self, Finding, Findings, Fixer, Operation, Severity};
use end_to_end::kill;
use end_to_end::stage::{ADA, BEN, FOLDER, Stage};
use expect_test::expect_file;
use local_workspace::pace::Pace;
use serde_json::{Value, json};

async fn doctor_as(stage: &Stage, user: &str, arguments: Value) -> Findings {
    let config = DoctorConfig::read(arguments, None, None).expect("good arguments");
    let checked = stage.only_looking(user, async |host| {
        Box::pin(operations::findings(host, &config, &Cancellation::new())).await
    });
    checked.await.expect("findings")
}

fn one<'a>(found: &'a Findings, check: &str, severity: Severity) -> &'a Finding {
    let finding = found.findings.iter().find(|one| one.check == check && one.severity == severity);
    finding.unwrap_or_else(|| panic!("no {severity:?} of {check} in {found:#?}"))
}

fn errors(found: &Findings) -> Vec<&Finding> {
    found.findings.iter().filter(|finding| finding.severity == Severity::Error).collect()
}

#[tokio::test]
async fn a_new_name_and_a_deployed_app_pass_in_about_a_second() {
    let stage = Stage::realistic().await;
    let journal = &stage.workspace.control().journal;
    let measured = async |operation: Operation| {
        let sent = journal.entries().len();
        let began = stage.time.now_ms();
        let found = doctor_as(&stage, ADA, json!({})).await;
        // `only_looking` reads the whole workspace before and after; that takes no virtual time.
        let requests = journal.entries().len() - sent;
        println!("doctor ({operation:?}): {} ms, {requests} requests", stage.time.now_ms() - began);
        assert!(found.ok, "{found:#?}");
        assert_eq!(found.operation, operation);
        assert!(found.elapsed_ms <= 2_500, "{} ms", found.elapsed_ms);
        found
    };
    let new = measured(Operation::Create).await;
    assert!(one(&new, "app", Severity::Ok).message.contains("`tellr` is free"), "{new:#?}");
    assert!(one(&new, "database", Severity::Ok).message.contains("`tellr-db` will be created"), "{new:#?}");
    assert!(one(&new, "quota", Severity::Ok).message.contains("0 apps"), "{new:#?}");
    stage.create(CreateArguments::default()).await.expect("create");
    let deployed = measured(Operation::Update).await;
    assert!(one(&deployed, "schema", Severity::Ok).message.contains("is this app's"), "{deployed:#?}");
    stage.end().await;
}

#[tokio::test]
async fn releases_that_can_not_be_read_are_found() {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    let path = format!("{FOLDER}/.tellr/releases.json");
    let garbage = json!({"path": path, "content": "bm90IGpzb24=", "format": "AUTO", "overwrite": true});
    assert_eq!(stage.post("/api/2.0/workspace/import", garbage).await.0, 200);
    let found = doctor_as(&stage, ADA, json!({})).await;
    let finding = one(&found, "releases", Severity::Error);
    assert!(!found.ok && finding.message.contains("releases"), "{finding:#?}");
    stage.end().await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_found_at_once() {
    let stage = Stage::with(Pace::none()).await;
    // A deleted project keeps its name.
    let made = json!({"spec": {"display_name": "tellr-db"}});
    assert_eq!(stage.post("/api/2.0/postgres/projects?project_id=tellr-db", made).await.0, 200);
    assert_eq!(stage.delete_at("/api/2.0/postgres/projects/tellr-db").await, 200);
    let arguments = json!({
        "serving_endpoint": "no-such-endpoint", "genie_spaces": ["no-such-space"], "sql_warehouse": "no-such-one",
    });
    let found = doctor_as(&stage, ADA, arguments).await;
    assert!(!found.ok);
    let messages: Vec<&str> = errors(&found).iter().map(|finding| finding.message.as_str()).collect();
    for name in ["no-such-endpoint", "no-such-space", "no-such-one", "tellr-db"] {
        let times = messages.iter().filter(|message| message.contains(name)).count();
        assert_eq!(times, 1, "{name} is told once: {found:#?}");
    }
    for finding in errors(&found) {
        assert!(finding.who.is_some() && finding.how.is_some() && finding.code.is_some(), "{finding:#?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn permissions_are_checked_as_far_as_the_platform_shows_them() {
    let stage = Stage::with(Pace::none()).await;
    stage.create(CreateArguments::default()).await.expect("create");
    // Ben may use Ada's app, and not more.
    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    let granted = stage.send_as(ADA, reqwest::Method::PATCH, "/api/2.0/permissions/apps/tellr", Some(grant));
    assert_eq!(granted.await.0, 200);
    let found = doctor_as(&stage, BEN, json!({})).await;
    assert!(!found.ok, "{found:#?}");
    let rights = one(&found, "rights", Severity::Error);
    assert_eq!(
        (rights.message.as_str(), rights.who),
        ("You can't manage the app `tellr`", Some(Fixer::AppOwner))
    );
    assert!(rights.how.as_deref().is_some_and(|how| how.contains("CAN MANAGE")), "{rights:#?}");
    stage.end().await;
}

#[tokio::test]
async fn a_name_that_another_user_has_taken_is_refused_as_create_would() {
    let stage = Stage::with(Pace::none()).await;
    let made = stage.send_as(BEN, reqwest::Method::POST, "/api/2.0/apps", Some(json!({"name": "tellr"})));
    assert_eq!(made.await.0, 200);
    let found = doctor_as(&stage, ADA, json!({})).await;
    let taken = one(&found, "app", Severity::Error);
    assert_eq!(taken.code.as_deref(), Some("APP_ALREADY_EXISTS"), "{found:#?}");
    stage.end().await;
}

#[tokio::test]
async fn the_quota_of_apps_is_reported_before_it_stops_a_run() {
    let stage = Stage::with(Pace::none()).await;
    for number in 0..90 {
        let name = format!("app-{number}");
        assert_eq!(stage.post("/api/2.0/apps?no_compute=true", json!({"name": name})).await.0, 200);
    }
    let near = doctor_as(&stage, ADA, json!({})).await;
    assert!(near.ok, "{near:#?}");
    assert!(one(&near, "quota", Severity::Warning).message.contains("90 apps"));
    stage.end().await;
}

#[tokio::test]
async fn the_command_prints_each_finding_and_fails_on_an_error() {
    let stage = Stage::with(Pace::none()).await;
    let run = async |words: &[&str]| -> (Option<i32>, String) {
        let output = kill::deploy(&stage, "doctor").args(words).output().await.expect("the program runs");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let text = text.concat().replace(stage.workspace.host(), "https://my.cloud.databricks.com");
        // The workspace has a clock of its own here.
        let text = text.lines().map(|line| match line.split_once(" differ by ") {
            Some((clocks, _)) if clocks.starts_with('!') => format!("{clocks} differ by (a duration)\n"),
            _ => format!("{line}\n"),
        });
        (output.status.code(), text.collect())
    };
    let (code, text) = run(&[]).await;
    assert_eq!(code, Some(0), "{text}");
    expect_file!["golden/doctor/new.txt"].assert_eq(&text);
    let (code, text) = run(&["tellr", "--serving-endpoint", "no-such-endpoint"]).await;
    assert_eq!(code, Some(1), "{text}");
    expect_file!["golden/doctor/missing_endpoint.txt"].assert_eq(&text);
    let (code, text) = run(&["--json"]).await;
    assert_eq!(code, Some(0), "{text}");
    let told: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&told["result"]["ok"], &told["result"]["operation"]), (&json!(true), &json!("create")));
    let (code, text) = run(&["--app-name", "Tellr!"]).await;
    assert_eq!(code, Some(2), "{text}");
    stage.end().await;
}
