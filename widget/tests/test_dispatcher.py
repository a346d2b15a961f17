"""What a page sends may be anything; none of it raises where the notebook delivers messages."""

from __future__ import annotations

from typing import Any

import pytest

from bridges import Bridge, event
from tellr.bridge import PROTOCOL

NESTED: Any = "deep"
for _ in range(300):
    NESTED = [NESTED]
VALUES = [
    *(None, True, False, 0, -1, 10**400, 1.5, float("nan"), float("inf"), "", "x" * 1000),
    *([], {}, [[]], {"a": []}, NESTED),
]
FIELDS = ["tellr", "page", "id", "kind", "sent", "ttl_ms", "of", "turn", "event", "result", "error"]
KINDS = ["hello", "request", "schema", "sleep", "ask", "run", "follow", "event", "ended", "cancel"]


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    return Bridge(monkeypatch)


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_of_any_field_raises(bridge: Bridge, field: str) -> None:
    turn = bridge.drive("page", number=0)
    for place, value in enumerate(VALUES):
        for kind in KINDS:
            message = {"tellr": PROTOCOL, "page": "page", "kind": kind, "turn": turn}
            if kind not in ("event", "ended", "cancel"):
                message["id"] = f"{kind}-{place}"
            bridge.dispatcher.receive(message | {field: value}, [])
            bridge.dispatcher.receive(value, [])
    # It still works.
    assert bridge.ask("page", 4711, "sleep", duration_ms=0)["ok"] is None


@pytest.mark.parametrize("number", [["a"], {"a": 1}, None, True, 1.5, "", "x" * 65, 2**53])
def test_an_id_that_can_not_name_a_call_is_dropped(bridge: Bridge, number: object) -> None:
    bridge.say("page", "follow", id=number)
    bridge.say("page", "cancel", of=number)
    assert bridge.ask("page", 1, "follow")["ok"] == {"none": True}
    assert bridge.sent.empty()


@pytest.mark.parametrize(
    "wrong",
    [
        {"elapsed_ms": "1"},
        {"elapsed_ms": float("nan")},
        {"elapsed_ms": -1},
        {"step_elapsed_ms": "1"},
        {"run": None},
        {"message": 7},
        {"step": ["a"]},
        {"state": {}},
        {"url": 7},
        {"kind": "plan", "steps": 7},
        {"kind": "plan", "steps": [7]},
        {"kind": "plan", "steps": [{"step": [], "title": "", "waits_for": []}]},
        {"kind": "plan", "steps": [{"step": "a", "title": "", "waits_for": None}]},
    ],
)
def test_what_is_no_event_changes_nothing(bridge: Bridge, wrong: dict[str, Any]) -> None:
    turn = bridge.drive("page")
    bridge.say("page", "event", turn=turn, event=event(**wrong))
    assert bridge.runs.timeline.as_list() == []
    assert bridge.runs.live is not None
    assert not bridge.runs.live.events
    bridge.say("page", "event", turn=turn, event=event())
    assert len(bridge.runs.timeline.as_list()) == 1


def test_a_broken_module_is_not_asked_again(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {"question": "validate", "operation": "create", "config": {"app_name": "slides"}}
    assert bridge.ask("page", 1, "ask", question=question) == {
        **{"tellr": PROTOCOL, "kind": "reply", "page": "page", "of": 1, "ok": None}
    }
    first = bridge.service._module
    assert first is not None

    def trap(*_: object) -> dict[str, Any]:
        message = "wasm trap: out of bounds memory access"
        raise RuntimeError(message)

    with monkeypatch.context() as patched:
        patched.setattr(first, "_exchange", trap)
        error = bridge.ask("page", 2, "ask", question=question)["error"]
    assert error["code"] == "MODULE_FAILED"
    # The instance works again, as far as anybody can tell; its memory is what the trap left.
    assert "error" not in bridge.ask("page", 3, "ask", question=question)
    assert bridge.service._module is not first
