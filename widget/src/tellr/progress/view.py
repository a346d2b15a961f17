"""The interface of a view of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reporter(Protocol):
    """Called with what happens, in the caller's thread."""

    def signed_in(self, workspace: str, user: str) -> None:
        """Show the workspace and the user: before anything else."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Process an event."""

    def tick(self) -> None:
        """Process that time has passed."""

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Close a successful run; `url` is the link to show."""

    def failed(self) -> None:
        """Close a failed run; the exception that follows has the texts."""

    def note(self, sentence: str) -> None:
        """Show a message that is not an event."""


class Silent:
    """Shows nothing."""

    def signed_in(self, workspace: str, user: str) -> None:
        """Nothing."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Nothing."""

    def tick(self) -> None:
        """Nothing."""

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Nothing."""

    def failed(self) -> None:
        """Nothing."""

    def note(self, sentence: str) -> None:
        """Nothing."""
