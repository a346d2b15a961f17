use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A stream as an endpoint might send it, with what it says.
struct Case {
    name: &'static str,
    stream: String,
    expected: Result<Completion, BrokenAnswer>,
}

/// Events of the usual form, with `[DONE]` behind.
fn events(chunks: &[serde_json::Value]) -> String {
    let chunks = chunks.iter().map(ToString::to_string).chain(["[DONE]".to_owned()]);
    chunks.flat_map(|data| ["data: ".to_owned(), data, "\n\n".to_owned()]).collect()
}

fn delta(delta: &serde_json::Value) -> serde_json::Value {
    json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn end(reason: &str) -> serde_json::Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn says(text: &str) -> Completion {
    Completion { text: text.into(), ..Completion::default() }
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() }
}

#[allow(clippy::too_many_lines)] // A table.
fn cases() -> Vec<Case> {
    let plain = [
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"content": "Ümsätze 📈"})),
        end("stop"),
    ];
    vec![
        Case { name: "plain", stream: events(&plain), expected: Ok(says("Ümsätze 📈")) },
        Case {
            name: "carriage returns, comments and names",
            stream: format!(
                ": ping\r\n\r\nevent: chunk\r\nid: 7\r\ndata:{}\r\n\r\n: ping\r\n\r\ndata: {}\r\n\r\n",
                plain[1], plain[2]
            ),
            expected: Ok(says("Ümsätze 📈")),
        },
        Case {
            name: "carriage returns alone, and a mark in front",
            stream: format!("\u{feff}data: {}\r\rdata: {}\r\r", plain[1], plain[2]),
            expected: Ok(says("Ümsätze 📈")),
        },
        Case {
            name: "data in two lines",
            stream: format!(
                "data: {{\"choices\":\ndata: [{{\"delta\":{{\"content\":\"two\"}}}}]}}\n\ndata: {}\n\n",
                plain[2]
            ),
            expected: Ok(says("two")),
        },
        Case {
            name: "a reason, but no `[DONE]`, and no line after it",
            stream: format!("data: {}\n\ndata: {}", plain[1], plain[2]),
            expected: Ok(says("Ümsätze 📈")),
        },
        Case {
            name: "reasoning in blocks",
            stream: events(&[
                delta(
                    &json!({"content": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "secret"}]}]}),
                ),
                delta(
                    &json!({"content": [{"type": "thinking", "text": "secret"}, {"type": "text", "text": "said"}]}),
                ),
                delta(&json!({"reasoning_content": "secret", "content": null})),
                end("stop"),
            ]),
            expected: Ok(says("said")),
        },
        Case {
            name: "usage in every chunk, and chunks without a choice",
            stream: events(&[
                json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 0}}),
                json!({"choices": [{"delta": {"content": "a"}}], "usage": {"prompt_tokens": 12, "completion_tokens": 1}}),
                json!({"choices": [{"delta": {"content": "b"}, "finish_reason": ""}], "usage": null}),
                end("stop"),
                json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14}}),
            ]),
            expected: Ok(Completion {
                usage: Usage { prompt_tokens: 12, completion_tokens: 2 },
                ..says("ab")
            }),
        },
        Case {
            name: "calls by position, with the id only in the first part",
            stream: events(&[
                delta(
                    &json!({"tool_calls": [{"index": 0, "id": "one", "type": "function", "function": {"name": "ask", "arguments": ""}}]}),
                ),
                delta(&json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"q\":"}}]})),
                delta(
                    &json!({"tool_calls": [{"index": 1, "id": "two", "function": {"name": "ask", "arguments": "{"}}]}),
                ),
                delta(
                    &json!({"tool_calls": [{"index": 0, "id": "", "function": {"name": "ask", "arguments": "1}"}}, {"index": 1, "function": {"arguments": "}"}}]}),
                ),
                end("tool_calls"),
            ]),
            expected: Ok(Completion {
                calls: vec![call("one", "ask", "{\"q\":1}"), call("two", "ask", "{}")],
                finish: Finish::Calls,
                ..Completion::default()
            }),
        },
        Case {
            name: "whole calls without a position",
            stream: events(&[
                delta(
                    &json!({"tool_calls": [{"id": "one", "function": {"name": "ask", "arguments": {"q": 1}}}]}),
                ),
                delta(
                    &json!({"tool_calls": [{"id": "two", "function": {"name": "ask", "arguments": "{}"}}]}),
                ),
                end("tool_use"),
            ]),
            expected: Ok(Completion {
                calls: vec![call("one", "ask", "{\"q\":1}"), call("two", "ask", "{}")],
                finish: Finish::Calls,
                ..Completion::default()
            }),
        },
        Case {
            name: "the limit on tokens",
            stream: events(&[delta(&json!({"content": "half"})), end("length")]),
            expected: Ok(Completion { finish: Finish::Length, ..says("half") }),
        },
        Case {
            name: "a filter",
            stream: events(&[delta(&json!({"content": "half"})), end("content_filter")]),
            expected: Ok(Completion { finish: Finish::Filtered, ..says("half") }),
        },
        Case {
            name: "a reason of another maker, with the last text, and a chunk that is a whole message",
            stream: events(&[
                json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "one "}}]}),
                json!({"choices": [{"index": 0, "delta": {"content": "two"}, "finish_reason": "end_turn"}]}),
            ]),
            expected: Ok(says("one two")),
        },
        Case {
            name: "`[DONE]` without a reason",
            stream: events(&[delta(&json!({"content": "said"}))]),
            expected: Ok(says("said")),
        },
        Case {
            name: "pings between the lines of an event, and other fields",
            stream: format!(
                "retry: 5\n: ping\nevent: x\n: ping\ndata: {}\n: ping\nfoo\n\n\n\ndata: {}\n\n",
                plain[1], plain[2]
            ),
            expected: Ok(says("Ümsätze 📈")),
        },
        Case {
            name: "several choices, of which one was asked for",
            stream: events(&[
                json!({"choices": [{"index": 1, "delta": {"content": "other"}}, {"index": 0, "delta": {"content": "said"}}]}),
                json!({"choices": [{"index": 1, "delta": {}, "finish_reason": "length"}]}),
                end("stop"),
            ]),
            expected: Ok(says("said")),
        },
        Case {
            name: "text before a call, and the name in each part",
            stream: events(&[
                delta(&json!({"content": "I look it up."})),
                delta(
                    &json!({"tool_calls": [{"index": 0, "id": "one", "function": {"name": "ask", "arguments": "{\"q\""}}]}),
                ),
                delta(
                    &json!({"content": null, "tool_calls": [{"index": 0, "id": null, "function": {"name": "ask", "arguments": ":1}"}}]}),
                ),
                end("tool_calls"),
            ]),
            expected: Ok(Completion {
                calls: vec![call("one", "ask", "{\"q\":1}")],
                finish: Finish::Calls,
                ..says("I look it up.")
            }),
        },
        Case {
            name: "cut after a chunk",
            stream: format!("data: {}\n\n", plain[1]),
            expected: Err(BrokenAnswer::Cut),
        },
        Case {
            name: "cut in a chunk",
            stream: format!("data: {}\n\ndata: {{\"choi", plain[1]),
            expected: Err(BrokenAnswer::Cut),
        },
        Case { name: "nothing", stream: String::new(), expected: Err(BrokenAnswer::Cut) },
        Case {
            name: "an error in the middle",
            stream: format!(
                "data: {}\n\ndata: {}\n\n",
                plain[1],
                json!({"error": {"message": "overloaded", "code": 529}})
            ),
            expected: Err(BrokenAnswer::Reported("overloaded".into())),
        },
        Case {
            name: "the platform's error in the middle",
            stream: format!(
                "data: {}\n\n",
                json!({"error_code": "INTERNAL_ERROR", "message": "model crashed"})
            ),
            expected: Err(BrokenAnswer::Reported("model crashed".into())),
        },
        Case {
            name: "a position beyond any list",
            stream: events(&[delta(
                &json!({"tool_calls": [{"index": u64::MAX, "function": {"name": "x"}}]}),
            )]),
            expected: Err(BrokenAnswer::TooLarge),
        },
        Case {
            name: "no JSON",
            stream: "data: <html>\n\n".into(),
            expected: Err(BrokenAnswer::Unreadable("Syntax error at column 1".into())),
        },
    ]
}

/// Reads a stream in these pieces.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Completion, BrokenAnswer> {
    let mut stream = CompletionStream::default();
    let mut shown = String::new();
    for piece in pieces {
        shown.push_str(&stream.push(piece)?);
    }
    assert_eq!(shown, stream.so_far().text, "what is shown while it arrives is the text");
    stream.end()
}

#[test]
fn a_stream_says_the_same_wherever_it_is_cut() {
    for Case { name, stream, expected } in cases() {
        let bytes = stream.as_bytes();
        assert_eq!(read([bytes]), expected, "{name}, in one piece");
        assert_eq!(read(bytes.chunks(1)), expected, "{name}, byte by byte");
        for at in 0..bytes.len() {
            let (one, other) = bytes.split_at(at);
            assert_eq!(read([one, other]), expected, "{name}, cut at {at}");
        }
    }
}

proptest! {
    #[test]
    fn a_stream_says_the_same_in_any_pieces(
        case in 0..cases().len(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)
    ) {
        let Case { name, stream, expected } = cases().swap_remove(case);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let pieces = at.windows(2).map(|ends| &stream.as_bytes()[ends[0]..ends[1]]);
        prop_assert_eq!(read(pieces), expected, "{}", name);
    }

    #[test]
    fn whatever_is_sent_ends_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read([&bytes[..]]);
        let _ = Completion::read(&bytes);
        let _ = json_in(&String::from_utf8_lossy(&bytes));
        let _ = Refusal::read(400, Some(&String::from_utf8_lossy(&bytes)), &bytes);
    }
}

#[test]
fn after_the_end_nothing_is_read() {
    let mut stream = CompletionStream::default();
    stream.push(b"data: [DONE]\n\n").unwrap();
    assert!(stream.is_done());
    assert_eq!(
        stream.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"more\"}}]}\n\n"),
        Ok(String::new())
    );
}

#[test]
fn an_endless_line_is_refused() {
    let mut stream = CompletionStream::default();
    let piece = vec![b'a'; 1 << 16];
    let refused = (0..64).find_map(|_| stream.push(&piece).err());
    assert_eq!(refused, Some(BrokenAnswer::TooLarge));
}

#[test]
fn an_endless_text_is_refused_and_what_came_before_is_kept() {
    let mut stream = CompletionStream::default();
    let chunk = events(&[delta(&json!({"content": "x".repeat(1 << 16)}))]).replace("data: [DONE]\n\n", "");
    let refused = (0..64).find_map(|_| stream.push(chunk.as_bytes()).err());
    assert_eq!(refused, Some(BrokenAnswer::TooLarge));
    assert_eq!(stream.so_far().text.len(), 1 << 20);
}

#[test]
fn an_answer_that_is_not_streamed_is_read_alike() {
    let answer = json!({
        "id": "1", "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "whole"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    });
    let usage = Usage { prompt_tokens: 3, completion_tokens: 1 };
    assert_eq!(Completion::read(answer.to_string().as_bytes()), Ok(Completion { usage, ..says("whole") }));
    assert_eq!(Completion::read(b"{\"choices\": []}"), Err(BrokenAnswer::Cut));
}

#[test]
fn what_was_said_is_not_in_an_error() {
    let broken = Completion::read(b"{\"choices\": \"the person's secret\"}").unwrap_err();
    assert!(!broken.to_string().contains("secret"), "{broken}");
}

#[test]
fn json_is_found_where_models_put_it() {
    let deck = json!({"title": "A", "list": [{"b": 1}]});
    let text = deck.to_string();
    for around in [
        text.clone(),
        format!("\n {text}\n"),
        format!("```json\n{text}\n```"),
        format!("Here it is (see [1] and {{this}}):\n```\n{text}\n```\nAnything else?"),
        format!("Here is the slide: {text} I hope it helps."),
        serde_json::to_string(&text).unwrap(),
        format!("```json\n{}\n```", serde_json::to_string_pretty(&deck).unwrap()),
    ] {
        assert_eq!(json_in(&around), Some(deck.clone()), "{around}");
    }
    assert_eq!(json_in("Sure: [{\"a\": 1}]"), Some(json!([{"a": 1}])));
}

#[test]
fn half_a_document_is_none_and_neither_is_a_part_of_it() {
    let text = json!({"title": "A", "list": [{"b": 1}, {"c": 2}]}).to_string();
    for length in 0..text.len() {
        assert_eq!(json_in(&text[..length]), None, "{}", &text[..length]);
    }
    for none in
        ["", "null", "7", "I can't do that.", "{\"list\": [{\"b\": 1},]}", "```json\n```", "[see above]"]
    {
        assert_eq!(json_in(none), None, "{none}");
    }
}

#[test]
fn refusals_say_what_can_be_done() {
    let platform = |message: &str| json!({"error_code": "BAD_REQUEST", "message": message}).to_string();
    let wrapped = platform(
        &json!({"error": {"message": "Unsupported parameter: 'max_tokens'", "type": "invalid"}}).to_string(),
    );
    let second = |seconds| Refusal::Busy(Some(Duration::from_secs(seconds)));
    for (status, retry_after, body, expected) in [
        (400, None, platform("`temperature` is deprecated for this model."), Refusal::Temperature),
        (400, None, "temperature does not support 0.2 with this model".to_owned(), Refusal::Temperature),
        (400, None, wrapped, Refusal::MaxTokens),
        (422, None, platform("response_format is not supported"), Refusal::ResponseFormat),
        (
            400,
            None,
            platform("prompt is too long: 210000 tokens > 200000 maximum (max_tokens 4000)"),
            Refusal::TooLong,
        ),
        (413, None, "<html>Request Entity Too Large</html>".to_owned(), Refusal::TooLong),
        (429, Some("7"), platform("REQUEST_LIMIT_EXCEEDED"), second(7)),
        (429, Some("1e9"), String::new(), second(300)),
        (429, Some("-1"), String::new(), Refusal::Busy(None)),
        (429, Some("Wed, 21 Oct 2026 07:28:00 GMT"), String::new(), Refusal::Busy(None)),
        (429, None, String::new(), Refusal::Busy(None)),
        (401, None, String::new(), Refusal::SignIn),
        (403, None, platform("no"), Refusal::NoRight),
        (404, None, platform("no"), Refusal::NoEndpoint),
        (503, None, "<html>".to_owned(), Refusal::Down),
        (500, None, platform("odd\n\n thing"), Refusal::Other("odd thing".into())),
    ] {
        assert_eq!(Refusal::read(status, retry_after, body.as_bytes()), expected, "{status} {body}");
    }
}
