"""Connects with what is said here, whatever libpq finds in the environment.

libpq fills what isn't given from some forty variables: `PGHOSTADDR` sends the connection elsewhere,
`PGOPTIONS` and `PGTARGETSESSIONATTRS` break it. A value that is given counts, and so does an empty
one. Four variables are read whatever is given; they are taken away for the moment of connecting.
A certificate of the user's own isn't sent either: the workspace's databases ask for none.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where neither is a default compiled in, nor does an empty value count as one.
_ALSO_DEFAULT = {
    "min_protocol_version": "3.0",
    "max_protocol_version": "3.0",
    # Whatever the server asks for, but for letting everybody in.
    "require_auth": "!none",
}
# Read by libpq itself, beside the parameters: a service file's entry, and three settings.
UNDENIABLE = ("PGSERVICE", "PGDATESTYLE", "PGTZ", "PGGEQO")
_connecting = threading.Lock()


def connect(driver: Any, **given: Any) -> Any:  # noqa: ANN401 (the module, and its connection)
    """Connect with these parameters and libpq's own defaults."""
    with _without(UNDENIABLE):
        return driver.connect(**{**_defaults(driver), **given})


def _defaults(driver: Any) -> dict[str, str]:  # noqa: ANN401 (the module)
    """Name every parameter whose variable is set, with the value that libpq was compiled with."""
    found, known = {}, set()
    for option in driver.pq.Conninfo.get_defaults():
        name = option.keyword.decode()
        known.add(name)
        if option.envvar and option.envvar.decode() in os.environ:
            found[name] = (option.compiled or b"").decode() or _ALSO_DEFAULT.get(name, "")
    found["sslcertmode"] = "disable"
    # A service would have to exist, even without a name; its variable is taken away instead.
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
