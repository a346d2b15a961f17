"""Selects the workspace and the credential: an argument, the environment, or the file.

The same rule as for `tellr-app deploy`; the cases in `tests/credentials/matrix.json` are run
against both. A given profile is used as a whole, or is an error: the environment doesn't replace a
part of it. A credential is sent only to the workspace that it was stored with.

If nothing is given, a notebook on the platform uses its own identity.
"""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellr.secrets import Hidden
from tellr.workspace.address import AddressError, trimmed

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTINGS = "__settings__"
_LARGEST_FILE_BYTES = 1024 * 1024
# Keys of a profile that are not part of a credential.
_NO_CREDENTIAL = ("host", "profile", "config_file", "account_id", "workspace_id", "cluster_id")


class NotFoundError(Exception):
    """No workspace or no credential was found; says what was searched where."""


@dataclass
class Found:
    """A workspace and its credential, by databricks-sdk's names of settings."""

    # None in a notebook on the platform, where the SDK detects it.
    host: str | None
    # The profile in the file that it comes from.
    profile: str | None = None
    values: Hidden = field(default_factory=Hidden)


def find(
    profile: str | None,
    environment: Mapping[str, str],
    settings: Mapping[str, str],
    host: str | None = None,
) -> Found:
    """Find the workspace and the credential.

    `settings` names databricks-sdk's settings and the variable that each is read from; `host` is
    the workspace that a command line's `--host` names.

    Raises:
        NotFoundError: Something that is needed is missing.
    """
    _check_identity_endpoint(environment)
    asked = _address("`--host`", host) if host is not None else None
    if profile is not None:
        return _from_profile(_File(environment).named(profile), asked, "`--host`")
    given = {name: environment.get(variable, "") for name, variable in settings.items()}
    given = {name: value for name, value in given.items() if value.strip()}
    named = given.pop("profile", "").strip()
    given.pop("config_file", None)
    host = _address("`DATABRICKS_HOST`", given["host"]) if "host" in given else None
    if asked:
        if host and host != asked:
            # The environment's credential is for another workspace.
            given = {}
        host = asked
    if host and any(name not in _NO_CREDENTIAL for name in given):
        return Found(host, None, Hidden(given | {"host": host}))
    if named:
        by = "`--host`" if asked else "`DATABRICKS_HOST`"
        return _from_profile(_File(environment).named(named), host, by)
    file = _File(environment)
    if host:
        found = file.for_host(host)
        # Otherwise other tools may be signed in to this workspace: databricks-sdk queries them.
        return found or Found(host, None, Hidden(given | {"host": host}))
    if file.is_there and (chosen := file.default()):
        return _from_profile(chosen, None)
    if environment.get("DATABRICKS_RUNTIME_VERSION"):
        return Found(None)
    if file.is_there:
        message = f"`{file.shown}` has no default profile. {file.profiles()}"
        raise NotFoundError(f"{message}. Choose one with `profile=`")
    message = (
        "The workspace can't be determined: `DATABRICKS_HOST` is not set, "
        f"and there is no `{file.shown}`"
    )
    raise NotFoundError(message)


class _File:
    """The profiles in `~/.databrickscfg`; empty if there is no file."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.shown = environment.get("DATABRICKS_CONFIG_FILE", "").strip() or "~/.databrickscfg"
        self._sections: dict[str, dict[str, str]] = {}
        self.is_there = False
        path = Path(self.shown).expanduser()
        try:
            content = path.read_bytes() if path.stat().st_size <= _LARGEST_FILE_BYTES else None
        except FileNotFoundError:
            return
        except OSError as error:
            message = f"`{self.shown}` can't be read: {error.strerror or type(error).__name__}"
            raise NotFoundError(message) from None
        if content is None:
            message = f"`{self.shown}` is larger than {_LARGEST_FILE_BYTES:,} bytes"
            raise NotFoundError(message)
        self.is_there = True
        self._sections = _sections(content, self.shown)

    def named(self, name: str) -> tuple[str, dict[str, str]]:
        """Return the profile of this name, which has to exist."""
        if name == _SETTINGS:
            message = f"`{_SETTINGS}` in `{self.shown}` holds settings and is not a profile"
            raise NotFoundError(message)
        if not self.is_there:
            message = f"There is no profile `{name}`, because there is no file `{self.shown}`"
            raise NotFoundError(message)
        if name not in self._sections:
            message = f"There is no profile `{name}` in `{self.shown}`. {self.profiles()}"
            raise NotFoundError(message)
        return name, self._sections[name]

    def default(self) -> tuple[str, dict[str, str]] | None:
        """Return the file's default profile, else `DEFAULT`, if there is one."""
        chosen = self._sections.get(_SETTINGS, {}).get("default_profile", "").strip()
        if chosen:
            return self.named(chosen)
        values = self._sections.get("DEFAULT")
        return ("DEFAULT", values) if values else None

    def for_host(self, host: str) -> Found | None:
        """Return the profile for a workspace, if there is one; `DEFAULT` is preferred."""
        fitting = [name for name in self._sections if _host_of(self._sections[name]) == host]
        if "DEFAULT" in fitting:
            fitting = ["DEFAULT"]
        if len(fitting) > 1:
            names = ", ".join(sorted(fitting))
            message = f"Several profiles in `{self.shown}` are for {host}: {names}"
            raise NotFoundError(f"{message}. Choose one with `profile=`")
        return _from_profile((fitting[0], self._sections[fitting[0]]), host) if fitting else None

    def profiles(self) -> str:
        """List the profiles."""
        names = [name for name in self._sections if name != _SETTINGS]
        return f"Profiles there: {', '.join(names)}" if names else "It has no profiles"


def _from_profile(
    profile: tuple[str, dict[str, str]], wanted: str | None, by: str = "`DATABRICKS_HOST`"
) -> Found:
    name, values = profile
    if not values.get("host", "").strip():
        if wanted is None:
            message = f"The profile `{name}` names no workspace (it has no `host`)"
            raise NotFoundError(message)
        return Found(wanted, name, Hidden(values | {"host": wanted}))
    host = _address(f"`host` of the profile `{name}`", values["host"])
    if wanted is not None and host != wanted:
        message = f"The profile `{name}` is for {host}, not for {wanted} ({by})"
        raise NotFoundError(message)
    return Found(host, name, Hidden(values | {"host": host}))


def _check_identity_endpoint(environment: Mapping[str, str]) -> None:
    """Refuse an address that a job's request token would be sent to unencrypted, by the SDK."""
    url = environment.get("ACTIONS_ID_TOKEN_REQUEST_URL", "").strip()
    if url and not url.startswith(("https://", "http://127.0.0.1:")):
        message = (
            "`ACTIONS_ID_TOKEN_REQUEST_URL` doesn't begin with `https://`: a job's token would be "
            "sent unencrypted. GitHub sets this variable itself; remove it"
        )
        raise NotFoundError(message)


def _address(name: str, text: str) -> str:
    try:
        return trimmed(text)
    except AddressError as error:
        message = f"{name} {error}"
        raise NotFoundError(message) from None


def _host_of(values: Mapping[str, str]) -> str | None:
    try:
        return trimmed(values.get("host", ""))
    except AddressError:
        return None


def _sections(content: bytes, shown: str) -> dict[str, dict[str, str]]:
    """Read the file as databricks-sdk does; an invalid line only affects itself."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message = f"`{shown}` is in UTF-16. Save it as UTF-8"
        raise NotFoundError(message)
    lines = content.decode("utf-8-sig", "replace").splitlines()
    begin = next((at for at, line in enumerate(lines) if line.strip().startswith("[")), len(lines))
    # `DEFAULT` is an ordinary profile here, and `%` an ordinary character.
    reader = configparser.RawConfigParser(default_section="\0", strict=False, allow_no_value=True)
    try:
        reader.read_string("\n".join(lines[begin:]))
    except configparser.ParsingError:
        pass  # keep what could be read
    except configparser.Error as error:
        message = f"`{shown}` can't be read: {str(error).splitlines()[0]}"
        raise NotFoundError(message) from None
    return {
        name: {key: value for key, value in reader[name].items() if value}
        for name in reader.sections()
    }


def config(found: Found) -> Any:  # noqa: ANN401 (databricks-sdk is loaded late)
    """Create databricks-sdk's configuration from what was found, and from nothing else."""
    from databricks.sdk.config import Config

    class Explicit(Config):
        """Reads nothing from the environment: it was already considered."""

        def _load_from_env(self) -> None:
            """Ignore the environment."""

    known = {attribute.name for attribute in Config.attributes()}
    values = {name: value for name, value in found.values.items() if name in known}
    # For signing in only; a token server that hangs must not hang the run.
    limits = {"http_timeout_seconds": 15, "retry_timeout_seconds": 10}
    return Explicit(**{**limits, **values})


def settings() -> dict[str, str]:
    """List databricks-sdk's settings and the variable that each is read from."""
    from databricks.sdk.config import Config

    return {attribute.name: attribute.env for attribute in Config.attributes() if attribute.env}


def current(profile: str | None, host: str | None = None) -> Found:
    """Find the workspace and the credential for this process."""
    return find(profile, os.environ, settings(), host)
