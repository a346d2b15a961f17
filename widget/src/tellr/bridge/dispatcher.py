"""Receives the page's messages and starts the work on each.

Messages are delivered in the notebook's own thread, so it only validates a message and starts a
thread. Every call gets exactly one reply in all cases; a call that raised is answered with an
error that doesn't contain the exception's text.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from tellr.bridge import PROTOCOL
from tellr.bridge.call import Call, is_id
from tellr.bridge.clock import SkewedClock, is_number
from tellr.errors import DeploymentError, InvalidArgumentError, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tellr.bridge.runs import Runs
    from tellr.bridge.service import Service
    from tellr.bridge.wire import Message, Wire

# The maximum number of concurrent calls; a deployment has a handful.
MOST_CALLS = 64
_REMEMBERED_CALLS = 4096
LONGEST_SLEEP_MS = 10 * 60 * 1000
NOT_DRIVING = "This page no longer runs the deployment; the notebook's kernel does"


class Dispatcher:
    """The kernel's end of the bridge."""

    def __init__(self, wire: Wire, service: Service, runs: Runs) -> None:
        self._wire = wire
        self._service = service
        self._runs = runs
        self._clock = SkewedClock()
        self._open: dict[tuple[str, int | str], Call] = {}
        self._seen: OrderedDict[tuple[str, int | str], None] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, **message: Any) -> None:  # noqa: ANN401 (JSON)
        """Send a message to the page."""
        self._wire.send({"tellr": PROTOCOL, **message})

    def receive(self, content: Any, buffers: Sequence[Any]) -> None:  # noqa: ANN401
        """Receive a message; returns immediately. Invalid messages are dropped."""
        message = self._wire.receive(content, buffers)
        if message is None:
            return
        page = message.get("page")
        if not isinstance(page, str) or not is_id(page):
            return
        self._runs.heard(page)
        kind = message.get("kind")
        if "id" in message:
            if is_id(message["id"]):
                self._begin(message)
        elif message.get("tellr") != PROTOCOL:
            return
        elif kind == "event":
            self._runs.told(page, message.get("turn"), message.get("event"))
        elif kind == "ended":
            self._runs.ended(page, message.get("turn"), message.get("result"), message.get("error"))
        elif kind == "leaving":
            self._runs.left(page)
        elif kind == "remember":
            self._service.remember(message.get("value"))
        elif kind == "cancel" and is_id(message.get("of")):
            self._let_go((page, message["of"]))

    def close(self, call: Call) -> None:
        """Remove a call that was replied to."""
        with self._lock:
            self._open.pop(call.key, None)

    def let_go_of_all(self) -> None:
        """Remove all calls: the page that would receive the replies no longer exists."""
        with self._lock:
            calls = list(self._open.values())
            self._open.clear()
        for call in calls:
            call.let_go.set()

    def _begin(self, message: Message) -> None:
        key = (message["page"], message["id"])
        with self._lock:
            if key in self._seen:
                return
            self._seen[key] = None
            if len(self._seen) > _REMEMBERED_CALLS:
                self._seen.popitem(last=False)
            full = len(self._open) >= MOST_CALLS
            call = Call(message, self.send, self.close)
            self._open[key] = call
        age = self._clock.age_ms(message.get("sent"))
        if message.get("tellr") != PROTOCOL:
            call.reply(error=_mismatch(message.get("tellr")))
        elif full:
            call.reply(error=_host_error("connection", f"There are {MOST_CALLS} calls in progress"))
        elif is_number(ttl := message.get("ttl_ms")) and age > ttl:
            seconds = age / 1000
            words = f"The kernel was busy for {seconds:.0f} s, and this request has expired"
            call.reply(error=_host_error("timeout", words))
        else:
            name = f"tellr-bridge-{message.get('kind')}-{message['id']}"[:60]
            threading.Thread(target=self._work, args=(call,), name=name, daemon=True).start()

    def _work(self, call: Call) -> None:
        try:
            self.send(kind="taken", page=call.page, of=call.number)
            handler = self._handlers().get(str(call.message.get("kind")))
            if handler is None:
                call.reply(error=_host_error("refused", "The kernel doesn't know this call"))
            else:
                handler(call)
        except (DeploymentError, InvalidArgumentError) as error:
            call.reply(error=error.args[0])
        except Exception as error:
            call.reply(error=_host_error("refused", f"The kernel failed ({type(error).__name__})"))

    def _handlers(self) -> dict[str, Callable[[Call], None]]:
        service = self._service
        return {
            "files": self._files,
            "hello": lambda call: call.reply(
                ok=service.hello() | {"live": self._runs.arrived(call.page)}
            ),
            "request": lambda call: self._of_driver(
                call,
                reads=call.message["request"]["method"] == "GET",
                work=lambda: service.request(call.message["request"]),
            ),
            "schema": lambda call: self._of_driver(
                call,
                reads=call.message["operation"]["operation"] == "inspect",
                work=lambda: service.schema(call.message["at"], call.message["operation"]),
            ),
            "probe": lambda call: call.reply(**service.probe(call.message["probe"])),
            "ask": lambda call: call.reply(**service.ask(call.message["question"])),
            "sleep": _sleep,
            "run": self._runs.run,
            "follow": self._runs.follow,
        }

    def _of_driver(self, call: Call, *, reads: bool, work: Callable[[], Message]) -> None:
        """Carry out a page's request, if it drives a run or only reads."""
        turn = call.message.get("turn")
        if turn is None and reads:
            call.reply(**work())
            return
        driver = self._runs.entered(call.page, turn)
        if driver is None:
            call.reply(error=_host_error("refused", NOT_DRIVING))
            return
        try:
            answer = work()
        finally:
            driver.leave()
        call.reply(**answer)

    def _files(self, call: Call) -> None:
        name, packed = self._service.files()
        head = {"tellr": PROTOCOL, "kind": "files", "page": call.page, "hash": name}
        self._wire.send_buffers(head, packed)
        self.close(call)

    def _let_go(self, key: tuple[str, int | str]) -> None:
        with self._lock:
            call = self._open.get(key)
        if call is None:
            return
        if call.message.get("kind") in ("run", "follow"):
            # The caller that stops a run also waits for its outcome.
            self._runs.stop(call)
        else:
            call.let_go.set()
            call.reply()


def _sleep(call: Call) -> None:
    duration = min(max(0, call.message["duration_ms"]), LONGEST_SLEEP_MS)
    call.let_go.wait(duration / 1000)
    call.reply(ok=None)


def _host_error(kind: str, message: str) -> Message:
    # The common format of request and script errors; both kinds of call understand it.
    return {"kind": kind, "message": message}


def _mismatch(spoken: object) -> Message:
    error = failure(
        "PROTOCOL_MISMATCH",
        "The page of this widget and the notebook's package have different versions",
        f"The page uses protocol version {spoken}, the package version {PROTOCOL}",
        "Reload the page of the notebook, restart Python, and run the cell again",
    )
    return error.args[0]
