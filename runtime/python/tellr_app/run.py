"""Starts the native program from Python.

The command ``tellr-app`` is :func:`command`. An app's manifest can also start Tellr with
``init_database()`` and ``python -m tellr_app.run``. All hand over to the program.
"""

from __future__ import annotations

import os
import sys

from tellr_app.program import program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def execute(*arguments: str) -> NoReturn:
    """Replaces this process by the program, which so receives the platform's signals itself."""
    path = program()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(path, [path, *arguments])  # noqa: S606 (no shell is what is wanted)
    except OSError as error:
        raise SystemExit(f"{path} can't be started: {error.strerror}") from None


def command() -> NoReturn:
    """The command ``tellr-app``: runs the program with this process's arguments."""
    execute(*sys.argv[1:])


def init_database(seed_databricks_defaults: bool = False) -> None:
    """Brings the database up to date; ends the process when that fails, so no app is started."""
    import subprocess

    arguments = [program(), "init-database"]
    if seed_databricks_defaults:
        arguments.append("--seed-databricks-defaults")
    code = subprocess.run(arguments, check=False).returncode
    if code != 0:
        raise SystemExit(code if code > 0 else 1)


def main() -> NoReturn:
    """Serves."""
    execute("serve")


if __name__ == "__main__":
    main()
