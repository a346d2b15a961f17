"""Carries out the commands of the deploy logic, each in its own thread.

Threads are daemons, so that they can't keep Python from exiting. A command that raises is answered
as failed, without the exception's text, which may repeat its input.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = dict[str, Any]


class Host(Protocol):
    """The environment of a run. The methods may block, and are called from several threads."""

    def request(self, request: Mapping[str, Any]) -> Answer:
        """Send a request to the workspace; the protocol's answer to it."""

    def schema(self, at: Mapping[str, Any], script: Mapping[str, Any]) -> Answer:
        """Run a script on a Lakebase database; the protocol's answer to it."""

    def probe(self, probe: Mapping[str, Any]) -> Answer:
        """Query the app itself, or a package index; the protocol's answer to it."""


# The time limit of a command. The limits of its parts add up to less; this one covers parts
# without a limit: a name that doesn't resolve, a credential helper that hangs.
LIMIT_SECONDS = {"request": 90.0, "schema": 240.0, "probe": 180.0}


def begin(host: Host, command: Mapping[str, Any], done: Callable[[int, Answer], None]) -> None:
    """Start a command; `done` is called from its thread, once."""
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
    """Return the answer for a host that raised, which it must not; a retry wouldn't help."""
    name = type(error).__name__
    if kind in {"request", "probe"}:
        message = f"The notebook could not send the request ({name})"
        return {"error": {"kind": "refused", "message": message}}
    message = f"The notebook could not run the statements ({name})"
    return {"error": {"kind": "database", "message": message}}


def too_late(kind: str) -> Answer:
    """Return the answer for a command that is no longer awaited."""
    limit = LIMIT_SECONDS[kind]
    kinds = {"request": "timeout", "schema": "connection", "probe": "timeout"}
    return {"error": {"kind": kinds[kind], "message": f"No answer within {limit:.0f} s"}}
