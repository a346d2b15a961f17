//! As whom the command line deploys: environment, profile, service principal.

use std::io::Write as _;
use std::path::PathBuf;

use end_to_end::kill;
use end_to_end::stage::{ADA, Stage};
use local_workspace::identity::{PrincipalSpec, Right};
use local_workspace::pace::Pace;
use tokio::process::Command;

/// `tellr-app deploy create` with nothing of an environment but what is given.
async fn create(stage: &Stage, variables: &[(&str, &str)], flags: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(kill::program())
        .args(["deploy", "create"])
        .args(flags)
        .env_clear()
        .env("PGSSLROOTCERT", stage.workspace.control().dir.join("ca.pem"))
        .envs(variables.iter().copied())
        .output()
        .await
        .expect("the program runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), text.concat())
}

/// Writes a `.databrickscfg`.
fn profiles(stage: &Stage, text: &str) -> PathBuf {
    let path = stage.workspace.control().dir.join("databrickscfg");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(text.as_bytes()).expect("it is written");
    path
}

#[tokio::test]
async fn a_service_principal_deploys_with_its_client_secret() {
    let stage = Stage::with(Pace::none()).await;
    let spec = PrincipalSpec {
        user_name: "deployer-robot".into(),
        display_name: None,
        service_principal: true,
        rights: Right::of_admin(),
    };
    let robot = stage.workspace.control().add_principal(spec);
    let secret = robot.client_secret.expect("a service principal has a secret");
    let variables = [
        ("DATABRICKS_HOST", stage.workspace.host()),
        ("DATABRICKS_CLIENT_ID", robot.user_name.as_str()),
        ("DATABRICKS_CLIENT_SECRET", secret.as_str()),
    ];
    let (code, output) = create(&stage, &variables, &[]).await;
    assert_eq!(code, Some(0), "{output}");
    let (_, app) = stage.get("/api/2.0/apps/tellr").await;
    assert_eq!(app["creator"], robot.user_name.as_str());
    assert!(!output.contains(&secret));

    let wrong = [variables[0], variables[1], ("DATABRICKS_CLIENT_SECRET", "marked-wrong-secret")];
    let (code, output) = create(&stage, &wrong, &[]).await;
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("NOT_SIGNED_IN") && output.contains(&robot.user_name), "{output}");
    assert!(!output.contains("marked-wrong-secret"), "{output}");
    stage.end().await;
}

#[tokio::test]
async fn a_profile_that_is_named_wins_over_the_environment() {
    let stage = Stage::with(Pace::none()).await;
    let host = stage.workspace.host();
    let text = format!(
        "[DEFAULT]\nhost = {host}\ntoken = wrong\n\n[ada]\nhost = {host}\ntoken = {}\n",
        stage.workspace.token(ADA)
    );
    let path = profiles(&stage, &text).display().to_string();
    let environment = [
        ("DATABRICKS_CONFIG_FILE", path.as_str()),
        ("DATABRICKS_HOST", host),
        ("DATABRICKS_TOKEN", "also-wrong"),
    ];
    let (code, output) = create(&stage, &environment, &["--profile", "ada"]).await;
    assert_eq!(code, Some(0), "{output}");
    let (code, output) = create(&stage, &environment[..1], &[]).await;
    assert_eq!(code, Some(1), "the default profile's token is wrong: {output}");
    assert!(output.contains("TOKEN_EXPIRED"), "{output}");
    let (code, output) = create(&stage, &environment[..1], &["--profile", "nobody"]).await;
    assert_eq!(code, Some(2));
    assert!(output.contains("has no profile `nobody`") && output.contains("ada"), "{output}");
    stage.end().await;
}
