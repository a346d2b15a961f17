//! `create`, `update`, `update` with reset and `delete` with reset, for every kind of database
//! and both app packages.

use deployer::config::CreateArguments;
use end_to_end::stage::{Stage, delete_of_default, update_of_default};

#[tokio::test]
async fn a_new_autoscaling_database() {
    let stage = Stage::realistic().await;
    let created = stage.create(CreateArguments::default()).await;
    for event in [0] { let _ = event; }
    let created = created.expect("create");
    println!("{created:#?}");
    let updated = stage.update(update_of_default()).await.expect("update");
    println!("{updated:#?}");
    let mut d = delete_of_default();
    d.reset_database = Some(true);
    let deleted = stage.delete(d).await.expect("delete");
    println!("{deleted:#?}");
    stage.end().await;
}
