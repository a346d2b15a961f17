"""A client that counts what is called through it, and what a refusal must look like."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError

COUNTS: Counter[str] = Counter()


class Service:
    """One service of the client, such as `apps`."""

    def __init__(self, name: str, service: object) -> None:
        """Count the calls of this service under its name."""
        self._name = name
        self._service = service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """Give the service's method, which counts."""
        call = getattr(self._service, method)

        def counted(*arguments: object, **named: object) -> object:
            COUNTS[f"{self._name}.{method}"] += 1
            return call(*arguments, **named)

        return counted


class Client:
    """Databricks' client, whose services count their calls."""

    def __init__(self, **credentials: str) -> None:
        """Speak to the workspace that the test started."""
        self.plain = WorkspaceClient(host=os.environ["LOCAL_HOST"], **credentials)

    def knows(self, service: str, method: str = "") -> bool:
        """Say whether this version of the SDK has a service, or a method of it."""
        found = getattr(self.plain, service, None)
        return found is not None and (not method or hasattr(found, method))

    def __getattr__(self, name: str) -> Service:
        """Give a service."""
        return Service(name, getattr(self.plain, name))


@contextmanager
def refused(kind: type[DatabricksError], part: str, code: str | None = None) -> Iterator[None]:
    """Expect a refusal of exactly this class, with this in its message, and this error code."""
    caught = None
    try:
        yield
    except DatabricksError as error:
        caught = error
    assert caught is not None, f"not refused: {part}"
    assert type(caught) is kind, f"{type(caught)} instead of {kind}: {caught}"
    assert part in str(caught), str(caught)
    assert code is None or caught.error_code == code, f"{caught.error_code}: {caught}"
