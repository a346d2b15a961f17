"""Values that must not be shown.

A traceback shows no local variables, unless somebody asks for them: IPython's verbose mode, a
debugger, an error reporter. What they print is a value's ``repr``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Shorter ones are nobody's token, and blanking them would only spoil answers.
SHORTEST_SECRET = 16
_SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD", "CREDENTIALS")


class Secret(str):
    """A text that doesn't show itself; everything else about it is the text."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide it."""
        return "'[hidden]'"


class Hidden(dict[str, Any]):
    """A dict that may hold secrets somewhere, and therefore shows its keys only."""

    def __repr__(self) -> str:
        """Name the keys."""
        return f"{{{', '.join(self)}: [hidden]}}"


def blank(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of a text that somebody else wrote."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[token]")
    return text


def in_environment() -> list[str]:
    """List what in the environment looks like a credential."""
    return [
        value
        for name, value in os.environ.items()
        if any(part in name.upper() for part in _SECRET_NAMES)
    ]
