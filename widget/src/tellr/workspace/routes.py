"""The allow-list of requests: only those that the deployer makes are forwarded.

The table is generated from the deployer's own and included in this package. A path is compared in
its encoded form, and must be encoded the way the deployer does it, so that none contains ``..``,
``%2F`` or ``%2E%2E``.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable


@lru_cache(maxsize=1)
def table() -> list[dict[str, Any]]:
    """Read the table: a list of ``{method, path, query}``; ``{}`` matches one segment."""
    file = resources.files("tellr") / "static" / "workspace_routes.json"
    return json.loads(file.read_text("utf-8"))


def allows(method: str, path: str, query: Iterable[str]) -> bool:
    """Check whether the deployer makes such requests; `query` are the query parameters."""
    return any(
        route["method"] == method
        and _is_path(route["path"], path)
        and set(query) <= set(route["query"])
        for route in table()
    )


def _is_path(pattern: str, path: str) -> bool:
    wanted, found = pattern.split("/"), path.split("/")
    return len(wanted) == len(found) and all(
        _is_segment(text) if part == "{}" else text == part
        for part, text in zip(wanted, found, strict=True)
    )


def _is_segment(text: str) -> bool:
    """Check whether this is the deployer's encoding of a name, and can't be read as a path."""
    try:
        name = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    misread = any(c in "/\\%" or ord(c) < 32 or 127 <= ord(c) < 160 for c in name)
    only_dots = not name.strip(".")
    return not misread and not only_dots and quote(name, safe="") == text
