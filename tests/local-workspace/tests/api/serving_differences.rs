//! How endpoints differ, each by its switch, seen as bytes.

use futures_util::StreamExt as _;
use local_workspace::faults::{Action, Rule};
use local_workspace::serving::Kind;
use local_workspace::serving::behavior::{
    Behavior, Busy, DocumentForm, Half, RefusalForm, Script, ScriptedAnswer,
};
use local_workspace::serving::calls::CallState;
use reqwest::Method;
use serde_json::{Value, json};

use crate::serving::{OPEN, document, outline, path};
use crate::support::{ADA, Answer, Local, PATIENCE};

async fn with(behavior: Behavior) -> Local {
    let local = Local::start().await;
    local.set(|settings| settings.serving.all = behavior);
    local
}

async fn whole(local: &Local) -> Answer {
    local.post(&path(OPEN), outline(3)).await
}

fn streamed() -> Value {
    let mut body = outline(3);
    body["stream"] = json!(true);
    body
}

async fn stream(local: &Local) -> Answer {
    local.post(&path(OPEN), streamed()).await
}

/// The events of a stream, and whether it says that it is done.
fn events(text: &str) -> (Vec<Value>, bool) {
    let lines: Vec<&str> = text.lines().filter_map(|line| line.trim_end().strip_prefix("data: ")).collect();
    let events =
        lines.iter().filter(|line| **line != "[DONE]").map(|line| serde_json::from_str(line).expect(line));
    (events.collect(), lines.last() == Some(&"[DONE]"))
}

/// The text in events, whose content is a string.
fn said(events: &[Value]) -> String {
    events.iter().filter_map(|event| event["choices"][0]["delta"]["content"].as_str()).collect()
}

#[tokio::test]
async fn a_stream_says_what_the_whole_answer_says() {
    let local = Local::start().await;
    let answer = stream(&local).await;
    assert_eq!(answer.headers["content-type"], "text/event-stream; charset=utf-8");
    let (events, is_done) = events(&answer.text);
    assert!(is_done && events.len() > 20);
    assert_eq!(events[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(events.last().expect("an event")["choices"][0]["finish_reason"], "stop");
    assert!(events.iter().all(|event| event["usage"].is_null()));
    assert_eq!(
        serde_json::from_str::<Value>(&said(&events)).expect("JSON"),
        document(&whole(&local).await.ok())
    );
    let mut body = streamed();
    body["stream_options"] = json!({"include_usage": true});
    let (with_usage, _) = self::events(&local.post(&path(OPEN), body).await.text);
    let last = with_usage.last().expect("an event");
    assert_eq!(last["choices"], json!([]));
    assert!(last["usage"]["completion_tokens"].as_u64().expect("a count") > 20);
}

#[tokio::test]
async fn a_stream_is_sent_as_it_is_made_and_ends_with_its_caller() {
    // An hour for each token: only what needs no token can be there.
    let local = with(Behavior { ms_per_token: 3_600_000, ..Behavior::default() }).await;
    let response =
        local.request_by(ADA, Method::POST, &path(OPEN)).json(&streamed()).send().await.expect("a head");
    let mut body = response.bytes_stream();
    let first = tokio::time::timeout(PATIENCE, body.next())
        .await
        .expect("at once")
        .expect("bytes")
        .expect("no error");
    assert!(first.starts_with(b"data: "));
    assert_eq!(local.state().model_calls.all()[0].state, CallState::Open);
    drop(body);
    let is_over = async {
        while local.state().model_calls.all()[0].state != CallState::Abandoned {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_over).await.expect("the call ends with its caller");
}

#[tokio::test]
async fn reasoning_comes_in_a_block_of_its_own() {
    let local = with(Behavior { content_blocks: true, ..Behavior::default() }).await;
    let content = whole(&local).await.ok()["choices"][0]["message"]["content"].clone();
    assert_eq!((&content[0]["type"], &content[1]["type"]), (&json!("reasoning"), &json!("text")));
    serde_json::from_str::<Value>(content[1]["text"].as_str().expect("a text")).expect("a document");
    let (events, _) = events(&stream(&local).await.text);
    assert_eq!(events[0]["choices"][0]["delta"]["content"][0]["type"], "reasoning");
    assert_eq!(events[1]["choices"][0]["delta"]["content"][0]["type"], "text");
}

#[tokio::test]
async fn streams_differ_in_usage_choices_and_end() {
    let local = with(Behavior {
        usage_in_every_event: true,
        event_without_choices: true,
        no_done: true,
        ..Behavior::default()
    })
    .await;
    let (events, is_done) = events(&stream(&local).await.text);
    assert!(!is_done);
    assert_eq!(events[0]["choices"], json!([]));
    let counts: Vec<u64> =
        events.iter().map(|event| event["usage"]["completion_tokens"].as_u64().expect("a count")).collect();
    assert!(counts.is_sorted() && counts[0] < counts[counts.len() - 1]);
}

#[tokio::test]
async fn lines_end_and_packets_too_where_one_would_not_expect_it() {
    let local = with(Behavior { crlf_and_pings: true, split_characters: true, ..Behavior::default() }).await;
    let response =
        local.request_by(ADA, Method::POST, &path(OPEN)).json(&streamed()).send().await.expect("a head");
    let packets: Vec<_> = response.bytes_stream().map(|packet| packet.expect("no error")).collect().await;
    assert!(packets.iter().any(|packet| std::str::from_utf8(packet).is_err()), "no character is cut");
    let text = String::from_utf8(packets.concat()).expect("whole again");
    assert!(
        text.contains("\r\n\r\n") && text.contains(": ping\r\n") && !text.replace("\r\n", "").contains('\n')
    );
    let document: Value = serde_json::from_str(&said(&events(&text).0)).expect("a document");
    assert!(document.to_string().contains("München"), "{document}");
}

#[tokio::test]
async fn calls_of_tools_come_whole_or_in_parts_by_turns() {
    let tool = json!({"type": "function", "function": {"name": "query_data", "parameters": {
        "type": "object", "properties": {"space": {"type": "string", "enum": ["Sample sales"]}, "question": {"type": "string"}},
    }}});
    let body = json!({
        "messages": [{"role": "user", "content": "<request>Revenue review</request>"}],
        "tools": [tool], "stream": true,
    });
    let local = Local::start().await;
    let mut asked = Vec::new();
    for in_parts in [false, true] {
        local.set(|settings| settings.serving.all.tool_calls_in_parts = in_parts);
        let (events, _) = events(&local.post(&path(OPEN), body.clone()).await.text);
        let parts: Vec<&Value> = events
            .iter()
            .map(|event| &event["choices"][0]["delta"]["tool_calls"][0])
            .filter(|part| part.is_object())
            .collect();
        let mut calls: Vec<String> = Vec::new();
        for part in &parts {
            let index = usize::try_from(part["index"].as_u64().expect("an index")).expect("a small one");
            if part["id"].is_string() {
                assert_eq!((index, &part["function"]["name"]), (calls.len(), &json!("query_data")));
                calls.push(String::new());
            }
            calls[index].push_str(part["function"]["arguments"].as_str().expect("text"));
        }
        assert_eq!(parts.len() > calls.len(), in_parts);
        assert_eq!(events.last().expect("an event")["choices"][0]["finish_reason"], "tool_calls");
        asked.push(calls);
    }
    assert_eq!(asked[0], asked[1]);
    assert_eq!(
        serde_json::from_str::<Value>(&asked[0][0]).expect("JSON"),
        json!({"space": "Sample sales", "question": "Revenue by quarter"})
    );
}

#[tokio::test]
async fn parameters_are_refused_in_three_forms() {
    for (form, start) in [
        (RefusalForm::Json, "{\"details\":"),
        (RefusalForm::Nested, "{\"details\":"),
        (RefusalForm::Text, "BAD_REQUEST: "),
    ] {
        let local = with(Behavior {
            refuse_temperature: Some(form),
            refuse_max_tokens: Some(form),
            refuse_response_format: Some(form),
            ..Behavior::default()
        })
        .await;
        let hello = json!({"messages": [{"role": "user", "content": "Hello"}], "max_completion_tokens": 5});
        local.post(&path(OPEN), hello.clone()).await.ok();
        for (field, value) in [
            ("temperature", json!(0.2)),
            ("max_tokens", json!(9)),
            ("response_format", outline(3)["response_format"].clone()),
        ] {
            let mut body = hello.clone();
            body[field] = value;
            let refused = local.post(&path(OPEN), body).await;
            assert_eq!(refused.status, 400);
            assert!(refused.text.starts_with(start) && refused.text.contains(field), "{}", refused.text);
        }
    }
}

#[tokio::test]
async fn an_endpoint_is_busy_for_as_many_requests_as_said() {
    let local = with(Behavior {
        busy: Some(Busy { requests: 2, retry_after: Some("7".to_owned()) }),
        ..Behavior::default()
    })
    .await;
    for _ in 0..2 {
        let refused = whole(&local).await;
        assert_eq!((refused.refusal().0, refused.refusal().1), (429, "REQUEST_LIMIT_EXCEEDED"));
        assert_eq!(refused.headers["retry-after"], "7");
    }
    whole(&local).await.ok();
    local.set(|settings| settings.serving.all.busy = Some(Busy { requests: 1, retry_after: None }));
    assert!(!whole(&local).await.headers.contains_key("retry-after"));
    whole(&local).await.ok();
    assert_eq!(local.state().model_calls.counts()[&Kind::Outline], 2, "refused ones don't count");
}

#[tokio::test]
async fn too_much_text_is_refused() {
    let local = with(Behavior { max_characters: Some(100), ..Behavior::default() }).await;
    assert!(whole(&local).await.refusal().2.starts_with("prompt is too long: "));
    local.post(&path(OPEN), json!({"messages": [{"role": "user", "content": "Hello"}]})).await.ok();
}

#[tokio::test]
async fn documents_stand_in_the_text_in_different_ways() {
    let local = Local::start().await;
    let plain = document(&whole(&local).await.ok());
    for form in [DocumentForm::Fenced, DocumentForm::AfterText, DocumentForm::InString] {
        local.set(|settings| settings.serving.all.document = form);
        let answer = whole(&local).await.ok();
        let text = answer["choices"][0]["message"]["content"].as_str().expect("a text");
        let inner = match form {
            DocumentForm::InString => serde_json::from_str::<String>(text).expect("a string"),
            DocumentForm::Fenced => text.trim_start_matches("```json\n").trim_end_matches("\n```").to_owned(),
            _ => text.split_once("\n\n").expect("a sentence before it").1.to_owned(),
        };
        assert_ne!(text, inner);
        assert_eq!(serde_json::from_str::<Value>(&inner).expect("a document"), plain);
    }
}

#[tokio::test]
async fn answers_end_in_the_middle_or_are_empty() {
    let local = with(Behavior { half: Some(Half::Length), ..Behavior::default() }).await;
    let answer = whole(&local).await.ok();
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    let text = answer["choices"][0]["message"]["content"].as_str().expect("a text");
    serde_json::from_str::<Value>(text).expect_err("half a document");
    local.set(|settings| settings.serving.all.half = Some(Half::Cut));
    for body in [outline(3), streamed()] {
        let response =
            local.request_by(ADA, Method::POST, &path(OPEN)).json(&body).send().await.expect("a head");
        assert!(response.status().is_success());
        response.bytes().await.expect_err("half a body");
    }
    assert_eq!(local.state().model_calls.all().last().expect("a call").state, CallState::Abandoned);
    local.set(|settings| settings.serving.all = Behavior { empty: true, ..Behavior::default() });
    let answer = whole(&local).await.ok();
    assert_eq!(
        (&answer["choices"][0]["message"]["content"], &answer["choices"][0]["finish_reason"]),
        (&json!(""), &json!("stop"))
    );
}

#[tokio::test]
async fn prepared_answers_are_given_once_to_those_they_are_for() {
    let local = Local::start().await;
    let scripts = json!({"serving": {"all": {"scripts": [
        {"schema": "slide", "answer": {"text": "for a slide"}},
        {"kind": "outline", "times": 2, "answer": {"text": "not JSON"}},
        {"answer": {"body": {"body": "data: {\"choices\": [\n\n"}}},
        {"answer": {"body": {"status": 500, "body": {"error_code": "INTERNAL_ERROR", "message": "down"}}}},
        {"answer": {"calls": [{"name": "drop_tables", "arguments": "{not json"}]}},
    ]}}});
    local.send(local.request(Method::PATCH, "/__local/settings").json(&scripts)).await.ok();
    for _ in 0..2 {
        assert_eq!(whole(&local).await.ok()["choices"][0]["message"]["content"], "not JSON");
    }
    assert_eq!(stream(&local).await.text, "data: {\"choices\": [\n\n");
    assert_eq!(whole(&local).await.refusal(), (500, "INTERNAL_ERROR", "down"));
    let call = whole(&local).await.ok()["choices"][0]["message"]["tool_calls"][0]["function"].clone();
    assert_eq!(call, json!({"name": "drop_tables", "arguments": "{not json"}));
    document(&whole(&local).await.ok());
    let left = local.state().settings.get().serving.all.scripts;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].answer, ScriptedAnswer::Text("for a slide".to_owned()));
    local.set(|settings| settings.serving.all.scripts = vec![Script::text("hi").on(Kind::Outline)]);
    assert_eq!(said(&events(&stream(&local).await.text).0), "hi");
}

#[tokio::test]
async fn faults_act_on_models_too() {
    let local = Local::start().await;
    local
        .state()
        .faults
        .add(Rule::next("/serving-endpoints/.*", Action::Truncate).after_the_effect())
        .expect("a rule");
    let response =
        local.request_by(ADA, Method::POST, &path(OPEN)).json(&streamed()).send().await.expect("a head");
    response.bytes().await.expect_err("half a body");
    let rule = Rule::next("/serving-endpoints/.*", Action::error(503, "TEMPORARILY_UNAVAILABLE", "later"));
    local.state().faults.add(rule).expect("a rule");
    assert_eq!(whole(&local).await.refusal().0, 503);
    assert_eq!(local.state().model_calls.all().len(), 1, "the model saw only the first");
}
