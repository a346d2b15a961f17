"""The last lines of an app's log, from the WebSocket ``/logz/stream`` of its URL.

The stream sends the last lines of before and then new ones, and doesn't say where the past ends:
reading ends when nothing came for a moment, or at one of the limits.
"""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from websockets.sync.client import ClientConnection

# How many lines the deploy logic asks for, and how long reading them may take.
LINES = 20
SECONDS = 5.0
# The first line takes no longer, if there is one; after that, nothing new for so long is the end.
FIRST_SECONDS = 2.0
QUIET_SECONDS = 0.5
# A longer message ends the reading, and more than that is not read.
LARGEST_MESSAGE_BYTES = 64 * 1024
MOST_CHARACTERS = 4 * 1024 * 1024


class NoLogError(Exception):
    """The log can't be read; the words are for people."""


def read(
    origin: str, headers: Mapping[str, str], context: ssl.SSLContext | None
) -> tuple[int, list[str]]:
    """Read the last lines; the handshake's status and none where it was refused."""
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
        ) as stream:
            # The search term: every line.
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
