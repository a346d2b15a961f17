"""Ctrl-C, and a notebook's interrupt: the first stops in order, the second at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import tellr
from local_workspace import PATIENCE_SECONDS, LocalWorkspace
from tellr import running as operations
from tellr.progress import view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a shell runs in the background ignores interrupts, and so does what that starts.
SCRIPT = """
import signal, tellr
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    tellr.create(app_name="stopped", lakebase_name="stopped-db")
except tellr.DeploymentError as error:
    print(error)
    print("CODE", error.code)
except KeyboardInterrupt:
    print("INTERRUPTED")
"""


@pytest.fixture
def running(workspace: LocalWorkspace, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a deployment that stands still at the creation of its app."""
    workspace.fault(method="POST", path="/api/2.0/apps", action="hang")
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert workspace.control("GET", f"/faults/hanging?timeout_ms={PATIENCE_SECONDS * 1000}")
    yield process
    process.kill()
    process.communicate()


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    seen = ""
    for line in process.stdout or ():
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def test_an_interrupt_stops_at_a_safe_point_and_the_next_run_goes_on(
    running: subprocess.Popen[str], workspace: LocalWorkspace
) -> None:
    running.send_signal(signal.SIGINT)
    wait_for(running, "Stopping at the next safe point; interrupt again to stop immediately")
    workspace.control("POST", "/faults/release")
    out, err = running.communicate(timeout=PATIENCE_SECONDS)
    assert "CODE CANCELLED" in out
    assert "  What now: " in out
    assert err == ""
    lock = "/api/2.0/workspace/get-status?path=/Workspace/Shared/.tellr/locks/stopped.json"
    with pytest.raises(OSError, match="404"):
        workspace.call("GET", lock)
    workspace.control("DELETE", "/faults")
    result = tellr.create(app_name="stopped", lakebase_name="stopped-db", progress="none")
    assert result["status"] == "created"
    tellr.delete("stopped", progress="none")


def test_a_second_interrupt_gives_up_at_once(
    running: subprocess.Popen[str], workspace: LocalWorkspace
) -> None:
    running.send_signal(signal.SIGINT)
    wait_for(running, "Stopping at the next safe point")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert out.splitlines()[-1] == "INTERRUPTED"
    assert err == ""
    assert workspace.control("GET", "/faults")["faults"]


def test_an_interrupt_in_the_middle_of_showing_something_stops_it_too(
    monkeypatch: pytest.MonkeyPatch, workspace: LocalWorkspace
) -> None:
    class Interrupting(view.Silent):
        events = 0

        def event(self, event: object) -> None:
            self.events += 1
            if self.events == 3:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(operations, "reporter", lambda *_: Interrupting())
        with pytest.raises(tellr.DeploymentError) as caught:
            tellr.create(app_name="early", lakebase_name="early-db")
    assert caught.value.code == "CANCELLED"
    assert tellr.create(app_name="early", lakebase_name="early-db", progress="none")["url"]
    tellr.delete("early", progress="none")
    assert workspace.journal()
