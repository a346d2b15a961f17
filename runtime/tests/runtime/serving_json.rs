//! Serving endpoints, asked for JSON documents.

use serde_json::{Value, json};
use tellr_app::workspace::serving::list::{Endpoint, endpoints};
use tellr_app::workspace::serving::{ModelError, Spent, Usage};

use crate::support::model::{
    answer, endpoint, platform_refusal, refusal, request, request_for_json, streamed, title, workspace,
};
use crate::support::upstream::{TOKEN, Upstream};

fn spent(calls: u32) -> Spent {
    let calls_u64 = u64::from(calls);
    let usage = Usage { prompt_tokens: 10 * calls_u64, completion_tokens: 5 * calls_u64 };
    Spent { usage, calls }
}

async fn ask(upstream: &Upstream) -> Result<(String, Spent), ModelError> {
    endpoint(upstream).json(&request_for_json(), title).await
}

/// The roles of a request's messages.
fn roles(body: &Value) -> Vec<&str> {
    body["messages"].as_array().expect("messages").iter().filter_map(|one| one["role"].as_str()).collect()
}

#[tokio::test]
async fn a_document_is_asked_for_with_its_schema_and_without_a_stream() {
    let upstream = Upstream::start().await;
    upstream.answer_next(answer("{\"title\": \"A\"}", "stop"));
    let asked = endpoint(&upstream);
    let task = tokio::spawn(async move { asked.json(&request_for_json(), title).await });
    assert_eq!(task.await.expect("it ends"), Ok(("A".to_owned(), spent(1))));
    let body = &upstream.received()[0].body;
    assert_eq!(body["stream"], false);
    let expected = json!({"type": "json_schema", "json_schema": {
        "name": "outline", "strict": true,
        "schema": {"type": "object", "properties": {"title": {"type": "string"}}},
    }});
    assert_eq!(body["response_format"], expected);
}

#[tokio::test]
async fn a_document_is_found_where_models_put_it() {
    let upstream = Upstream::start().await;
    for text in [
        "```json\n{\"title\": \"A\"}\n```",
        "Here is the outline: {\"title\": \"A\"} I hope it helps.",
        "\"{\\\"title\\\": \\\"A\\\"}\"",
    ] {
        upstream.answer_next(answer(text, "stop"));
        assert_eq!(ask(&upstream).await, Ok(("A".to_owned(), spent(1))), "{text}");
    }
    // An endpoint that streams although it was not asked to.
    let chunks =
        [json!({"choices": [{"delta": {"content": "{\"title\": \"A\"}"}, "finish_reason": "stop"}]})];
    upstream.answer_next(streamed(&crate::support::model::events(&chunks), 5));
    assert_eq!(ask(&upstream).await.expect("a document").0, "A");
}

#[tokio::test]
async fn a_document_that_is_not_accepted_is_asked_for_again_with_what_was_wrong() {
    let upstream = Upstream::start().await;
    upstream.answer_next(answer("{\"title\": \"A", "stop"));
    upstream.answer_next(answer("{\"name\": \"A\"}", "stop"));
    upstream.answer_next(answer("{\"title\": \"A\"}", "stop"));
    assert_eq!(ask(&upstream).await, Ok(("A".to_owned(), spent(3))));
    let received = upstream.received();
    assert_eq!(roles(&received[0].body), ["system", "user"]);
    for (body, shown, why) in [
        (&received[1].body, "{\"title\": \"A", "no complete JSON document"),
        (&received[2].body, "{\"name\": \"A\"}", "`title` is missing"),
    ] {
        assert_eq!(
            roles(body),
            ["system", "user", "assistant", "user"],
            "only the last answer is shown again"
        );
        assert_eq!(body["messages"][2]["content"], shown);
        assert!(body["messages"][3]["content"].as_str().expect("text").contains(why), "{body}");
    }
}

#[tokio::test]
async fn after_two_further_asks_the_last_answer_is_returned_with_what_was_wrong() {
    let upstream = Upstream::start().await;
    for text in ["I can't do that.", "", "{\"name\": \"planted\"}"] {
        upstream.answer_next(answer(text, "stop"));
    }
    let error = ask(&upstream).await.expect_err("no document");
    assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    let (why, text) = ("`title` is missing".to_owned(), "{\"name\": \"planted\"}".to_owned());
    assert_eq!(error, ModelError::NotUsable { why, text, spent: spent(3) });
    let received = upstream.received();
    assert_eq!(received.len(), 3);
    assert_eq!(received[2].body["messages"][2]["content"], "(no answer)", "no message is empty");
}

#[tokio::test]
async fn a_schema_that_is_refused_is_said_in_words_from_then_on() {
    let upstream = Upstream::start().await;
    let endpoint = endpoint(&upstream);
    upstream.answer_next(platform_refusal(400, "response_format is not supported by this model"));
    upstream.answer_next(answer("Sure!\n```json\n{\"title\": \"A\"}\n```", "stop"));
    upstream.answer_next(answer("{\"title\": \"B\"}", "stop"));
    assert_eq!(endpoint.json(&request_for_json(), title).await.expect("a document").0, "A");
    assert_eq!(endpoint.json(&request_for_json(), title).await.expect("a document").0, "B");
    let received = upstream.received();
    assert_eq!(received.len(), 3, "the refusal costs one request");
    for with_words in &received[1..] {
        assert!(with_words.body.get("response_format").is_none());
        let system = with_words.body["messages"][0]["content"].as_str().expect("text");
        assert!(system.starts_with("Be brief.\n\n") && system.contains("\"properties\""), "{system}");
    }
    // Without a schema there is nothing to leave out.
    upstream.answer_next(refusal(400, "json_schema"));
    let error = endpoint.json(&request(), title).await.expect_err("a refusal");
    assert_eq!(error, ModelError::Refused("it does not take a schema for the answer".into()));
}

#[tokio::test]
async fn an_answer_that_is_too_long_gets_more_room_once() {
    let upstream = Upstream::start().await;
    upstream.answer_next(answer("{\"title\": \"A", "length"));
    upstream.answer_next(answer("{\"title\": \"A\"}", "stop"));
    assert_eq!(ask(&upstream).await, Ok(("A".to_owned(), spent(2))));
    let limits: Vec<_> = upstream.received().iter().map(|one| one.body["max_tokens"].clone()).collect();
    assert_eq!(limits, [json!(100), json!(200)]);

    upstream.answer_next(answer("{\"title\": \"A", "length"));
    upstream.answer_next(answer("{\"title\": \"A", "length"));
    assert_eq!(ask(&upstream).await, Err(ModelError::Cut(spent(2))), "what was cut has its cost, too");
    assert_eq!(upstream.received().len(), 2);

    // A complete document is one, although the model went on after it.
    upstream.answer_next(answer("{\"title\": \"A\"} And now", "length"));
    assert_eq!(ask(&upstream).await, Ok(("A".to_owned(), spent(1))));
    upstream.received();

    // More than the endpoint takes: that says nothing about the parameter's name.
    let endpoint = endpoint(&upstream);
    upstream.answer_next(answer("{\"title\": \"A", "length"));
    upstream.answer_next(platform_refusal(400, "max_tokens must be at most 100"));
    assert!(matches!(endpoint.json(&request_for_json(), title).await, Err(ModelError::Cut(_))));
    upstream.answer_next(answer("{\"title\": \"A\"}", "stop"));
    endpoint.json(&request_for_json(), title).await.expect("a document");
    assert_eq!(upstream.received()[2].body["max_tokens"], 100);
}

#[tokio::test]
async fn what_asking_again_does_not_help_is_an_error_at_once() {
    let upstream = Upstream::start().await;
    for (response, expected) in [
        (answer("", "content_filter"), ModelError::Filtered(spent(1))),
        (platform_refusal(401, "expired"), ModelError::SignIn),
        (refusal(429, ""), ModelError::Busy(None)),
    ] {
        upstream.answer_next(response);
        assert_eq!(ask(&upstream).await, Err(expected));
        assert_eq!(upstream.received().len(), 1);
    }
}

#[tokio::test]
async fn chat_endpoints_of_the_workspace_are_listed() {
    let upstream = Upstream::start().await;
    let list = json!({"endpoints": [
        {"name": "z-model", "state": {"ready": "NOT_READY"}, "task": "llm/v1/chat"},
        {"name": "a-model", "state": {"ready": "READY", "config_update": "NOT_UPDATING"}, "task": "llm/v1/chat"},
        {"name": "embeddings", "state": {"ready": "READY"}, "task": "llm/v1/embeddings"},
        {"name": "agent", "state": {"ready": "READY"}, "task": "agent/v1/responses"},
        {"name": "custom", "state": {"ready": "READY"}},
        {"name": "", "task": "llm/v1/chat"},
    ]});
    upstream.answer_next(axum::response::IntoResponse::into_response(axum::Json(list)));
    let found = endpoints(&workspace(&upstream)).await.expect("a list");
    let of = |name: &str, ready| Endpoint { name: name.into(), ready, task: "llm/v1/chat".into() };
    assert_eq!(found, [of("a-model", true), of("z-model", false)]);
    let received = upstream.received();
    assert_eq!(
        (received[0].line.as_str(), received[0].bearer()),
        ("GET /api/2.0/serving-endpoints", Some(TOKEN))
    );

    upstream.answer_next(axum::response::IntoResponse::into_response(axum::Json(json!({}))));
    assert_eq!(endpoints(&workspace(&upstream)).await, Ok(Vec::new()));
    for (response, expected) in [
        (platform_refusal(401, "expired"), ModelError::SignIn),
        (platform_refusal(403, "no"), ModelError::NoRight),
        (platform_refusal(404, "no"), ModelError::Refused("the workspace answered 404".into())),
        (refusal(200, "<html>"), ModelError::Refused("the list of endpoints can't be read".into())),
    ] {
        upstream.answer_next(response);
        assert_eq!(endpoints(&workspace(&upstream)).await, Err(expected));
    }
}
