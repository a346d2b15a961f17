"""What a view of a run is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reporter(Protocol):
    """Is told what happens, in the thread of the caller."""

    def signed_in(self, workspace: str, user: str) -> None:
        """Say where this happens, and as whom: before anything else."""

    def event(self, event: Mapping[str, Any]) -> None:
        """Take in an event."""

    def tick(self) -> None:
        """Take note that time has passed."""

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Close a run that went well; `url` is where to go now."""

    def failed(self) -> None:
        """Close a run that didn't; the exception that follows has the words."""

    def note(self, sentence: str) -> None:
        """Say something that is no event."""


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
