"""Operations that only look: plans and reports, an app's log, its page."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellr.command.changing import finish
from tellr.command.given import reason
from tellr.command.running import Target, follow
from tellr.command.screen import put, to_stderr
from tellr.kernel.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tellr.command.given import Given
    from tellr.command.parser import Parsed
    from tellr.command.screen import Screen
    from tellr.command.words import RefusedError, Words


def look(parsed: Parsed, given: Given, words: Words, screen: Screen) -> int:
    """Print a plan, a status, a history, the list of apps, or findings."""
    words.check(given.start)
    target = Target(parsed, words)
    screen.workspace(target.address, None, target.profile)
    run: dict[str, Any] = {}
    if given.saved is not None:
        words.check(given.start, (given.saved, target.address or ""))
        run["saved"] = given.saved
    out = parsed.given.get("out")
    if out is not None:
        run["save_for"] = target.address or target.session.host() or ""
    done = follow(given.start, run, target, words, screen, at_safe_point=False)
    if out is not None:
        _save(out, done["saved"], words)
    return finish(done, words, screen)


def _save(file: str, text: str, words: Words) -> None:
    try:
        Path(file).write_bytes(text.encode())
    except OSError as error:
        expected = f"a file that can be written ({reason(error)})"
        raise words.refusal("invalid_value", key="out", given=file, expected=expected) from None


def _app(target: Target, given: Given, words: Words) -> tuple[str, Mapping[str, Any]]:
    """Read an app's record; returns its name and the record."""
    name = words.check(given.start)["app_name"]
    status = Run(target.host, given.start)
    status.begin()
    for _ in status.follow(60):
        pass
    app = status.outcome().get("app")
    if app is None:
        raise words.refusal("app_not_found", app=name)
    return name, app


def open_app(parsed: Parsed, given: Given, words: Words) -> int:
    """Print the app's URL and open it."""
    import webbrowser

    from tellr.workspace.session import NoAnswerError

    target = Target(parsed, words)
    name, app = _app(target, given, words)
    try:
        # The address comes from outside, and a browser opens more than web pages.
        url = target.session.app_url(str(app.get("url") or ""))
    except NoAnswerError:
        raise words.refusal("no_address", app=name) from None
    opened = webbrowser.open(url)
    _print([words.text("opened", url=url, opened=opened)], words)
    return 0


def show_log(parsed: Parsed, given: Given, words: Words) -> int:
    """Print the log. Ctrl-C is the usual way to end it, and no failure."""
    from tellr.app_log import LogReader

    try:
        target = Target(parsed, words)
        name, app = _app(target, given, words)
        reader = LogReader(
            target.session,
            name,
            str(app.get("url") or ""),
            parsed.given["search"],
            _LogWords(words, str(app["compute"])),
        )
        tail = parsed.given["tail"]
        lines = reader.follow(tail) if parsed.given.get("follow") else reader.recent(tail)
        _print((words.text("log_lines", lines=[line]) for line in lines), words)
    except KeyboardInterrupt:
        pass
    return 0


def _print(texts: Iterable[str], words: Words) -> None:
    try:
        for text in texts:
            put(sys.stdout, text)
    except BrokenPipeError:
        # A reader that has seen enough. Python would print about it when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise words.refusal("output_lost", problem=reason(error)) from None


class _LogWords:
    """Describes what happens to a log in the words of the native command."""

    def __init__(self, words: Words, compute: str) -> None:
        self._words = words
        self._compute = compute

    def line(self, line: dict[str, Any]) -> dict[str, Any]:
        """Leave a line as it was sent: the module makes it printable."""
        return line

    def waiting(self, problem: str) -> None:
        """Report that the log can't be read at the moment."""
        to_stderr(self._words.text("log_waits", problem=problem))

    def ended(self, compute: str) -> None:
        """Report that there are no more lines."""
        to_stderr(self._words.text("log_ends", compute=compute))

    def answered(self, status: int) -> str:
        """Describe an answer that is no log."""
        return self._words.text("log_answered", status=status)

    def refused(self, app: str, status: int, *, personal: bool) -> RefusedError:
        """Describe a credential that isn't accepted."""
        return self._words.refusal("log_refused", app=app, status=status, personal=personal)

    def unreachable(self, app: str, problem: str) -> RefusedError:
        """Describe a log that can't be read."""
        facts = {"app": app, "compute": self._compute, "problem": problem}
        return self._words.refusal("log_unreachable", **facts)
