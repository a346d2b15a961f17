"""A host on this machine is never reached through a proxy.

A proxy would look for it on its own machine, and would be sent the credential. The libraries only
read `NO_PROXY`, which often doesn't name the loopback addresses.
"""

from __future__ import annotations

import inspect
import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable


def is_on_this_machine(url: str) -> bool:
    """Check whether `url` leads to a loopback address."""
    name = (urlsplit(url).hostname or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def for_requests(url: str) -> dict[str, Any]:
    """Return the `proxies` of a request of `requests`: empty for those of the environment."""
    return dict.fromkeys(("http", "https", "all")) if is_on_this_machine(url) else {}


def for_websockets(url: str, connect: Callable[..., Any]) -> dict[str, Any]:
    """Return the same as an argument of `connect`; older versions use no proxy at all."""
    uses_proxies = "proxy" in inspect.signature(connect).parameters
    return {"proxy": None} if uses_proxies and is_on_this_machine(url) else {}
