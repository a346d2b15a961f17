"""The last lines of an app's log, from the WebSocket ``/logz/stream`` of its URL.

The stream sends the recent lines and then new ones, without marking where the recent lines end:
reading stops after a short pause, or at one of the limits.
"""

from __future__ import annotations

import json
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tellr.workspace import proxies

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    from websockets.sync.client import ClientConnection

# The number of lines that the deploy logic requests, and the time limit for reading them.
LINES = 100
SECONDS = 5.0
# The time limit for the first line, and the pause that ends the recent lines.
FIRST_SECONDS = 2.0
QUIET_SECONDS = 0.5
# The maximum size of a message and of all data; reading stops there.
LARGEST_MESSAGE_BYTES = 64 * 1024
MOST_CHARACTERS = 4 * 1024 * 1024


class NoLogError(Exception):
    """The log can't be read; the text is for users."""


class LogRefusedError(Exception):
    """The app's URL refused the handshake, or has closed the stream for the same reason."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read(
    origin: str,
    headers: Mapping[str, str],
    context: ssl.SSLContext | None,
    since_ms: float | None,
) -> tuple[int, list[str]]:
    """Read the recent lines, written since `since_ms` if given.

    Returns the handshake's status without lines if it was refused.
    """
    deadline = time.monotonic() + SECONDS
    try:
        # An empty search term matches every line.
        with opened(origin, headers, context, "") as stream:
            return 200, _lines(stream, deadline, since_ms)
    except LogRefusedError as error:
        return error.status, []


@contextmanager
def opened(
    origin: str, headers: Mapping[str, str], context: ssl.SSLContext | None, term: str
) -> Iterator[ClientConnection]:
    """Open the stream of lines with `term`."""
    from websockets.exceptions import InvalidStatus, WebSocketException
    from websockets.sync.client import connect

    try:
        stream = connect(
            origin.replace("http", "ws", 1) + "/logz/stream",
            origin=origin,  # type: ignore[arg-type]
            additional_headers=dict(headers),
            ssl=context,
            open_timeout=SECONDS,
            close_timeout=QUIET_SECONDS,
            max_size=LARGEST_MESSAGE_BYTES,
            **proxies.for_websockets(origin, connect),
        )
        with stream:
            stream.send(term)
            yield stream
    except InvalidStatus as error:
        raise LogRefusedError(error.response.status_code) from None
    except (OSError, WebSocketException) as error:
        message = f"The app's log can't be read ({type(error).__name__})"
        raise NoLogError(message) from None


def _lines(stream: ClientConnection, deadline: float, since_ms: float | None) -> list[str]:
    from websockets.exceptions import ConnectionClosed

    lines: deque[str] = deque(maxlen=LINES)
    characters = 0
    while characters <= MOST_CHARACTERS:
        patience = QUIET_SECONDS if lines else FIRST_SECONDS
        try:
            message = stream.recv(timeout=min(patience, max(0.0, deadline - time.monotonic())))
        except (TimeoutError, ConnectionClosed):
            break
        characters += len(message)
        line = frame_of(message)
        if line is not None and (since_ms is None or line["timestamp"] * 1000 >= since_ms):
            lines.append(line["message"])
    return list(lines)


def frame_of(frame: object) -> dict[str, Any] | None:
    """Parse a message of the stream: a line with its time and source; None for anything else."""
    try:
        told: Any = json.loads(frame) if isinstance(frame, str) else None
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("message"), str):
        return None
    time_of = told.get("timestamp")
    return {
        "timestamp": float(time_of) if isinstance(time_of, (int, float)) else 0.0,
        "source": str(told.get("source") or ""),
        "message": told["message"],
    }
