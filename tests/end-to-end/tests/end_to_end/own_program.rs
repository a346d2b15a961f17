//! `--self`: the program that runs packs itself as the app's wheel, and what is uploaded installs and starts.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use end_to_end::kill;
use end_to_end::stage::{ADA, FOLDER, Stage};
use local_workspace::pace::Pace;
use local_workspace::settings::Settings;
use local_workspace::{LocalWorkspace, Options};
use tokio::process::Command;

/// Runs a program to its end; what it printed.
async fn output(command: &mut Command) -> String {
    let output = command.output().await.expect("the program runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

#[tokio::test]
async fn the_running_program_is_deployed_installs_and_starts() {
    let stage = Stage::with(Pace::none()).await;
    let folder = &stage.workspace.control().dir;
    let mut create = Command::new(stripped(folder).await);
    create.args(["deploy", "create", "--self"]).env_clear();
    create.env("DATABRICKS_HOST", stage.workspace.host()).env("DATABRICKS_TOKEN", stage.workspace.token(ADA));
    create.env("PGSSLROOTCERT", folder.join("ca.pem"));
    output(&mut create).await;

    let (_, listed) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}/wheels")).await;
    let (_, beside) = stage.get(&format!("/api/2.0/workspace/list?path={FOLDER}")).await;
    let objects = [&listed, &beside].into_iter().filter_map(|list| list["objects"].as_array()).flatten();
    let paths: Vec<&str> = objects.filter_map(|object| object["path"].as_str()).collect();
    let path = paths
        .iter()
        .find(|path| Path::new(path).extension().is_some_and(|kind| kind == "whl"))
        .unwrap_or_else(|| panic!("{paths:?}"));
    let (_, exported) = stage.get(&format!("/api/2.0/workspace/export?path={path}&format=AUTO")).await;
    let content = STANDARD.decode(exported["content"].as_str().expect("content")).expect("base64");
    let wheel = folder.join(path.rsplit('/').next().expect("a name"));
    std::fs::write(&wheel, content).expect("it is written");

    let place = folder.join("installed");
    let mut install = Command::new("python3");
    install.args(["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]);
    output(install.arg(&place).arg(&wheel)).await;
    let licences =
        std::fs::read_dir(place.join(format!("tellr_app-{}.dist-info/licenses", env!("CARGO_PKG_VERSION"))));
    let licences: Vec<_> =
        licences.expect("licences").map(|entry| entry.expect("a file").file_name()).collect();
    assert!(licences.iter().any(|name| name == "LICENSE"), "{licences:?}");
    let version = concat!("tellr-app ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(output(Command::new(place.join("bin/tellr-app")).arg("--version")).await, version);
    let mut module = Command::new("python3");
    module.args(["-m", "tellr_app", "--version"]).env("PYTHONPATH", &place);
    assert_eq!(output(&mut module).await, version, "the modules find the program");
    stage.end().await;
}

/// The program as a release is: without what debuggers read, which alone is over the platform's limit.
async fn stripped(folder: &Path) -> PathBuf {
    let program = folder.join("tellr-app");
    output(Command::new("strip").arg("-o").arg(&program).arg(kill::program())).await;
    program
}

/// A workspace that runs apps as processes installs what was uploaded, and the app answers as the same program.
#[tokio::test]
async fn what_is_packed_is_served_as_an_app() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings { pace: Pace::none(), ..Settings::default() };
    let options = Options { settings, ..Options::default() };
    let workspace = LocalWorkspace::start(options).await.expect("a workspace starts");
    let control = workspace.control();
    let token = control.identities.mint_oauth(ADA);
    let mut create = Command::new(stripped(&control.dir).await);
    create.args(["deploy", "create", "--self"]).env_clear();
    create.env("DATABRICKS_HOST", workspace.host()).env("DATABRICKS_TOKEN", &token);
    create.env("PGSSLROOTCERT", control.dir.join("ca.pem"));
    let said = output(&mut create).await;
    let version = env!("CARGO_PKG_VERSION");
    assert!(said.contains(&format!("(version {version})")), "the app itself was asked: {said}");

    let url = control.platform.url("tellr").expect("the app's URL");
    let answer = reqwest::Client::new().get(format!("{url}/api/health")).bearer_auth(&token).send().await;
    let answer = answer.expect("the app answers");
    assert_eq!(answer.status(), 200, "{:?}", control.platform.logs("tellr"));
    workspace.shutdown().await;
}

#[tokio::test]
async fn it_excludes_what_else_says_which_program() {
    let stage = Stage::with(Pace::none()).await;
    let other = kill::deploy(&stage, "create").args(["--self", "--app-version", "0.1.0"]).output().await;
    let other = other.expect("it runs");
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(
        other.status.code() == Some(2) && said.contains("--self") && said.contains("--app-version"),
        "{said}"
    );
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing was sent");
    stage.end().await;
}
