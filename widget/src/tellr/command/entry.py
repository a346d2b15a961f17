"""Runs the command, from its words to its exit code."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

from tellr.command import parser
from tellr.command.changing import change
from tellr.command.given import Given
from tellr.command.looking import look, open_app, show_log
from tellr.command.screen import Screen, is_coloured, to_stderr, write_utf8
from tellr.command.words import RefusedError, Words
from tellr.errors import DeploymentError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from tellr.command.parser import Parsed

CANCELLED = 130
_CHANGES = ("create", "update", "delete", "rollback", "restore")


def run(arguments: Sequence[str]) -> int:
    """Run the command with these words; returns its exit code."""
    _stop_as_interrupted()
    try:
        return _run(parser.read(arguments))
    except parser.StopError as stop:
        if stop.exit_code:
            to_stderr(stop.text)
        else:
            print(stop.text, end="")
        return stop.exit_code
    except KeyboardInterrupt:
        return CANCELLED


def _run(parsed: Parsed) -> int:
    is_json = bool(parsed.given.get("json"))
    if is_json:
        write_utf8(sys.stdout)
    printing = {
        "json": is_json,
        "colour": is_coloured(sys.stdout),
        "error_colour": is_coloured(sys.stderr),
        "is_from_file": parsed.given.get("config") is not None,
    }
    try:
        words = Words(printing)
    except DeploymentError as error:
        # There is no module that could describe it.
        to_stderr(f"\nError: {error}\n")
        return 1
    screen = Screen(words, is_json=is_json)
    try:
        return _perform(parsed, words, screen)
    except RefusedError as error:
        refused = error
    except (DeploymentError, InvalidArgumentError) as error:
        refused = words.told(error.args[0])
    screen.end()
    screen.error(refused)
    return refused.exit_code


def _perform(parsed: Parsed, words: Words, screen: Screen) -> int:
    given = Given(parsed, words)
    operation = parsed.path[0]
    if operation in _CHANGES:
        return change(parsed, given, words, screen)
    if operation == "logs":
        return show_log(parsed, given, words)
    if operation == "open":
        return open_app(parsed, given, words)
    return look(parsed, given, words, screen)


def _stop_as_interrupted() -> None:
    """Treat SIGTERM as Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)
        # A shell starts what runs in the background with it ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
