"""Prints as the native command does: text or JSON lines, and waits in between.

The words are the module's. This decides when to print, and where: events and the result go to
standard output, errors and questions to standard error.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tellr.command.words import RefusedError, Words

# Without a terminal: how long a step is silent before its line is printed.
SILENT_SECONDS = 20.0
# On a terminal: how long a step waits before its line is drawn.
WORTH_SECONDS = 3.0
# After this time without an answer, the workspace is printed without the user.
UNNAMED_SECONDS = 2.0
# For outputs that can't encode the marks.
_PLAIN = {"…": "...", "✓": "ok", "✗": "x"}
_BEGINS = ("started", "waiting", "progress")


class Screen:
    """The output of a run."""

    def __init__(
        self,
        words: Words,
        *,
        is_json: bool,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_json = is_json
        self._words = words
        self._out = out or sys.stdout
        self._clock = clock
        self._began = clock()
        self._draws = not is_json and takes_control_codes(self._out)
        self._is_drawn = False
        self._host: str | None = None
        self._user: str | None = None
        self._profile: str | None = None
        # With JSON output, the events have this information.
        self._printed_host = self._printed_user = is_json
        # The steps in progress: message, start, and when it was last printed.
        self._waits: dict[str, tuple[str, float, float]] = {}

    def workspace(self, host: str | None, user: str | None, profile: str | None) -> None:
        """Take note of the workspace and the user, as far as known; printed once."""
        self._host, self._user, self._profile = host, user, profile
        if user and not self._printed_user:
            self.introduce()

    def event(self, event: dict[str, Any]) -> None:
        """Print an event."""
        self._clear()
        if not self.is_json:
            self._hear(event)
        line = event.get("line", "")
        if line:
            self.introduce()
            self.write(line)

    def tick(self) -> None:
        """Show what is waited for; called about once a second."""
        if self.is_json:
            return
        now = self._clock()
        if now - self._began >= UNNAMED_SECONDS:
            self.introduce()
        if self._draws:
            self._draw(now)
            return
        for step, (message, since, told) in list(self._waits.items()):
            if now - told >= SILENT_SECONDS:
                self._waits[step] = (message, since, now)
                self.write(self._waiting(step, now - since, message, None) + "\n")

    def end(self) -> None:
        """Print what comes before a result, an error or a question."""
        self._clear()
        self.introduce()

    def result(self, text: str) -> None:
        """Print the result.

        Raises:
            OSError: It is lost.
        """
        self._put(text)

    def error(self, refused: RefusedError) -> None:
        """Print an error: as the last line of JSON, else on standard error."""
        if refused.line is not None:
            try:
                self._put(refused.line)
            except OSError:
                pass  # not lost with the output
            else:
                return
        to_stderr(refused.text)

    def write(self, text: str) -> None:
        """Print to standard output; a closed output doesn't stop a deployment."""
        with contextlib.suppress(OSError):
            self._put(text)

    def _hear(self, event: Mapping[str, Any]) -> None:
        step, state = event.get("step"), event.get("state")
        if event.get("kind") != "step" or not step:
            return
        if state in _BEGINS:
            now = self._clock()
            since = self._waits.get(step, ("", now, now))[1]
            self._waits[step] = (event["message"], since, now)
        else:
            self._waits.pop(step, None)

    def _draw(self, now: float) -> None:
        if not self._waits:
            return
        step, (message, since, _) = list(self._waits.items())[-1]
        if now - since >= WORTH_SECONDS:
            line = self._waiting(step, now - since, message, len(self._waits) - 1)
            self._is_drawn = True
            self.write(f"\r\x1b[K{line}")

    def _clear(self) -> None:
        if self._is_drawn:
            self._is_drawn = False
            self.write("\r\x1b[K")

    def _waiting(self, step: str, seconds: float, message: str, others: int | None) -> str:
        facts = {"step": step, "message": message, "others": others}
        return self._words.text("waiting", waited_ms=int(seconds * 1000), **facts)

    def introduce(self) -> None:
        """Print the workspace and the user, as far as known; each once."""
        if self._printed_host and (self._printed_user or not self._user):
            return
        if not self._host:
            return
        host = None if self._printed_host else self._host
        facts = {"host": host, "user": self._user, "profile": self._profile}
        text = self._words.text("introduction", **facts)
        self._printed_host, self._printed_user = True, bool(self._user)
        self._clear()
        self.write(text)

    def _put(self, text: str) -> None:
        if self._out is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            put(self._out, text)
        except BrokenPipeError:
            # A reader that has seen enough. Python would print about it when it exits.
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, self._out.fileno())


def to_stderr(text: str) -> None:
    """Print to standard error."""
    if sys.stderr is not None:
        put(sys.stderr, text)


def write_utf8(out: TextIO | None) -> None:
    """Have a stream written in UTF-8, as JSON is."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8", newline="\n")


def put(out: TextIO, text: str) -> None:
    """Print at once, with what the stream's encoding has."""
    try:
        out.write(text)
    except UnicodeEncodeError:
        for mark, plain in _PLAIN.items():
            text = text.replace(mark, plain)
        encoding = out.encoding or "ascii"
        out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()


def is_terminal(stream: TextIO | None) -> bool:
    """Check whether a stream is a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def takes_control_codes(stream: TextIO | None) -> bool:
    """Check whether a stream is a terminal that interprets control codes."""
    if not is_terminal(stream) or os.environ.get("TERM") == "dumb":
        return False
    # An older console of Windows prints them.
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


def is_coloured(stream: TextIO | None) -> bool:
    """Check whether to use colour."""
    return takes_control_codes(stream) and not os.environ.get("NO_COLOR")
