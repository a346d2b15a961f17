//! An answer as server-sent events.
//!
//! Events are made first, then cut into packets, then sent one after another with the model's pace between
//! them. So each quirk is in one of the three steps. Nothing is held back: an event is sent as soon as its
//! tokens would have been there.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use serde_json::{Value, json};

use super::behavior::{Behavior, Half};
use super::body::{Head, call_id, reasoning_block, usage};
use super::calls::OpenCall;
use super::completion::{Completion, pieces};

/// Bytes that are sent at once, and the tokens that they cost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) bytes: Vec<u8>,
    pub(super) tokens: u64,
}

/// The packets of an answer.
pub(super) fn packets(
    head: &Head,
    completion: &Completion,
    behavior: &Behavior,
    include_usage: bool,
) -> Vec<Packet> {
    let mut events = Vec::new();
    if behavior.event_without_choices {
        events.push((event(head, json!([])), 0));
    }
    let mut first = json!({"role": "assistant", "content": ""});
    if behavior.content_blocks {
        first["content"] = json!([reasoning_block()]);
    }
    events.push((delta(head, first, None), 0));
    for piece in &completion.pieces {
        let content =
            if behavior.content_blocks { json!([{"type": "text", "text": piece}]) } else { json!(piece) };
        events.push((delta(head, json!({"content": content}), None), 1));
    }
    events.extend(calls(head, completion, behavior.tool_calls_in_parts));
    events.push((delta(head, json!({}), Some(completion.finish)), 0));
    if behavior.usage_in_every_event {
        let mut so_far = 0;
        for (event, tokens) in &mut events {
            so_far += *tokens;
            event["usage"] = usage(completion.prompt_tokens, so_far);
        }
    }
    if include_usage {
        let mut last = event(head, json!([]));
        last["usage"] = usage(completion.prompt_tokens, completion.tokens);
        events.push((last, 0));
    }
    let mut packets = written(&events, behavior);
    if behavior.split_characters {
        split(&mut packets);
    }
    if behavior.half == Some(Half::Cut) {
        packets.truncate(packets.len() / 2);
    }
    packets
}

fn event(head: &Head, choices: Value) -> Value {
    let mut event = head.value("chat.completion.chunk");
    event["choices"] = choices;
    event
}

fn delta(head: &Head, delta: Value, finish: Option<&str>) -> Value {
    event(head, json!([{"index": 0, "delta": delta, "finish_reason": finish}]))
}

fn calls(head: &Head, completion: &Completion, in_parts: bool) -> Vec<(Value, usize)> {
    let of_call = |part: Value, tokens: usize| (delta(head, json!({"tool_calls": [part]}), None), tokens);
    let start = |index: usize, name: &str, arguments: &str| {
        json!({
            "index": index,
            "id": call_id(head, index),
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        })
    };
    let all: Vec<(usize, &str, String)> = completion
        .calls
        .iter()
        .enumerate()
        .map(|(index, call)| (index, call.name.as_str(), call.arguments()))
        .collect();
    if !in_parts {
        let whole = all
            .iter()
            .map(|(index, name, arguments)| of_call(start(*index, name, arguments), pieces(arguments).len()));
        return whole.collect();
    }
    let mut events: Vec<(Value, usize)> =
        all.iter().map(|(index, name, _)| of_call(start(*index, name, ""), 0)).collect();
    // By turns: a part of each call, then the next part of each.
    let parts: Vec<Vec<String>> = all.iter().map(|(.., arguments)| pieces(arguments)).collect();
    let most = parts.iter().map(Vec::len).max().unwrap_or_default();
    for turn in 0..most {
        for (index, parts) in parts.iter().enumerate() {
            if let Some(part) = parts.get(turn) {
                events.push(of_call(json!({"index": index, "function": {"arguments": part}}), 1));
            }
        }
    }
    events
}

fn written(events: &[(Value, usize)], behavior: &Behavior) -> Vec<Packet> {
    let end = if behavior.crlf_and_pings { "\r\n" } else { "\n" };
    let mut packets: Vec<Packet> = events
        .iter()
        .enumerate()
        .map(|(index, (event, tokens))| {
            let ping = if behavior.crlf_and_pings && index % 3 == 0 {
                format!(": ping{end}{end}")
            } else {
                String::new()
            };
            let bytes = format!("{ping}data: {event}{end}{end}").into_bytes();
            Packet { bytes, tokens: *tokens as u64 }
        })
        .collect();
    if !behavior.no_done {
        packets.push(Packet { bytes: format!("data: [DONE]{end}{end}").into_bytes(), tokens: 0 });
    }
    packets
}

/// Moves the end of each packet to the next one: from within its last long character, or from its middle.
fn split(packets: &mut [Packet]) {
    for index in 1..packets.len() {
        let bytes = &mut packets[index - 1].bytes;
        let within = bytes.iter().rposition(|byte| (0x80..0xc0).contains(byte));
        let rest = bytes.split_off(within.unwrap_or(bytes.len() / 2));
        packets[index].bytes.splice(..0, rest);
    }
}

/// How packets are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    /// Slept before each token.
    pub(super) ms_per_token: u64,
    /// Whether each packet is written by itself.
    pub(super) one_by_one: bool,
    /// Whether the connection closes after the last packet.
    pub(super) cut: bool,
}

/// The body that sends the packets. The call is over when all of them are taken.
pub(super) fn body(packets: Vec<Packet>, sending: Sending, call: OpenCall) -> Body {
    let state = (packets.into_iter(), call, false);
    Body::from_stream(stream::unfold(state, move |(mut packets, mut call, is_cut)| async move {
        if is_cut {
            return None;
        }
        let Some(packet) = packets.next() else {
            if sending.cut {
                // Yields so that the server sends what it has.
                tokio::task::yield_now().await;
                return Some((Err(std::io::Error::other("cut on purpose")), (packets, call, true)));
            }
            call.finish();
            return None;
        };
        let wait = packet.tokens * sending.ms_per_token;
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        } else if sending.one_by_one {
            tokio::task::yield_now().await;
        }
        Some((Ok(Bytes::from(packet.bytes)), (packets, call, false)))
    }))
}
