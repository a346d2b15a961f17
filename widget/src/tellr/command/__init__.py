"""The command `tellr`: the words and the exit codes of `tellr-app deploy`, wherever Python runs.

Its commands, flags and help are data (``commands.json``, generated from the native command), and
its texts come from the deployer's module. Exit codes: 0 success, 1 failure (of ``doctor``:
something would stop a deployment), 2 refused before anything was changed, 130 cancelled.

| module | content |
|---|---|
| ``entry`` | from the words to the exit code |
| ``parser`` | reads the words, by the table |
| ``given`` | the flags as arguments; reads the files that they name |
| ``words`` | the texts, which the deployer's module makes |
| ``screen`` | prints, and shows what is waited for |
| ``running`` | a run: its workspace, its events, Ctrl-C |
| ``changing`` | operations that change something: the plan before, the confirmation |
| ``looking`` | operations that only look, ``logs`` and ``open`` |
"""

from __future__ import annotations


def main() -> None:
    """Run the command, and exit with its code."""
    import sys

    from tellr.command.entry import run

    sys.exit(run(sys.argv[1:]))
