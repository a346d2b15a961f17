"""A conversation between OpenAI's own Python client, unchanged, and the local workspace.

Started by the Rust test `openai_client.rs`, with the workspace's address and a token in the
environment. Databricks documents this client for its endpoints; the first thing that is not as
there ends it. At its end it tells how many calls there were.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from openai import (
    APIStatusError,
    BadRequestError,
    NotFoundError,
    OpenAI,
    PermissionDeniedError,
    RateLimitError,
)
from openai import __version__ as version

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

CLAUDE = "databricks-claude-sonnet-4-5"
OPEN = "databricks-gpt-oss-120b"
REQUEST = "<request>Quarterly review of the sample sales data, 3 slides</request>"
SOURCES = (
    '<sources><source id="S1" label="Sample sales: revenue by region" rows="2">'
    "region,revenue_eur\nEMEA,3400000\nAPAC,1100000\n</source></sources>"
)
TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "query_data",
        "description": "Ask a space about sales",
        "parameters": {
            "type": "object",
            "properties": {
                "space": {"type": "string", "enum": ["Sample sales"]},
                "question": {"type": "string"},
            },
            "required": ["space", "question"],
        },
    },
}
OUTLINE: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "outline",
        "strict": True,
        "schema": {"type": "object", "properties": {"title": {"type": "string"}}},
    },
}


def client(token: str) -> OpenAI:
    """Give a client as Databricks' pages show it."""
    base = os.environ["LOCAL_HOST"] + "/serving-endpoints"
    return OpenAI(api_key=token, base_url=base, max_retries=0)


def user(text: str) -> list[ChatCompletionMessageParam]:
    """Give the messages of one question."""
    return [{"role": "user", "content": text}]


def whole(ada: OpenAI) -> int:
    """Ask for an answer at once."""
    answer = ada.chat.completions.create(model=CLAUDE, messages=user("Hello"), temperature=0)
    assert answer.choices[0].finish_reason == "stop"
    assert "Hello" in (answer.choices[0].message.content or "")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    short = ada.chat.completions.create(model=CLAUDE, messages=user("Hello"), max_tokens=3)
    assert short.choices[0].finish_reason == "length"
    assert short.usage is not None
    assert short.usage.completion_tokens == 3
    return 2


def streamed(ada: OpenAI) -> int:
    """Ask for an answer in events."""
    stream = ada.chat.completions.create(
        model=CLAUDE,
        messages=user("Grüße"),
        stream=True,
        stream_options={"include_usage": True},
    )
    text, finish, usage = "", None, None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    assert text.endswith("You said: Grüße"), text
    assert finish == "stop"
    assert usage is not None
    assert usage.completion_tokens > 0
    return 1


def tools(ada: OpenAI) -> int:
    """Let the model call tools, whole and streamed, and answer them."""
    messages = user(REQUEST)
    answer = ada.chat.completions.create(model=CLAUDE, messages=messages, tools=[TOOL])
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "tool_calls"
    calls = message.tool_calls or []
    assert len(calls) == 4, calls
    asked = [json.loads(call.function.arguments) for call in calls if call.type == "function"]
    assert asked[0] == {"space": "Sample sales", "question": "Revenue by quarter"}, asked

    parts: dict[int, dict[str, str]] = {}
    events = ada.chat.completions.create(model=CLAUDE, messages=messages, tools=[TOOL], stream=True)
    for chunk in events:
        for part in chunk.choices[0].delta.tool_calls or []:
            call = parts.setdefault(part.index, {"id": part.id or "", "arguments": ""})
            assert part.function is not None
            call["arguments"] += part.function.arguments or ""
    assert [json.loads(call["arguments"]) for call in parts.values()] == asked
    assert all(call["id"] for call in parts.values())

    messages.append(message.model_dump(exclude_none=True))  # type: ignore[arg-type]
    result = '<result source="S1" space="Sample sales" rows="1">a\n1\n</result>'
    messages += [{"role": "tool", "tool_call_id": call.id, "content": result} for call in calls]
    answer = ada.chat.completions.create(model=CLAUDE, messages=messages, tools=[TOOL])
    assert answer.choices[0].finish_reason == "stop"
    assert "4 tables" in (answer.choices[0].message.content or "")
    return 3


def schema(ada: OpenAI) -> int:
    """Ask for a document."""
    prompt = f'{REQUEST}{SOURCES}<wanted language="en" slides="3"/>'
    answer = ada.chat.completions.create(
        model=CLAUDE, messages=user(prompt), response_format=OUTLINE
    )
    outline = json.loads(answer.choices[0].message.content or "")
    assert len(outline["slides"]) == 3, outline
    assert outline["slides"][1]["sources"] == ["S1"], outline
    return 1


def refused(kind: type[APIStatusError], part: str, who: OpenAI, **named: object) -> int:
    """Expect a refusal of exactly this class, with this in its message."""
    caught = None
    try:
        who.post("/chat/completions", cast_to=object, body={"messages": user("Hello"), **named})
    except APIStatusError as error:
        caught = error
    assert type(caught) is kind, f"{type(caught)} instead of {kind}: {caught}"
    assert part in str(caught), str(caught)
    return 1


def refusals(ada: OpenAI, ben: OpenAI) -> int:
    """Ask for what is not there or not allowed."""
    count = refused(NotFoundError, "does not exist", ada, model="none")
    count += refused(PermissionDeniedError, "CAN_QUERY", ben, model=OPEN)
    both = {"response_format": OUTLINE, "stream": True}
    count += refused(BadRequestError, "'stream'", ada, model=CLAUDE, **both)
    count += refused(BadRequestError, "at most 32 tools", ada, model=CLAUDE, tools=[TOOL] * 33)
    count += refused(RateLimitError, "limit exceeded", ada, model=OPEN)
    return count


def main() -> None:
    """Say everything."""
    ada = client(os.environ["LOCAL_TOKEN"])
    ben = client(os.environ["LOCAL_OTHER_TOKEN"])
    calls = whole(ada) + streamed(ada) + tools(ada) + schema(ada) + refusals(ada, ben)
    print(f"openai {version}: {calls} calls")


if __name__ == "__main__":
    main()
