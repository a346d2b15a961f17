"""The command `tellr`: the words and the exit codes of `tellr-app deploy`, wherever Python runs.

Its commands and flags are data (``commands.json``, generated from the native command), and its
texts come from the deployer's module. Exit codes: 0 success, 1 failure, 2 refused before anything
was changed, 130 cancelled.
"""

from __future__ import annotations


def main() -> None:
    """Run the command, and exit with its code."""
    import sys

    from tellr.command.entry import run

    sys.exit(run(sys.argv[1:]))
