"""Converts the functions' parameters to the arguments of the deployer's module."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellr.defaults import DEFAULTS
from tellr.errors import InvalidArgumentError, invalid
from tellr.secrets import Hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.workspace.session import WorkspaceSession

_OURS = ("client", "profile", "config_yaml_path", "local_wheel_path", "confirm", "progress")
_PLAIN = (str, int, float, bool)
# The platform accepts no file over 10 MB; one far beyond that isn't even read.
LARGEST_WHEEL_BYTES = 64 * 1024 * 1024
LARGEST_CONFIG_BYTES = 1024 * 1024


class Given:
    """The arguments of one of the functions."""

    def __init__(self, operation: str, parameters: Mapping[str, Any]) -> None:
        self._parameters = Hidden(parameters)
        # Defaults don't count as given, as a configuration file may have other values.
        self._defaults = DEFAULTS.get(operation, {})
        self.client = parameters["client"]
        self.profile: str | None = parameters["profile"]
        self.progress: str = parameters["progress"]
        self.confirm: object = parameters.get("confirm")

    @property
    def resets(self) -> bool:
        """Whether the schema is to be emptied or dropped."""
        return bool(self._parameters.get("reset_database"))

    @property
    def app_name(self) -> str:
        """The app's name for a title, if it is known before a file is read."""
        return str(self._parameters.get("app_name") or "")

    def start(self, session: WorkspaceSession) -> Hidden:
        """Collect the arguments of a run; reads the files that are named."""
        start = Hidden(arguments=self._arguments())
        wheel = self._parameters.get("local_wheel_path")
        if wheel is not None:
            start["arguments"]["local_wheel"] = wheel_argument(wheel)
        config = self._parameters.get("config_yaml_path")
        if config is not None:
            start["config_yaml"] = _config(config, session)
        if "ENVIRONMENT" in os.environ:
            start["environment"] = os.environ["ENVIRONMENT"]
        return start

    def _arguments(self) -> Hidden:
        given = Hidden()
        for name, value in self._parameters.items():
            if name in _OURS or value is None or value is False:
                continue
            if self._defaults.get(name) != value:
                given[name] = _plain(name, value)
        return given


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 (anything may be given)
    """Convert to a JSON value; the deployer checks the type."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(name, one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(name, one) for key, one in value.items()}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise InvalidArgumentError(
        {
            "code": "WRONG_TYPE",
            "class": "input",
            "message": f"`{name}` has the wrong type",
            "cause": f"It is of the type `{type(value).__name__}`",
            "remedy": "Use a string, or omit it",
            "docs": "README.md#configuration",
        }
    )


def wheel_argument(given: str | os.PathLike[str]) -> dict[str, str]:
    """Read a wheel in the form that the deployer expects."""
    import base64

    path = _path("local_wheel_path", given)
    content = _read("local_wheel_path", path, LARGEST_WHEEL_BYTES)
    return {"file_name": path.name, "content": base64.b64encode(content).decode()}


def _config(given: str | os.PathLike[str], session: WorkspaceSession) -> str:
    path = _path("config_yaml_path", given)
    if path.as_posix().startswith("/Workspace/") and not path.exists():
        # Outside of the platform, and on compute that doesn't mount the workspace's files.
        content = _from_workspace(path.as_posix(), session)
    else:
        content = _read("config_yaml_path", path, LARGEST_CONFIG_BYTES)
    # Like a browser's file reader: invalid UTF-8 becomes a replacement character, by which the
    # deployer detects the wrong encoding.
    return content.decode("utf-8", errors="replace")


def _path(key: str, given: str | os.PathLike[str]) -> Path:
    if not isinstance(given, (str, os.PathLike)):
        cause = f"It is of the type `{type(given).__name__}`"
        raise invalid(key, cause, "Use the path of a file")
    return Path(given).expanduser()


def _read(key: str, path: Path, limit: int) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= limit else None
    except OSError as error:
        cause = f"`{path}` can't be read: {error.strerror or type(error).__name__}"
        remedy = "Use the path of an existing file that you can read"
        raise invalid(key, cause, remedy) from None
    if content is None:
        cause = f"`{path}` has {size:,} bytes; the limit is {limit:,}"
        raise invalid(key, cause, "Check that it is the right file")
    return content


def _from_workspace(path: str, session: WorkspaceSession) -> bytes:
    import base64
    import json

    request = {
        "method": "GET",
        "path": "/api/2.0/workspace/export",
        "query": [["path", path], ["format", "AUTO"]],
    }
    answer = session.request(request)
    if "error" in answer:
        why = answer["error"]["message"]
    else:
        response = answer["response"]
        try:
            told = json.loads(response["body"])
            if response["status"] == 200:
                return base64.b64decode(told.get("content") or "")
            why = told.get("message") or "no reason given"
        except (ValueError, AttributeError):
            why = "the response can't be read"
        why = f"{why} ({response['status']})"
    remedy = "Use the path of an existing file that you can read"
    raise invalid("config_yaml_path", f"`{path}` can't be read: {why}", remedy)
