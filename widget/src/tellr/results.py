"""The results of the functions: dicts as specified, with a readable representation.

``result["url"]``, ``json.dumps(result)`` and ``dict(result)`` work as with any dict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.progress.document import Document


def _list(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


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

    def _repr_markdown_(self) -> str:
        """Format it for tools that show Markdown and no HTML."""
        return self._document().markdown()

    def __reduce__(self) -> tuple[Any, ...]:
        """Include the subject when copying and pickling."""
        return type(self), (dict(self), self.workspace, self.user)


class Plan(Report):
    """What an operation would do.

    ``plan.empty`` says whether it would do anything; ``plan.changes`` lists what, by resource
    and field. All of it is in the mapping as well.
    """

    @property
    def empty(self) -> bool:
        """Whether the operation would change nothing."""
        return bool(self.get("empty"))

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What happens to each resource; what is lost comes first."""
        return _list(self.get("changes"))

    @property
    def losses(self) -> list[dict[str, Any]]:
        """What the operation would delete."""
        return _list(self.get("losses"))

    def _document(self) -> Document:
        from tellr.progress.document import plan

        return plan(self, self.workspace, self.user)


class History(Report):
    """The releases of an app."""

    def _document(self) -> Document:
        from tellr.progress.document import history

        return history(self, self.workspace, self.user)


class Status(Report):
    """The status of an app."""

    def _document(self) -> Document:
        from tellr.progress.document import status

        return status(self, self.workspace, self.user)


class AppList(Report):
    """The Tellr apps of a workspace."""

    def _document(self) -> Document:
        from tellr.progress.looking import app_list

        return app_list(self, self.workspace, self.user)


class Findings(Report):
    """Whether all is there that a deployment needs."""

    def _document(self) -> Document:
        from tellr.progress.looking import findings

        return findings(self, self.workspace, self.user)
