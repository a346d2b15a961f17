"""Deploys Tellr, the AI slide generator, to Databricks Apps from a notebook.

    import tellr
    tellr.create()

``create``, ``update``, ``delete``, ``rollback`` and ``restore`` block, show each step, and return
the result as a dict. ``plan`` shows what one of them would do, ``status`` the status of an app,
``history`` its releases, ``list_apps`` all Tellr apps, ``doctor`` what would stop a deployment,
``logs`` an app's log; these change nothing.
``Deployer`` is the same as a form in the notebook.

An invalid argument raises a ``ValueError`` before anything is sent. Every other failure raises a
``DeploymentError`` that says why, and what to do next.

Large dependencies are imported only when they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.errors import DeploymentError, InvalidArgumentError
from tellr.functions import (
    create,
    delete,
    doctor,
    history,
    list_apps,
    logs,
    plan,
    restore,
    rollback,
    status,
    update,
)

if TYPE_CHECKING:
    from tellr.deployer import Deployer

    __version__: str

__all__ = [
    "Deployer",
    "DeploymentError",
    "InvalidArgumentError",
    "create",
    "delete",
    "doctor",
    "history",
    "list_apps",
    "logs",
    "plan",
    "restore",
    "rollback",
    "status",
    "update",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (what a module holds may be anything)
    """Import a slow module when it is first used."""
    if name == "Deployer":
        from tellr.deployer import Deployer

        return Deployer
    if name == "__version__":
        from importlib.metadata import version

        return version("tellr")
    message = f"module 'tellr' has no attribute {name!r}"
    raise AttributeError(message)
