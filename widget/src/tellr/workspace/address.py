"""Parses the address of a workspace as users paste it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_EXAMPLE = "https://my.cloud.databricks.com"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DATABRICKS = (
    "databricks.com",
    "azuredatabricks.net",
    "databricks.azure.us",
    "databricks.azure.cn",
    "databricks.us",
)
_APPS = ("databricksapps.com", "databricksapps.us", "databricksapps.cn")
# Enough of an invalid one to recognise it.
_SHOWN = 100


class AddressError(ValueError):
    """It is not a workspace's address; the text continues a sentence that starts with its name."""


def trimmed(text: str) -> str:
    """Parse `https://host[:port]` from pasted text: with a path, a query, spaces, in any case.

    Raises:
        AddressError: It isn't the address of a workspace.
    """
    text = text.strip().strip("\"'<>\ufeff").strip()
    unreadable = f"is `{_shown(text)}`, which isn't an address such as `{_EXAMPLE}`"
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressError(unreadable) from None
    if "@" in parts.netloc:
        # It may contain a password, so it isn't repeated.
        message = "contains a user name or a password; use the address alone"
        raise AddressError(message)
    if not re.fullmatch(r"[A-Za-z0-9._:-]+", name):
        raise AddressError(unreadable)
    if parts.scheme not in ("https", "http"):
        message = f"starts with `{parts.scheme}://`; use `https://`"
        raise AddressError(message)
    if parts.scheme == "http" and name not in _LOOPBACK:
        message = "starts with `http://`; a secret would be sent unencrypted. Use `https://`"
        raise AddressError(message)
    if other := _other_place(name):
        message = (
            f"is `{name}`, {other}. "
            "Open the workspace in the browser and copy the address from there"
        )
        raise AddressError(message)
    shown = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _other_place(name: str) -> str | None:
    """Describe a Databricks host that is not a workspace."""
    first, _, rest = name.partition(".")
    if _is_within(name, _DATABRICKS) and (first == "accounts" or first.startswith("accounts-")):
        return "the account console, not a workspace"
    if _is_within(rest, _APPS):
        return "the address of an app, not of a workspace"
    return None


def _is_within(name: str, domains: tuple[str, ...]) -> bool:
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def _shown(text: str) -> str:
    if "@" in text:
        return "…"
    return "".join(c for c in text if c.isprintable())[:_SHOWN]
