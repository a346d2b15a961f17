"""Connects with explicit parameters only, regardless of libpq's environment variables.

libpq fills missing parameters from some forty variables: `PGHOSTADDR` redirects the connection,
`PGOPTIONS` and `PGTARGETSESSIONATTRS` break it. An explicit value takes precedence, even an empty
one. Four variables are always read; they are removed during connecting. No client certificate is
sent either: the workspace's databases don't request one.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# For parameters without a compiled-in default, where an empty value doesn't count as one.
_ALSO_DEFAULT = {
    "min_protocol_version": "3.0",
    "max_protocol_version": "3.0",
    # Any authentication method that the server requests, except none.
    "require_auth": "!none",
}
# Read by libpq itself, in addition to the parameters: a service file's entry, and three settings.
UNDENIABLE = ("PGSERVICE", "PGDATESTYLE", "PGTZ", "PGGEQO")
_connecting = threading.Lock()


def connect(driver: Any, **given: Any) -> Any:  # noqa: ANN401 (the module, and its connection)
    """Connect with these parameters and libpq's own defaults."""
    with _without(UNDENIABLE):
        return driver.connect(**{**_defaults(driver), **given})


def _defaults(driver: Any) -> dict[str, str]:  # noqa: ANN401 (the module)
    """Return every parameter whose variable is set, with libpq's compiled-in default."""
    found, known = {}, set()
    for option in driver.pq.Conninfo.get_defaults():
        name = option.keyword.decode()
        known.add(name)
        if option.envvar and option.envvar.decode() in os.environ:
            found[name] = (option.compiled or b"").decode() or _ALSO_DEFAULT.get(name, "")
    found["sslcertmode"] = "disable"
    # An empty service name would still have to exist, so its variable is removed instead.
    return {name: value for name, value in found.items() if name in known - {"service"}}


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    if not any(name in os.environ for name in names):
        yield
        return
    with _connecting:
        kept = {name: os.environ.pop(name) for name in names if name in os.environ}
        try:
            yield
        finally:
            os.environ.update(kept)
