"""Operations that change something: the plan is shown before, and losses are confirmed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tellr.command.given import reason
from tellr.command.running import Target, follow
from tellr.command.screen import is_terminal, to_stderr
from tellr.command.words import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.command.given import Given
    from tellr.command.parser import Parsed
    from tellr.command.screen import Screen
    from tellr.command.words import Words


def change(parsed: Parsed, given: Given, words: Words, screen: Screen) -> int:
    """Carry out an operation."""
    operation = parsed.path[0]
    checked = words.check(given.start)
    asks = checked["loses"] and not given.yes
    if asks and not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        facts = {"operation": operation, "app": checked["app_name"]}
        raise words.refusal("confirmation_needed", **facts)
    target = Target(parsed, words)
    screen.workspace(target.address, None, target.profile)
    if given.saved is not None:
        words.check(given.start, (given.saved, target.address or ""))
    if checked["needs_sql"]:
        from tellr.workspace import lakebase

        lakebase.check_driver()
    plan = None
    # As JSON, nothing is printed: a program that reads it can ask for the plan itself.
    if given.saved is not None or asks or not screen.is_json:
        plan = _plan(operation, given, target, words, screen, is_required=asks)
    if plan is not None and asks:
        _confirm(plan, checked["app_name"], words)
    elif plan is not None and not screen.is_json:
        screen.write(plan["before"])
    done = follow(given.start, _saved(given), target, words, screen, at_safe_point=True)
    return finish(done, words, screen)


def finish(done: Mapping[str, Any], words: Words, screen: Screen) -> int:
    """Print a result; returns the exit code."""
    try:
        screen.result(done["text"])
    except OSError as error:
        raise words.refusal("output_lost", problem=reason(error)) from None
    exit_code: int = done["exit_code"]
    return exit_code


def _saved(given: Given) -> dict[str, Any]:
    return {} if given.saved is None else {"saved": given.saved}


def _plan(
    operation: str,
    given: Given,
    target: Target,
    words: Words,
    screen: Screen,
    *,
    is_required: bool,
) -> dict[str, Any] | None:
    start = {**given.start, "operation": "plan", "plan_of": operation}
    saved = _saved(given)
    try:
        return follow(start, saved, target, words, screen, at_safe_point=True)
    except RefusedError as refused:
        # The run meets the same refusal, and reports it with its events.
        if is_required or saved or refused.code == "CANCELLED":
            raise
        return None


def _confirm(plan: Mapping[str, Any], app: str, words: Words) -> None:
    """Show what is lost, and ask for the names."""
    # Not on standard output, which may be redirected.
    to_stderr(plan["before"])
    for question in plan["questions"]:
        to_stderr(f"{question['words']} ")
        try:
            answer = sys.stdin.readline().strip()
        except KeyboardInterrupt:
            to_stderr(words.text("stopping", at_safe_point=True))
            raise words.refusal("cancelled", app=app) from None
        if answer != question["name"]:
            if not answer:
                # Ctrl-D leaves the cursor behind the question.
                to_stderr("\n")
            raise words.refusal("not_confirmed", name=question["name"], is_typed=bool(answer))
