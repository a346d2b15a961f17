"""Carries out what the deploy logic wants from outside, each command in a thread of its own.

Threads are daemons: nothing here can keep Python from ending. A command that raises is answered
as one that failed, in words without the exception's own text, which may repeat what it was given.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = dict[str, Any]


class Host(Protocol):
    """What a run needs from outside. Both may block, and are called from several threads."""

    def request(self, request: Mapping[str, Any]) -> Answer:
        """Send a request to the workspace; the protocol's answer to it."""

    def schema(self, at: Mapping[str, Any], script: Mapping[str, Any]) -> Answer:
        """Run a script on a Lakebase database; the protocol's answer to it."""

    def probe(self, probe: Mapping[str, Any]) -> Answer:
        """Ask the app itself, or a package index; the protocol's answer to it."""


# No command takes longer; each of their parts has a limit of its own, and the sum of these is
# less. This is for what has none: a name that doesn't resolve, a credential helper that hangs.
LIMIT_SECONDS = {"request": 90.0, "schema": 240.0, "probe": 180.0}


def begin(host: Host, command: Mapping[str, Any], done: Callable[[int, Answer], None]) -> None:
    """Begin a command; `done` is called from its thread, once."""
    kind, number = command["kind"], command["id"]

    def work() -> None:
        try:
            if kind == "request":
                answer = host.request(command["request"])
            elif kind == "probe":
                answer = host.probe(command["probe"])
            else:
                answer = host.schema(command["at"], command["script"])
        except BaseException as error:
            answer = raised(kind, error)
        done(number, answer)

    threading.Thread(target=work, name=f"tellr-{kind}-{number}", daemon=True).start()


def raised(kind: str, error: BaseException) -> Answer:
    """Answer for a host that raised, which a host never should; trying again wouldn't help."""
    name = type(error).__name__
    if kind in {"request", "probe"}:
        message = f"The notebook could not send the request ({name})"
        return {"error": {"kind": "refused", "message": message}}
    message = f"The notebook could not run the statements ({name})"
    return {"error": {"kind": "database", "message": message}}


def too_late(kind: str) -> Answer:
    """Answer for a command that nobody waits for any longer."""
    limit = LIMIT_SECONDS[kind]
    kinds = {"request": "timeout", "schema": "connection", "probe": "timeout"}
    return {"error": {"kind": kinds[kind], "message": f"No answer within {limit:.0f} s"}}
