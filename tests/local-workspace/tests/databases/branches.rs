//! Branches are copies, and have ends.

use serde_json::json;

use crate::support::Local;

const PRODUCTION: &str = "projects/tellr-db/branches/production";
const CREATE: &str = "postgres/projects/tellr-db/branches?branch_id=pre-reset";

#[tokio::test]
async fn a_branch_has_the_data_and_goes_its_own_way() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let origin = local.ada_at(PRODUCTION).await;
    let table = "CREATE TABLE deck (n int); INSERT INTO deck SELECT generate_series(1, 100)";
    origin.batch_execute(table).await.expect("a table");
    let spec = json!({"spec": {"source_branch": PRODUCTION, "ttl": "604800s"}});
    local.post(CREATE, spec).await.ok();
    origin.batch_execute("DROP TABLE deck").await.expect("dropped");

    let copy = local.ada_at("projects/tellr-db/branches/pre-reset").await;
    let row = copy.query_one("SELECT count(*) FROM deck", &[]).await.expect("a count");
    assert_eq!(row.get::<_, i64>(0), 100);
    let branch = local.get("postgres/projects/tellr-db/branches/pre-reset").await.ok();
    assert_eq!(branch["status"]["source_branch"], PRODUCTION);
    assert_eq!(branch["status"]["default"], false);
}

#[tokio::test]
async fn a_branch_needs_an_end_and_has_it() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    for spec in [json!({}), json!({"ttl": "60s", "no_expiry": true}), json!({"ttl": "2592001s"})] {
        let refused = local.post(CREATE, json!({"spec": spec})).await;
        assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE");
    }
    local.post(CREATE, json!({"spec": {"ttl": "60s"}})).await.ok();
    local.pass_secs(59);
    local.get("postgres/projects/tellr-db/branches/pre-reset").await.ok();
    local.pass_secs(1);
    let gone = local.get("postgres/projects/tellr-db/branches/pre-reset").await;
    assert_eq!(gone.refusal().1, "NOT_FOUND");
    local.post(CREATE, json!({"spec": {"no_expiry": true}})).await.ok();
}

#[tokio::test]
async fn roots_and_protected_branches_stay() {
    let local = Local::start().await;
    local.project("tellr-db").await;
    let root = local.delete(&format!("postgres/{PRODUCTION}")).await;
    let text =
        format!("Cannot delete root branch '{PRODUCTION}'. Root branches cannot be deleted independently.");
    assert_eq!(root.refusal(), (400, "BAD_REQUEST", text.as_str()));
    assert_eq!(root.1["details"][0]["reason"], "RESOURCE_CONFLICT");
    assert_eq!(root.1["details"][0]["metadata"]["declarative_context"], "MANAGED_BY_PARENT");
    let endpoint = format!("{PRODUCTION}/endpoints/primary");
    let kept = local.delete(&format!("postgres/{endpoint}")).await;
    let text =
        format!("Cannot delete read-write endpoint '{endpoint}'. Read-write endpoints cannot be deleted.");
    assert_eq!(kept.refusal(), (400, "BAD_REQUEST", text.as_str()));
    local.post(CREATE, json!({"spec": {"no_expiry": true, "is_protected": true}})).await.ok();
    let protected = local.delete("postgres/projects/tellr-db/branches/pre-reset").await;
    assert_eq!(protected.refusal().2, "cannot delete protected branch");
}

#[tokio::test]
async fn one_change_at_a_time_per_branch() {
    let local = Local::realistic().await;
    local.post("postgres/projects?project_id=tellr-db", json!({})).await.ok();
    let create = format!("postgres/{PRODUCTION}/roles?role_id=reports");
    let role = json!({"spec": {"postgres_role": "reports"}});
    let early = local.post(&create, role.clone()).await;
    assert_eq!((early.refusal().0, early.refusal().1), (409, "ABORTED"));
    local.pass_secs(6);
    let operation = local.post(&create, role.clone()).await.ok();
    assert_eq!(operation["done"], false);
    let other = format!("postgres/{PRODUCTION}/databases?database_id=extra");
    let database = json!({"spec": {"postgres_database": "extra", "role": format!("{PRODUCTION}/roles/ada")}});
    let refused = local.post(&other, database.clone()).await;
    assert_eq!((refused.refusal().0, refused.refusal().1), (409, "ABORTED"));
    assert!(refused.refusal().2.contains("reconciliation in progress"), "{refused:?}");
    local.pass_secs(2);
    local.post(&other, database).await.ok();
}
