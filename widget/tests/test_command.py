"""The command `tellr`: the words and the exit codes of `tellr-app deploy`, by the same files."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from local_workspace import ADA, BEN, PATIENCE_SECONDS, ROOT, LocalWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GOLDEN = ROOT / "tests" / "end-to-end" / "tests" / "end_to_end" / "golden"
UPDATE = "update --app-name tellr --lakebase-name tellr-db --schema-name app_data"
_HOST = "https://my.cloud.databricks.com"
_MOMENT = re.compile(r"\b20\d\d-\d\d-\d\dT[\d:.]+Z")


@pytest.fixture
def fresh() -> Iterator[LocalWorkspace]:
    """Run a workspace in which nothing is deployed yet."""
    workspace = LocalWorkspace("--apps", "scripted", "--pace", "none")
    yield workspace
    workspace.stop()


def run(
    workspace: LocalWorkspace, *words: str, folder: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(words),
        env=environment(workspace) | changes,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def command(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "tellr", *words]


def environment(workspace: LocalWorkspace) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABRICKS_", "PG", "ENVIRONMENT", "TELLR_ENC"))
    }
    return kept | workspace.environment()


def seen(workspace: LocalWorkspace, words: str, done: subprocess.CompletedProcess[str]) -> str:
    """Return what a person sees, without what differs from run to run."""
    text = f"$ tellr {words}\n{done.stdout}{done.stderr}\n(exit code {done.returncode})\n"
    text = text.replace(workspace.host, _HOST)
    lines = [_without_moments(_without_time(line)) for line in text.splitlines()]
    events = [number for number, line in enumerate(lines) if line.startswith("    0.0 s")]
    if events:
        # Steps run side by side.
        begin, end = events[0], events[-1] + 1
        lines[begin:end] = sorted(lines[begin:end])
    return "\n".join(lines) + "\n"


def _without_time(line: str) -> str:
    line = re.sub(r"^ *[\d.]+ s  ", "    0.0 s  ", line)
    return re.sub(r"  \([\d.]+ s\)$", "", line)


def _without_moments(line: str) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", _MOMENT.sub("MOMENT", line))


def golden(name: str) -> str:
    """Return a golden file of the native command, with the name of this one."""
    text = (GOLDEN / name).read_text("utf-8")
    return re.sub(r"tellr-app deploy(?!-)", "tellr", text)


def says(workspace: LocalWorkspace, words: str, name: str, **changes: str) -> None:
    done = run(workspace, *words.split(" "), **changes)
    assert seen(workspace, words, done) == golden(name)


def test_operations_print_what_the_native_command_prints(fresh: LocalWorkspace) -> None:
    says(fresh, "plan create", "command/plan_create.txt")
    says(fresh, "create", "command/create.txt")
    says(fresh, "status tellr", "command/status.txt")
    reset = f"plan {UPDATE} --reset-database --description Ours"
    says(fresh, reset, "command/plan_reset.txt")
    says(fresh, f"{UPDATE} --description Ours", "command/update.txt")
    says(fresh, "plan delete tellr", "command/plan_delete.txt")
    says(fresh, "delete tellr --yes", "command/delete.txt")
    says(fresh, "update --json", "command/refused_json.txt")


MISTAKES: dict[str, tuple[str, dict[str, str]]] = {
    "missing_values": ("update", {}),
    "unconfirmed": ("delete tellr", {}),
    "wheel": ("create --local-wheel-path dist/tellr_app-0.1.0.whl", {}),
    "other_word": ("destroy tellr", {}),
    "token": ("create", {"DATABRICKS_TOKEN": "dapi0123456789abcdef0123456789abcdef"}),
    "account_console": (
        "status tellr --host https://accounts.cloud.databricks.com/login?account_id=1",
        {},
    ),
    "app_address": (
        "status tellr --host https://tellr-123.aws.databricksapps.com/deploy",
        {},
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_told_as_the_native_command_tells_them(
    name: str, workspace: LocalWorkspace
) -> None:
    words, changes = MISTAKES[name]
    says(workspace, words, f"mistakes/{name}.txt", **changes)


def test_a_missing_right_is_told_as_the_native_command_tells_it(fresh: LocalWorkspace) -> None:
    settings = fresh.control("GET", "/settings")
    settings["denials"] = [{"principal": ADA, "what": "create_apps"}]
    fresh.control("PUT", "/settings", settings)
    done = run(fresh, "create")
    done.stdout = ""
    assert seen(fresh, "create", done) == golden("mistakes/right.txt")


def test_a_taken_name_is_told_as_the_native_command_tells_it(fresh: LocalWorkspace) -> None:
    fresh.call("POST", "/api/2.0/apps", {"name": "tellr", "description": "somebody's"}, BEN)
    says(fresh, "create", "mistakes/name.txt")


def interrupted(
    workspace: LocalWorkspace, *words: str, signal_: signal.Signals = signal.SIGINT
) -> subprocess.CompletedProcess[str]:
    """Run the command until it asks for the app, and stop it there."""
    workspace.fault(method="GET", path="/api/2.0/apps/tellr", action="hang")
    process = subprocess.Popen(
        command(words),
        env=environment(workspace),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert workspace.control("GET", f"/faults/hanging?timeout_ms={PATIENCE_SECONDS * 1000}")
    process.send_signal(signal_)
    assert process.stderr is not None
    first = process.stderr.readline()
    workspace.control("DELETE", "/faults")
    out, rest = process.communicate(timeout=PATIENCE_SECONDS)
    return subprocess.CompletedProcess(words, process.returncode, out, first + rest)


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_as_in_the_native_command(
    fresh: LocalWorkspace, signal_: signal.Signals
) -> None:
    done = interrupted(fresh, "create", signal_=signal_)
    assert seen(fresh, "create", done) == golden("mistakes/ctrl_c.txt")


def test_json_lines_end_with_the_result(fresh: LocalWorkspace) -> None:
    done = run(fresh, "create", "--json")
    assert done.returncode == 0, done.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["type"] for line in lines[:-1]} == {"event"}
    assert "line" not in lines[0]["event"]
    assert lines[-1]["type"] == "result"
    assert lines[-1]["result"]["status"] == "created"
    assert done.stderr == ""


def test_a_file_is_told_by_its_keys(workspace: LocalWorkspace, tmp_path: Path) -> None:
    (tmp_path / "tellr.yaml").write_text("app_name: Slides\n")
    done = run(workspace, "plan", "create", "--config", "tellr.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "`app_name` can't be `Slides`" in done.stderr
    assert "tellr --help" in done.stderr


def test_what_is_no_word_of_the_command_is_refused(workspace: LocalWorkspace) -> None:
    for words in (["frobnicate"], ["create", "--frobnicate"], ["status", "a", "b"]):
        done = run(workspace, *words)
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert "--help" in done.stderr
        assert done.stdout == ""


def test_the_help_names_every_setting(workspace: LocalWorkspace) -> None:
    done = run(workspace, "create", "--help")
    assert done.returncode == 0
    for flag in ("--lakebase-name", "--encryption-key-file", "--extra-env", "--json", "--profile"):
        assert flag in done.stdout
    assert run(workspace, "--version").stdout.startswith("tellr ")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_is_asked_for_the_name(
    fresh: LocalWorkspace, ask: Callable[..., tuple[int, str]]
) -> None:
    assert run(fresh, "create").returncode == 0
    code, shown = ask(fresh, ["delete", "tellr"], "y")
    assert (code, "The name typed is not `tellr`" in shown) == (2, True), shown
    assert "Lost\n  The app `tellr`" in shown
    code, shown = ask(fresh, ["delete", "tellr"], "tellr")
    assert code == 0, shown
    assert "The app `tellr` is deleted" in shown


@pytest.fixture
def ask() -> Callable[..., tuple[int, str]]:
    """Run the command on a pseudo-terminal, and answer its question."""
    import pty

    def asked(workspace: LocalWorkspace, words: list[str], answer: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command(tuple(words)),
            env=environment(workspace) | {"NO_COLOR": "1", "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        shown, is_answered = "", False
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part.decode()
            if "to continue: " in shown and not is_answered:
                is_answered = True
                os.write(ours, f"{answer}\n".encode())
        os.close(ours)
        return process.wait(timeout=PATIENCE_SECONDS), shown.replace("\r\n", "\n")

    return asked
