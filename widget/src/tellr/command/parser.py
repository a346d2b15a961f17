"""Reads the command's words, by the table that the native command was asked for."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = "tellr"
# The operations of the native command that the deployer's module runs. To add one, add its name.
OPERATIONS = ("create", "update", "delete", "plan", "status")


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses in the words of the native command."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n\nFor more information, try `{self.prog} --help`\n")


def read(words: Sequence[str]) -> dict[str, Any]:
    """Parse the words: `path`, such as `["plan", "create"]`, and the flags by their names.

    Exits with 2 if they are wrong, and with 0 after help.
    """
    table = _table()
    _other_word(table, words)
    parsed = vars(_parser(table).parse_args(words))
    path = [parsed.pop(f"_{depth}") for depth in range(3) if parsed.get(f"_{depth}")]
    flags = _flags(table, path)
    return {"path": path, "flags": flags, "given": {name: parsed.get(name) for name in flags}}


def _table() -> dict[str, Any]:
    text = (resources.files("tellr") / "command" / "commands.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    table["commands"] = {name: one for name, one in table["commands"].items() if name in OPERATIONS}
    return table


def _parser(table: Mapping[str, Any]) -> argparse.ArgumentParser:
    about = "Create, update, delete or inspect a Tellr app in a Databricks workspace"
    parser = _Parser(
        prog=PROGRAM,
        description=about,
        epilog=table["after"] or None,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {_version()}")
    _add_commands(parser, table, 0)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tellr")
    except PackageNotFoundError:
        return "(not installed)"


def _add_commands(parser: argparse.ArgumentParser, table: Mapping[str, Any], depth: int) -> None:
    if not table["commands"]:
        return
    commands = parser.add_subparsers(
        dest=f"_{depth}", required=True, metavar="COMMAND", parser_class=_Parser
    )
    for name, one in table["commands"].items():
        made = commands.add_parser(
            name,
            help=_text(one["about"]),
            description=one["about"],
            epilog=one["after"] or None,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for flag in one["flags"]:
            _add_flag(made, flag)
        _add_commands(made, one, depth + 1)


def _add_flag(parser: argparse.ArgumentParser, flag: Mapping[str, Any]) -> None:
    told: dict[str, Any] = {"dest": flag["name"], "help": _text(flag["help"])}
    if flag["long"] is None:
        del told["dest"]
        parser.add_argument(flag["name"], nargs="?", metavar=flag["value"], **told)
        return
    if flag["kind"] == "flag":
        told["action"] = "store_true"
    else:
        told["metavar"] = flag["value"]
        told["action"] = "append" if flag["kind"] in ("texts", "map") else _Once
    short = [f"-{flag['short']}"] if flag["short"] else []
    parser.add_argument(*short, f"--{flag['long']}", **told)


class _Once(argparse.Action):
    """A flag that is given at most once."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,  # noqa: ANN401 (as argparse has it)
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest, None) is not None:
            parser.error(f"the argument '{option_string}' cannot be used multiple times")
        setattr(namespace, self.dest, values)


def _text(words: str) -> str:
    # argparse formats help with `%`.
    return words.replace("%", "%%")


def _flags(table: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    for name in path:
        table = table["commands"][name]
    return {flag["name"]: flag for flag in table["flags"]}


def _other_word(table: Mapping[str, Any], words: Sequence[str]) -> None:
    """Lead another tool's word for a command to ours."""
    word = next((word for word in words[:1] if not word.startswith("-")), None)
    if word is None or word in table["commands"]:
        return
    for right, others in table["other_words"]:
        if word in others and right in table["commands"]:
            sys.stderr.write(
                f"error: there is no `{PROGRAM} {word}`; use `{PROGRAM} {right}`\n\n"
                f"For more information, try `{PROGRAM} {right} --help`\n"
            )
            raise SystemExit(2)
