"""One call of a page: what it asks for, and its one reply."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from tellr.bridge.wire import Message

# Longer ids are nobody's.
_LONGEST_ID = 64


class Call:
    """A call under way: who to reply to, and whether it still wants to know."""

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
        # The page wants what runs to stop, and still wants to know how it ended.
        self.is_to_stop = threading.Event()
        self._replied = threading.Lock()

    @property
    def key(self) -> tuple[str, int | str]:
        """What names this call among those of all pages."""
        return self.page, self.number

    def event(self, event: Message) -> None:
        """Tell of something that happened meanwhile."""
        if not self.let_go.is_set():
            self._send(kind="event", page=self.page, of=self.number, event=event)

    def reply(self, **outcome: Any) -> None:  # noqa: ANN401 (JSON)
        """Reply, the first time; any further reply is dropped."""
        if self._replied.acquire(blocking=False):
            self._close(self)
            if not self.let_go.is_set():
                self._send(kind="reply", page=self.page, of=self.number, **outcome)


def is_id(value: object) -> bool:
    """Whether something can name a call or a page."""
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
