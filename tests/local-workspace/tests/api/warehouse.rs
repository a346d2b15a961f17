//! The SQL warehouse and the statement execution API.

use local_workspace::warehouse::WAREHOUSE_ID;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, CARLA, Local};

const STATEMENTS: &str = "/api/2.0/sql/statements";

async fn execute(local: &Local, who: &str, statement: &str, more: Value) -> Answer {
    let mut body = json!({"warehouse_id": WAREHOUSE_ID, "statement": statement, "wait_timeout": "50s"});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    local.post_by(who, STATEMENTS, body).await
}

/// The rows of a statement that succeeds.
pub(crate) async fn rows(local: &Local, statement: &str) -> Value {
    let answer = execute(local, ADA, statement, json!({})).await.ok();
    assert_eq!(answer["status"]["state"], "SUCCEEDED", "{statement}: {answer}");
    answer["result"]["data_array"].clone()
}

/// SQLSTATE and message of a statement that fails.
async fn failure(local: &Local, statement: &str) -> (String, String) {
    let answer = execute(local, ADA, statement, json!({})).await.ok();
    assert_eq!(answer["status"]["state"], "FAILED", "{statement}: {answer}");
    assert_eq!(answer["status"]["error"]["error_code"], "BAD_REQUEST", "{answer}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&answer["status"]["sql_state"]), text(&answer["status"]["error"]["message"]))
}

#[tokio::test]
async fn values_are_texts_with_the_types_of_databricks_sql() {
    let local = Local::start().await;
    let statement = "SELECT CAST(3.336E8 AS DOUBLE) AS big, CAST(0.5 AS DOUBLE) AS half, \
         CAST(12.50 AS DECIMAL(10,2)) AS plain, 7 AS whole, CAST(8 AS BIGINT) AS long, DATE '2026-03-01' AS day, \
         TRUE AS yes, NULL AS none, \"it's\" AS `a name`, 1.0 / 8 AS computed";
    let answer = execute(&local, ADA, statement, json!({})).await.ok();
    assert_eq!(
        answer["result"]["data_array"],
        json!([[
            "3.336E8",
            "0.5",
            "12.50",
            "7",
            "8",
            "2026-03-01",
            "true",
            null,
            "it's",
            "0.12500000000000000000"
        ]])
    );
    let columns = answer["manifest"]["schema"]["columns"].as_array().expect("columns");
    let told: Vec<_> =
        columns.iter().map(|column| (column["name"].clone(), column["type_text"].clone())).collect();
    let expected = [
        ("big", "DOUBLE"),
        ("half", "DOUBLE"),
        ("plain", "DECIMAL(10,2)"),
        ("whole", "INT"),
        ("long", "BIGINT"),
        ("day", "DATE"),
        ("yes", "BOOLEAN"),
        ("none", "STRING"),
        ("a name", "STRING"),
        ("computed", "DECIMAL(38,20)"),
    ];
    assert_eq!(told, expected.map(|(name, kind)| (json!(name), json!(kind))));
    assert_eq!(columns[2]["type_name"], "DECIMAL");
    assert_eq!((&columns[2]["type_precision"], &columns[2]["type_scale"]), (&json!(10), &json!(2)));
    assert_eq!(columns[4]["type_name"], "LONG");
    assert_eq!(answer["manifest"]["total_row_count"], 1);
    assert_eq!(answer["manifest"]["truncated"], false);
}

#[tokio::test]
async fn the_sample_data_tells_its_story() {
    let local = Local::start().await;
    let span = rows(
        &local,
        "SELECT min(month), max(month), count(*), count(DISTINCT region), count(DISTINCT product_line) \
         FROM warehouse.sales.monthly_sales",
    )
    .await;
    assert_eq!(span, json!([["2024-10-01", "2026-09-01", "480", "4", "5"]]));
    let overtakes = rows(
        &local,
        "SELECT min(month) FROM (SELECT month FROM sales.monthly_sales GROUP BY month HAVING \
         SUM(CASE WHEN region = 'APAC' THEN revenue_eur END) > SUM(CASE WHEN region = 'EMEA' THEN revenue_eur END)) m",
    )
    .await;
    assert_eq!(overtakes, json!([["2026-03-01"]]));
    let licences = rows(
        &local,
        "SELECT SUM(CASE WHEN month >= DATE '2025-10-01' THEN revenue_eur END) < 0.8 * \
         SUM(CASE WHEN month < DATE '2025-10-01' THEN revenue_eur END) \
         FROM monthly_sales WHERE product_line = 'Software licences'",
    )
    .await;
    assert_eq!(licences, json!([["true"]]));
    let churn = rows(
        &local,
        "SELECT month < DATE '2026-03-01' AS before, \
         CAST(100.0 * SUM(churned_customers) / SUM(customers_at_start) AS DECIMAL(5,1)) \
         FROM customers GROUP BY 1 ORDER BY 1",
    )
    .await;
    assert_eq!(churn, json!([["false", "1.5"], ["true", "2.5"]]));
}

#[tokio::test]
async fn parameters_are_values_and_have_types() {
    let local = Local::start().await;
    let parameters = json!([
        {"name": "region", "value": "APAC' OR 'a' = 'a"},
        {"name": "since", "value": "2026-09-01", "type": "DATE"},
        {"name": "most", "value": "3", "type": "INT"},
        {"name": "none", "type": "DECIMAL(10,2)"},
    ]);
    let statement =
        "SELECT count(*), :most + 1, :none, :region FROM customers WHERE month >= :since OR region = :region";
    let answer = execute(&local, ADA, statement, json!({"parameters": parameters})).await.ok();
    assert_eq!(answer["result"]["data_array"], json!([["4", "4", null, "APAC' OR 'a' = 'a"]]), "{answer}");
    assert_eq!(answer["manifest"]["schema"]["columns"][2]["type_text"], "DECIMAL(10,2)");

    let unbound = failure(&local, "SELECT :missing").await;
    assert_eq!(unbound.0, "42P02");
    assert!(unbound.1.starts_with("[UNBOUND_SQL_PARAMETER]"), "{unbound:?}");
    let wrong = json!({"parameters": [{"name": "n", "value": "many", "type": "INT"}]});
    let answer = execute(&local, ADA, "SELECT :n", wrong).await.ok();
    assert_eq!(answer["status"]["sql_state"], "22018", "{answer}");
    let unknown = json!({"parameters": [{"name": "n", "value": "1", "type": "ARRAY<INT>"}]});
    assert_eq!(execute(&local, ADA, "SELECT :n", unknown).await.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn it_only_reads_and_says_what_is_wrong() {
    let local = Local::start().await;
    for (statement, state, part) in [
        (
            "SELECT * FROM nowhere",
            "42P01",
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` cannot be found.",
        ),
        (
            "SELECT colour FROM customers",
            "42703",
            "name `colour` cannot be resolved. SQLSTATE: 42703; line 1 pos 7",
        ),
        ("SELECT 1 FROM", "42601", "[PARSE_SYNTAX_ERROR]"),
        ("SELEC 1", "42601", "near 'SELEC'"),
        ("SELECT 1/0", "22012", "[DIVIDE_BY_ZERO]"),
        ("SELECT 1; DROP TABLE customers", "42601", "near ';'"),
        ("DELETE FROM customers", "42501", "[INSUFFICIENT_PERMISSIONS]"),
        ("create table mine (a int)", "42501", "[INSUFFICIENT_PERMISSIONS]"),
        ("WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone", "0A000", "top level"),
        ("SELECT pg_read_file('/etc/passwd')", "42501", "[INSUFFICIENT_PERMISSIONS]"),
        ("SELECT no_such_function(1)", "42883", "[UNRESOLVED_ROUTINE]"),
    ] {
        let (told, message) = failure(&local, statement).await;
        assert_eq!(told, state, "{statement}: {message}");
        assert!(message.contains(part), "{statement}: {message}");
    }
    let elsewhere = json!({"catalog": "main"});
    let answer = execute(&local, ADA, "SELECT 1", elsewhere).await.ok();
    assert_eq!(answer["status"]["sql_state"], "42704");
    assert_eq!(rows(&local, "SELECT count(*) FROM customers").await, json!([["96"]]));
}

#[tokio::test]
async fn a_result_is_cut_at_the_limit_and_comes_in_chunks() {
    let local = Local::start().await;
    local.set(|settings| settings.warehouse.rows_per_chunk = 2);
    let statement = "SELECT n FROM generate_series(1, 7) AS s(n) ORDER BY n";
    let answer = execute(&local, ADA, statement, json!({"row_limit": 5})).await.ok();
    let manifest = &answer["manifest"];
    assert_eq!(
        (&manifest["truncated"], &manifest["total_row_count"], &manifest["total_chunk_count"]),
        (&json!(true), &json!(5), &json!(3))
    );
    let mut chunk = answer["result"].clone();
    let mut all = Vec::new();
    loop {
        all.extend(chunk["data_array"].as_array().expect("rows").clone());
        let Some(next) = chunk["next_chunk_internal_link"].as_str() else { break };
        chunk = local.get(next).await.ok();
    }
    assert_eq!(Value::from(all), json!([["1"], ["2"], ["3"], ["4"], ["5"]]));
    let id = answer["statement_id"].as_str().expect("an id");
    let beyond = local.get(&format!("{STATEMENTS}/{id}/result/chunks/3")).await;
    assert_eq!(beyond.refusal().1, "INVALID_PARAMETER_VALUE");

    let whole = execute(&local, ADA, statement, json!({"row_limit": 7})).await.ok();
    assert_eq!(whole["manifest"]["truncated"], false);
    let none = execute(&local, ADA, "SELECT 1 AS a WHERE FALSE", json!({})).await.ok();
    assert_eq!((&none["result"], &none["manifest"]["total_row_count"]), (&json!({}), &json!(0)));
}

#[tokio::test]
async fn a_statement_can_be_waited_for_later_and_cancelled() {
    let local = Local::start().await;
    let later = execute(&local, ADA, "SELECT pg_sleep(60)", json!({"wait_timeout": "0s"})).await.ok();
    assert_eq!(later["status"]["state"], "RUNNING");
    assert!(later.get("manifest").is_none());
    let path = format!("{STATEMENTS}/{}", later["statement_id"].as_str().expect("an id"));
    let of_another = local.get_by(BEN, &path).await;
    assert_eq!(of_another.refusal().1, "NOT_FOUND");
    local.post(&format!("{path}/cancel"), json!({})).await.ok();
    assert_eq!(local.get(&path).await.ok()["status"], json!({"state": "CANCELED"}));

    for (wait, how) in [("3s", "CONTINUE"), ("51s", "CONTINUE"), ("0s", "CANCEL"), ("5", "CONTINUE")] {
        let body = json!({"wait_timeout": wait, "on_wait_timeout": how});
        let refused = execute(&local, ADA, "SELECT 1", body).await;
        assert_eq!(refused.refusal().1, "INVALID_PARAMETER_VALUE", "{wait} {how}");
    }
    let links = execute(&local, ADA, "SELECT 1", json!({"disposition": "EXTERNAL_LINKS"})).await;
    assert_eq!(links.refusal().1, "INVALID_PARAMETER_VALUE");
}

#[tokio::test]
async fn a_stopped_warehouse_is_started_by_a_statement() {
    let local = Local::start_virtual().await;
    let path = format!("/api/2.0/sql/warehouses/{WAREHOUSE_ID}");
    let list = local.get_by(CARLA, "/api/2.0/sql/warehouses").await.ok();
    assert_eq!(list["warehouses"][0]["id"], WAREHOUSE_ID);
    assert_eq!(local.get(&path).await.ok()["state"], "RUNNING");
    let refused = local.post_by(BEN, &format!("{path}/stop"), json!({})).await;
    assert_eq!(refused.refusal().1, "PERMISSION_DENIED");
    local.post(&format!("{path}/stop"), json!({})).await.ok();
    assert_eq!(local.get(&path).await.ok()["state"], "STOPPED");

    let answer = execute(&local, BEN, "SELECT 1", json!({})).await.ok();
    assert_eq!(answer["status"], json!({"state": "PENDING"}));
    assert_eq!(local.get(&path).await.ok()["state"], "STARTING");
    local.pass_ms(5_000);
    let path = format!("{STATEMENTS}/{}", answer["statement_id"].as_str().expect("an id"));
    assert_eq!(local.get_by(BEN, &path).await.ok()["result"]["data_array"], json!([["1"]]));
}

#[tokio::test]
async fn who_may_not_use_the_warehouse_is_refused() {
    let local = Local::start().await;
    let permissions = format!("/api/2.0/permissions/sql/warehouses/{WAREHOUSE_ID}");
    let shown = local.get(&permissions).await.ok();
    assert_eq!(shown["access_control_list"][0]["all_permissions"][0]["permission_level"], "CAN_USE");
    local.put(&permissions, json!({"access_control_list": []})).await.ok();
    let refused = execute(&local, BEN, "SELECT 1", json!({})).await;
    assert_eq!(
        refused.refusal(),
        (403, "PERMISSION_DENIED", "You do not have permission to use the SQL Warehouse.")
    );
    assert_eq!(local.get_by(BEN, "/api/2.0/sql/warehouses").await.ok(), json!({}));
    let one = format!("/api/2.0/sql/warehouses/{WAREHOUSE_ID}");
    assert_eq!(local.get_by(BEN, &one).await.refusal().0, 403);

    let grant = json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_USE"}]});
    local.patch(&format!("/api/2.0/permissions/warehouses/{WAREHOUSE_ID}"), grant).await.ok();
    assert_eq!(execute(&local, BEN, "SELECT 1", json!({})).await.ok()["status"]["state"], "SUCCEEDED");
    let unknown = json!({"warehouse_id": "0", "statement": "SELECT 1"});
    assert_eq!(local.post(STATEMENTS, unknown).await.refusal().1, "RESOURCE_DOES_NOT_EXIST");
    let nothing = local.send(local.request(Method::POST, STATEMENTS)).await;
    assert_eq!(nothing.refusal().0, 401);
}
