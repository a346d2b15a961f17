"""The flags of an operation as its arguments; reads the files that they name."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellr.arguments import LARGEST_CONFIG_BYTES, LARGEST_WHEEL_BYTES
from tellr.command.parser import StopError
from tellr.secrets import Hidden, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.command.parser import Parsed
    from tellr.command.words import Words

_KEY_VARIABLE = "TELLR_ENCRYPTION_KEY"
_LARGEST_KEY_BYTES = 64 * 1024
_LARGEST_PLAN_BYTES = 1024 * 1024
# What only reads an app's record takes the arguments of `status`.
_AS_STATUS = ("logs", "open")


class Given:
    """What an operation is started with."""

    def __init__(self, parsed: Parsed, words: Words) -> None:
        self._words = words
        self._flags = parsed.flags
        self._given = parsed.given
        self.yes = bool(parsed.given.get("yes"))
        self.saved = self._saved()
        operation = parsed.path[0]
        self.start = Hidden(operation="status" if operation in _AS_STATUS else operation)
        if len(parsed.path) > 1:
            self.start["plan_of"] = parsed.path[1]
        self.start["arguments"] = Hidden(self._arguments())
        if self._given.get("config") is not None:
            content = self._read("config", self._given["config"], LARGEST_CONFIG_BYTES)
            # Invalid UTF-8 becomes a replacement character, by which the deployer detects it.
            self.start["config_yaml"] = content.decode("utf-8", errors="replace")
        if "ENVIRONMENT" in os.environ:
            self.start["environment"] = os.environ["ENVIRONMENT"]

    def _saved(self) -> Mapping[str, Any] | None:
        """Read the file of a saved plan."""
        file = self._given.get("plan")
        if file is None:
            return None
        try:
            with Path(file).open("rb") as opened:
                content = opened.read(_LARGEST_PLAN_BYTES + 1)
        except OSError as error:
            expected = f"a file that can be read ({reason(error)})"
            raise self._invalid("plan", file, expected) from None
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = None
        return {"file": file, "text": text}

    def _arguments(self) -> dict[str, Any]:
        settings = {name: flag for name, flag in self._flags.items() if flag.get("is_setting")}
        found: dict[str, Any] = {}
        for name, flag in settings.items():
            value = self._given.get(name)
            if value is None or flag["kind"] in ("wheel", "secret"):
                continue
            found[name] = self._pairs(name, value) if flag["kind"] == "pairs" else value
        named = self._given.get("name")
        if named is not None:
            found.setdefault("app_name", named)
        if self.saved is not None:
            found = self._words.recorded(self.start["operation"], self.saved, found)
        for name, flag in settings.items():
            if flag["kind"] == "wheel" and self._given.get(name) is not None:
                found[name] = self._wheel(self._given[name])
            elif flag["kind"] == "secret" and (key := self._key(self._given.get(name))):
                found[name] = key
        return found

    def _wheel(self, file: str) -> dict[str, str]:
        content = self._read("local_wheel_path", file, LARGEST_WHEEL_BYTES)
        return {"file_name": Path(file).name, "content": base64.b64encode(content).decode()}

    def _key(self, file: str | None) -> Secret | None:
        if file is None:
            text = os.environ.get(_KEY_VARIABLE, "").strip()
            return Secret(text) if text else None
        content = self._read("encryption_key_file", file, _LARGEST_KEY_BYTES)
        try:
            return Secret(content.decode().strip())
        except UnicodeDecodeError:
            raise self._words.refusal(
                "invalid_value",
                key="encryption_key_file",
                given=file,
                expected="a file with a Fernet key",
            ) from None

    def _pairs(self, name: str, texts: list[str]) -> dict[str, str]:
        split = self._words.pairs(name, texts)
        if "problem" in split:
            raise StopError(f"error: {split['problem']}\n", 2)
        pairs: dict[str, str] = split["pairs"]
        return pairs

    def _read(self, key: str, file: str, limit: int) -> bytes:
        try:
            with Path(file).open("rb") as opened:
                content = opened.read(limit + 1)
        except OSError as error:
            expected = f"a file that can be read ({reason(error)})"
            raise self._invalid(key, file, expected) from None
        if len(content) > limit:
            raise self._invalid(key, file, f"a file of at most {limit:,} bytes")
        return content

    def _invalid(self, key: str, given: str, expected: str) -> Exception:
        return self._words.refusal("invalid_value", key=key, given=given, expected=expected)


def reason(error: OSError) -> str:
    """Return the system's message and its number."""
    number = getattr(error, "winerror", None) or error.errno
    return f"{error.strerror or type(error).__name__} (os error {number})"
