//! Experiments, and where traces are sent to.

use reqwest::Method;
use serde_json::json;

use crate::support::{ADA, BEN, Local};

const NAME: &str = "/Users/ben@example.com/tellr";

#[tokio::test]
async fn an_experiment_is_found_by_its_name_and_its_id() {
    let local = Local::start().await;
    let path = "/api/2.0/mlflow/experiments";
    let new = json!({"name": NAME, "tags": [{"key": "app", "value": "tellr"}]});
    let made = local.post_by(BEN, &format!("{path}/create"), new.clone()).await.ok();
    let id = made["experiment_id"].as_str().expect("an id");
    let taken = local.post_by(BEN, &format!("{path}/create"), new).await;
    assert_eq!(taken.refusal().1, "RESOURCE_ALREADY_EXISTS");
    let tag = json!({"experiment_id": id, "key": "kind", "value": "chat"});
    local.post_by(BEN, &format!("{path}/set-experiment-tag"), tag.clone()).await.ok();
    let by_id = local.get_by(BEN, &format!("{path}/get?experiment_id={id}")).await.ok();
    assert_eq!(by_id["experiment"]["name"], NAME);
    assert_eq!(
        by_id["experiment"]["tags"],
        json!([{"key": "app", "value": "tellr"}, {"key": "kind", "value": "chat"}])
    );
    let by_name = local.get(&format!("{path}/get-by-name?experiment_name={NAME}")).await.ok();
    assert_eq!(by_name, by_id, "an administrator may read it too");

    for name in ["tellr", "/Users/nobody@example.com/tellr", "/Users/ben@example.com/"] {
        let refused = local.post_by(BEN, &format!("{path}/create"), json!({"name": name})).await;
        assert!(
            ["INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "PERMISSION_DENIED"]
                .contains(&refused.refusal().1),
            "{name}: {refused:?}"
        );
    }
    let other =
        local.post(&format!("{path}/create"), json!({"name": "/Users/ada@example.com/tellr"})).await.ok();
    let id = other["experiment_id"].as_str().expect("an id");
    let refused = local.get_by(BEN, &format!("{path}/get?experiment_id={id}")).await;
    assert_eq!(refused.refusal().1, "PERMISSION_DENIED");
    assert_eq!(
        local.get(&format!("{path}/get?experiment_id=1")).await.refusal().1,
        "RESOURCE_DOES_NOT_EXIST"
    );
}

#[tokio::test]
async fn traces_are_kept_as_they_came() {
    let local = Local::start().await;
    let body = b"\x0a\x00\xff traces".to_vec();
    let send = |headers: &[(&'static str, &'static str)]| {
        let mut request = local.request_by(ADA, Method::POST, "/api/2.0/otel/v1/traces").body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        local.send(request)
    };
    let kind = ("content-type", "application/x-protobuf");
    let answer = send(&[kind, ("x-databricks-uc-table-name", "main.tellr.traces")]).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    send(&[kind, ("x-mlflow-experiment-id", "1"), ("content-encoding", "gzip")]).await;
    assert_eq!(send(&[kind]).await.refusal().0, 400);
    assert_eq!(send(&[("x-mlflow-experiment-id", "1")]).await.refusal().0, 400);
    let kept = local.state().mlflow.traces();
    assert_eq!((kept.len(), local.state().mlflow.received()), (2, 2));
    assert_eq!((kept[0].table.as_deref(), &kept[0].body), (Some("main.tellr.traces"), &body));
    assert_eq!(kept[1].content_encoding.as_deref(), Some("gzip"));
    let told = local.get("/__local/traces").await.ok();
    assert_eq!((&told["received"], &told["traces"][1]["experiment"]), (&json!(2), &json!("1")));
    assert_eq!(told["traces"][0]["body"], "CgD/IHRyYWNlcw==");
}
