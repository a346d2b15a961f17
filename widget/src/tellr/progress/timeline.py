"""What the events of a run add up to: steps on a common time axis."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDED = ("done", "unchanged", "failed", "skipped")


@dataclass
class Step:
    """One step: where it stands, and when it began and ended, in milliseconds of the run."""

    step: str
    title: str = ""
    waits_for: list[str] = field(default_factory=list)
    state: str = "planned"
    message: str = ""
    progress: float | None = None
    started_ms: int | None = None
    ended_ms: int | None = None


class Timeline:
    """The steps of a run, and what was told beside them."""

    def __init__(self) -> None:
        self.run = ""
        self.steps: dict[str, Step] = {}
        self.notices: list[str] = []
        self.url: str | None = None
        self.state = "running"
        self._elapsed_ms = 0
        self._told_at = time.monotonic()

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in an event."""
        self.run = event["run"]
        self._elapsed_ms, self._told_at = event["elapsed_ms"], time.monotonic()
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

    def elapsed_ms(self) -> int:
        """Say how long the run has taken; it goes on between two events, until the last."""
        if self.state != "running":
            return self._elapsed_ms
        return self._elapsed_ms + int((time.monotonic() - self._told_at) * 1000)

    def as_list(self) -> list[dict[str, Any]]:
        """Give the steps as plain values."""
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
