"""Sends messages of any size over a channel that only carries small ones."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Message = dict[str, Any]

# The lowest known limit is the platform's, 5 MB for a whole message.
PART_BYTES = 4_000_000
# Messages up to this size are sent in one piece.
INLINE_BYTES = 256 * 1024
# A wheel of the maximum size, in base64 and in JSON, with room to spare.
LARGEST_MESSAGE_BYTES = 40 * 1024 * 1024
# Parts that are still missing after this time were lost.
PATIENCE_SECONDS = 60.0
MOST_TRANSFERS = 8


class Wire:
    """One end of a channel. Any thread may send; parts of one message stay together."""

    def __init__(self, send: Callable[[Message, list[bytes]], None]) -> None:
        self._send = send
        self._sending = threading.Lock()
        self._receiving = threading.Lock()
        self._transfers: dict[str, _Transfer] = {}

    def send(self, message: Message) -> None:
        """Send a message, whole or in parts. Does nothing if the channel is closed."""
        text = json.dumps(message).encode()
        with self._sending:
            if len(text) <= INLINE_BYTES:
                self._send(message, [])
                return
            transfer = uuid.uuid4().hex
            parts = [text[at : at + PART_BYTES] for at in range(0, len(text), PART_BYTES)]
            for index, part in enumerate(parts):
                head = {"tellr": message["tellr"], "kind": "part", "transfer": transfer}
                self._send(head | {"index": index, "count": len(parts)}, [part])

    def send_buffers(self, message: Message, buffers: list[bytes]) -> None:
        """Send a small message with binary buffers that fit into one."""
        with self._sending:
            self._send(message, buffers)

    def receive(self, content: Any, buffers: Sequence[Any]) -> Message | None:  # noqa: ANN401
        """Receive data; returns a message once it is complete. Invalid data is dropped."""
        if not isinstance(content, dict):
            return None
        if content.get("kind") != "part":
            return content
        with self._receiving:
            return self._join(content, buffers)

    def _join(self, part: Message, buffers: Sequence[Any]) -> Message | None:
        transfer, index, count = (part.get(name) for name in ("transfer", "index", "count"))
        most = LARGEST_MESSAGE_BYTES // PART_BYTES + 1
        fits = isinstance(count, int) and isinstance(index, int) and 0 <= index < count <= most
        if not isinstance(transfer, str) or not fits or not buffers:
            return None
        now = time.monotonic()
        self._transfers = {name: one for name, one in self._transfers.items() if one.until > now}
        if transfer not in self._transfers and len(self._transfers) >= MOST_TRANSFERS:
            return None
        kept = self._transfers.setdefault(transfer, _Transfer(count))
        kept.until = now + PATIENCE_SECONDS
        # A memoryview in one notebook, bytes in another.
        kept.parts[index] = bytes(buffers[0])[:PART_BYTES]
        if len(kept.parts) < kept.count:
            return None
        del self._transfers[transfer]
        try:
            message = json.loads(b"".join(kept.parts[number] for number in range(kept.count)))
        except (KeyError, ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) and message.get("kind") != "part" else None


class _Transfer:
    def __init__(self, count: int) -> None:
        self.count = count
        self.parts: dict[int, bytes] = {}
        self.until = 0.0
