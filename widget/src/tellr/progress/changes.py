"""The changes of a plan, in words: what happens to each resource, and why a field differs.

The same words as ``tellr-app deploy plan`` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The longest text of a value, in characters.
_WIDTH = 100
_WORDS = {
    "create": "+ create",
    "update": "~ update",
    "recreate": "-/+ recreate",
    "adopt": "~ adopt",
    "no_change": "= keep",
    "delete": "- delete",
}
_COUNTED = (
    (("delete",), "to delete"),
    (("recreate",), "to recreate"),
    (("create",), "to create"),
    (("update", "adopt"), "to update"),
    (("no_change",), "unchanged"),
)


def rows(changes: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return a row for each resource that is changed, or was changed elsewhere."""
    found = []
    for change in changes:
        fields = _fields(change)
        if change.get("action") == "no_change" and not is_drifted(change):
            continue
        words = _WORDS.get(str(change.get("action")), str(change.get("action")))
        told = [_field(one) for one in fields if one.get("reason") != "server_default"]
        value = f"{noun(change)} {change.get('name')}" + "".join(f"; {one}" for one in told)
        found.append((words, value))
    return found


def noun(change: Mapping[str, Any]) -> str:
    """Return the kind of a resource in words."""
    kind = str(change.get("resource"))
    return "encryption key" if kind == "key" else kind


def is_drifted(change: Mapping[str, Any]) -> bool:
    """Return whether a resource was changed elsewhere since the last release."""
    return any(one.get("reason") == "drifted" for one in _fields(change))


def summary(changes: Iterable[Mapping[str, Any]], *, empty: bool) -> str:
    """Count the changes."""
    actions = [str(change.get("action")) for change in changes]
    counts = [(sum(one in wanted for one in actions), words) for wanted, words in _COUNTED]
    told = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"No changes: {told}" if empty else told


def _fields(change: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = change.get("fields")
    return [one for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []


def _field(field: Mapping[str, Any]) -> str:
    name, reason = field.get("field"), field.get("reason")
    old, new, remote = (_value(field.get(key)) for key in ("old", "new", "remote"))
    if reason == "unknown":
        return f"{name}: {new} (unknown)"
    if reason == "managed":
        return f"{name}: {remote}, being changed by the platform to {new}"
    if reason == "drifted":
        becomes = f"{remote} is kept" if new == remote else f"{remote} -> {new}"
        return f"{name}: {becomes} (drifted: {old} was applied)"
    return f"{name}: {new}" if remote == "none" else f"{name}: {remote} -> {new}"


def _value(value: object) -> str:
    if value is None:
        return "none"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if not text:
        return '""'
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
