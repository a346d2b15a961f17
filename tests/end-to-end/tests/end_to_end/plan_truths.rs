//! A plan doesn't promise what the run then refuses, and says where data stays.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use deployer::engine::Cancellation;
use deployer::events::EventKind;
use deployer::host::{SchemaError, SchemaErrorKind};
use deployer::operations::{self, Change};
use deployer::schema::SchemaOperation;
use end_to_end::stage::{ADA, Stage, delete_of_default, update_of_default};
use end_to_end::virtual_time::drive;
use end_to_end::words::{Expected, assert_says};
use local_workspace::pace::Pace;

async fn deployed() -> Stage {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(CreateArguments::default()).await.expect("create");
    stage
}

fn reset() -> DeleteArguments {
    DeleteArguments { reset_database: Some(true), ..delete_of_default() }
}

#[tokio::test]
async fn another_key_than_the_one_in_use_is_refused_by_the_plan_too() {
    let stage = deployed().await;
    let key = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned().into());
    let arguments = UpdateArguments { encryption_key: key, ..update_of_default() };
    let change = Change::Update(Box::new(arguments.resolve(None, None).expect("good arguments")));
    let (host, cancellation) = (stage.host(ADA), Cancellation::new());
    let looking = drive(&stage.time, Box::pin(operations::plan(&host, &change, &cancellation)));
    let error = looking.await.expect("it does not die").expect_err("another key");
    assert_says(
        &error,
        Expected { code: "KEY_DIFFERS", names: "`tellr`", because: "`tellr-tellr` is in use" },
    );
    stage.end().await;
}

#[tokio::test]
async fn a_plan_says_that_the_app_leaves_its_schema_and_where_the_data_stays() {
    let stage = deployed().await;
    let leaves = "The app leaves its schema `app_data` of the database `tellr-db`: its data stays there";
    let other = UpdateArguments { schema_name: Some("other".into()), ..update_of_default() };
    let plan = stage.plan_update(other.clone()).await.expect("a plan");
    assert!(plan.notes.iter().any(|note| note.starts_with(leaves)), "{plan:#?}");
    let same = stage.plan_update(update_of_default()).await.expect("a plan");
    assert!(!same.notes.iter().any(|note| note.contains("leaves")), "{same:#?}");
    let host = stage.host(ADA);
    stage.update_on(&host, other).await.expect("update");
    let told = |event: &deployer::events::DeployEvent| {
        event.kind == EventKind::Notice && event.message.starts_with(leaves)
    };
    assert!(host.events().iter().any(told), "the run says it as well");
    stage.end().await;
}

#[tokio::test]
async fn a_reset_says_what_could_not_be_checked() {
    let stage = deployed().await;
    let unreachable = |_: &SchemaOperation| {
        let message = "No route to port 5432".to_owned();
        Some(SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message })
    };
    let change = Change::Delete(Box::new(reset().resolve(None, None).expect("good arguments")));
    let (host, cancellation) = (stage.host(ADA).failing(&unreachable), Cancellation::new());
    let looking = drive(&stage.time, Box::pin(operations::plan(&host, &change, &cancellation)));
    let plan = looking.await.expect("it does not die").expect("a plan");
    let said = plan.lost.iter().find(|lost| lost.contains("`app_data`")).expect("the schema");
    assert!(said.contains("which app it belongs to couldn't be checked: No route to port 5432"), "{said}");
    stage.end().await;
}

#[tokio::test]
async fn a_mistyped_schema_is_refused_before_the_app_is_deleted() {
    let stage = deployed().await;
    let before = stage.inventory().await;
    let typo = DeleteArguments { schema_name: Some("app_dta".into()), ..reset() };
    let expected = Expected {
        code: "SCHEMA_NOT_FOUND",
        names: "`tellr-db` has no schema `app_dta`",
        because: "with the schema `app_data`",
    };
    assert_says(&stage.plan_delete(typo.clone()).await.expect_err("no such schema"), expected);
    assert_says(&stage.delete(typo).await.expect_err("no such schema"), expected);
    assert_eq!(stage.inventory().await, before, "nothing is changed");
    let result = stage.delete(reset()).await.expect("with its own schema");
    assert_eq!(result.losses.len(), 2, "{result:#?}");
    stage.end().await;
}

/// An earlier run, or a person, has dropped the schema that the app is deployed with.
#[tokio::test]
async fn a_schema_of_the_app_that_is_gone_is_not_told_as_dropped() {
    let stage = deployed().await;
    end_to_end::database::execute(&stage, "DROP SCHEMA app_data CASCADE").await;
    let (host, cancellation) = (stage.host(ADA), Cancellation::new());
    let config = reset().resolve(None, None).expect("good arguments");
    let deleting = drive(&stage.time, Box::pin(operations::delete(&host, &config, &cancellation)));
    deleting.await.expect("it does not die").expect("delete");
    let events = host.events();
    assert!(!events.iter().any(|event| event.message.contains("dropped the schema")), "{events:#?}");
    assert!(events.iter().any(|event| event.message == "the database `tellr-db` has no schema `app_data`"));
    stage.end().await;
}
