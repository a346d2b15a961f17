"""The run of a widget and its state: one at a time, with any driver.

A page drives if it can; the kernel drives if no page can, if a key or a wheel has to stay in
Python, and if a page was lost (`driver.py` decides that). Pages and Python see the same run
throughout: its events and its outcome. The journal in the workspace tells the kernel from where to
resume a lost page's run.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tellr.bridge.driver import Driver
from tellr.bridge.reach import Reach
from tellr.errors import DeploymentError, InvalidArgumentError, failure
from tellr.kernel.run import Run
from tellr.progress.timeline import Timeline
from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.bridge.call import Call
    from tellr.bridge.wire import Message
    from tellr.kernel.host import Host

    # All arguments of an operation, and whether some of them have to stay in Python.
    Completed = tuple[Hidden, bool]

_LOOK_SECONDS = 1.0
_TICK_SECONDS = 0.5
# A deployment emits about a hundred events.
MOST_EVENTS = 10_000

OPERATIONS = ("create", "update", "delete", "rollback", "restore")
_LOOKS = ("plan", "status", "history")


class LiveRun:
    """A run in progress."""

    def __init__(self, operation: str, arguments: Mapping[str, Any], driver: Driver) -> None:
        self.operation = operation
        self.arguments = Hidden(arguments)
        self.driver = driver
        self.timeline = Timeline()
        self.events: deque[Message] = deque(maxlen=MOST_EVENTS)
        self.followers: list[Call] = []
        self.in_kernel: Run | None = None
        self.stopping = False
        self.ended = threading.Event()

    @property
    def app_name(self) -> str:
        """The given app name, or the default."""
        return str(self.arguments.get("app_name") or "tellr")


class Runs:
    """The current run of one widget, and the outcome of the last one."""

    def __init__(
        self,
        host: Host,
        complete: Callable[[str, Mapping[str, Any]], Completed],
        send: Callable[..., None],
        changed: Callable[[Runs], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._complete = complete
        self._send = send
        self._changed = changed
        self._clock = clock
        self._reach = Reach(clock)
        self._reach.noted()
        self._lock = threading.RLock()
        self._looks: dict[tuple[str, int | str], Run] = {}
        self._turns = 0
        self.live: LiveRun | None = None
        # The outcome of the last run, until the next one starts.
        self.timeline = Timeline()
        self.result: Message | None = None
        self.error: Message | None = None

    @property
    def driver(self) -> str:
        """Return the current driver."""
        live = self.live
        return "" if live is None else live.driver.name

    # Messages of pages.

    def heard(self, page: str) -> None:
        """Record that a page is connected."""
        self._reach.noted()
        live = self.live
        if live is not None:
            live.driver.heard(page, self._clock())

    def arrived(self, page: str) -> Message | None:
        """Tell a new page about the run in progress."""
        with self._lock:
            live = self.live
            if live is None:
                return None
            if live.driver.page not in (None, page):
                # Most likely the new page is the other one after a reload.
                self._ask(live, at_once=True)
            arguments = {
                name: value
                for name, value in live.arguments.items()
                if name not in ("encryption_key", "local_wheel")
            }
            return {
                "operation": live.operation,
                "app_name": live.app_name,
                "arguments": arguments,
                "driver": live.driver.name,
                "run": live.timeline.run,
            }

    def left(self, page: str) -> None:
        """Continue without a page that announces that it leaves."""
        with self._lock:
            live = self.live
            if live is not None and live.driver.page == page:
                self._take_over(live)

    def entered(self, page: str, turn: object) -> Driver | None:
        """Start a call of the page that drives; returns its driver, to `leave` again."""
        live = self.live
        return live.driver if live is not None and live.driver.enter(page, turn) else None

    def told(self, page: str, turn: object, event: object) -> None:
        """Process an event of the run that a page drives."""
        with self._lock:
            live = self.live
            if live is not None and live.driver.is_page(page, turn) and isinstance(event, dict):
                self._happened(live, event)

    def ended(self, page: str, turn: object, result: object, error: object) -> None:
        """Process the outcome of the run that a page drives."""
        with self._lock:
            live = self.live
            if live is not None and live.driver.is_page(page, turn):
                told = error if isinstance(error, dict) else None
                self._end(live, result if isinstance(result, dict) else None, told)

    def run(self, call: Call) -> None:
        """Run an operation for a page, or let it run; the kernel does all read-only ones."""
        operation = call.message["operation"]
        if operation in _LOOKS:
            self._look(call)
            return
        arguments = call.message["arguments"]
        if operation not in OPERATIONS or not isinstance(arguments, dict):
            call.reply(
                error={"kind": "refused", "message": "The kernel doesn't know this operation"}
            )
            return
        with self._lock:
            live = self.live
            if live is None:
                self._start(call, operation, arguments)
            elif (live.operation, live.app_name) == (
                operation,
                arguments.get("app_name") or "tellr",
            ):
                self._follow(live, call)
            else:
                call.reply(error=_occupied(live).args[0])

    def follow(self, call: Call) -> None:
        """Show a page the run in progress, from its start to its end."""
        with self._lock:
            if self.live is None:
                call.reply(ok={"none": True})
            else:
                self._follow(self.live, call)

    def stop(self, call: Call) -> None:
        """Stop a read-only operation, or the run that a page follows, on its request."""
        call.is_to_stop.set()
        with self._lock:
            look = self._looks.get(call.key)
            if look is not None:
                look.cancel()
            elif self.live is not None and call in self.live.followers:
                self.cancel()

    def tell(self, report: Callable[[], None]) -> None:
        """Run a function that prints, in a thread where that is safe."""
        self._reach.tell(report)

    # Calls from Python.

    def start(self, operation: str, arguments: Mapping[str, Any]) -> None:
        """Start a run in the kernel."""
        with self._lock:
            if self.live is not None:
                raise _occupied(self.live)
            complete, _ = self._complete(operation, arguments)
            self._take_up(LiveRun(operation, complete, self._driver(None)))

    def cancel(self) -> None:
        """Ask the run to stop at its next safe point."""
        with self._lock:
            live = self.live
            if live is None:
                return
            live.stopping = True
            if live.in_kernel is not None:
                live.in_kernel.cancel()
            elif live.driver.page is not None:
                self._send(kind="stop", page=live.driver.page)
                # If that page is gone, it can't stop the run: ping it now.
                self._ask(live, at_once=True)

    def nobody_is_there(self) -> None:
        """Continue without pages: the widget was closed."""
        with self._lock:
            if self.live is not None:
                self.live.followers.clear()
                self._take_over(self.live)

    def look(self) -> None:
        """Ping the page that drives, or continue without it, if it is time to."""
        with self._lock:
            live = self.live
            if live is None:
                return
            reachable_since = self._reach.since()
            self._ask(live)
            if live.driver.is_lost(self._clock(), reachable_since):
                self._take_over(live)

    # The progress of the run.

    def _driver(self, page: str | None) -> Driver:
        self._turns += 1
        return Driver(page, self._turns, self._clock())

    def _start(self, call: Call, operation: str, arguments: Message) -> None:
        complete, stays = self._complete(operation, arguments)
        drives = bool(call.message.get("can_drive")) and not stays
        driver = self._driver(call.page if drives else None)
        live = LiveRun(operation, complete, driver)
        if drives:
            self._take_up(live)
            call.reply(ok={"drive": live.arguments, "turn": driver.turn})
            return
        live.followers.append(call)
        self._take_up(live)
        if call.is_to_stop.is_set():
            self.cancel()

    def _follow(self, live: LiveRun, call: Call) -> None:
        for event in live.events:
            call.event(event)
        live.followers.append(call)
        if call.is_to_stop.is_set():
            self.cancel()

    def _take_up(self, live: LiveRun) -> None:
        self.live = live
        self.timeline, self.result, self.error = live.timeline, None, None
        if live.driver.page is None:
            self._begin("run", self._drive, live)
        else:
            self._begin("watch", self._watch, live)
        self._changed(self)

    def _happened(self, live: LiveRun, event: Message) -> None:
        if not live.timeline.add(event):
            return  # not an event of the deployer
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
        live.ended.set()

    def _watch(self, live: LiveRun) -> None:
        while live.driver.page is not None and not live.ended.wait(_LOOK_SECONDS):
            self.look()

    def _ask(self, live: LiveRun, *, at_once: bool = False) -> None:
        if live.driver.is_to_be_asked(self._clock(), at_once=at_once):
            self._send(kind="there", page=live.driver.page)

    def _take_over(self, live: LiveRun) -> None:
        page = live.driver.page
        if self.live is not live or page is None:
            return
        live.driver.take_over()
        self._send(kind="taken_over", page=page)
        if live.stopping:
            # It was asked to stop, and has stopped.
            self._end(live, None, _stopped(live).args[0])
            return
        live.events.clear()
        live.timeline = self.timeline = Timeline()
        live.timeline.notices.append("The page is gone; the notebook's kernel continues the run")
        self._begin("run", self._drive, live)
        self._changed(self)

    def _drive(self, live: LiveRun) -> None:
        """Drive a run here until it ends in any case."""
        outcome: tuple[Message | None, Message | None] = (None, None)
        try:
            live.driver.wait_until_alone()
            outcome = self._driven(live)
        except BaseException as error:
            outcome = None, _broken(error).args[0]
        finally:
            with self._lock:
                self._end(live, *outcome)

    def _driven(self, live: LiveRun) -> tuple[Message | None, Message | None]:
        run = Run(self._host, {"operation": live.operation, "arguments": live.arguments})
        with self._lock:
            live.in_kernel = run
            run.begin()
            if live.stopping:
                run.cancel()
        for event in run.follow(_TICK_SECONDS):
            if event is not None:
                with self._lock:
                    self._happened(live, event)
        return _outcome(run)

    def _look(self, call: Call) -> None:
        start = {"operation": call.message["operation"], "arguments": call.message["arguments"]}
        if call.message.get("plan_of") is not None:
            start["plan_of"] = call.message["plan_of"]
            start["arguments"], _ = self._complete(call.message["plan_of"], start["arguments"])
        run = Run(self._host, start)
        with self._lock:
            self._looks[call.key] = run
        try:
            run.begin()
            if call.is_to_stop.is_set():
                run.cancel()
            for _ in run.follow(_TICK_SECONDS):
                pass
            result, error = _outcome(run)
        finally:
            with self._lock:
                del self._looks[call.key]
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
        f"This widget is already running: {live.operation} of `{live.app_name}`",
        "One widget runs one operation at a time",
        "Wait until it is done, or cancel it; another widget can deploy another app meanwhile",
    )


def _stopped(live: LiveRun) -> DeploymentError:
    return failure(
        "CANCELLED",
        f"The {live.operation} of `{live.app_name}` was cancelled",
        "It was asked to stop, and the page that ran it is gone",
        "What was created is kept. Run it again: it resumes where this run stopped",
    )


def _broken(error: BaseException) -> DeploymentError:
    return failure(
        "MODULE_FAILED",
        "The deployment stopped because of a bug in this package",
        f"The code that shows the run ended with {type(error).__name__}",
        "Run it again: it resumes where this run stopped. Please report it",
    )
