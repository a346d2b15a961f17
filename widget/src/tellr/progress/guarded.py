"""A view whose failure doesn't affect the run.

A notebook's display can raise at any moment, because a connection broke or an extension replaced
it. Further events then go to plain lines, and if those fail as well, they are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.progress.view import Reporter


class Guarded:
    """Forwards to a view; on failure to the next one."""

    def __init__(self, first: Reporter, *others: Callable[[], Reporter]) -> None:
        self._shown = first
        self._others = list(others)

    def signed_in(self, workspace: str, user: str) -> None:
        """Show the workspace and the user."""
        self._pass_on("signed_in", workspace, user)

    def event(self, event: Mapping[str, Any]) -> None:
        """Process an event."""
        self._pass_on("event", event)

    def tick(self) -> None:
        """Process that time has passed."""
        self._pass_on("tick")

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Close a successful run."""
        self._pass_on("finished", sentence, url)

    def failed(self) -> None:
        """Close a failed run."""
        self._pass_on("failed")

    def note(self, sentence: str) -> None:
        """Show a message that is not an event."""
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
