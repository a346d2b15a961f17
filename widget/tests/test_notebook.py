"""The functions in a notebook's kernel: what a front end is sent to show."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4

from kernels import Kernel, kernel, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_workspace import LocalWorkspace


@pytest.fixture(scope="module")
def one_notebook(one_workspace: LocalWorkspace) -> Iterator[Kernel]:
    """Run a kernel that is signed in."""
    with kernel(**one_workspace.environment()) as running:
        yield running


@pytest.fixture
def notebook(one_notebook: Kernel, workspace: LocalWorkspace) -> Kernel:
    """Begin anew in it."""
    one_notebook.run("%reset -f\nimport tellr")
    assert workspace.host
    return one_notebook


def test_a_deployment_is_one_display_that_is_updated(notebook: Kernel) -> None:
    code = "result = tellr.create(app_name='shown', lakebase_name='shown-db')"
    messages = notebook.run(code)
    shown = [one for one in messages if one["msg_type"] == "display_data"]
    updates = [one for one in messages if one["msg_type"] == "update_display_data"]
    assert len(shown) == 1
    assert updates
    identity = shown[0]["content"]["transient"]["display_id"]
    assert {one["content"]["transient"]["display_id"] for one in updates} == {identity}
    last = updates[-1]["content"]["data"]
    url = notebook.value("result['url']")
    assert f'href="{url}"' in last["text/html"]
    assert "deployment done" in last["text/plain"]
    assert url in last["text/plain"]
    assert text_of(messages) == ""
    notebook.run("tellr.delete('shown', progress='none')")


def test_an_error_is_its_words_without_our_frames(notebook: Kernel) -> None:
    messages = notebook.run("tellr.update('no-such-app', '/Workspace/Shared/x', 'db', 'app')")
    (error,) = (one["content"] for one in messages if one["msg_type"] == "error")
    assert error["ename"] == "DeploymentError"
    lines = error["traceback"]
    assert lines[0].startswith("DeploymentError: There is no app `no-such-app`")
    assert any(line.startswith("  What now: ") for line in lines)
    assert not any("functions.py" in line for line in lines)


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_no_way_of_showing_errors_shows_a_key(notebook: Kernel, mode: str) -> None:
    notebook.run(f"%xmode {mode}\nkey = 'marked-' + 'key'")
    messages = notebook.run("tellr.create(encryption_key=key)")
    (error,) = (one["content"] for one in messages if one["msg_type"] == "error")
    assert error["ename"] == "InvalidArgumentError"
    assert "marked-key" not in str(messages[1:])


def test_an_interrupted_cell_says_how_to_go_on(notebook: Kernel, workspace: LocalWorkspace) -> None:
    import os
    import signal

    workspace.fault(method="POST", path="/api/2.0/apps", action="hang")
    process = notebook.value("__import__('os').getpid()")
    cell = notebook.begin("tellr.create(app_name='stopped-cell', lakebase_name='cell-db')")
    assert workspace.control("GET", "/faults/hanging?timeout_ms=60000")
    os.kill(process, signal.SIGINT)
    notebook.wait(lambda one: "Stopping at the next safe point" in str(one["content"]))
    workspace.control("POST", "/faults/release")
    messages = notebook.finish(cell)
    (error,) = (one["content"] for one in messages if one["msg_type"] == "error")
    assert "CANCELLED" in "\n".join(error["traceback"])
    workspace.control("DELETE", "/faults")
    done = notebook.run(
        "print(tellr.create(app_name='stopped-cell', lakebase_name='cell-db')['status'])"
    )
    assert text_of(done).strip() == "created"
    notebook.run("tellr.delete('stopped-cell', progress='none')")


def test_a_saved_deployer_without_its_page_is_text_in_a_copy(
    notebook: Kernel, tmp_path: Path
) -> None:
    messages = notebook.run("tellr.Deployer(app_name='saved')")
    (shown,) = (one["content"] for one in messages if one["msg_type"] == "execute_result")
    book = v4.new_notebook(cells=[v4.new_code_cell("tellr.Deployer(app_name='saved')")])
    book.cells[0].outputs = [
        v4.new_output("execute_result", data=shown["data"], metadata=shown["metadata"])
    ]
    # As a notebook is saved that keeps no widgets' state.
    assert "widgets" not in book.metadata
    path = tmp_path / "saved.ipynb"
    nbformat.write(book, path)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", path]
    subprocess.run(command, check=True, capture_output=True)
    copy = path.with_suffix(".html").read_text(encoding="utf-8")
    assert "tellr.Deployer, create of `saved`: idle" in copy
    assert "application/vnd.jupyter.widget-view+json" not in copy
