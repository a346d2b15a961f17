//! The schema is brought up to date once, whoever comes, and nothing is guessed at.

use futures_util::future::join_all;
use tellr_app::database::DatabaseError;
use tellr_app::database::migrations::{self, Migration};
use tellr_app::database::seeds::Selection;
use tokio_postgres::error::SqlState;

use crate::support::app::{Variables, client};
use crate::support::{postgres, process};

#[tokio::test]
async fn four_processes_that_start_at_once_migrate_once() {
    let variables = Variables::local();
    let runs = join_all((0..4).map(|_| process::run(&["init-database"], &variables))).await;
    for run in &runs {
        assert!(run.status.success(), "{}", run.output);
    }
    let applications: usize = runs.iter().map(|run| run.output.matches("was applied").count()).sum();
    assert_eq!(applications, migrations::MIGRATIONS.len());
    let schema = variables.schema();
    let recorded: i64 = postgres::one(&format!("SELECT count(*) FROM {schema}.schema_migrations")).await;
    assert_eq!(usize::try_from(recorded).expect("a count"), migrations::MIGRATIONS.len());
    let prompts: i64 = postgres::one(&format!("SELECT count(*) FROM {schema}.deck_prompts")).await;
    assert_eq!(prompts, 2, "the seeds were planted more than once");
}

#[tokio::test]
async fn tasks_that_start_at_once_share_the_work() {
    let variables = Variables::local();
    let runs = join_all((0..8).map(|_| variables.initialise())).await;
    let mut applied: Vec<i32> = runs.into_iter().flat_map(|run| run.expect("initialised").applied).collect();
    applied.sort_unstable();
    let all = all();
    assert_eq!(applied, all);
}

#[tokio::test]
async fn a_process_that_dies_while_migrating_holds_up_nobody() {
    let variables = Variables::local();
    // The lock of a migration that is under way, in a transaction that ends with its connection.
    let other = postgres::admin().await;
    let lock = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('tellr migrations {}', 0))",
        variables.schema()
    );
    other.batch_execute(&lock).await.expect("locked");
    let waiting = tokio::spawn({
        let variables = variables.clone();
        async move { variables.initialise().await }
    });
    crate::support::eventually("the migration waits for the lock", async || {
        postgres::one::<i64>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            .await
            > 0
    })
    .await;
    drop(other);
    let done = waiting.await.expect("no panic").expect("initialised");
    assert_eq!(done.applied, all());
}

#[tokio::test]
async fn running_again_changes_nothing() {
    let variables = Variables::local();
    let first = variables.initialise().await.expect("initialised");
    assert_eq!(first.applied, all());
    let again = variables.initialise().await.expect("initialised");
    assert_eq!((again.applied, again.planted), (vec![], vec![]));
}

async fn refusal(variables: &Variables) -> String {
    match variables.initialise().await {
        Err(error @ DatabaseError::Migration(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// What the next version of the program would apply.
const NEXT: Migration = Migration {
    version: migrations::NEWEST + 1,
    name: "later",
    works_from: migrations::NEWEST,
    sql: "CREATE TABLE later (id integer PRIMARY KEY); ALTER TABLE deck_prompts ADD COLUMN hint text;",
};

/// The numbers of all migrations.
fn all() -> Vec<i32> {
    migrations::MIGRATIONS.iter().map(|step| step.version).collect()
}

/// Deploys the next version of the program: applies its migrations, too.
async fn deploy_next(variables: &Variables, next: Migration) -> Vec<i32> {
    let database = variables.database();
    let mut connection = database.connection().await.expect("a connection");
    let history = [migrations::MIGRATIONS, &[next]].concat();
    migrations::run_history(&mut connection, database.schema(), database.target(), &history)
        .await
        .expect("migrated")
}

#[tokio::test]
async fn the_previous_version_works_again_on_the_schema_of_the_next_one_with_its_data() {
    let variables = Variables::local();
    let first = process::run(&["init-database"], &variables).await;
    assert!(first.status.success(), "{}", first.output);
    assert_eq!(deploy_next(&variables, NEXT).await, [NEXT.version]);
    postgres::run(&format!(
        "SET search_path TO {};
         INSERT INTO later VALUES (7);
         INSERT INTO deck_prompts (name, content, hint) VALUES ('Board update', 'Three slides', 'short')",
        variables.schema()
    ))
    .await;

    let back = process::run(&["init-database", "--seed-databricks-defaults"], &variables).await;

    assert!(back.status.success(), "{}", back.output);
    assert!(back.output.contains("added Platform Consumption Review"), "{}", back.output);
    let app = process::Serving::start(&variables).await;
    let client = client(|builder| builder);
    let json = async |path: &str| -> (u16, serde_json::Value) {
        let answer = client.get(format!("{}{path}", app.url)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    };
    let (status, ready) = json("/api/ready").await;
    assert_eq!((status, &ready["database"]["migration"]), (200, &NEXT.version.into()));
    let (_, prompts) = json("/api/settings/prompts").await;
    let kept = prompts["prompts"].as_array().expect("a list").iter().find(|p| p["name"] == "Board update");
    assert_eq!(kept.expect("the prompt of the next version")["content"], "Three slides");
    // The next version comes back and finds everything.
    assert_eq!(deploy_next(&variables, NEXT).await, Vec::<i32>::new());
    assert_eq!(postgres::one::<i32>(&format!("SELECT id FROM {}.later", variables.schema())).await, 7);
}

#[tokio::test]
async fn a_schema_that_needs_a_newer_program_is_refused() {
    let variables = Variables::local();
    deploy_next(&variables, Migration { works_from: NEXT.version, ..NEXT }).await;
    let message = refusal(&variables).await;
    assert!(
        message.contains(&format!("is at migration {}", NEXT.version))
            && message.contains(&format!("supports migrations up to {}", migrations::NEWEST)),
        "{message}"
    );
    assert!(message.contains("Deploy the version that migrated it"), "{message}");
    let (status, ready) = variables.serve().await.json("/api/ready").await;
    assert_eq!((status, &ready["database"]["state"]), (503, &"migrating".into()));
    let message = ready["database"]["message"].as_str().expect("a message");
    assert!(message.contains("needs a newer version of tellr-app"), "{message}");
}

#[tokio::test]
async fn names_are_unique_per_owner_and_among_what_is_shared() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let schema = variables.schema();
    postgres::run(&format!(
        "SET search_path TO {schema};
         INSERT INTO users (id, name, display_name) VALUES ('1', 'ada', 'Ada'), ('2', 'ben', 'Ben')"
    ))
    .await;
    for table in ["deck_prompts", "slide_styles", "profiles"] {
        let columns = if table == "profiles" { "(owner, name)" } else { "(owner, name, content)" };
        let insert = async |owner: &str, name: &str| {
            let values = if table == "profiles" {
                format!("{owner}, '{name}'")
            } else {
                format!("{owner}, '{name}', 'x'")
            };
            let statement = format!("INSERT INTO {schema}.{table} {columns} VALUES ({values})");
            postgres::admin()
                .await
                .batch_execute(&statement)
                .await
                .map_err(|error| error.code().cloned().expect("an SQL error"))
        };
        for owner in ["'1'", "'2'", "NULL"] {
            assert_eq!(insert(owner, "Mine").await, Ok(()), "{table} {owner}");
            assert_eq!(insert(owner, "mINE").await, Err(SqlState::UNIQUE_VIOLATION), "{table} {owner}");
        }
    }
}

#[tokio::test]
async fn a_migration_changed_after_it_was_applied_is_refused() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    postgres::run(&format!(
        "UPDATE {}.schema_migrations SET checksum = 'another' WHERE version = 1",
        variables.schema()
    ))
    .await;
    let message = refusal(&variables).await;
    assert!(message.contains("migration 1 (`foundation`)"), "{message}");
    assert!(message.contains("different contents"), "{message}");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let variables = Variables::local();
    let schema = variables.schema();
    // Somebody else's table is in the way of the last statements.
    postgres::run(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.jobs (mine int)")).await;
    let message = refusal(&variables).await;
    assert!(message.contains("was rolled back") && message.contains("\"jobs\" already exists"), "{message}");
    let tables: Vec<String> = postgres::admin()
        .await
        .query("SELECT tablename::text FROM pg_tables WHERE schemaname = $1", &[&schema])
        .await
        .expect("tables")
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(tables, ["jobs"]);
}

#[tokio::test]
async fn the_contract_with_the_deployer_holds() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let columns: String = postgres::one(&format!(
        "SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' ORDER BY ordinal_position)
         FROM information_schema.columns WHERE table_schema = '{}' AND table_name = 'encryption_check'",
        variables.schema()
    ))
    .await;
    assert_eq!(columns, "id integer NO, token text NO, created_at timestamp with time zone NO");
}

#[tokio::test]
async fn a_schema_of_any_legal_name_works() {
    let name = format!("Mixed \"case\" {}", postgres::unique("schema"));
    let database = Variables::local().with("LAKEBASE_SCHEMA", &name).database();
    let done = database.initialise(Selection::Standard).await.expect("initialised");
    assert_eq!(done.applied, all());
}

#[tokio::test]
async fn a_schema_that_another_makes_at_the_same_moment_is_used() {
    let variables = Variables::local();
    let schema = variables.schema();
    // As the deployer does, who takes no lock of the app's.
    let other = postgres::admin().await;
    other.batch_execute(&format!("BEGIN; CREATE SCHEMA {schema}")).await.expect("made");
    let waiting = tokio::spawn({
        let variables = variables.clone();
        async move { variables.initialise().await }
    });
    let looking = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND query = 'CREATE SCHEMA IF NOT EXISTS \"{schema}\"'"
    );
    crate::support::eventually("the app is about to make it as well", async || {
        postgres::one::<i64>(&looking).await > 0
    })
    .await;
    other.batch_execute("COMMIT").await.expect("committed");
    let done = waiting.await.expect("no panic").expect("initialised");
    assert_eq!(done.applied, all());
}
