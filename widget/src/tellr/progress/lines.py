"""The event stream as lines, the ones that `tellr-app deploy` prints."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tellr.errors import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
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


class Lines:
    """Prints a line when a step ends; unless `brief`, also when there is something to wait for."""

    def __init__(self, *, brief: bool, out: TextIO | None = None) -> None:
        self.brief = brief
        self._out = out

    def event(self, event: Mapping[str, Any]) -> None:
        """Tell what happened."""
        line = self._line(event)
        if line:
            self._print(line)

    def tick(self) -> None:
        """Nothing: a line is printed once."""

    def finished(self, sentence: str) -> None:
        """Close with the result."""
        self._print(sentence if self.brief else f"\n{sentence}")

    def failed(self) -> None:
        """Nothing: the exception has the words."""

    def note(self, sentence: str) -> None:
        """Say something that is no event."""
        self._print(sentence)

    def _line(self, event: Mapping[str, Any]) -> str | None:
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
            # What begins is told when it ends or has to wait; the end is told by the result.
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
        out = self._out or sys.stdout
        try:
            print(text, file=out, flush=True)
        except UnicodeEncodeError:
            for mark, plain in _PLAIN.items():
                text = text.replace(mark, plain)
            encoding = out.encoding or "ascii"
            print(text.encode(encoding, "replace").decode(encoding), file=out, flush=True)
        except (OSError, ValueError):
            # Nobody reads any more, which is no reason to stop a deployment.
            self.brief = True
