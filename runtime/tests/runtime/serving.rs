//! Serving endpoints, asked for streams: what they send, refuse and leave out.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use tellr_app::workspace::serving::{
    ChatEndpoint, Finish, Learnt, Limits, Message, ModelError, Request, Tool, ToolCall,
};

use crate::support::model::{
    INVOCATIONS, PROMPT, answer, broken_off, endless, endpoint, event_stream, events, last_chunk,
    platform_refusal, refusal, request, request_for_json, standing_still, streamed, text_chunk, title,
    workspace,
};
use crate::support::upstream::{TOKEN, Upstream};

/// What a stream gives: the completion, and the text that was shown while it arrived.
async fn ask(
    endpoint: &ChatEndpoint,
    request: &Request,
) -> (Result<tellr_app::workspace::serving::Completion, ModelError>, String) {
    let mut shown = String::new();
    let completion = endpoint.stream(request, |text| shown.push_str(text)).await;
    (completion, shown)
}

/// The same for a stream that stands still after its first text: from there on, time passes at once.
async fn ask_and_wait(
    endpoint: &ChatEndpoint,
) -> (Result<tellr_app::workspace::serving::Completion, ModelError>, String) {
    let (mut shown, request) = (String::new(), request());
    let completion = endpoint.stream(&request, |text| {
        if shown.is_empty() {
            tokio::time::pause();
        }
        shown.push_str(text);
    });
    let completion = completion.await;
    assert!(!shown.is_empty(), "it began: {completion:?}");
    tokio::time::resume();
    (completion, shown)
}

fn hello() -> String {
    events(&[text_chunk("Umsätze "), text_chunk("📈"), last_chunk("stop")]) + "data: [DONE]\n\n"
}

#[tokio::test]
async fn a_stream_is_asked_for_and_shown_as_it_arrives() {
    let upstream = Upstream::start().await;
    upstream.answer_next(streamed(&hello(), 1));
    let tool = Tool { name: "query_data", description: "Asks".into(), parameters: json!({"type": "object"}) };
    let called = ToolCall { id: "c1".into(), name: "query_data".into(), arguments: "{}".into() };
    let mut request = Request { tools: vec![tool], ..request() };
    request.messages.extend([
        Message::Assistant { text: String::new(), calls: vec![called] },
        Message::Tool { call: "c1".into(), text: "<result/>".into() },
    ]);
    // As a task: the future can be sent to another thread.
    let asked = endpoint(&upstream);
    let (completion, shown) =
        tokio::spawn(async move { ask(&asked, &request).await }).await.expect("it ends");
    let completion = completion.expect("a completion");
    assert_eq!((completion.text.as_str(), shown.as_str()), ("Umsätze 📈", "Umsätze 📈"));
    assert_eq!((completion.usage.prompt_tokens, completion.usage.completion_tokens), (10, 5));

    let received = upstream.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].line, INVOCATIONS);
    assert_eq!(received[0].bearer(), Some(TOKEN));
    let expected = json!({
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": PROMPT},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "query_data", "arguments": "{}"}},
            ]},
            {"role": "tool", "tool_call_id": "c1", "content": "<result/>"},
        ],
        "tools": [{"type": "function", "function": {
            "name": "query_data", "description": "Asks", "parameters": {"type": "object"},
        }}],
        "stream": true, "max_tokens": 100, "temperature": 0.5,
    });
    assert_eq!(received[0].body, expected);
}

#[tokio::test]
async fn a_piece_is_shown_before_the_next_one_is_there() {
    let upstream = Upstream::start().await;
    let (response, _) = standing_still(&events(&[text_chunk("first")]));
    upstream.answer_next(response);
    let (send, mut shown) = tokio::sync::mpsc::unbounded_channel();
    let asked = endpoint(&upstream);
    let task = tokio::spawn(async move {
        asked.stream(&request(), |text| send.send(text.to_owned()).expect("the test listens")).await
    });
    assert_eq!(shown.recv().await.as_deref(), Some("first"), "although the stream goes on");
    task.abort();
}

#[tokio::test]
async fn dropping_the_future_ends_the_connection() {
    let upstream = Upstream::start().await;
    let (response, gone) = standing_still(&events(&[text_chunk("first")]));
    upstream.answer_next(response);
    let (send, mut shown) = tokio::sync::mpsc::unbounded_channel();
    let asked = endpoint(&upstream);
    let task =
        tokio::spawn(
            async move { asked.stream(&request(), |_| send.send(()).expect("the test listens")).await },
        );
    shown.recv().await.expect("it began");
    task.abort();
    gone.await.expect("the endpoint sees that the client has gone");
}

#[tokio::test]
async fn an_endpoint_that_does_not_stream_is_read_alike() {
    let upstream = Upstream::start().await;
    upstream.answer_next(answer("whole", "stop"));
    let (completion, shown) = ask(&endpoint(&upstream), &request()).await;
    assert_eq!((completion.expect("a completion").text.as_str(), shown.as_str()), ("whole", "whole"));
}

#[tokio::test]
async fn what_ends_an_answer_is_told() {
    let upstream = Upstream::start().await;
    let endpoint = endpoint(&upstream);
    upstream.answer_next(streamed(&events(&[text_chunk("half"), last_chunk("length")]), 7));
    let (completion, _) = ask(&endpoint, &request()).await;
    assert_eq!(completion.expect("a completion").finish, Finish::Length);

    upstream.answer_next(streamed(&events(&[text_chunk("half"), last_chunk("content_filter")]), 7));
    assert!(matches!(ask(&endpoint, &request()).await.0, Err(ModelError::Filtered(_))));

    let half = events(&[text_chunk("half")]);
    let reported = format!("{half}data: {}\n\n", json!({"error": {"message": "overloaded"}}));
    for (response, words) in
        [(streamed(&half, 7), "ended before it was complete"), (streamed(&reported, 7), "overloaded")]
    {
        upstream.answer_next(response);
        let (completion, shown) = ask(&endpoint, &request()).await;
        let error = completion.expect_err(words);
        assert!(matches!(error, ModelError::NoAnswer(_)) && error.to_string().contains(words), "{error}");
        assert_eq!(shown, "half", "{words}");
    }
}

#[tokio::test]
async fn a_stream_that_stands_still_is_given_up() {
    let upstream = Upstream::start().await;
    let usual = Limits::default();
    let short = Limits { whole: usual.idle / 2, ..usual };
    for (limits, words) in [(usual, "sent nothing for 90 s"), (short, "in time")] {
        let (still, gone) = standing_still(&events(&[text_chunk("half")]));
        upstream.answer_next(still);
        let (completion, shown) = ask_and_wait(&endpoint(&upstream).with_limits(limits)).await;
        let error = completion.expect_err(words);
        assert!(matches!(error, ModelError::NoAnswer(_)) && error.to_string().contains(words), "{error}");
        assert_eq!(shown, "half");
        gone.await.expect("the endpoint sees that the client has gone");
    }
}

#[tokio::test]
async fn an_answer_is_complete_once_its_end_was_told() {
    let upstream = Upstream::start().await;
    let endpoint = endpoint(&upstream);
    for (stream, is_complete) in
        [(events(&[text_chunk("half")]), false), (events(&[text_chunk("whole"), last_chunk("stop")]), true)]
    {
        let (broken, now) = broken_off(&stream);
        upstream.answer_next(broken);
        let mut now = Some(now);
        let completion = endpoint.stream(&request(), |_| drop(now.take())).await;
        assert_eq!(completion.is_ok(), is_complete, "the connection broke off: {completion:?}");
        let (still, _gone) = standing_still(&stream);
        upstream.answer_next(still);
        let (completion, _) = ask_and_wait(&endpoint).await;
        assert_eq!(completion.is_ok(), is_complete, "the connection stayed open: {completion:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_or_of_a_hostile_size_is_refused() {
    let upstream = Upstream::start().await;
    let line = "x".repeat(1 << 16);
    let line: &'static str = Box::leak(line.into_boxed_str());
    let comments: &'static str = Box::leak(format!(": {}\n", &line[..1 << 15]).into_boxed_str());
    for (what, response) in [
        ("a line", event_stream(endless(line))),
        ("comments", event_stream(endless(comments))),
        ("no stream", ([(header::CONTENT_TYPE, "application/json")], endless(line)).into_response()),
    ] {
        upstream.answer_next(response);
        let error = ask(&endpoint(&upstream), &request()).await.0.expect_err(what);
        assert!(
            matches!(error, ModelError::Refused(_)) && error.to_string().contains("larger"),
            "{what}: {error}"
        );
    }
    upstream.answer_next((StatusCode::BAD_REQUEST, endless(line)).into_response());
    let error = ask(&endpoint(&upstream), &request()).await.0.expect_err("a refusal without an end");
    assert!(error.to_string().len() < 400, "{error}");
}

#[tokio::test]
async fn what_is_no_completion_is_an_error_without_its_text() {
    let upstream = Upstream::start().await;
    for (kind, body) in [
        ("text/html", "<html>planted page</html>"),
        ("application/json", "{\"planted\": 1}"),
        ("application/json", "{\"choices\": \"planted\"}"),
        ("text/event-stream", "data: planted\n\n"),
    ] {
        upstream.answer_next(([(header::CONTENT_TYPE, kind)], body).into_response());
        let error = ask(&endpoint(&upstream), &request()).await.0.expect_err(body);
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
    }
}

#[tokio::test]
async fn what_an_endpoint_refuses_is_left_out_from_then_on() {
    let upstream = Upstream::start().await;
    let learnt = Learnt::default();
    let endpoint = ChatEndpoint::new(workspace(&upstream), "model", learnt.clone());
    upstream.answer_next(platform_refusal(400, "`temperature` is deprecated for this model"));
    upstream.answer_next(refusal(
        400,
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    ));
    upstream.answer_next(streamed(&hello(), 100));
    assert!(ask(&endpoint, &request()).await.0.is_ok());
    let sent = |body: &Value| {
        ["temperature", "max_tokens", "max_completion_tokens"].map(|name| body.get(name).is_some())
    };
    let received: Vec<_> = upstream.received().iter().map(|one| sent(&one.body)).collect();
    assert_eq!(received, [[true, true, false], [false, true, false], [false, false, true]]);

    // Another client with the same memory, and one whose endpoint takes no limit at all.
    upstream.answer_next(refusal(422, "max_completion_tokens: extra fields not permitted"));
    upstream.answer_next(streamed(&hello(), 100));
    let again = ChatEndpoint::new(workspace(&upstream), "model", learnt.clone());
    assert!(ask(&again, &request()).await.0.is_ok());
    let received: Vec<_> = upstream.received().iter().map(|one| sent(&one.body)).collect();
    assert_eq!(received, [[false, false, true], [false, false, false]]);

    // Other endpoints are asked as before.
    upstream.answer_next(streamed(&hello(), 100));
    let other = ChatEndpoint::new(workspace(&upstream), "other", learnt);
    assert!(ask(&other, &request()).await.0.is_ok());
    assert_eq!(sent(&upstream.received()[0].body), [true, true, false]);
}

#[tokio::test]
async fn an_endpoint_that_refuses_everything_is_asked_a_few_times() {
    let upstream = Upstream::start().await;
    for _ in 0..3 {
        upstream.answer_next(refusal(400, "temperature"));
    }
    let error = ask(&endpoint(&upstream), &request()).await.0.expect_err("a refusal");
    assert_eq!(error, ModelError::Refused("it does not take the temperature".into()));
    assert_eq!(upstream.received().len(), 2, "with the temperature and without it");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    use std::time::Duration;
    let upstream = Upstream::start().await;
    let busy = |retry_after: &'static str| {
        let body = json!({"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "Too many requests"});
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", retry_after)], body.to_string()).into_response()
    };
    for (response, expected) in [
        (platform_refusal(401, "Token expired"), ModelError::SignIn),
        (platform_refusal(403, "no"), ModelError::NoRight),
        (platform_refusal(404, "RESOURCE_DOES_NOT_EXIST"), ModelError::NoEndpoint),
        (busy("7"), ModelError::Busy(Some(Duration::from_secs(7)))),
        (refusal(429, "slow down"), ModelError::Busy(None)),
        (refusal(503, "<html>"), ModelError::Down),
        (platform_refusal(400, "prompt is too long: 210000 tokens > 200000 maximum"), ModelError::TooLong),
        (platform_refusal(400, "model retired"), ModelError::Refused("model retired".into())),
        (refusal(500, ""), ModelError::Refused("it gave no reason".into())),
    ] {
        upstream.answer_next(response);
        assert_eq!(ask(&endpoint(&upstream), &request()).await.0, Err(expected));
        assert_eq!(upstream.received().len(), 1, "it is not asked again here");
    }
}

#[tokio::test]
async fn an_error_does_not_repeat_the_prompt() {
    let upstream = Upstream::start().await;
    let quoted = format!("value error: input_value='{}...'", &PROMPT[..30]);
    for response in [
        platform_refusal(400, &quoted),
        refusal(500, &quoted),
        streamed(&events(&[json!({"error": quoted})]), 9),
    ] {
        upstream.answer_next(response);
        let error = ask(&endpoint(&upstream), &request()).await.0.expect_err("a refusal");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("planted") && shown.contains("is not shown"), "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (upstream, elsewhere) = (Upstream::start().await, Upstream::start().await);
    let to = [(header::LOCATION, format!("{}/serving-endpoints/x/invocations", elsewhere.host))];
    upstream.answer_next((StatusCode::TEMPORARY_REDIRECT, to).into_response());
    let error = ask(&endpoint(&upstream), &request()).await.0.expect_err("a redirect");
    assert!(error.to_string().contains("redirects"), "{error}");
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_token_that_is_repeated_is_redacted_everywhere() {
    let upstream = Upstream::start().await;
    let (one, other) = TOKEN.split_at(9);
    let call = json!({"choices": [{"index": 0, "delta": {"tool_calls": [
        {"index": 0, "id": "c1", "function": {"name": "query_data", "arguments": format!("{{\"q\":\"{TOKEN}\"}}")}},
    ]}}]});
    let stream = events(&[
        text_chunk("It is "),
        text_chunk(one),
        text_chunk(other),
        text_chunk("!"),
        call,
        last_chunk("stop"),
    ]);
    upstream.answer_next(streamed(&stream, 11));
    let (completion, shown) = ask(&endpoint(&upstream), &request()).await;
    let completion = completion.expect("a completion");
    assert_eq!((shown.as_str(), completion.text.as_str()), ("It is [token]!", "It is [token]!"));
    assert_eq!(completion.calls[0].arguments, "{\"q\":\"[token]\"}");

    upstream.answer_next(answer(&json!({"title": TOKEN}).to_string(), "stop"));
    let (found, _) = endpoint(&upstream).json(&request_for_json(), title).await.expect("a document");
    assert_eq!(found, "[token]");
    upstream.answer_next(refusal(400, &format!("bad token {TOKEN}")));
    let error = ask(&endpoint(&upstream), &request()).await.0.expect_err("a refusal");
    assert_eq!(error, ModelError::Refused("bad token [token]".into()));
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_given_up_in_time() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let upstream = Upstream::start().await;
    let silent = format!("http://{}", listener.local_addr().expect("an address"));
    let auth = tellr_app::settings::WorkspaceAuth::Token(TOKEN.to_owned().into());
    let settings = tellr_app::settings::WorkspaceSettings { host: silent, auth };
    let workspace =
        tellr_app::workspace::Workspace::new(tellr_app::workspace::client().expect("a client"), settings);
    let limits = Limits { first: std::time::Duration::from_millis(50), ..Limits::default() };
    let endpoint = ChatEndpoint::new(workspace, "model", Learnt::default()).with_limits(limits);
    let error = ask(&endpoint, &request()).await.0.expect_err("no answer");
    assert!(matches!(error, ModelError::NoAnswer(_)) && error.to_string().contains("in time"), "{error}");
    drop((listener, upstream));
}
