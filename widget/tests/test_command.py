"""The command `tellr`: the words and the exit codes of `tellr-app deploy`, by the same files.

The files are written by the tests of the native command (``tests/end-to-end``); here they are only
compared, with the name of this command.
"""

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
from tellr.command import entry, parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GOLDEN = ROOT / "tests" / "end-to-end" / "tests" / "end_to_end" / "golden"
UPDATE = "update --app-name tellr --lakebase-name tellr-db --schema-name app_data"
_HOST = "https://my.cloud.databricks.com"
# What differs from run to run, as in `golden_command.rs`.
_STEADY = (
    (r"20\d\d-\d\d-\d\dT\d\d:[\d:.]+Z", "MOMENT"),
    (r"20\d\d-\d\d-\d\d", "DAY"),
    (r"127\.[\d.]+", "127.0.0.1"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:0"),
    (r'"(elapsed_ms|sequence|started_ms|step_elapsed_ms)":\d+', r'"\1":0'),
    (r'"(run|deployment_id|id)":"[^"]+', r'"\1":"ID'),
    (r"(pre-reset-|pre-delete-|pre-restore-|restored-)[A-Za-z0-9-]+", r"\1TIME"),
)


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
    for pattern, instead in _STEADY:
        text = re.sub(pattern, instead, text)
    lines = [_without_time(line) for line in text.splitlines()]
    begins = ("    0.0 s", '{"event"')
    events = [number for number, line in enumerate(lines) if line.startswith(begins)]
    if events:
        # Steps run side by side.
        begin, end = events[0], events[-1] + 1
        lines[begin:end] = sorted(lines[begin:end])
    return "\n".join(lines) + "\n"


def _without_time(line: str) -> str:
    line = re.sub(r"^ *[\d.]+ s  ", "    0.0 s  ", line)
    return re.sub(r"  \([\d.]+ s\)$", "", line)


def golden(name: str) -> str:
    """Return a golden file of the native command, with the name of this one."""
    text = (GOLDEN / name).read_text("utf-8")
    return re.sub(r"tellr-app deploy(?!-)", "tellr", text)


@pytest.fixture
def here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run the command in this process, which takes a fraction of the time."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(tmp_path)

    def run_here(
        workspace: LocalWorkspace, words: str, **changes: str
    ) -> subprocess.CompletedProcess[str]:
        wanted = environment(workspace) | changes
        with monkeypatch.context() as patch:
            for variable in os.environ.keys() - wanted.keys():
                patch.delenv(variable)
            for variable, value in wanted.items():
                patch.setenv(variable, value)
            code = entry.run(words.split(" "))
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, out, err)

    yield run_here
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def says(here: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., None]:
    """Compare what the command prints with a file."""

    def compare(workspace: LocalWorkspace, words: str, name: str, **changes: str) -> None:
        assert seen(workspace, words, here(workspace, words, **changes)) == golden(name)

    return compare


def test_operations_print_what_the_native_command_prints(
    fresh: LocalWorkspace, says: Callable[..., None], tmp_path: Path
) -> None:
    def prints(words: str, name: str, **changes: str) -> None:
        says(fresh, words, f"command/{name}.txt", **changes)

    prints("plan create", "plan_create")
    prints("doctor", "doctor")
    prints("create", "create")
    prints("status tellr", "status")
    prints("status tellr --json", "status_json")
    prints("list", "list")
    # There is no browser on this path.
    prints("open tellr", "open", PATH=str(tmp_path))
    prints("logs tellr", "logs_refused")
    reset = f"plan {UPDATE} --reset-database --description Ours --out plan.json"
    prints(reset, "plan_reset")
    update = "update --plan plan.json --yes"
    prints("update --plan plan.json", "unconfirmed_reset")
    prints(update, "update_reset")
    prints(update, "plan_outdated")
    prints("update --plan plan.json --description Other", "plan_beside")
    prints("history tellr", "history")
    prints("restore tellr --yes", "restore")
    prints("rollback tellr", "rollback")
    prints(f"{UPDATE} --extra-env A", "pairs")
    prints("plan delete tellr", "plan_delete")
    prints("delete", "delete_unnamed")
    prints("delete tellr --yes --json", "delete_json")
    prints("status tellr", "status_deleted")
    prints("history tellr", "history_deleted")
    prints("update --json", "refused_json")
    prints("plan create --out none/plan.json", "out_unwritable")


MISTAKES: dict[str, tuple[str, dict[str, str]]] = {
    "missing_values": ("update", {}),
    "unconfirmed": ("delete tellr", {}),
    "wheel": ("create --local-wheel-path dist/tellr_app-0.1.0.whl", {}),
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
    name: str, workspace: LocalWorkspace, says: Callable[..., None]
) -> None:
    words, changes = MISTAKES[name]
    says(workspace, words, f"mistakes/{name}.txt", **changes)


USAGE = {
    "command": "frobnicate",
    "flag": "create --app-nam x",
    "second_app": "status tellr other",
    "no_value": "status --host",
    "twice": "status --host a --host b",
    "name_twice": "status --app-name a b",
    "negative": "logs tellr --tail -1",
    "flag_as_value": "status --host --json",
    "value_of_a_switch": "status --json=yes",
    "conflict": "update --plan a --config b",
    "number": "logs tellr --tail many",
    "help": "rollback --help",
}


def refused(words: str) -> str:
    """Parse wrong words; returns what a person sees."""
    with pytest.raises(parser.StopError) as stop:
        parser.read(words.split(" "))
    return f"$ tellr {words}\n{stop.value.text}\n(exit code {stop.value.exit_code})\n"


@pytest.mark.parametrize("name", USAGE)
def test_wrong_words_are_refused_as_by_the_native_command(name: str) -> None:
    native = golden(f"command/usage/{name}.txt")
    # A flag that only the native command has.
    assert refused(USAGE[name]) == re.sub(r" +--sign-in.*\n(?: {12,}.*\n)*", "", native)


def test_another_tool_s_word_leads_to_one_of_ours() -> None:
    assert refused("destroy tellr") == golden("mistakes/other_word.txt")


def test_what_only_the_native_command_has_says_what_to_do() -> None:
    assert "`databricks auth login`" in refused("create --sign-in")
    assert "`--local-wheel-path`" in refused("create --self")
    assert "use `tellr-app deploy completions`" in refused("completions bash")


def test_words_are_read_in_every_notation() -> None:
    parsed = parser.read(["delete", "tellr", "-y", "--host=https://x.example"])
    assert parsed.path == ("delete",)
    assert (parsed.given["name"], parsed.given["yes"]) == ("tellr", True)
    assert parsed.given["host"] == "https://x.example"
    assert parser.read(["logs", "-f", "--", "--odd"]).given["name"] == "--odd"
    for path in (["plan", "create", "--out", "a"], ["plan", "--out", "a", "create"]):
        parsed = parser.read(path)
        assert (parsed.path, parsed.given["out"]) == (("plan", "create"), "a")
    repeated = parser.read(["create", "--extra-env", "A=1", "--extra-env", "B=2"])
    assert repeated.given["extra_env"] == ["A=1", "B=2"]


def test_a_missing_right_is_told_as_the_native_command_tells_it(
    fresh: LocalWorkspace, here: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    settings = fresh.control("GET", "/settings")
    settings["denials"] = [{"principal": ADA, "what": "create_apps"}]
    fresh.control("PUT", "/settings", settings)
    done = here(fresh, "create")
    done.stdout = ""
    assert seen(fresh, "create", done) == golden("mistakes/right.txt")


def test_a_taken_name_is_told_as_the_native_command_tells_it(
    fresh: LocalWorkspace, says: Callable[..., None]
) -> None:
    fresh.call("POST", "/api/2.0/apps", {"name": "tellr", "description": "another user's app"}, BEN)
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
    assert lines[-1]["type"] == "result"
    assert lines[-1]["result"]["status"] == "created"
    assert done.stderr == ""


def test_a_file_is_told_by_its_keys(workspace: LocalWorkspace, tmp_path: Path) -> None:
    (tmp_path / "tellr.yaml").write_text("app_name: Slides\n")
    done = run(workspace, "plan", "create", "--config", "tellr.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "`app_name` can't be `Slides`" in done.stderr
    assert "tellr --help" in done.stderr


def test_doctor_fails_where_a_deployment_would(
    workspace: LocalWorkspace, here: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = here(workspace, "doctor --serving-endpoint nope")
    assert done.returncode == 1
    assert "1 error would stop the deployment" in done.stdout


def test_the_log_is_printed_line_by_line(
    fresh: LocalWorkspace, here: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    failed = {"message": "App did not start.", "logs": ["one", "two", "\x1b[31mred\x1b[0m\x07"]}
    fresh.control("PATCH", "/settings", {"outcomes": {"deployment": {"failed": failed}}})
    assert here(fresh, "create").returncode == 1
    token = fresh.oauth_token()
    done = here(fresh, "logs tellr --tail 2", DATABRICKS_TOKEN=token)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [re.sub(_STEADY[0][0], "MOMENT", line) for line in done.stdout.splitlines()]
    assert lines == ["MOMENT APP    two", "MOMENT APP    red"]
    done = here(fresh, "logs --search on --json", DATABRICKS_TOKEN=token)
    assert json.loads(done.stdout)["message"] == "one"
    missing = here(fresh, "logs other")
    assert (missing.returncode, "There is no app `other`" in missing.stderr) == (1, True)


def test_the_help_names_every_setting(workspace: LocalWorkspace) -> None:
    done = run(workspace, "create", "--help")
    assert done.returncode == 0
    for flag in ("--lakebase-name", "--encryption-key-file", "--extra-env", "--json", "--profile"):
        assert flag in done.stdout
    assert "--sign-in" not in done.stdout
    assert run(workspace, "--version").stdout.startswith("tellr ")
    nothing = run(workspace)
    assert (nothing.returncode, "Usage: tellr" in nothing.stderr) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_is_asked_for_the_name(
    fresh: LocalWorkspace,
    ask: Callable[..., tuple[int, str]],
    here: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert here(fresh, "create").returncode == 0
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
