//! Genie: every state that a question can be in, and what comes of it.

use std::time::Duration;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tellr_app::workspace::genie::{
    Answer, Asked, Column, Genie, GenieError, GenieStatus, Progress, Space, TableResult,
};

use crate::support::model::{endless, platform_refusal, refusal, workspace};
use crate::support::upstream::{TOKEN, Upstream};

const MESSAGE: &str = "/api/2.0/genie/spaces/s1/conversations/c1/messages/m1";

fn asked() -> Asked {
    Asked { conversation: "c1".into(), message: "m1".into() }
}

fn said(body: Value) -> Response {
    Json(body).into_response()
}

/// A message in this state, with these attachments.
fn message(status: &str, attachments: &[Value]) -> Response {
    said(
        json!({"id": "m1", "message_id": "m1", "conversation_id": "c1", "space_id": "s1", "content": "How much?",
        "status": status, "attachments": attachments}),
    )
}

fn query(id: &str) -> Value {
    json!({"attachment_id": id, "query": {"title": "Revenue", "description": "Revenue by quarter",
        "query": "SELECT 1", "statement_id": "x", "query_result_metadata": {"row_count": 2}}})
}

fn rows(columns: &[(&str, &str)], rows: &Value, total: &Value) -> Response {
    let columns: Vec<Value> = columns
        .iter()
        .map(|(name, kind)| json!({"name": name, "type_name": kind, "type_text": kind}))
        .collect();
    said(json!({"statement_response": {
        "statement_id": "x", "status": {"state": "SUCCEEDED"},
        "manifest": {"format": "JSON_ARRAY", "schema": {"column_count": columns.len(), "columns": columns},
            "total_row_count": total, "truncated": false},
        "result": {"chunk_index": 0, "row_offset": 0, "row_count": 2, "data_array": rows},
    }}))
}

fn quarters() -> Response {
    let values = json!([["Q1", "3.336E8", "2026-01-01", null], ["Q2", "12", null, "true"]]);
    rows(
        &[("quarter", "STRING"), ("revenue", "DOUBLE"), ("begins", "DATE"), ("final", "BOOLEAN")],
        &values,
        &json!(2),
    )
}

fn quarters_read() -> TableResult {
    let some = |text: &str| Some(text.to_owned());
    let column = |name: &str, kind: &str| Column { name: name.into(), type_name: kind.into() };
    TableResult {
        title: "Revenue".into(),
        description: "Revenue by quarter".into(),
        sql: "SELECT 1".into(),
        columns: vec![
            column("quarter", "STRING"),
            column("revenue", "DOUBLE"),
            column("begins", "DATE"),
            column("final", "BOOLEAN"),
        ],
        rows: vec![
            vec![some("Q1"), some("3.336E8"), some("2026-01-01"), None],
            vec![some("Q2"), some("12"), None, some("true")],
        ],
        row_count: 2,
        truncated: false,
    }
}

async fn poll(upstream: &Upstream) -> Result<Progress, GenieError> {
    Genie::new(workspace(upstream)).poll("s1", &asked()).await
}

/// The results of a question that is done.
async fn results(upstream: &Upstream) -> Vec<TableResult> {
    match poll(upstream).await.expect("an answer") {
        Progress::Done(answer) => answer.results,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_question_begins_a_conversation_and_another_one_follows() {
    let upstream = Upstream::start().await;
    let genie = Genie::new(workspace(&upstream));
    upstream.answer_next(said(json!({"conversation_id": "c1", "message_id": "m1", "message": {"id": "m1"}})));
    assert_eq!(genie.start("s1", "How much?").await, Ok(asked()));
    upstream.answer_next(said(json!({"conversation": {"id": "c1"}, "message": {"id": "m1"}})));
    assert_eq!(genie.start("s1", "How much?").await, Ok(asked()), "an older form");
    upstream.answer_next(said(json!({"id": "m2", "status": "SUBMITTED"})));
    let followed = genie.follow_up("s1", "c1", "And in March?").await.expect("a message");
    assert_eq!(followed, Asked { conversation: "c1".into(), message: "m2".into() });

    let received = upstream.received();
    let lines: Vec<_> = received.iter().map(|one| one.line.as_str()).collect();
    let start = "POST /api/2.0/genie/spaces/s1/start-conversation";
    assert_eq!(lines, [start, start, "POST /api/2.0/genie/spaces/s1/conversations/c1/messages"]);
    assert_eq!(received[2].body, json!({"content": "And in March?"}));
    assert_eq!(received[2].bearer(), Some(TOKEN));
}

#[tokio::test]
async fn every_state_of_a_question_is_told() {
    let upstream = Upstream::start().await;
    for (status, expected) in [
        ("SUBMITTED", GenieStatus::Submitted),
        ("FETCHING_METADATA", GenieStatus::FetchingMetadata),
        ("FILTERING_CONTEXT", GenieStatus::FilteringContext),
        ("ASKING_AI", GenieStatus::AskingAi),
        ("PENDING_WAREHOUSE", GenieStatus::PendingWarehouse),
        ("EXECUTING_QUERY", GenieStatus::ExecutingQuery),
        ("THINKING_OF_SOMETHING_NEW", GenieStatus::Other),
    ] {
        upstream.answer_next(message(status, &[query("a1")]));
        assert_eq!(poll(&upstream).await, Ok(Progress::Working(expected)), "{status}");
        assert_eq!(
            upstream.received_lines(),
            [format!("GET {MESSAGE}")],
            "no result is fetched before the end"
        );
    }
    upstream.answer_next(message("CANCELLED", &[]));
    assert!(matches!(poll(&upstream).await, Ok(Progress::Failed(_))));
    for (error, expected) in [
        (json!({"error": "table `x`\nis gone", "type": "SQL_EXECUTION_EXCEPTION"}), "table `x` is gone"),
        (json!("odd"), "odd"),
        (json!({"message": "worded otherwise"}), "worded otherwise"),
        (Value::Null, "Genie gave no reason"),
    ] {
        upstream.answer_next(said(json!({"status": "FAILED", "error": error})));
        assert_eq!(poll(&upstream).await, Ok(Progress::Failed(expected.into())));
    }
}

#[tokio::test]
async fn a_table_has_its_values_as_they_were_sent() {
    let upstream = Upstream::start().await;
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(quarters());
    assert_eq!(results(&upstream).await, [quarters_read()]);
    let lines = [format!("GET {MESSAGE}"), format!("GET {MESSAGE}/attachments/a1/query-result")];
    assert_eq!(upstream.received_lines(), lines);
}

#[tokio::test]
async fn an_answer_may_be_text_tables_or_nothing() {
    let upstream = Upstream::start().await;
    upstream.answer_next(message("COMPLETED", &[]));
    upstream.answer_next(said(json!({"status": "COMPLETED", "attachments": null})));
    upstream.answer_next(said(json!({"status": "COMPLETED"})));
    for _ in 0..3 {
        assert_eq!(poll(&upstream).await, Ok(Progress::Done(Answer::default())));
    }
    let text = json!({"attachment_id": "a0", "id": "a0", "text": {"content": " Which year do you mean? ", "purpose": "FOLLOW_UP_QUESTION"}});
    let suggested = json!({"attachment_id": "a3", "suggested_questions": {"questions": ["By region?", " ", "By month?"]}});
    upstream
        .answer_next(message("COMPLETED", &[text, query("a1"), query("a2"), suggested, json!({"new": {}})]));
    upstream.answer_next(quarters());
    upstream.answer_next(rows(&[("n", "LONG")], &json!([["7"]]), &json!("1")));
    let Ok(Progress::Done(answer)) = poll(&upstream).await else { panic!("not done") };
    assert_eq!(answer.text, "Which year do you mean?");
    assert_eq!(answer.suggestions, ["By region?", "By month?"]);
    assert_eq!(answer.results.len(), 2);
    assert_eq!(answer.results[1].rows, [[Some("7".to_owned())]]);
    assert_eq!((answer.results[1].row_count, answer.results[1].truncated), (1, false));
}

#[tokio::test]
async fn a_result_that_has_expired_is_computed_again() {
    let upstream = Upstream::start().await;
    let state = |state: &str| said(json!({"statement_response": {"status": {"state": state}}}));
    for gone in [state("CLOSED"), platform_refusal(404, "gone"), platform_refusal(400, "expired")] {
        upstream.answer_next(message("QUERY_RESULT_EXPIRED", &[query("a1")]));
        upstream.answer_next(gone);
        upstream.answer_next(state("PENDING"));
        assert_eq!(poll(&upstream).await, Ok(Progress::Working(GenieStatus::ExecutingQuery)));
        let expected = ["GET ", "GET ", "POST "].iter().zip([
            "",
            "/attachments/a1/query-result",
            "/attachments/a1/execute-query",
        ]);
        let expected: Vec<String> =
            expected.map(|(method, rest)| format!("{method}{MESSAGE}{rest}")).collect();
        assert_eq!(upstream.received_lines(), expected);
    }
    // The next time it is there.
    upstream.answer_next(message("QUERY_RESULT_EXPIRED", &[query("a1")]));
    upstream.answer_next(quarters());
    assert_eq!(results(&upstream).await, [quarters_read()]);
    assert_eq!(upstream.received().len(), 2, "it is not computed once more");
}

#[tokio::test]
async fn a_result_may_be_late_or_fail() {
    let upstream = Upstream::start().await;
    let state = |state: &str| {
        let status =
            json!({"state": state, "error": {"error_code": "BAD_REQUEST", "message": "division by zero"}});
        said(json!({"statement_response": {"status": status}}))
    };
    for (statement, expected) in [
        (state("PENDING"), Progress::Working(GenieStatus::ExecutingQuery)),
        (state("RUNNING"), Progress::Working(GenieStatus::ExecutingQuery)),
        (state("FAILED"), Progress::Failed("division by zero".into())),
        (state("CANCELED"), Progress::Failed("division by zero".into())),
        (state("CLOSED"), Progress::Failed("The result has expired. Ask the question again".into())),
    ] {
        upstream.answer_next(message("COMPLETED", &[query("a1")]));
        upstream.answer_next(statement);
        assert_eq!(poll(&upstream).await, Ok(expected));
    }
}

#[tokio::test]
async fn rows_and_columns_are_bounded_and_what_is_missing_is_told() {
    let upstream = Upstream::start().await;
    let many: Vec<Value> = (0..1_500).map(|n| json!([n.to_string()])).collect();
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(rows(&[("n", "INT")], &json!(many), &json!(1_500)));
    let found = results(&upstream).await.remove(0);
    assert_eq!((found.rows.len(), found.row_count, found.truncated), (1_000, 1_500, true));
    assert_eq!(found.rows[999], [Some("999".to_owned())]);

    // The first chunk has fewer than there are, as far as the workspace tells.
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(rows(&[("n", "INT")], &json!([["1"]]), &json!("5000")));
    let found = results(&upstream).await.remove(0);
    assert_eq!((found.rows.len(), found.row_count, found.truncated), (1, 5_000, true));

    let names: Vec<String> = (0..150).map(|n| format!("c{n}")).collect();
    let columns: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "INT")).collect();
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(rows(&columns, &json!([vec!["1"; 150]]), &json!(1)));
    let found = results(&upstream).await.remove(0);
    assert_eq!((found.columns.len(), found.rows[0].len(), found.truncated), (100, 100, true));

    // Rows that don't fit the columns are cut or filled up; a column without a name has one.
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(rows(&[("", "INT"), ("b", "INT")], &json!([["1"], ["1", 2, "3"], []]), &json!(3)));
    let found = results(&upstream).await.remove(0);
    assert_eq!(found.columns[0].name, "column 1");
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(found.rows, [[some("1"), None], [some("1"), some("2")], [None, None]]);
}

#[tokio::test]
async fn the_older_form_of_rows_is_read_alike() {
    let upstream = Upstream::start().await;
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(said(json!({"statement_response": {
        "status": {"state": "SUCCEEDED"},
        "manifest": {"schema": {"columns": [{"name": "n", "type_name": "INT"}, {"name": "m", "type_text": "DATE"}]}},
        "result": {"data_typed_array": [{"values": [{"str": "7"}, {}]}]},
    }})));
    let found = results(&upstream).await.remove(0);
    assert_eq!(found.rows, [[Some("7".to_owned()), None]]);
    assert_eq!((found.columns[1].type_name.as_str(), found.row_count, found.truncated), ("DATE", 1, false));
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let upstream = Upstream::start().await;
    let busy = (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "12")], "slow down").into_response();
    for (response, expected) in [
        (platform_refusal(401, "expired"), GenieError::SignIn),
        (platform_refusal(403, "no"), GenieError::NoRight),
        (platform_refusal(404, "no"), GenieError::NoSpace),
        (busy, GenieError::Busy(Some(Duration::from_secs(12)))),
        (refusal(429, ""), GenieError::Busy(None)),
        (refusal(503, "<html>"), GenieError::Down),
        (platform_refusal(400, "Genie is not enabled"), GenieError::Refused("Genie is not enabled".into())),
        (said(json!("planted")), GenieError::Refused("its answer can't be read".into())),
        (said(json!({"message": {"id": "m1"}})), GenieError::Refused("its answer can't be read".into())),
        (
            said(json!({"conversation_id": "../c", "message_id": "m1"})),
            GenieError::Refused("its answer can't be read".into()),
        ),
    ] {
        upstream.answer_next(response);
        assert_eq!(Genie::new(workspace(&upstream)).start("s1", "How much?").await, Err(expected));
    }
    // A result that the person may not read is told too.
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(platform_refusal(403, "no SELECT on the table"));
    assert_eq!(poll(&upstream).await, Err(GenieError::NoRight));
}

#[tokio::test]
async fn an_answer_of_a_hostile_size_is_refused() {
    let upstream = Upstream::start().await;
    let piece: &'static str = Box::leak("[null],".repeat(10_000).into_boxed_str());
    upstream.answer_next(message("COMPLETED", &[query("a1")]));
    upstream.answer_next(([(header::CONTENT_TYPE, "application/json")], endless(piece)).into_response());
    let error = poll(&upstream).await.expect_err("too large");
    assert!(matches!(&error, GenieError::Refused(words) if words.contains("larger than 4096 KB")), "{error}");
}

#[tokio::test]
async fn ids_stay_parts_of_a_path() {
    let upstream = Upstream::start().await;
    let genie = Genie::new(workspace(&upstream));
    for bad in ["", "..", "a/b", "a?b", "a%2fb"] {
        let asked = Asked { conversation: bad.into(), message: "m1".into() };
        assert_eq!(genie.start(bad, "x").await, Err(GenieError::NoSpace), "{bad}");
        assert_eq!(genie.follow_up("s1", bad, "x").await, Err(GenieError::NoSpace), "{bad}");
        assert_eq!(genie.poll("s1", &asked).await, Err(GenieError::NoSpace), "{bad}");
    }
    assert!(upstream.received().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn spaces_are_read_page_by_page() {
    let upstream = Upstream::start().await;
    let genie = Genie::new(workspace(&upstream));
    upstream.answer_next(said(json!({"next_page_token": "two", "spaces": [
        {"space_id": "s1", "title": "Sample sales", "description": "Orders"}, {"space_id": "a/b", "title": "No id"}]})));
    upstream.answer_next(said(json!({"next_page_token": "three"})));
    upstream.answer_next(said(json!({"next_page_token": "", "spaces": [{"space_id": "s2"}]})));
    let space = |id: &str, title: &str, description: &str| Space {
        id: id.into(),
        title: title.into(),
        description: description.into(),
    };
    assert_eq!(genie.spaces().await, Ok(vec![space("s1", "Sample sales", "Orders"), space("s2", "s2", "")]));
    let first = "GET /api/2.0/genie/spaces?page_size=100".to_owned();
    let lines = [first.clone(), format!("{first}&page_token=two"), format!("{first}&page_token=three")];
    assert_eq!(upstream.received_lines(), lines);

    // Pages without an end.
    for page in 0..20 {
        upstream
            .answer_next(said(json!({"next_page_token": page.to_string(), "spaces": [{"space_id": "s"}]})));
    }
    assert_eq!(genie.spaces().await.expect("spaces").len(), 10);
    let upstream = Upstream::start().await;
    for _ in 0..3 {
        upstream.answer_next(said(json!({"next_page_token": "same", "spaces": [{"space_id": "s"}]})));
    }
    assert_eq!(Genie::new(workspace(&upstream)).spaces().await.expect("spaces").len(), 2);
}
