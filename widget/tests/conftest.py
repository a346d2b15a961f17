"""Fixtures of the tests: a local workspace, and an environment that points at it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from local_workspace import PATIENCE_SECONDS, LocalWorkspace
from tellr.workspace.trust import COMPANY_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def one_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkspace]:
    """Run one workspace for all tests: its PostgreSQL is real, and takes time to start."""
    folder = tmp_path_factory.mktemp("workspace")
    folder.chmod(0o755)
    workspace = LocalWorkspace("--apps", "scripted", "--pace", "none")
    yield workspace
    workspace.stop()


@pytest.fixture
def workspace(
    one_workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalWorkspace]:
    """Point this process at the workspace; faults and settings are reset afterwards."""
    for name in list(os.environ):
        if name.startswith(("DATABRICKS_", "PG", "ENVIRONMENT")) or name in COMPANY_VARIABLES:
            monkeypatch.delenv(name)
    for name, value in one_workspace.environment().items():
        monkeypatch.setenv(name, value)
    settings = one_workspace.control("GET", "/settings")
    one_workspace.control("DELETE", "/journal")
    yield one_workspace
    one_workspace.control("DELETE", "/faults")
    one_workspace.control("PUT", "/settings", settings)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the compiled module in a folder for these tests, compiled once for all of them."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("TELLR_CACHE_DIR")
    os.environ["TELLR_CACHE_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["TELLR_CACHE_DIR"]
    else:
        os.environ["TELLR_CACHE_DIR"] = before


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a plain script in a separate process, like a job."""

    def run(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "script.py"
        path.write_text(text)
        return subprocess.run(
            [sys.executable, path],
            env=os.environ | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run
