"""Selects the view of a run for the current environment."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from tellr.errors import invalid
from tellr.progress import html
from tellr.progress.document import about
from tellr.progress.lines import Lines
from tellr.progress.timeline import Timeline
from tellr.progress.view import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.progress.view import Reporter

KINDS = ("auto", "timeline", "lines", "brief", "none")
# Often enough for a live view, without filling the saved notebook with updates.
_UPDATE_SECONDS = 0.25


class Display:
    """Shows the timeline in a notebook and updates it."""

    def __init__(self, title: str, show: Callable[[str, str], None]) -> None:
        self._title = title
        self._show = show
        self._timeline = Timeline()
        self._shown_at = 0.0
        self._about = ""

    def signed_in(self, workspace: str, user: str) -> None:
        """Show the workspace and the user."""
        self._about = about(workspace, user)
        self._draw()

    def event(self, event: Mapping[str, Any]) -> None:
        """Process an event."""
        self._timeline.add(event)
        self.tick()

    def tick(self) -> None:
        """Draw, unless it was drawn very recently."""
        if time.monotonic() - self._shown_at >= _UPDATE_SECONDS:
            self._draw()

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Draw the final state."""
        self._timeline.state = "finished"
        self._draw(sentence, url)

    def failed(self) -> None:
        """Draw the final state; the exception has the texts."""
        self._timeline.state = "failed"
        self._draw()

    def note(self, sentence: str) -> None:
        """Show a message that is not an event."""
        self._timeline.notices.append(sentence)
        self._draw()

    def _draw(self, ending: str = "", url: str | None = None) -> None:
        self._shown_at = time.monotonic()
        steps = ", ".join(f"{step.step} {step.state}" for step in self._timeline.steps.values())
        parts = (f"{self._title}:", self._about, steps, ending, url)
        plain = " ".join(part for part in parts if part)
        self._show(html.render(self._timeline, self._title, ending, url, self._about), plain)


def reporter(kind: str, title: str) -> Reporter:
    """Choose: a timeline in an interactive notebook, brief lines in a job, else lines."""
    if kind not in KINDS:
        raise invalid("progress", f"It is {kind!r}", f"Use one of {', '.join(KINDS)}")
    if kind == "none":
        return Silent()
    if kind in ("auto", "timeline"):
        show = _notebook()
        if show is not None:
            return Display(title, show)
    in_job = "DATABRICKS_RUNTIME_VERSION" in os.environ
    return Lines(brief=kind == "brief" or (kind == "auto" and in_job))


def _notebook() -> Callable[[str, str], None] | None:
    """Return the display function of the notebook, using only modules already imported."""
    marimo = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return lambda text, _: marimo.output.replace(marimo.Html(text))
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    # IPython in a terminal has no kernel, and can't show HTML.
    if shell is None or getattr(shell, "kernel", None) is None:
        return None
    return _ipython_display()


def _ipython_display() -> Callable[[str, str], None]:
    from IPython.display import display

    handle: list[Any] = []

    def show(text: str, plain: str) -> None:
        bundle = {"text/html": text, "text/plain": plain}
        if handle:
            handle[0].update(bundle, raw=True)
        else:
            handle.append(display(bundle, raw=True, display_id=True))

    return show
