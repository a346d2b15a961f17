"""Values that must not be shown.

A traceback shows local variables only on request: in IPython's verbose mode, a debugger, an error
reporter. They print a value's ``repr``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Shorter strings are no tokens, and redacting them would only damage answers.
SHORTEST_SECRET = 16
_SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD", "CREDENTIALS")


class Secret(str):
    """A string with a hidden ``repr``; otherwise an ordinary string."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide it."""
        return "'[hidden]'"


class Hidden(dict[str, Any]):
    """A dict that may contain secrets, so its ``repr`` shows the keys only."""

    def __repr__(self) -> str:
        """Return the keys."""
        return f"{{{', '.join(self)}: [hidden]}}"


def blank(text: str, secrets: Iterable[str]) -> str:
    """Redact secrets in a text from outside."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[token]")
    return text


def in_environment() -> list[str]:
    """List the values in the environment that look like credentials."""
    return [
        value
        for name, value in os.environ.items()
        if any(part in name.upper() for part in _SECRET_NAMES)
    ]
