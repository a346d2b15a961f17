//! What Postgres says to one of two who change one schema at the same moment, code by code: it is tried again.

use std::cell::Cell;

use deployer::config::CreateArguments;
use deployer::schema::{SchemaError, SchemaErrorKind, SchemaOperation};
use end_to_end::stage::{ADA, Stage};
use end_to_end::words::{Expected, assert_says};
use local_workspace::pace::Pace;

fn refusal(sqlstate: &str) -> SchemaError {
    SchemaError {
        kind: SchemaErrorKind::Database,
        sqlstate: Some(sqlstate.into()),
        message: "refused by the database".into(),
    }
}

#[tokio::test]
async fn each_code_of_a_race_is_tried_again_after_a_pause() {
    for (sqlstate, what) in [
        ("23505", "duplicate key in the catalogue"),
        ("40001", "serialization failure"),
        ("40P01", "deadlock"),
        ("42P06", "the schema is there by now"),
        ("42710", "the object is there by now"),
        ("XX000", "a catalogue entry updated by both"),
    ] {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        let refused = Cell::new(0);
        let twice = |operation: &SchemaOperation| {
            let refuses = matches!(operation, SchemaOperation::SetUp { .. }) && refused.get() < 2;
            refuses.then(|| {
                refused.set(refused.get() + 1);
                refusal(sqlstate)
            })
        };
        let host = stage.host(ADA).failing(&twice);
        let created = stage.create_on(&host, CreateArguments::default()).await;
        created.unwrap_or_else(|error| panic!("{sqlstate}, {what}: {error:#?}"));
        let tries = host.changes_of_schema();
        assert_eq!(tries.len(), 3, "{sqlstate}: refused twice, then done");
        assert!(tries.windows(2).all(|two| two[1] - two[0] >= 100), "{sqlstate}: without a pause: {tries:?}");
        drop(host);
        let state = stage.schema_state("tellr-db", "autoscaling", "app_data").await;
        assert!(state.role_granted, "{sqlstate}");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_race_that_does_not_end_and_a_refusal_of_another_kind_are_told() {
    for (sqlstate, lasts_ms) in [("40P01", 60_000), ("42601", 0)] {
        let stage = Stage::with(Pace::scaled(0.01)).await;
        let always = |operation: &SchemaOperation| {
            matches!(operation, SchemaOperation::SetUp { .. }).then(|| refusal(sqlstate))
        };
        let host = stage.host(ADA).failing(&always);
        let error = stage.create_on(&host, CreateArguments::default()).await.expect_err("it is refused");
        let names = format!("SQLSTATE {sqlstate}");
        assert_says(
            &error,
            Expected { code: "SCHEMA_FAILED", names: &names, because: "refused by the database" },
        );
        let tries = host.changes_of_schema();
        let tried_for = tries.last().zip(tries.first()).map_or(0, |(last, first)| last - first);
        assert!(
            (lasts_ms..=lasts_ms + 30_000).contains(&tried_for) && (lasts_ms > 0 || tries.len() == 1),
            "{tries:?}"
        );
        drop(host);
        stage.end().await;
    }
}
