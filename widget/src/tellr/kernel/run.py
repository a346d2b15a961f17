"""Drives one run of the deploy logic.

A thread owns the module and runs its loop: poll, start the commands, wait until one is done or a
sleep is over, resolve, poll again. The caller follows the run from another thread. That makes an
interrupt safe: Python raises it in the main thread, between any two instructions, and there it can
only interrupt a wait.
"""

from __future__ import annotations

import base64
import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from tellr.errors import DeploymentError, InvalidArgumentError, error_from, failure
from tellr.kernel import host as hosts
from tellr.kernel.module import Module
from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tellr.kernel.host import Answer, Host

# A run that was asked to stop completes its pending request and releases the lock.
STOP_SECONDS = 120.0

_CANCEL, _ABANDON = "cancel", "abandon"


class Run:
    """One run, from its arguments to its result."""

    def __init__(self, host: Host, start: Mapping[str, Any]) -> None:
        self._host = host
        self._start = Hidden(start)
        # Not `SimpleQueue`: a short timeout of its `get` may wait for ever in Python 3.10.
        self._inbox: queue.Queue[tuple[int, Answer] | str] = queue.Queue()
        self._news: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._result: dict[str, Any] | None = None
        self._error: DeploymentError | InvalidArgumentError | None = None
        # Of a command line's run that has ended: what to print of it.
        self.printed: dict[str, Any] = {}
        # The deadline of the pending commands, by the monotonic clock.
        self._sleeps: dict[int, float] = {}
        self._commands: dict[int, tuple[str, float]] = {}
        self._stop_by: float | None = None
        self._thread = threading.Thread(target=self._work, name="tellr-run", daemon=True)

    def begin(self) -> None:
        """Start; returns immediately."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to stop at its next safe point. The follower gets its outcome."""
        self._inbox.put(_CANCEL)

    def abandon(self) -> None:
        """Abandon the run. Its effects remain, and its lock expires by itself."""
        self._inbox.put(_ABANDON)

    def follow(self, tick_seconds: float) -> Iterator[dict[str, Any] | None]:
        """Yield events as they occur, and None once per tick; ends with the run."""
        while True:
            try:
                news = self._news.get(timeout=tick_seconds)
            except queue.Empty:
                yield None
                continue
            if news is None:
                return
            yield news

    def outcome(self) -> dict[str, Any]:
        """Return the result of a run that has ended, or raise its error."""
        if self._error is not None:
            # Without the frames of the run's thread: they hold the arguments.
            raise self._error.with_traceback(None)
        if self._result is None:
            raise failure(
                "GIVEN_UP",
                "The deployment did not stop in time",
                "It was asked to stop, and the steps in progress did not end "
                f"in {STOP_SECONDS:.0f} s",
                "Run it again: it resumes where this run stopped, as soon as the lock of "
                "this run has expired",
            )
        return self._result

    def _work(self) -> None:
        try:
            self._drive()
        except (DeploymentError, InvalidArgumentError) as error:
            self._error = error
        except BaseException as error:
            self._error = failure(
                "MODULE_FAILED",
                "The deployment stopped because of a bug in this package",
                f"The code that runs the deployer's module ended with {type(error).__name__}",
                "Run it again: it resumes where this run stopped. Please report it",
            )
        self._news.put(None)

    def _drive(self) -> None:
        module = Module()
        seed = base64.b64encode(os.urandom(32)).decode()
        module.call("start", **self._start, seed=seed, now_ms=_now_ms())
        self._start.clear()
        while True:
            turn = module.call("poll", now_ms=_now_ms(), elapsed_ms=int(time.monotonic() * 1000))
            printed = turn.get("printed")
            for number, event in enumerate(turn["events"]):
                # Of a command line's run: with the line to print.
                line = {"line": printed["lines"][number]} if printed else {}
                self._news.put({**event, **line})
            for number in turn["withdrawn"]:
                self._sleeps.pop(number, None)
                self._commands.pop(number, None)
            for command in turn["commands"]:
                self._begin(command)
            if turn["state"] != "running":
                self._result = turn.get("result")
                self.printed = (printed or {}).get("end", {})
                if "error" in turn:
                    self._error = error_from(turn["error"])
                return
            if not self._wait(module):
                return

    def _begin(self, command: Mapping[str, Any]) -> None:
        number, kind = command["id"], command["kind"]
        if kind == "sleep":
            self._sleeps[number] = time.monotonic() + command["duration_ms"] / 1000
            return
        self._commands[number] = (kind, time.monotonic() + hosts.LIMIT_SECONDS[kind])
        hosts.begin(self._host, command, lambda id_, answer: self._inbox.put((id_, answer)))

    def _wait(self, module: Module) -> bool:
        """Wait for at least one outcome, and pass it to the module; False to give up."""
        waiting = True
        while True:
            try:
                message = self._inbox.get(block=waiting, timeout=self._patience())
            except queue.Empty:
                happened = self._resolve_overdue(module)
                if self._stop_by is not None and time.monotonic() >= self._stop_by:
                    return False
                if happened or not waiting:
                    return True
                continue
            if message == _ABANDON:
                return False
            if message == _CANCEL:
                module.call("cancel")
                if self._stop_by is None:
                    self._stop_by = time.monotonic() + STOP_SECONDS
            elif not isinstance(message, str):
                number, answer = message
                if self._commands.pop(number, None):
                    module.call("resolve", id=number, answer=answer)
            # Further available outcomes are processed in the same turn.
            waiting = False

    def _patience(self) -> float:
        ends = [*self._sleeps.values(), *(end for _, end in self._commands.values())]
        if self._stop_by is not None:
            ends.append(self._stop_by)
        return max(0.0, min(ends) - time.monotonic()) if ends else 1.0

    def _resolve_overdue(self, module: Module) -> bool:
        now = time.monotonic()
        slept = [number for number, end in self._sleeps.items() if end <= now]
        for number in slept:
            del self._sleeps[number]
            module.call("resolve", id=number, answer=None)
        late = [(number, kind) for number, (kind, end) in self._commands.items() if end <= now]
        for number, kind in late:
            del self._commands[number]
            module.call("resolve", id=number, answer=hosts.too_late(kind))
        return bool(slept or late)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
