"""Who runs the deploy logic, and how the run stands.

One widget has one run at a time. The page drives it where it can. It does so as long as it is
heard of: a page that was reloaded or closed says nothing any more, and then the kernel goes on. The
journal in the workspace says from where, and the lock there keeps the two from ever working at
the same time, should the page only have been slow: its lease has to run out first.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from tellr.errors import DeploymentError, InvalidArgumentError, failure
from tellr.kernel.run import Run
from tellr.progress.timeline import Timeline
from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.bridge.desk import Call
    from tellr.bridge.wire import Message
    from tellr.kernel.host import Host

# A page that drives is heard of all the time; it renews its lock every 15 s.
SILENT_SECONDS = 25.0
# How long it may take to answer when it is asked. Right after another page came, it has less.
ANSWER_SECONDS = 15.0
RELOADED_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_TICK_SECONDS = 0.5

OPERATIONS = ("create", "update", "delete")


class LiveRun:
    """A run under way."""

    def __init__(self, operation: str, arguments: Mapping[str, Any], page: str | None) -> None:
        self.operation = operation
        self.arguments = Hidden(arguments)
        # The page that drives; None for the kernel.
        self.page = page
        self.timeline = Timeline()
        self.events: list[Message] = []
        self.followers: list[Call] = []
        self.in_kernel: Run | None = None
        self.stopping = False
        self.heard_at = time.monotonic()

    @property
    def app_name(self) -> str:
        """The app, as far as it was named."""
        return str(self.arguments.get("app_name") or "tellr")


class Lead:
    """Decides who drives, and keeps what happened."""

    def __init__(
        self,
        host: Host,
        complete: Callable[[str, Mapping[str, Any]], Hidden],
        send: Callable[..., None],
        changed: Callable[[Lead], None],
    ) -> None:
        self._host = host
        self._complete = complete
        self._send = send
        self._changed = changed
        self._lock = threading.RLock()
        self._looks: dict[int, Run] = {}
        self.live: LiveRun | None = None
        # How the last run ended, until the next one begins.
        self.timeline = Timeline()
        self.result: Message | None = None
        self.error: Message | None = None

    @property
    def driver(self) -> str:
        """Say who runs the logic now."""
        live = self.live
        if live is None:
            return ""
        return "page" if live.page is not None else "kernel"

    # What pages say.

    def heard(self, page: str) -> None:
        """Take note that a page is there."""
        live = self.live
        if live is not None and live.page == page:
            live.heard_at = time.monotonic()

    def arrived(self, page: str) -> Message | None:
        """Say to a page that has just come what is under way."""
        with self._lock:
            live = self.live
            if live is None:
                return None
            if live.page not in (None, page):
                # Most likely this one is the other after a reload.
                self._begin("watch", self._make_sure, live, RELOADED_SECONDS)
            return {
                "operation": live.operation,
                "app_name": live.app_name,
                "driver": self.driver,
                "run": live.timeline.run,
            }

    def told(self, page: str, event: object) -> None:
        """Take in what happened in the run that a page drives."""
        with self._lock:
            live = self.live
            if live is not None and live.page == page and isinstance(event, dict):
                self._happened(live, event)

    def ended(self, page: str, result: object, error: object) -> None:
        """Take in how the run that a page drives ended."""
        with self._lock:
            live = self.live
            if live is not None and live.page == page:
                told = error if isinstance(error, dict) else None
                self._end(live, result if isinstance(result, dict) else None, told)

    def run(self, call: Call) -> None:
        """Run an operation for a page, or let it; a look is always the kernel's."""
        operation = call.message["operation"]
        if operation in ("plan", "status"):
            self._look(call)
            return
        arguments = call.message["arguments"]
        if operation not in OPERATIONS or not isinstance(arguments, dict):
            call.reply(error={"kind": "refused", "message": "The kernel runs no such operation"})
            return
        drives = bool(call.message.get("can_drive"))
        with self._lock:
            live = self.live
            if live is None:
                complete = self._complete(operation, arguments)
                live = LiveRun(operation, complete, call.page if drives else None)
                self._take_up(live)
                if drives:
                    self._begin("watch", self._watch, live)
                    call.reply(ok={"drive": live.arguments})
                    return
                live.followers.append(call)
                self._begin("run", self._drive, live)
            elif (live.operation, live.app_name) == (
                operation,
                arguments.get("app_name") or "tellr",
            ):
                for event in live.events:
                    call.event(event)
                live.followers.append(call)
            else:
                call.reply(error=_occupied(live).args[0])

    def stop(self, call: Call) -> None:
        """Stop what a page no longer wants."""
        look = self._looks.get(id(call))
        if look is not None:
            look.cancel()
        else:
            self.cancel()

    # What Python says.

    def start(self, operation: str, arguments: Mapping[str, Any]) -> None:
        """Begin a run in the kernel."""
        with self._lock:
            if self.live is not None:
                raise _occupied(self.live)
            live = LiveRun(operation, self._complete(operation, arguments), None)
            self._take_up(live)
            self._begin("run", self._drive, live)

    def cancel(self) -> None:
        """Ask the run to stop at its next safe point."""
        with self._lock:
            live = self.live
            if live is None:
                return
            live.stopping = True
            if live.in_kernel is not None:
                live.in_kernel.cancel()
            elif live.page is not None:
                self._send(kind="stop", page=live.page)

    def nobody_is_there(self) -> None:
        """Go on without pages: the widget was closed."""
        with self._lock:
            if self.live is not None:
                self.live.followers.clear()
                self._take_over(self.live)

    # How it goes on.

    def _take_up(self, live: LiveRun) -> None:
        self.live = live
        self.timeline, self.result, self.error = live.timeline, None, None
        self._changed(self)

    def _happened(self, live: LiveRun, event: Message) -> None:
        try:
            live.timeline.add(event)
        except (KeyError, TypeError):
            return  # no event of the deployer's
        live.events.append(event)
        for follower in live.followers:
            follower.event(event)
        self._changed(self)

    def _end(self, live: LiveRun, result: Message | None, error: Message | None) -> None:
        if self.live is not live:
            return
        self.live = None
        self.result, self.error = result, error
        live.timeline.state = "failed" if error else "finished"
        for follower in live.followers:
            follower.reply(**({"error": error} if error else {"ok": {"result": result}}))
        self._changed(self)

    def _watch(self, live: LiveRun) -> None:
        while self.live is live and live.page is not None:
            if time.monotonic() - live.heard_at > SILENT_SECONDS:
                self._make_sure(live, ANSWER_SECONDS)
            time.sleep(_LOOK_SECONDS)

    def _make_sure(self, live: LiveRun, patience_seconds: float) -> None:
        """Ask the page that drives whether it is there; go on without it if it doesn't answer."""
        asked_at = time.monotonic()
        self._send(kind="there", page=live.page)
        while time.monotonic() - asked_at < patience_seconds:
            if live.heard_at > asked_at or self.live is not live:
                return
            time.sleep(0.1)
        with self._lock:
            if live.heard_at <= asked_at:
                self._take_over(live)

    def _take_over(self, live: LiveRun) -> None:
        if self.live is not live or live.page is None:
            return
        if live.stopping:
            # It was to stop, and it has.
            self._end(live, None, _stopped(live).args[0])
            return
        live.page = None
        live.events.clear()
        live.timeline = self.timeline = Timeline()
        live.timeline.notices.append("The page went away; the notebook's kernel goes on")
        self._begin("run", self._drive, live)
        self._changed(self)

    def _drive(self, live: LiveRun) -> None:
        start = {"operation": live.operation, "arguments": live.arguments}
        run = Run(self._host, start)
        with self._lock:
            live.in_kernel = run
            run.begin()
            if live.stopping:
                run.cancel()
        for event in run.follow(_TICK_SECONDS):
            if event is not None:
                with self._lock:
                    self._happened(live, event)
        result, error = _outcome(run)
        with self._lock:
            self._end(live, result, error)

    def _look(self, call: Call) -> None:
        start = {"operation": call.message["operation"], "arguments": call.message["arguments"]}
        if call.message.get("plan_of") is not None:
            start["plan_of"] = call.message["plan_of"]
            start["arguments"] = self._complete(call.message["plan_of"], start["arguments"])
        run = self._looks[id(call)] = Run(self._host, start)
        try:
            run.begin()
            for _ in run.follow(_TICK_SECONDS):
                pass
            result, error = _outcome(run)
        finally:
            del self._looks[id(call)]
        call.reply(**({"error": error} if error else {"ok": {"result": result}}))

    def _begin(self, name: str, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, name=f"tellr-{name}", daemon=True).start()


def _outcome(run: Run) -> tuple[Message | None, Message | None]:
    try:
        return run.outcome(), None
    except (DeploymentError, InvalidArgumentError) as error:
        return None, error.args[0]


def _occupied(live: LiveRun) -> DeploymentError:
    return failure(
        "RUN_UNDER_WAY",
        f"This widget is at work: {live.operation} of `{live.app_name}`",
        "One widget does one thing at a time",
        "Wait until it is done, or cancel it; another widget can deploy another app meanwhile",
    )


def _stopped(live: LiveRun) -> DeploymentError:
    return failure(
        "CANCELLED",
        f"The {live.operation} of `{live.app_name}` was cancelled",
        "It was asked to stop, and the page that ran it went away",
        "What was made stands. Run the same again: it goes on where this one stopped",
    )
