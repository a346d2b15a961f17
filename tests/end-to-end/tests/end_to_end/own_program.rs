//! `--self`: the program that runs packs itself as the app's wheel. That what is uploaded installs and starts
//! is shown with the released program (`tests/release`): one built without optimisation is larger than the
//! platform allows.

use end_to_end::kill;
use end_to_end::stage::Stage;
use local_workspace::pace::Pace;

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
