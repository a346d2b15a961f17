"""Messages in parts, and how old they are."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tellr.bridge import wire as wires
from tellr.bridge.clock import SkewedClock
from tellr.bridge.wire import Wire

Sent = list[tuple[dict[str, Any], list[bytes]]]


def both() -> tuple[Wire, Sent]:
    sent: Sent = []
    return Wire(lambda message, buffers: sent.append((message, buffers))), sent


def test_a_small_message_goes_as_it_is() -> None:
    wire, sent = both()
    wire.send({"tellr": 1, "kind": "here"})
    assert sent == [({"tellr": 1, "kind": "here"}, [])]
    assert wire.receive(*sent[0]) == {"tellr": 1, "kind": "here"}


@pytest.mark.parametrize("order", ["as sent", "backwards"])
def test_a_large_one_goes_in_parts_that_fit_everywhere(order: str) -> None:
    wire, sent = both()
    message = {"tellr": 1, "kind": "reply", "ok": {"body": "é" * 6_000_000}}
    wire.send(message)
    assert len(sent) > 3
    assert all(len(buffer) <= 4_000_000 for _, (buffer,) in sent)
    received = [
        wire.receive(part, [memoryview(b) for b in buffers])
        for part, buffers in (sent if order == "as sent" else reversed(sent))
    ]
    assert received[-1] == message
    assert received[:-1] == [None] * (len(sent) - 1)


def test_a_lost_part_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    wire, sent = both()
    for _ in range(wires.MOST_TRANSFERS):
        wire.send({"tellr": 1, "kind": "reply", "ok": "x" * 5_000_000})
        assert wire.receive(*sent[0]) is None
        sent.clear()
    wire.send({"tellr": 1, "kind": "reply", "ok": "x" * 5_000_000})
    assert [wire.receive(*one) for one in sent] == [None, None], "there is room for so many"
    now = time.monotonic()
    monkeypatch.setattr(wires.time, "monotonic", lambda: now + wires.PATIENCE_SECONDS + 1)
    assert wire.receive(*sent[0]) is None
    assert wire.receive(*sent[1]) is not None


@pytest.mark.parametrize(
    "part",
    [
        {"kind": "part"},
        {"kind": "part", "transfer": "a", "index": 1, "count": 1},
        {"kind": "part", "transfer": "a", "index": -1, "count": 1},
        {"kind": "part", "transfer": "a", "index": 0, "count": 1_000_000},
        {"kind": "part", "transfer": ["a"], "index": 0, "count": 1},
        {"kind": "part", "transfer": "a", "index": "0", "count": 1},
        "part",
        None,
        7,
    ],
)
def test_what_is_no_part_is_dropped(part: Any) -> None:  # noqa: ANN401
    wire, _ = both()
    assert wire.receive(part, [b"{}"]) is None


def test_parts_that_are_no_message_are_dropped() -> None:
    wire, _ = both()
    part = {"kind": "part", "transfer": "a", "index": 0, "count": 1}
    for content in (b"no json", b"[]", b'{"kind": "part"}'):
        assert wire.receive(part, [content]) is None


def test_the_age_of_a_message_needs_no_common_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, now = SkewedClock(), 1_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    hours_behind = now * 1000 - 7_200_000
    assert clock.age_ms(hours_behind) == 0
    assert clock.age_ms(hours_behind - 5_000) == 5_000
    assert clock.age_ms(hours_behind + 20) == 0
    assert clock.age_ms(None) == 0
