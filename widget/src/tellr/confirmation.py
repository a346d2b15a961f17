"""Asks for confirmation before data is deleted, if a user can answer.

A script can't ask: there the call itself is the confirmation, and a line afterwards says what was
dropped, and from where it can be restored.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tellr.errors import InvalidArgumentError, invalid, printable
from tellr.progress.document import loss_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Ask = Callable[[str], str]


def is_given(confirm: object, app_name: str) -> bool:
    """Check whether `confirm=` already confirms the operation.

    Raises:
        InvalidArgumentError: It isn't True, None or the app's name, or the name of another app.
    """
    if confirm is None or confirm is True:
        return confirm is True
    if confirm == app_name:
        return True
    cause = f"It is {confirm!r}, and the app is `{app_name}`"
    raise invalid("confirm", cause, "Use the app's name or True; omit it to be asked")


def asker() -> Ask | None:
    """Find a way to ask the user; None in a script, a job, or a notebook run without a user."""
    marimo = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return input if marimo.app_meta().mode == "edit" else None
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        # Tools that run a notebook without a user don't allow input.
        return input if getattr(kernel, "_allow_stdin", False) else None
    interactive = shell is not None or hasattr(sys, "ps1") or bool(sys.flags.interactive)
    return input if interactive and sys.stdin is not None and sys.stdin.isatty() else None


def ask(plan: Mapping[str, Any], ask_for: Ask) -> None:
    """Show what a plan's run will lose, and ask for the app's name.

    Raises:
        InvalidArgumentError: `NOT_CONFIRMED`; nothing was changed.
    """
    losses = loss_sentences(plan)
    count = plan.get("confirmations", 1)
    if not losses or count == 0:
        return
    app = str(plan.get("app_name"))
    lines = [f"{plan.get('operation')} of `{app}`. This will be lost:"]
    lines += [f"  - {printable(sentence)}" for sentence in losses]
    kept = plan.get("recoverable")
    if isinstance(kept, list) and kept:
        lines.append("This is kept, or can be restored:")
        lines += [f"  - {printable(str(sentence))}" for sentence in kept]
    print("\n".join(lines), flush=True)
    # Data that can't be restored needs two confirmations.
    for again in range(max(1, count if isinstance(count, int) else 1)):
        question = f"Type the app's name ({app}) to continue" + (
            " and confirm: " if again else ": "
        )
        try:
            answer = ask_for(question)
        except NotImplementedError:
            return  # a front end without input: there is no user after all
        except EOFError:
            answer = ""
        if answer.strip() != app:
            raise not_confirmed(app)


def not_confirmed(app: str) -> InvalidArgumentError:
    """Report that nothing was done because the operation was not confirmed."""
    return InvalidArgumentError(
        {
            "code": "NOT_CONFIRMED",
            "class": "input",
            "message": f"Not confirmed: `{app}` was left as it is",
            "cause": "The answer was not the app's name",
            "remedy": f'Run it again and type the name, or set `confirm="{app}"`',
            "docs": "README.md#configuration",
        }
    )
