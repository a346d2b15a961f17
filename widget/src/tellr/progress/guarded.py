"""A view that may fail: the run doesn't depend on it.

A notebook's display can raise at any moment, because a connection broke or an extension replaced
it. What remains to be told then goes to plain lines, and where those fail as well, nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.progress.view import Reporter


class Guarded:
    """Passes on to a view; on failure to the next one."""

    def __init__(self, first: Reporter, *others: Callable[[], Reporter]) -> None:
        self._shown = first
        self._others = list(others)

    def signed_in(self, workspace: str, user: str) -> None:
        """Say where this happens, and as whom."""
        self._pass_on("signed_in", workspace, user)

    def event(self, event: Mapping[str, Any]) -> None:
        """Take in an event."""
        self._pass_on("event", event)

    def tick(self) -> None:
        """Take note that time has passed."""
        self._pass_on("tick")

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Close a run that went well."""
        self._pass_on("finished", sentence, url)

    def failed(self) -> None:
        """Close a run that didn't."""
        self._pass_on("failed")

    def note(self, sentence: str) -> None:
        """Say something that is no event."""
        self._pass_on("note", sentence)

    def _pass_on(self, name: str, *arguments: object) -> None:
        while True:
            try:
                getattr(self._shown, name)(*arguments)
                return
            except Exception as error:
                if not self._others:
                    return
                self._shown = self._others.pop(0)()
                told = f"The progress display failed ({type(error).__name__}); the run continues"
                self._pass_on("note", told)
