"""Takes the page's messages and has each worked on.

Whoever delivers a message is the notebook's own thread, so nothing is done here but to look at it
and to begin a thread. Every call gets exactly one reply, whatever happens; one that raised gets an
error without the exception's own words.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from tellr.bridge import PROTOCOL
from tellr.bridge.clock import SkewedClock
from tellr.errors import DeploymentError, InvalidArgumentError, failure
from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tellr.bridge.lead import Lead
    from tellr.bridge.service import Service
    from tellr.bridge.wire import Message, Wire

# Calls at the same time; a deployment has a handful.
MOST_CALLS = 64
_REMEMBERED_CALLS = 4096
LONGEST_SLEEP_MS = 10 * 60 * 1000


class Call:
    """One call of a page: who to reply to, and whether it still wants to know."""

    def __init__(self, desk: Desk, message: Message) -> None:
        self._desk = desk
        self.message = Hidden(message)
        self.page: str = message["page"]
        self.number = message["id"]
        self.let_go = threading.Event()
        self._replied = threading.Lock()

    def event(self, event: Message) -> None:
        """Tell of something that happened meanwhile."""
        if not self.let_go.is_set():
            self._desk.send(kind="event", page=self.page, of=self.number, event=event)

    def reply(self, **outcome: Any) -> None:  # noqa: ANN401 (JSON)
        """Reply, the first time; any further reply is dropped."""
        if self._replied.acquire(blocking=False):
            self._desk.close(self)
            if not self.let_go.is_set():
                self._desk.send(kind="reply", page=self.page, of=self.number, **outcome)


class Desk:
    """The kernel's end of the bridge."""

    def __init__(self, wire: Wire, service: Service, lead: Lead) -> None:
        self._wire = wire
        self._service = service
        self._lead = lead
        self._clock = SkewedClock()
        self._open: dict[tuple[str, Any], Call] = {}
        self._seen: OrderedDict[tuple[str, Any], None] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, **message: Any) -> None:  # noqa: ANN401 (JSON)
        """Send a message to the page."""
        self._wire.send({"tellr": PROTOCOL, **message})

    def receive(self, content: Any, buffers: Sequence[Any]) -> None:  # noqa: ANN401
        """Take a message; returns at once."""
        message = self._wire.receive(content, buffers)
        if message is None or not isinstance(message.get("page"), str):
            return
        self._lead.heard(message["page"])
        kind = message.get("kind")
        if "id" in message:
            self._begin(message)
        elif message.get("tellr") != PROTOCOL:
            return
        elif kind == "event":
            self._lead.told(message["page"], message.get("event"))
        elif kind == "ended":
            self._lead.ended(message["page"], message.get("result"), message.get("error"))
        elif kind == "remember":
            self._service.remember(message.get("value"))
        elif kind == "cancel":
            self._let_go(message["page"], message.get("of"))

    def close(self, call: Call) -> None:
        """Forget a call that was replied to."""
        with self._lock:
            self._open.pop((call.page, call.number), None)

    def let_go_of_all(self) -> None:
        """Forget all calls: there is nobody to reply to any more."""
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
            call = Call(self, message)
            self._open[key] = call
        age = self._clock.age_ms(message.get("sent"))
        if message.get("tellr") != PROTOCOL:
            call.reply(error=_mismatch(message.get("tellr")))
        elif full:
            call.reply(error=_host_error("connection", f"There are {MOST_CALLS} calls under way"))
        elif isinstance(ttl := message.get("ttl_ms"), (int, float)) and age > ttl:
            seconds = age / 1000
            words = f"The kernel was busy for {seconds:.0f} s, which was too long for this"
            call.reply(error=_host_error("timeout", words))
        else:
            name = f"tellr-bridge-{message.get('kind')}-{message['id']}"[:60]
            threading.Thread(target=self._work, args=(call,), name=name, daemon=True).start()

    def _work(self, call: Call) -> None:
        try:
            self.send(kind="taken", page=call.page, of=call.number)
            handler = self._handlers().get(str(call.message.get("kind")))
            if handler is None:
                call.reply(error=_host_error("refused", "The kernel knows no such call"))
            else:
                handler(call)
        except (DeploymentError, InvalidArgumentError) as error:
            call.reply(error=error.args[0])
        except Exception as error:
            call.reply(
                error=_host_error("refused", f"The kernel failed at it ({type(error).__name__})")
            )

    def _handlers(self) -> dict[str, Callable[[Call], None]]:
        service = self._service
        return {
            "files": self._files,
            "hello": lambda call: call.reply(
                ok=service.hello() | {"live": self._lead.arrived(call.page)}
            ),
            "request": lambda call: _answer(call, service.request(call.message["request"])),
            "schema": lambda call: _answer(
                call, service.schema(call.message["at"], call.message["operation"])
            ),
            "probe": lambda call: _answer(call, service.probe(call.message["probe"])),
            "ask": lambda call: _answer(call, service.ask(call.message["question"])),
            "sleep": _sleep,
            "run": self._lead.run,
        }

    def _files(self, call: Call) -> None:
        name, packed = self._service.files()
        head = {"tellr": PROTOCOL, "kind": "files", "page": call.page, "hash": name}
        self._wire.send_buffers(head, packed)
        self.close(call)

    def _let_go(self, page: str, number: object) -> None:
        with self._lock:
            call = self._open.get((page, number))
        if call is None:
            return
        if call.message.get("kind") == "run":
            # Somebody who wants a run to stop also wants to know how it ended.
            self._lead.stop(call)
        else:
            call.let_go.set()
            call.reply()


def _answer(call: Call, answer: Message) -> None:
    call.reply(**answer)


def _sleep(call: Call) -> None:
    duration = min(max(0, call.message["duration_ms"]), LONGEST_SLEEP_MS)
    call.let_go.wait(duration / 1000)
    call.reply(ok=None)


def _host_error(kind: str, message: str) -> Message:
    # The shape of both a request's and a script's error; both kinds of call understand it.
    return {"kind": kind, "message": message}


def _mismatch(spoken: object) -> Message:
    error = failure(
        "PROTOCOL_MISMATCH",
        "The page of this widget and the notebook's package don't fit together",
        f"The page speaks version {spoken} of their protocol, the package version {PROTOCOL}",
        "Reload the page of the notebook, restart Python, and run the cell again",
    )
    return error.args[0]
