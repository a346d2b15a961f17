"""The results of the functions: dicts as specified, with a readable representation.

``result["url"]``, ``json.dumps(result)`` and ``dict(result)`` work as with any dict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.progress.document import Document


class Result(dict[str, Any]):
    """The result of ``create``, ``update`` or ``delete``, shown as one line."""

    def __repr__(self) -> str:
        """Return the outcome; the rest is in the dict."""
        told = [f"{self.get('app_name')} {self.get('status')}"]
        if self.get("url"):
            told.append(str(self["url"]))
        told.append(f"keys: {', '.join(self)}")
        return f"<tellr result: {'; '.join(told)}>"


class Report(dict[str, Any]):
    """A status or a plan, shown as a document."""

    def __init__(self, found: Mapping[str, Any], workspace: str = "", user: str = "") -> None:
        super().__init__(found)
        self.workspace = workspace
        self.user = user

    def _document(self) -> Document:
        raise NotImplementedError

    def __repr__(self) -> str:
        """Format it as text."""
        return self._document().text()

    def _repr_html_(self) -> str:
        """Format it for a notebook."""
        return self._document().html()

    def __reduce__(self) -> tuple[Any, ...]:
        """Include the subject when copying and pickling."""
        return type(self), (dict(self), self.workspace, self.user)


class Plan(Report):
    """What an operation would do."""

    def _document(self) -> Document:
        from tellr.progress.document import plan

        return plan(self, self.workspace, self.user)


class Status(Report):
    """The status of an app."""

    def _document(self) -> Document:
        from tellr.progress.document import status

        return status(self, self.workspace, self.user)
