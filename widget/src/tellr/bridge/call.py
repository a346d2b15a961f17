"""One call of a page, and its one reply."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from tellr.bridge.wire import Message

# Longer ids are invalid.
_LONGEST_ID = 64


class Call:
    """A pending call: where to send the reply, and whether it is still wanted."""

    def __init__(
        self, message: Message, send: Callable[..., None], close: Callable[[Call], None]
    ) -> None:
        self._send = send
        self._close = close
        self.message = Hidden(message)
        self.page: str = message["page"]
        self.number = message["id"]
        # The page no longer wants the reply.
        self.let_go = threading.Event()
        # The page wants the run to stop, and still waits for its outcome.
        self.is_to_stop = threading.Event()
        self._replied = threading.Lock()

    @property
    def key(self) -> tuple[str, int | str]:
        """The unique name of this call among those of all pages."""
        return self.page, self.number

    def event(self, event: Message) -> None:
        """Report an event that happened meanwhile."""
        if not self.let_go.is_set():
            self._send(kind="event", page=self.page, of=self.number, event=event)

    def reply(self, **outcome: Any) -> None:  # noqa: ANN401 (JSON)
        """Reply, once; any further reply is dropped."""
        if self._replied.acquire(blocking=False):
            self._close(self)
            if not self.let_go.is_set():
                self._send(kind="reply", page=self.page, of=self.number, **outcome)


def is_id(value: object) -> bool:
    """Check whether a value is a valid id of a call or a page."""
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
