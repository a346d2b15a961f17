"""A page of the widget without a browser: the other end of the bridge, over a real kernel."""

from __future__ import annotations

import itertools
import time
import uuid
from typing import TYPE_CHECKING, Any

from local_workspace import PATIENCE_SECONDS
from tellr.bridge import PROTOCOL
from tellr.bridge.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from kernels import Kernel, Message


class Page:
    """Speaks the protocol to the widget that the kernel made last."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.name = uuid.uuid4().hex
        opened = [
            one["content"]
            for one in kernel.published
            if one["msg_type"] == "comm_open" and "tellr" in str(one["content"]["data"])
        ]
        self.comm: str = opened[-1]["comm_id"]
        self.state: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._wire = Wire(self._send)
        self._looked = 0

    def say(self, kind: str, **message: Any) -> None:  # noqa: ANN401 (JSON)
        """Send a message that wants no reply."""
        now = time.time() * 1000
        self._wire.send({"tellr": PROTOCOL, "page": self.name, "sent": now, "kind": kind} | message)

    def call(self, kind: str, **message: Any) -> int:  # noqa: ANN401 (JSON)
        """Send a call; its number."""
        number = next(self._numbers)
        self.say(kind, id=number, **message)
        return number

    def reply(self, number: int, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Wait for the reply to a call."""
        return self.wait(lambda one: one["kind"] == "reply" and one["of"] == number, seconds)

    def ask(self, kind: str, **message: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
        """Make a call and wait for the reply."""
        return self.reply(self.call(kind, **message))

    def drive(self, **arguments: Any) -> int:  # noqa: ANN401 (JSON)
        """Begin to drive the creation of an app; the turn."""
        return self.ask("run", operation="create", arguments=arguments, can_drive=True)["ok"][
            "turn"
        ]

    def wait(
        self, wanted: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE_SECONDS
    ) -> dict[str, Any]:
        """Wait for a message for this page."""
        deadline = time.monotonic() + seconds
        while True:
            self._take_in()
            for one in self.messages:
                if wanted(one):
                    return one
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError([one["kind"] for one in self.messages])
            self.kernel.drain(min(0.1, left))

    def wait_for_state(self, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
        """Wait until traits have these values."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(self.state.get(name) == value for name, value in wanted.items()):
            assert time.monotonic() < deadline, self.state
            self.kernel.drain(0.1)
            self._take_in()
        return self.state

    def close(self) -> None:
        """Close the comm, as a front end does that takes the widget away."""
        self._shell("comm_close", {"comm_id": self.comm, "data": {}})

    def _take_in(self) -> None:
        new, self._looked = self.kernel.published[self._looked :], len(self.kernel.published)
        for message in new:
            content = message["content"]
            if content.get("comm_id") != self.comm:
                continue
            data = content["data"]
            if "state" in data:
                self.state |= data["state"]
            elif data.get("method") == "custom":
                whole = self._wire.receive(data["content"], message["buffers"])
                if whole is not None and whole.get("page") == self.name:
                    self.messages.append(whole)

    def _send(self, message: Message, buffers: list[bytes]) -> None:
        data = {"method": "custom", "content": message}
        self._shell("comm_msg", {"comm_id": self.comm, "data": data}, buffers)

    def _shell(self, kind: str, content: Message, buffers: list[bytes] | None = None) -> None:
        client = self.kernel.client
        message = client.session.msg(kind, content)
        client.session.send(client.shell_channel.socket, message, buffers=buffers)
