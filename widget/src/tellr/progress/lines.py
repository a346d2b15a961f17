"""The event stream as lines, in the format of `tellr-app deploy`."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from tellr.errors import printable
from tellr.progress.document import about
from tellr.progress.timeline import Timeline
from tellr.progress.usual import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

_MARKS = {
    "waiting": "…",
    "progress": "…",
    "done": "✓",
    "unchanged": "=",
    "failed": "✗",
    "skipped": "-",
}
_PLAIN = {"…": "..", "✓": "ok", "✗": "x"}
_COLOURS = {"done": "32", "unchanged": "32", "failed": "31"}
_ENDS = ("done", "unchanged", "failed", "skipped")
# After this time without output, a line is printed.
SILENT_SECONDS = 20.0


class Lines:
    """Prints a line when a step ends; unless `brief`, also when it starts to wait."""

    def __init__(
        self,
        *,
        brief: bool,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.brief = brief
        self._out = out
        self._clock = clock
        self._told_at = clock()
        self._timeline = Timeline(clock)

    def signed_in(self, workspace: str, user: str) -> None:
        """Print the workspace and the user."""
        self._print(about(workspace, user))

    def event(self, event: Mapping[str, Any]) -> None:
        """Print an event."""
        self._timeline.add(event)
        line = self._line(event)
        if line:
            self._print(line)

    def tick(self) -> None:
        """Print which steps are waiting, if nothing was printed for a while."""
        if self.brief or self._clock() - self._told_at < SILENT_SECONDS:
            return
        now = self._timeline.elapsed_ms()
        waiting = [
            f"{step.step} {_duration(now - step.started_ms)}{_usual(step.step)}"
            for step in self._timeline.steps.values()
            if step.started_ms is not None and step.ended_ms is None
        ]
        if waiting:
            elapsed = self._paint(f"{now / 1000:>7.1f} s", "2")
            self._print(f"{elapsed}  … still waiting: {', '.join(waiting)}")

    def finished(self, sentence: str, url: str | None = None) -> None:
        """Print the result."""
        told = f"{sentence}: {url}" if url else sentence
        self._print(told if self.brief else f"\n{told}")

    def failed(self) -> None:
        """Print nothing: the exception has the texts."""

    def note(self, sentence: str) -> None:
        """Print a message that is not an event."""
        self._print(sentence)

    def _line(self, event: Mapping[str, Any]) -> str | None:
        if event.get("progress") is not None:
            # The time so far is printed by `tick`, for all steps in one line.
            return None
        kind, state, message = event["kind"], event.get("state"), printable(event["message"])
        if kind == "plan" and not self.brief:
            mark = " "
            steps = ", ".join(step["step"] for step in event.get("steps") or ())
            message = f"{message}: {steps}"
        elif kind == "notice":
            mark = "!"
        elif kind == "step" and state in (_ENDS if self.brief else _MARKS):
            mark = self._paint(_MARKS[state], _COLOURS.get(state))
        else:
            # The start of a step isn't printed, only its end or a wait; the result ends the run.
            return None
        took = event.get("step_elapsed_ms") or 0
        after = self._paint(f"  ({took / 1000:.1f} s)", "2") if took >= 100 else ""
        time = self._paint(f"{event['elapsed_ms'] / 1000:>7.1f} s", "2")
        return f"{time}  {mark} {event.get('step') or '':<13} {message}{after}"

    def _paint(self, text: str, code: str | None) -> str:
        out = self._out or sys.stdout
        on_terminal = not getattr(out, "closed", False) and out.isatty()
        coloured = code and on_terminal and not os.environ.get("NO_COLOR")
        return f"\x1b[{code}m{text}\x1b[0m" if coloured else text

    def _print(self, text: str) -> None:
        self._told_at = self._clock()
        out = self._out or sys.stdout
        try:
            print(text, file=out, flush=True)
        except UnicodeEncodeError:
            for mark, plain in _PLAIN.items():
                text = text.replace(mark, plain)
            encoding = out.encoding or "ascii"
            print(text.encode(encoding, "replace").decode(encoding), file=out, flush=True)
        except (OSError, ValueError):
            # The output is closed, which must not stop a deployment.
            self.brief = True


def _duration(milliseconds: int) -> str:
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _usual(step: str) -> str:
    return f" ({USUAL[step]})" if step in USUAL else ""
