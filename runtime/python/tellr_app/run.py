"""Starts the native program from Python.

An app's manifest starts Tellr with ``init_database()`` and ``python -m tellr_app.run``. Both only
find the program that the wheel installed and hand over to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

_NAME = "tellr-app"


def program() -> Path:
    """The installed program: of this environment, of the user, or beside a ``--target`` folder."""
    user_scheme = sysconfig.get_preferred_scheme("user")
    folders = [
        Path(sysconfig.get_path("scripts")),
        Path(sysconfig.get_path("scripts", scheme=user_scheme)),
        Path(__file__).parent.parent / "bin",
    ]
    for folder in folders:
        candidate = folder / _NAME
        if candidate.is_file():
            return candidate
    looked = ", ".join(map(str, folders))
    raise FileNotFoundError(
        f"the program {_NAME} is in none of {looked}; install the package again"
    )


def execute(*arguments: str) -> NoReturn:
    """Replaces this process by the program, which so receives the platform's signals itself."""
    sys.stdout.flush()
    sys.stderr.flush()
    path = str(program())
    os.execv(path, [path, *arguments])  # noqa: S606 (no shell is what is wanted)


def init_database(seed_databricks_defaults: bool = False) -> None:
    """Brings the database up to date; ends the process when that fails, so no app is started."""
    command = [str(program()), "init-database"]
    if seed_databricks_defaults:
        command.append("--seed-databricks-defaults")
    code = subprocess.run(command, check=False).returncode
    if code != 0:
        raise SystemExit(code if code > 0 else 1)


def main() -> NoReturn:
    """Serves."""
    execute("serve")


if __name__ == "__main__":
    main()
