"""The flags of an operation as its arguments; reads the files that they name."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellr.arguments import LARGEST_CONFIG_BYTES, LARGEST_WHEEL_BYTES
from tellr.secrets import Hidden, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.command.words import Words

_KEY_VARIABLE = "TELLR_ENCRYPTION_KEY"
_LARGEST_KEY_BYTES = 64 * 1024


def start_of(parsed: Mapping[str, Any], words: Words) -> Hidden:
    """Collect what the module starts an operation with.

    Raises:
        RefusedError: A file can't be read.
    """
    path, flags, given = parsed["path"], parsed["flags"], parsed["given"]
    start = Hidden(operation=path[0])
    if len(path) > 1:
        start["plan_of"] = path[1]
    start["arguments"] = Hidden(_arguments(flags, given, words))
    if given.get("config") is not None:
        content = _read("config", given["config"], LARGEST_CONFIG_BYTES, words)
        # Invalid UTF-8 becomes a replacement character, by which the deployer detects it.
        start["config_yaml"] = content.decode("utf-8", errors="replace")
    if "ENVIRONMENT" in os.environ:
        start["environment"] = os.environ["ENVIRONMENT"]
    return start


def _arguments(flags: Mapping[str, Any], given: Mapping[str, Any], words: Words) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, flag in flags.items():
        value = given.get(name)
        if not flag["is_setting"] or (value in (None, False) and flag["kind"] != "secret"):
            continue
        if flag["kind"] == "map":
            value = _pairs(flag["long"], value, words)
        elif flag["kind"] == "wheel":
            content = _read("local_wheel_path", value, LARGEST_WHEEL_BYTES, words)
            encoded = base64.b64encode(content).decode()
            value = {"file_name": Path(value).name, "content": encoded}
        elif flag["kind"] == "secret":
            value = _key(value, words)
            if value is None:
                continue
        found[name] = value
    named = given.get("name")
    if named is not None and "app_name" not in found:
        found["app_name"] = named
    return found


def _key(path: str | None, words: Words) -> Secret | None:
    if path is None:
        text = os.environ.get(_KEY_VARIABLE, "").strip()
        return Secret(text) if text else None
    content = _read("encryption_key_file", path, _LARGEST_KEY_BYTES, words)
    try:
        return Secret(content.decode().strip())
    except UnicodeDecodeError:
        raise words.refusal(
            "invalid_value",
            key="encryption_key_file",
            given=path,
            expected="a file with a Fernet key",
        ) from None


def _pairs(flag: str, texts: list[str], words: Words) -> dict[str, str]:
    """Split `NAME=VALUE`, each name once."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        problem = None
        if not sign:
            problem = "NAME=VALUE; for an empty value, NAME="
        elif name in pairs:
            problem = "each name once"
        if problem:
            raise words.refusal(
                "invalid_value", key=flag.replace("-", "_"), given=text, expected=problem
            )
        pairs[name] = value
    return pairs


def _read(key: str, given: str, limit: int, words: Words) -> bytes:
    path = Path(given).expanduser()
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        why = f"{error.strerror or type(error).__name__} (os error {error.errno})"
        expected = f"a file that can be read ({why})"
        raise words.refusal("invalid_value", key=key, given=given, expected=expected) from None
    if len(content) > limit:
        expected = f"a file of at most {limit:,} bytes"
        raise words.refusal("invalid_value", key=key, given=given, expected=expected)
    return content
