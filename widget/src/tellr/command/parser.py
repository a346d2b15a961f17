"""Reads the command's words, by the table that the native command's parser was asked for.

The help is that parser's own, and mistakes are refused in its words.
"""

from __future__ import annotations

import difflib
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM = "tellr"
Table = dict[str, Any]


@dataclass
class Parsed:
    """What was given: the command, such as `("plan", "create")`, its flags, and their values."""

    path: tuple[str, ...]
    flags: dict[str, Table]
    given: dict[str, Any] = field(default_factory=dict)


class StopError(Exception):
    """There is nothing to run: help was asked for, or the words are wrong."""

    def __init__(self, text: str, exit_code: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.exit_code = exit_code


def read(words: Sequence[str]) -> Parsed:
    """Parse the words.

    Raises:
        StopError: With help, or with what is wrong.
    """
    return _Reader(_table(), words).parsed()


def _table() -> Table:
    text = (resources.files("tellr") / "command" / "commands.json").read_text("utf-8")
    return json.loads(text)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tellr")
    except PackageNotFoundError:
        return "(not installed)"


class _Reader:
    def __init__(self, table: Table, words: Sequence[str]) -> None:
        self._root = table
        self._command = table
        self._path: list[str] = []
        self._flags: dict[str, Table] = {}
        self._words = deque(words)
        self._given: dict[str, Any] = {}
        # Further words that look like flags are none.
        self._has_flags = True

    def parsed(self) -> Parsed:
        while self._words:
            word = self._words.popleft()
            if self._has_flags and word == "--":
                self._has_flags = False
            elif self._has_flags and word.startswith("--"):
                self._long(*word[2:].partition("="))
            elif self._has_flags and word.startswith("-") and word != "-":
                self._short(word)
            elif self._command["commands"]:
                self._enter(word)
            else:
                self._positional(word)
        if self._command["commands"]:
            raise StopError(self._command["help"], 2)
        self._check_conflicts()
        for name, flag in self._flags.items():
            self._given.setdefault(name, flag.get("default"))
            if flag["kind"] == "number":
                self._given[name] = self._number(flag, self._given[name])
        return Parsed(tuple(self._path), self._flags, self._given)

    def _enter(self, word: str) -> None:
        if word == "help":
            self._help_of(self._words)
        command = self._command["commands"].get(word)
        if command is None:
            raise self._unknown_command(word)
        self._path.append(word)
        self._command = command
        self._flags = {flag["name"]: flag for flag in command["flags"]}

    def _help_of(self, words: Sequence[str]) -> None:
        command = self._command
        for word in words:
            if word not in command["commands"]:
                raise self._unknown_command(word)
            command = command["commands"][word]
        raise StopError(command["help"])

    def _unknown_command(self, word: str) -> StopError:
        if self._command is self._root:
            if word in self._root["other_words"]:
                return StopError(self._root["other_words"][word], 2)
            if word in self._root["native_commands"]:
                native = f"there is no `{PROGRAM} {word}`; use `tellr-app deploy {word}`"
                return self._refused(native, usage=False)
        close = _closest(word, self._command["commands"])
        tip = f"\n\n  tip: a similar subcommand exists: '{close}'" if close else ""
        return self._refused(f"unrecognized subcommand '{word}'{tip}")

    def _long(self, name: str, sign: str, value: str) -> None:
        if name == "help" and not sign:
            raise StopError(self._command["help"])
        if name == "version" and not sign and not self._path:
            raise StopError(f"{PROGRAM} {_version()}\n")
        flag = next((flag for flag in self._flags.values() if flag.get("long") == name), None)
        if flag is None:
            raise self._unknown_flag(f"--{name}")
        if flag["kind"] == "flag" and sign:
            wrong = f"unexpected value '{value}' for '{flag['shown']}' found; no more were expected"
            raise self._refused(wrong, flag)
        self._set(flag, value if sign else None)

    def _short(self, word: str) -> None:
        for place, letter in enumerate(word[1:], 1):
            if letter == "h":
                raise StopError(self._command["help"])
            if letter == "V" and not self._path:
                raise StopError(f"{PROGRAM} {_version()}\n")
            flag = next((one for one in self._flags.values() if one.get("short") == letter), None)
            if flag is None:
                raise self._unknown_flag(f"-{letter}")
            if flag["kind"] != "flag":
                self._set(flag, word[place + 1 :].removeprefix("=") or None)
                return
            self._set(flag, None)

    def _unknown_flag(self, name: str) -> StopError:
        native = self._root["native_flags"].get(name[2:])
        if native and self._path:
            wrong = f"'{name}' is a flag of `tellr-app deploy` only: {native}"
            return self._refused(wrong, usage=False)
        known = {flag["long"]: flag for flag in self._flags.values() if "long" in flag}
        close = _closest(name[2:], known) if name.startswith("--") else None
        tip = ""
        if close is not None:
            tip = f"\n\n  tip: a similar argument exists: '--{close}'"
        elif self._positionals():
            tip = f"\n\n  tip: to pass '{name}' as a value, use '-- {name}'"
        return self._refused(f"unexpected argument '{name}' found{tip}", known.get(close or ""))

    def _positional(self, word: str) -> None:
        free = (flag for flag in self._positionals() if flag["name"] not in self._given)
        flag = next(free, None)
        if flag is None:
            raise self._refused(f"unexpected argument '{word}' found")
        self._given[flag["name"]] = word

    def _positionals(self) -> list[Table]:
        return [flag for flag in self._flags.values() if "long" not in flag]

    def _set(self, flag: Table, value: str | None) -> None:
        name, kind = flag["name"], flag["kind"]
        is_repeated = kind in ("texts", "pairs")
        if name in self._given and not is_repeated:
            raise self._refused(f"the argument '{flag['shown']}' cannot be used multiple times")
        if kind == "flag":
            self._given[name] = True
            return
        if value is None:
            value = self._value_of(flag)
        if is_repeated:
            self._given.setdefault(name, []).append(value)
        else:
            self._given[name] = value

    def _value_of(self, flag: Table) -> str:
        """Take the next word, which must not look like a flag."""
        following = self._words[0] if self._words else ""
        name, short = following.partition("=")[0], following[1:2]
        if following.startswith("-") and following not in ("-", "--"):
            flags = self._flags.values()
            if following.startswith("--"):
                if all(f"--{one.get('long')}" != name for one in flags):
                    raise self._unknown_flag(name)
            elif all(one.get("short") != short for one in flags):
                raise self._unknown_flag(f"-{short}")
        if not self._words or (following.startswith("-") and following != "-"):
            wrong = f"a value is required for '{flag['shown']}' but none was supplied"
            raise self._refused(wrong, usage=False)
        return self._words.popleft()

    def _check_conflicts(self) -> None:
        for one, other in itertools.combinations([self._flags[name] for name in self._given], 2):
            names = (other["name"], one["name"])
            if names[0] in one.get("conflicts", ()) or names[1] in other.get("conflicts", ()):
                shown = f"'{one['shown']}' cannot be used with '{other['shown']}'"
                raise self._refused(f"the argument {shown}", one)

    def _number(self, flag: Table, text: str) -> int:
        if text.isascii() and text.isdigit():
            return int(text)
        wrong = f"invalid value '{text}' for '{flag['shown']}': invalid digit found in string"
        raise self._refused(wrong, usage=False)

    def _refused(
        self, message: str, about: Table | None = None, *, usage: bool = True
    ) -> StopError:
        """Refuse the words, with the usage of the command or of the flag that it is about."""
        text = f"error: {message}\n\n"
        if usage:
            shown: str = self._command["usage"].strip()
            if about is not None:
                flags = {flag["shown"]: None for flag in (about, *self._positionals())}
                shown = " ".join((shown.partition(" [")[0], *flags))
            text += f"{shown}\n\n"
        return StopError(f"{text}For more information, try '--help'.\n", 2)


def _closest(word: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return close[0] if close else None
