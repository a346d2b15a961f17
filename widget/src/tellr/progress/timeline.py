"""The state derived from a run's events: steps on a common time axis."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDED = ("done", "unchanged", "failed", "skipped")


@dataclass
class Step:
    """One step: its state, and its start and end, in milliseconds of the run."""

    step: str
    title: str = ""
    waits_for: list[str] = field(default_factory=list)
    state: str = "planned"
    message: str = ""
    progress: float | None = None
    started_ms: int | None = None
    ended_ms: int | None = None


class Timeline:
    """The steps of a run, and its other messages."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.run = ""
        self.steps: dict[str, Step] = {}
        self.notices: list[str] = []
        self.url: str | None = None
        self.state = "running"
        self._elapsed_ms = 0
        self._told_at = clock()

    def add(self, event: Mapping[str, Any]) -> bool:
        """Process an event; False if it isn't a valid event, and then nothing changes."""
        if not _is_event(event):
            return False
        self.run = event["run"]
        self._elapsed_ms, self._told_at = event["elapsed_ms"], self._clock()
        self.url = event.get("url") or self.url
        kind = event["kind"]
        if kind == "plan":
            for planned in event.get("steps") or ():
                step = self._step(planned["step"])
                step.title, step.waits_for = planned["title"], list(planned["waits_for"])
        elif kind == "notice":
            self.notices.append(event["message"])
        elif kind == "step" and event.get("step"):
            self._move(self._step(event["step"]), event)
        elif kind in ("finished", "failed"):
            self.state = kind
        return True

    def elapsed_ms(self) -> int:
        """Return the duration of the run so far; it increases between events, until the last."""
        if self.state != "running":
            return self._elapsed_ms
        return self._elapsed_ms + int((self._clock() - self._told_at) * 1000)

    def as_list(self) -> list[dict[str, Any]]:
        """Return the steps as plain values."""
        return [asdict(step) for step in self.steps.values()]

    def _step(self, name: str) -> Step:
        return self.steps.setdefault(name, Step(name))

    def _move(self, step: Step, event: Mapping[str, Any]) -> None:
        step.state = event.get("state") or step.state
        step.message = event["message"]
        step.progress = event.get("progress")
        took = event.get("step_elapsed_ms")
        if step.started_ms is None:
            step.started_ms = max(0, event["elapsed_ms"] - (took or 0))
        if step.state in ENDED:
            step.ended_ms = event["elapsed_ms"]


def _is_event(event: Mapping[str, Any]) -> bool:
    """Check whether this has the format of an event: it may come from a page."""
    texts = all(isinstance(event.get(name), str) for name in ("run", "kind", "message"))
    optional = all(
        isinstance(event.get(name), (str, NoneType)) for name in ("step", "state", "url")
    )
    numbers = _is_duration(event.get("elapsed_ms")) and (
        event.get("step_elapsed_ms") is None or _is_duration(event["step_elapsed_ms"])
    )
    steps = event.get("steps") or []
    planned = isinstance(steps, list) and all(map(_is_planned, steps))
    return texts and optional and numbers and planned


def _is_duration(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 <= value < 2**53


def _is_planned(step: object) -> bool:
    return (
        isinstance(step, dict)
        and isinstance(step.get("step"), str)
        and isinstance(step.get("title"), str)
        and isinstance(step.get("waits_for"), list)
    )
