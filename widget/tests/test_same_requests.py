"""The same configuration asks the same of a workspace, here and on the command line."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import tellr
from local_workspace import PATIENCE_SECONDS, ROOT, LocalWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONFIG = """
app_name: same
lakebase_name: same-db
schema_name: app_same
lakebase_compute: CU_2
app_compute: LARGE
description: The same twice
serving_endpoint: databricks-claude-sonnet-4-5
extra_scopes: [files]
"""


def command_line() -> Path:
    """Find the program: where `TELLR_APP` says, else where cargo puts it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    return Path(os.environ.get("TELLR_APP") or target / "debug" / "tellr-app")


@pytest.fixture
def fresh() -> Iterator[Callable[[], LocalWorkspace]]:
    """Start workspaces in which nothing has happened yet."""
    running: list[LocalWorkspace] = []

    def start() -> LocalWorkspace:
        running.append(LocalWorkspace("--apps", "scripted", "--pace", "none"))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def told(entry: dict[str, Any]) -> tuple[str, str, str]:
    """Say what a request asks for, without what is new in each run: ids, times, a fresh key."""
    body = json.loads(entry["body"]) if entry["body"] else {}
    path = body.get("path", "")
    if "string_value" in body:
        body["string_value"] = "a key"
    if path.endswith((".yaml", ".txt")):
        content = base64.b64decode(body["content"]).decode()
        body["content"] = re.sub(r"127(\.\d+){3}", "an address", content)
    elif "content" in body:
        body["content"] = "of this run"
    where = f"{entry['path']}?{entry['query'] or ''}"
    return entry["method"], where, json.dumps(body, sort_keys=True)


def asked(workspace: LocalWorkspace) -> tuple[list[tuple[str, str, str]], set[tuple[str, str]]]:
    """List what changed something, and every other kind of request that was sent."""
    journal = [one for one in workspace.journal() if one["principal"]]
    changes = sorted(told(one) for one in journal if one["effect"])
    looks = {(one["method"], one["path"]) for one in journal if not one["effect"]}
    # Whether something is still waited for when one looks is a matter of milliseconds.
    looks = {one for one in looks if not re.search(r"/deployments/|/operations/|/update$", one[1])}
    # How often the journal in the workspace was written depends on what ended together.
    kept = [one for one in changes if "/.tellr/" not in one[2]]
    return kept, looks


def with_command_line(workspace: LocalWorkspace, config: Path) -> None:
    done = subprocess.run(
        [command_line(), "deploy", "create", "--config", config],
        env=os.environ | workspace.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kernel_and_the_command_line_send_the_same(
    fresh: Callable[[], LocalWorkspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "tellr.yaml"
    config.write_text(CONFIG)
    native, kernel = fresh(), fresh()
    with_command_line(native, config)
    for name, value in kernel.environment().items():
        monkeypatch.setenv(name, value)
    tellr.create(config_yaml_path=config, progress="none")
    (changes, looks), (expected, expected_looks) = asked(kernel), asked(native)
    assert changes == expected
    assert len(changes) > 8
    assert looks - expected_looks == set()
    assert expected_looks - looks == set()
