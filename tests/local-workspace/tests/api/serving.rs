//! Chat completions: who may ask, what is refused, and what the record says.

use local_workspace::identity::Right;
use local_workspace::pace::LATENCY_HEADER;
use local_workspace::serving::Kind;
use local_workspace::serving::behavior::Behavior;
use local_workspace::serving::calls::CallState;
use local_workspace::settings::Denial;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, BEN, CARLA, Local};

pub(crate) const CLAUDE: &str = "databricks-claude-sonnet-4-5";
pub(crate) const OPEN: &str = "databricks-gpt-oss-120b";

pub(crate) fn path(endpoint: &str) -> String {
    format!("/serving-endpoints/{endpoint}/invocations")
}

/// A prompt for an outline of this many slides.
pub(crate) fn outline(slides: usize) -> Value {
    json!({
        "messages": [
            {"role": "system", "content": "You plan decks."},
            {"role": "user", "content": format!(
                "<request>Über unser Quartal</request><sources><source id=\"S1\" label=\"Verkäufe: Umsatz\" rows=\"2\">region,revenue_eur\nMünchen,30\nKöln,20\n</source></sources><wanted language=\"de\" slides=\"{slides}\"/>"
            )},
        ],
        "response_format": {"type": "json_schema", "json_schema": {"name": "outline", "strict": true, "schema": {
            "type": "object", "properties": {"title": {"type": "string"}},
        }}},
    })
}

fn hello() -> Value {
    json!({"messages": [{"role": "user", "content": "Hello"}]})
}

/// The document in an answer.
pub(crate) fn document(answer: &Value) -> Value {
    let text = answer["choices"][0]["message"]["content"].as_str().expect("a text");
    serde_json::from_str(text).expect("a document")
}

async fn ask(local: &Local, who: &str, endpoint: &str, body: Value) -> Answer {
    local.post_by(who, &path(endpoint), body).await
}

#[tokio::test]
async fn an_endpoint_answers_under_both_paths() {
    let local = Local::start().await;
    let by_name = ask(&local, ADA, CLAUDE, outline(4)).await.ok();
    let mut body = outline(4);
    body["model"] = json!(CLAUDE);
    let by_model = local.post("/serving-endpoints/chat/completions", body).await.ok();
    assert_eq!(document(&by_name)["slides"].as_array().map(Vec::len), Some(4));
    assert_eq!(document(&by_name), document(&by_model));
    assert_eq!((&by_name["object"], &by_name["model"]), (&json!("chat.completion"), &json!(CLAUDE)));
    let usage = &by_name["usage"];
    assert_eq!(
        usage["total_tokens"].as_u64(),
        Some(
            usage["prompt_tokens"].as_u64().expect("a count")
                + usage["completion_tokens"].as_u64().expect("a count")
        )
    );
    let nameless = local.post("/serving-endpoints/chat/completions", hello()).await;
    assert_eq!(nameless.refusal().1, "BAD_REQUEST");
}

#[tokio::test]
async fn only_those_who_may_query_an_endpoint_get_an_answer() {
    let local = Local::start().await;
    ask(&local, CARLA, CLAUDE, hello()).await.ok();
    let unknown = ask(&local, ADA, "none", hello()).await;
    assert_eq!((unknown.refusal().0, unknown.refusal().1), (404, "RESOURCE_DOES_NOT_EXIST"));
    let id = local.get(&format!("/api/2.0/serving-endpoints/{CLAUDE}")).await.ok()["id"].clone();
    let list = format!("/api/2.0/permissions/serving-endpoints/{}", id.as_str().expect("an id"));
    local
        .put(&list, json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_VIEW"}]}))
        .await
        .ok();
    for who in [BEN, CARLA] {
        let refused = ask(&local, who, CLAUDE, hello()).await;
        assert_eq!((refused.refusal().0, refused.refusal().1), (403, "PERMISSION_DENIED"));
        ask(&local, who, OPEN, hello()).await.ok();
    }
    local
        .patch(&list, json!({"access_control_list": [{"user_name": BEN, "permission_level": "CAN_QUERY"}]}))
        .await
        .ok();
    ask(&local, BEN, CLAUDE, hello()).await.ok();
    local.set(|settings| {
        settings.denials.push(Denial { principal: BEN.to_owned(), what: Right::QueryServing });
    });
    assert_eq!(ask(&local, BEN, CLAUDE, hello()).await.refusal().0, 403);
    let nobody = local.send(local.request(Method::POST, &path(CLAUDE)).json(&hello())).await;
    assert_eq!(nobody.refusal().0, 401);
}

/// A schema of so many properties, some of them deep.
fn schema(keys: usize) -> Value {
    let deep: serde_json::Map<String, Value> =
        (1..keys).map(|number| (format!("k{number}"), json!({"type": "string"}))).collect();
    json!({"type": "object", "properties": {"list": {"type": "array", "items": {"type": "object", "properties": deep}}}})
}

fn with_schema(schema: &Value) -> Value {
    let mut body = outline(3);
    body["response_format"]["json_schema"]["schema"] = schema.clone();
    body
}

fn with_tools(count: usize, parameters: &Value) -> Value {
    let tool = |number| json!({"type": "function", "function": {"name": format!("t{number}"), "parameters": parameters}});
    let mut body = hello();
    body["tools"] = (0..count).map(tool).collect();
    body
}

#[tokio::test]
async fn the_platforms_limits_hold_unless_they_are_switched_off() {
    let local = Local::start().await;
    for body in [with_schema(&schema(64)), with_tools(32, &schema(16))] {
        ask(&local, ADA, OPEN, body).await.ok();
    }
    let mut beyond = vec![with_schema(&schema(65)), with_tools(33, &json!({})), with_tools(1, &schema(17))];
    for keyword in ["$ref", "anyOf", "oneOf", "allOf", "prefixItems", "pattern"] {
        let used = json!({"type": "object", "properties": {"a": {"type": "array", "items": {keyword: []}}}});
        beyond.extend([with_schema(&used), with_tools(1, &used)]);
    }
    for body in &beyond {
        let refused = ask(&local, ADA, OPEN, body.clone()).await;
        let (status, code, message) = refused.refusal();
        assert_eq!((status, code), (400, "BAD_REQUEST"), "{message}");
        assert!(
            message.starts_with("Invalid response_format: ") || message.starts_with("Invalid tools: "),
            "{message}"
        );
    }
    let refused = local
        .state()
        .model_calls
        .all()
        .into_iter()
        .filter(|call| matches!(call.state, CallState::Refused(_)));
    assert_eq!(refused.count(), beyond.len());
    local.set(|settings| settings.serving.all.limits = false);
    for body in beyond {
        ask(&local, ADA, OPEN, body).await.ok();
    }
}

#[tokio::test]
async fn claude_takes_less_together() {
    let local = Local::start().await;
    let mut streamed = outline(3);
    streamed["stream"] = json!(true);
    let mut with_tools = outline(3);
    with_tools["tools"] = json!([{"type": "function", "function": {"name": "t", "parameters": {}}}]);
    let mut object = outline(3);
    object["response_format"] = json!({"type": "json_object"});
    for body in [streamed, with_tools, object] {
        assert_eq!(ask(&local, ADA, CLAUDE, body.clone()).await.refusal().0, 400);
        assert!(ask(&local, ADA, OPEN, body).await.status.is_success());
    }
}

#[tokio::test]
async fn what_is_no_chat_request_is_refused() {
    let local = Local::start().await;
    let call = json!({"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{}"}}]});
    let answer = json!({"role": "tool", "tool_call_id": "c1", "content": "x"});
    for (body, part) in [
        (json!({}), "messages"),
        (json!({"messages": []}), "must not be empty"),
        (json!({"messages": [{"role": "king", "content": "x"}]}), "unknown role"),
        (json!({"messages": [{"role": "user", "content": 7}]}), "'content'"),
        (json!({"messages": [answer]}), "does not follow a tool call"),
        (json!({"messages": [call, {"role": "user", "content": "x"}]}), "has no tool message"),
        (json!({"messages": [call]}), "has no tool message"),
        (json!({"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}), "'max_tokens'"),
        (json!({"messages": [{"role": "user", "content": "x"}], "temperature": 3}), "'temperature'"),
        (
            json!({"messages": [{"role": "user", "content": "x"}], "response_format": {"type": "xml"}}),
            "unknown type",
        ),
    ] {
        let refused = ask(&local, ADA, OPEN, body).await;
        let (status, code, message) = refused.refusal();
        assert_eq!((status, code), (400, "BAD_REQUEST"));
        assert!(message.contains(part), "{message}");
    }
    let parts =
        json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}, call, answer]});
    ask(&local, ADA, OPEN, parts).await.ok();
}

#[tokio::test]
async fn calls_are_counted_by_kind() {
    let local = Local::start().await;
    ask(&local, ADA, CLAUDE, outline(3)).await.ok();
    ask(&local, ADA, CLAUDE, outline(3)).await.ok();
    let search = json!({"messages": [{"role": "user", "content": "<request>x</request>"}], "stream": true});
    ask(&local, BEN, OPEN, search).await;
    let told = local.send(local.request(Method::GET, "/__local/model-calls")).await.ok();
    assert_eq!(told["counts"], json!({"outline": 2, "gather": 1}));
    let last = &told["calls"][2];
    assert_eq!(
        [&last["endpoint"], &last["principal"], &last["kind"], &last["state"], &last["stream"]],
        [&json!(OPEN), &json!(BEN), &json!("gather"), &json!("finished"), &json!(true)]
    );
    assert!(local.state().journal.mutations().is_empty(), "a model changes nothing");
    local.send(local.request(Method::DELETE, "/__local/model-calls")).await.ok();
    assert_eq!(local.state().model_calls.counts().get(&Kind::Outline), None);
}

#[tokio::test]
async fn tokens_take_their_time_on_the_workspaces_clock() {
    let local = Local::start_virtual().await;
    let latency = |answer: &Answer| -> u64 {
        answer.headers[LATENCY_HEADER].to_str().expect("text").parse().expect("a number")
    };
    let before = latency(&ask(&local, ADA, OPEN, outline(3)).await);
    local.set(|settings| {
        let slow = Behavior { ms_per_token: 40, ..Behavior::default() };
        settings.serving.endpoints.insert(OPEN.to_owned(), slow);
    });
    let slow = ask(&local, ADA, OPEN, outline(3)).await;
    let tokens = slow.json["usage"]["completion_tokens"].as_u64().expect("a count");
    assert_eq!(latency(&slow), before + 40 * tokens);
    let mut streamed = hello();
    streamed["stream"] = json!(true);
    assert!(latency(&ask(&local, ADA, OPEN, streamed).await) > before);
    assert_eq!(latency(&ask(&local, ADA, CLAUDE, outline(3)).await), before, "the other endpoint");
}

#[tokio::test]
async fn a_token_of_a_user_needs_the_scope_for_models() {
    let local = Local::start().await;
    let token = local.state().identities.mint_personal(BEN);
    let with = |scope: &str| [scope.to_owned()].into();
    let ask = || local.request(Method::POST, &path(CLAUDE)).bearer_auth(&token).json(&hello());
    local.state().token_scopes.limit(&token, with("sql"));
    let refused = local.send(ask()).await;
    assert_eq!(
        refused.refusal().2,
        "Provided OAuth token does not have required scopes: serving.serving-endpoints"
    );
    local.state().token_scopes.limit(&token, with("serving.serving-endpoints"));
    local.send(ask()).await.ok();
}
