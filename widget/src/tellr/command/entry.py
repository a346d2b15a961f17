"""Runs an operation of the command, from its words to its exit code."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from tellr.command import parser
from tellr.command.given import start_of
from tellr.command.screen import Screen, is_coloured, is_terminal, to_stderr
from tellr.command.words import RefusedError, Words
from tellr.errors import DeploymentError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from tellr.kernel.run import Run
    from tellr.workspace.host import WorkspaceHost

_TICK_SECONDS = 0.5
CANCELLED = 130


def run(arguments: Sequence[str]) -> int:
    """Run the command with these words; returns its exit code."""
    try:
        parsed = parser.read(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    given = parsed["given"]
    printing = {
        "program": parser.PROGRAM,
        "colour": is_coloured(sys.stdout),
        "error_colour": is_coloured(sys.stderr),
        "is_from_file": given.get("config") is not None,
    }
    _stop_as_interrupted()
    try:
        words = Words(printing)
    except DeploymentError as error:
        # There is no module that could say it.
        to_stderr(f"\nError: {error}\n")
        return 1
    screen = Screen(words, is_json=bool(given.get("json")))
    try:
        _perform(parsed, words, screen)
    except RefusedError as refused:
        screen.end()
        screen.error(refused.error, refused.text)
        return refused.exit_code
    except (DeploymentError, InvalidArgumentError) as error:
        refused = words.told(error.args[0])
        screen.end()
        screen.error(refused.error, refused.text)
        return refused.exit_code
    except KeyboardInterrupt:
        return CANCELLED
    return 0


def _stop_as_interrupted() -> None:
    """Treat SIGTERM as Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)
        # A shell starts what runs in the background with it ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _perform(parsed: Mapping[str, Any], words: Words, screen: Screen) -> None:
    path, given = parsed["path"], parsed["given"]
    operation = path[0]
    changes = operation not in ("plan", "status")
    start = start_of(parsed, words)
    if (
        path[-1] == "delete"
        and "config_yaml" not in start
        and not start["arguments"].get("app_name")
    ):
        raise words.refusal("unnamed", operation="delete")
    checked = words.check(start)
    is_to_confirm = checked["loses"] and not given.get("yes")
    if is_to_confirm and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise words.refusal("confirmation_needed", operation=operation, app=checked["app_name"])
    host, profile = _host(given, words)
    if changes and (operation != "delete" or start["arguments"].get("reset_database")):
        from tellr.workspace import lakebase

        lakebase.check_driver()
    if is_to_confirm:
        plan = {**start, "operation": "plan", "plan_of": operation}
        looked = _follow(
            _begun(host, plan, words), host, profile, screen, " at the next safe point"
        )
        screen.end()
        _confirm(looked.printed["confirmation"], checked["app_name"], words)
    at = " at the next safe point" if changes else ""
    done = _follow(_begun(host, start, words), host, profile, screen, at)
    result = done.outcome()
    screen.end()
    try:
        screen.result(result, done.printed["text"])
    except OSError as error:
        problem = f"{error.strerror or error} (os error {error.errno})"
        raise words.refusal("output_lost", problem=problem) from None


def _host(given: Mapping[str, Any], words: Words) -> tuple[WorkspaceHost, str | None]:
    from tellr.workspace import credentials
    from tellr.workspace.host import WorkspaceHost
    from tellr.workspace.session import WorkspaceSession

    try:
        found = credentials.current(given.get("profile"), given.get("host"))
    except credentials.NotFoundError as error:
        raise words.refusal("no_workspace", problem=str(error)) from None
    return WorkspaceHost(WorkspaceSession(found=found)), found.profile


def _begun(host: WorkspaceHost, start: Mapping[str, Any], words: Words) -> Run:
    from tellr.kernel.run import Run

    begun = Run(host, {**start, "printing": words.printing})
    begun.begin()
    return begun


def _follow(
    under_way: Run, host: WorkspaceHost, profile: str | None, screen: Screen, at: str
) -> Run:
    """Print a run's events until it ends; raises its error.

    The first Ctrl-C stops it in order, a second one immediately.
    """
    interrupted = False
    while True:
        try:
            for event in under_way.follow(_TICK_SECONDS):
                screen.workspace(host.workspace, host.user, profile)
                if event is None:
                    screen.tick()
                else:
                    screen.event(event)
            break
        except KeyboardInterrupt:
            if interrupted:
                under_way.abandon()
                raise
            interrupted = True
            to_stderr(f"Stopping{at}. Press Ctrl-C again to stop immediately\n")
            under_way.cancel()
    screen.workspace(host.workspace, host.user, profile)
    try:
        under_way.outcome()
    except (DeploymentError, InvalidArgumentError) as error:
        if "exit_code" not in under_way.printed:
            raise
        raise RefusedError({"error": error.args[0], **under_way.printed}) from None
    return under_way


def _confirm(confirmation: Mapping[str, Any], app: str, words: Words) -> None:
    """Show what is lost, and ask for the names."""
    to_stderr(confirmation["text"])
    for question in confirmation["questions"]:
        to_stderr(f"{question['words']} ")
        try:
            answer = sys.stdin.readline().strip()
        except KeyboardInterrupt:
            to_stderr("Stopping at the next safe point. Press Ctrl-C again to stop immediately\n")
            raise words.refusal("cancelled", app=app) from None
        if answer != question["name"]:
            if not answer:
                # Ctrl-D leaves the cursor behind the question.
                to_stderr("\n")
            raise words.refusal("not_confirmed", name=question["name"], is_typed=bool(answer))
