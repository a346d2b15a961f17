"""The last lines of an app's log, from the WebSocket ``/logz/stream`` of its URL.

The stream sends the recent lines and then new ones, without marking where the recent lines end:
reading stops after a short pause, or at one of the limits.
"""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tellr.workspace import proxies

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from websockets.sync.client import ClientConnection

# The number of lines that the deploy logic requests, and the time limit for reading them.
LINES = 20
SECONDS = 5.0
# The time limit for the first line, and the pause that ends the recent lines.
FIRST_SECONDS = 2.0
QUIET_SECONDS = 0.5
# The maximum size of a message and of all data; reading stops there.
LARGEST_MESSAGE_BYTES = 64 * 1024
MOST_CHARACTERS = 4 * 1024 * 1024


class NoLogError(Exception):
    """The log can't be read; the text is for users."""


def read(
    origin: str, headers: Mapping[str, str], context: ssl.SSLContext | None
) -> tuple[int, list[str]]:
    """Read the recent lines; returns the handshake's status without lines if it was refused."""
    from websockets.exceptions import InvalidStatus, WebSocketException
    from websockets.sync.client import connect

    deadline = time.monotonic() + SECONDS
    try:
        with connect(
            origin.replace("http", "ws", 1) + "/logz/stream",
            origin=origin,  # type: ignore[arg-type]
            additional_headers=dict(headers),
            ssl=context,
            open_timeout=SECONDS,
            close_timeout=QUIET_SECONDS,
            max_size=LARGEST_MESSAGE_BYTES,
            **proxies.for_websockets(origin, connect),
        ) as stream:
            # An empty search term matches every line.
            stream.send("")
            return 200, _lines(stream, deadline)
    except InvalidStatus as error:
        return error.response.status_code, []
    except (OSError, WebSocketException) as error:
        message = f"The app's log can't be read ({type(error).__name__})"
        raise NoLogError(message) from None


def _lines(stream: ClientConnection, deadline: float) -> list[str]:
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
        if isinstance(message, str) and (line := _line(message)) is not None:
            lines.append(line)
    return list(lines)


def _line(frame: str) -> str | None:
    try:
        told: Any = json.loads(frame)
    except ValueError:
        return None
    line = told.get("message") if isinstance(told, dict) else None
    return line if isinstance(line, str) else None
