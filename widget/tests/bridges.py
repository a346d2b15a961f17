"""The kernel's end of the bridge without a kernel: clock, runs and pages are the test's."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

from tellr.bridge import PROTOCOL
from tellr.bridge import runs as bridge_runs
from tellr.bridge.dispatcher import Dispatcher
from tellr.bridge.runs import Runs
from tellr.bridge.service import Service
from tellr.bridge.wire import Wire
from tellr.secrets import Hidden
from tellr.workspace.session import WorkspaceSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

PATIENCE_SECONDS = 20


class KernelRun:
    """Stands in for a run in the kernel: the test says what happens in it."""

    made: queue.Queue[KernelRun]

    def __init__(self, _host: object, start: dict[str, Any]) -> None:
        self.start = start
        self.cancelled = threading.Event()
        self.news: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.result: dict[str, Any] = {}
        type(self).made.put(self)

    def begin(self) -> None:
        """Nothing: the test does it."""

    def cancel(self) -> None:
        """Note it."""
        self.cancelled.set()

    def follow(self, _tick: float) -> Iterator[dict[str, Any]]:
        """Yield what the test tells."""
        while (event := self.news.get(timeout=PATIENCE_SECONDS)) is not None:
            yield event

    def outcome(self) -> dict[str, Any]:
        """Give what the test says."""
        return self.result

    def finish(self, **result: Any) -> None:  # noqa: ANN401 (JSON)
        """End it."""
        self.result = result
        self.news.put(None)


class Bridge:
    """Runs and dispatcher of one widget, with a clock that only the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, stays: bool = False) -> None:
        self.now = 1_000.0
        self.stays = stays
        self.made: queue.Queue[KernelRun] = queue.Queue()
        kind = type("Run", (KernelRun,), {"made": self.made})
        monkeypatch.setattr(bridge_runs, "Run", kind)
        # The test looks when it wants to.
        monkeypatch.setattr(bridge_runs, "_LOOK_SECONDS", 3_600)
        self.sent: queue.Queue[dict[str, Any]] = queue.Queue()
        self.states: list[str] = []
        wire = Wire(lambda message, _: self.sent.put(message))
        self.runs = Runs(
            None,  # type: ignore[arg-type]
            lambda _, arguments: (Hidden(arguments), self.stays),
            lambda **message: self.dispatcher.send(**message),
            lambda runs: self.states.append(runs.driver),
            lambda: self.now,
        )
        self.service = Service(WorkspaceSession(), "0.1.0")
        self.dispatcher = Dispatcher(wire, self.service, self.runs)

    def say(self, page: str, kind: str, **message: Any) -> None:  # noqa: ANN401 (JSON)
        """Deliver a page's message."""
        whole = {"tellr": PROTOCOL, "page": page, "kind": kind, "sent": self.now * 1000}
        self.dispatcher.receive(whole | message, [])

    def heard(self, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
        """Wait for a message to a page; those before it are dropped."""
        while True:
            message = self.sent.get(timeout=PATIENCE_SECONDS)
            if all(message.get(name) == value for name, value in wanted.items()):
                return message

    def ask(self, page: str, number: int, kind: str, **message: Any) -> dict[str, Any]:  # noqa: ANN401
        """Make a call and wait for the reply."""
        self.say(page, kind, id=number, **message)
        return self.heard(kind="reply", page=page, of=number)

    def drive(self, page: str, number: int = 1, app: str = "tellr") -> int:
        """Let a page begin to drive; its turn."""
        arguments = {"app_name": app}
        reply = self.ask(
            page, number, "run", operation="create", arguments=arguments, can_drive=True
        )
        return reply["ok"]["turn"]

    def kernel_run(self) -> KernelRun:
        """Wait for the next run in the kernel."""
        return self.made.get(timeout=PATIENCE_SECONDS)

    def nothing_runs_here(self) -> bool:
        """Whether the kernel began nothing."""
        return self.made.empty()


def event(**more: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """Make an event of the deployer's."""
    common = {"run": "r", "sequence": 0, "at": "2026-11-23T00:00:00Z", "elapsed_ms": 10}
    return common | {"kind": "step", "step": "app", "state": "done", "message": "made it"} | more
