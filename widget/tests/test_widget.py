"""The Python half of the widget, in a real kernel, with a page that is no browser."""

from __future__ import annotations

import base64
import gzip
import json
import os
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from bridges import event
from kernels import Kernel, kernel, text_of
from local_workspace import ADA, LocalWorkspace
from pages import Page
from tellr.bridge import wire as wires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ME = {"method": "GET", "path": "/api/2.0/preview/scim/v2/Me"}
# Under the lock everything that the end of a run changes is changed.
UNTIL_IT_ENDED = """
live = w._runs.live
_ = live and live.ended.wait(20)
with w._runs._lock: pass
"""
KEY = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk="


@pytest.fixture(scope="module")
def one_kernel(one_workspace: LocalWorkspace) -> Iterator[Kernel]:
    """Run a kernel that is signed in."""
    with kernel(**one_workspace.environment()) as running:
        running.run("import tellr")
        yield running


@pytest.fixture
def widget(one_kernel: Kernel, workspace: LocalWorkspace) -> Callable[..., Page]:
    """Make a widget; the page that shows it."""
    assert workspace.host

    def make(arguments: str = "") -> Page:
        one_kernel.run(f"w = tellr.Deployer({arguments})")
        return Page(one_kernel)

    return make


def test_a_page_and_its_kernel_greet(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    reply = page.ask("hello", package="0.1.0")["ok"]
    while reply["where"].get("later"):  # the first sign-in loads much
        reply = page.ask("hello", package="0.1.0")["ok"]
    assert reply["where"] == {"workspace": workspace.host, "user": ADA}
    assert reply["package"] == "0.1.0"
    assert reply["live"] is None


def test_a_page_is_given_its_own_files_and_a_notebook_does_not_keep_them(
    widget: Callable[..., Page],
) -> None:
    page = widget()
    page.call("files")
    page.wait(lambda one: one["kind"] == "files")
    (message,) = (
        one
        for one in page.kernel.published
        if page.name in str(one["content"].get("data")) and one["buffers"]
    )
    code, style, module = (gzip.decompress(one) for one in message["buffers"])
    assert b"tellr" in style
    assert module.startswith(b"\0asm")
    assert code
    # What is saved with the notebook is the loader alone.
    assert len(page.kernel.value("w._esm")) < 4_000
    assert message["content"]["data"]["content"]["hash"] in page.kernel.value("w._esm")


def test_another_version_is_told_so(widget: Callable[..., Page]) -> None:
    page = widget()
    error = page.ask("hello", tellr=2)["error"]
    assert error["code"] == "PROTOCOL_MISMATCH"
    assert "version 2" in error["cause"]
    assert "Reload the page" in error["remedy"]


def test_a_request_goes_to_the_workspace(widget: Callable[..., Page]) -> None:
    page = widget()
    number = page.call("request", request=ME)
    reply = page.reply(number)
    assert json.loads(reply["ok"]["body"])["userName"] == ADA
    assert any(one["kind"] == "taken" and one["of"] == number for one in page.messages)


def test_no_other_request_is_passed_on(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    workspace.control("DELETE", "/journal")
    for request in (
        {"method": "GET", "path": "/api/2.0/clusters/list"},
        {"method": "GET", "path": "/api/2.0/apps/../secrets/list"},
        {"method": "POST", "path": "/api/2.0/postgres/credentials", "body": {}},
        {"method": "POST", "path": "/api/2.0/apps", "body": {"name": "tellr"}},
    ):
        assert page.ask("request", request=request)["error"]["kind"] == "refused"
    assert page.ask("weather")["error"]["kind"] == "refused"
    assert page.ask("request")["error"]["message"] == "The kernel failed (KeyError)"
    assert workspace.journal() == []


def test_a_schema_operation_is_typed_and_goes_where_the_workspace_says(
    widget: Callable[..., Page], workspace: LocalWorkspace, one_kernel: Kernel
) -> None:
    one_kernel.run("tellr.create(app_name='typed', lakebase_name='typed-db', progress='none')")
    page = widget()
    endpoint = "projects/typed-db/branches/production/endpoints/primary"
    host = workspace.call("GET", f"/api/2.0/postgres/{endpoint}")["status"]["hosts"]["host"]
    at = {
        "host": host,
        "database": "databricks_postgres",
        "user": ADA,
        "credential": {"kind": "endpoint", "name": endpoint},
    }
    look = {"operation": "inspect", "app": "tellr", "schema": "app_data", "role": None}
    found = page.ask("schema", at=at, operation=look)["ok"]
    assert (found["outcome"], found["exists"], found["owner"]) == ("inspected", True, ADA)
    workspace.control("DELETE", "/journal")
    elsewhere = page.ask("schema", at=at | {"host": "evil.example"}, operation=look)["error"]
    assert elsewhere["kind"] == "credential"
    drop = {"operation": "drop", "schema": "public"}
    assert page.ask("schema", at=at, operation=drop)["error"]["kind"] == "refused"
    turn = page.drive(app_name="typed")
    hostile = page.ask("schema", at=at, operation=drop, turn=turn)["error"]
    assert hostile["code"] == "PROTOCOL_FAULT"
    page.say("ended", turn=turn, error={"code": "X", "message": "over"})
    assert not [one for one in workspace.journal() if "credentials" in one["path"]]
    one_kernel.run("tellr.delete('typed', progress='none')")


def test_a_form_can_ask_the_kernel(widget: Callable[..., Page]) -> None:
    page = widget()

    def ask(**question: Any) -> dict[str, Any]:  # noqa: ANN401
        return page.ask("ask", question=question)

    good = ask(question="validate", operation="create", config={"app_name": "slides"})
    assert good["ok"] is None
    bad = ask(question="validate", operation="create", config={"app_name": "Slides"})
    assert bad["error"]["code"] == "INVALID_VALUE"
    file = ask(question="to_yaml", config={"app_name": "slides"})["ok"]
    assert ask(question="parse_yaml", file=file, environment=None)["ok"]["app_name"] == "slides"
    script = ask(question="script", operation={"operation": "drop", "schema": "app_data"})
    assert script["error"]["kind"] == "refused"


def test_twelve_megabytes_go_both_ways_in_parts(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    body = {"userName": "x" * 12_000_000}
    workspace.fault(path=ME["path"], action={"answer": {"status": 200, "body": body}})
    reply = page.ask("request", request=ME, padding="y" * 12_000_000)
    assert len(json.loads(reply["ok"]["body"])["userName"]) == 12_000_000
    sizes = [len(b) for one in page.kernel.published for b in one["buffers"]]
    assert max(sizes) <= wires.PART_BYTES


def test_a_busy_kernel_answers_afterwards_and_does_nothing_stale(
    widget: Callable[..., Page], workspace: LocalWorkspace, tmp_path: Path
) -> None:
    page = widget()
    page.ask("hello")
    workspace.control("DELETE", "/journal")
    # A cell that holds up all messages until the test lets it go on.
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    cell = page.kernel.begin(f"print('busy', flush=True); open({str(gate)!r}).read()")
    page.kernel.wait(lambda one: one["content"].get("text", "").startswith("busy"))
    now = time.time() * 1000
    patient = page.call("request", request=ME, ttl_ms=60_000, sent=now)
    hurried = page.call("request", request=ME, ttl_ms=500, sent=now - 60_000)
    gate.write_text("go on")
    page.kernel.finish(cell)
    assert page.reply(patient)["ok"]["status"] == 200
    assert page.reply(hurried)["error"]["kind"] == "timeout"
    assert len([one for one in workspace.journal() if one["path"] == ME["path"]]) == 1


def test_a_handler_that_waits_holds_up_no_cell(widget: Callable[..., Page]) -> None:
    page = widget()
    number = page.call("sleep", duration_ms=600_000)
    page.wait(lambda one: one["kind"] == "taken" and one["of"] == number)
    assert text_of(page.kernel.run("print('free')")).strip() == "free"
    page.say("cancel", of=number)
    assert page.ask("hello")["ok"]
    page.kernel.run("import threading")
    while page.kernel.value("[t.name for t in threading.enumerate() if '-sleep-' in t.name]"):
        pass  # it ends because it was let go of, and not because ten minutes are over


def test_a_message_that_comes_twice_is_one(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    page.ask("hello")
    workspace.control("DELETE", "/journal")
    for _ in range(3):
        page.say("request", id=77, request=ME)
    page.reply(77)
    # Messages are taken in order, so whatever the copies began has begun by now.
    assert "error" in page.ask("weather")
    assert [one["kind"] for one in page.messages if one.get("of") == 77] == ["taken", "reply"]
    assert len(workspace.journal()) == 1


def test_a_page_drives_and_the_traits_follow(widget: Callable[..., Page]) -> None:
    page = widget("app_name='driven'")
    drive = page.ask("run", operation="create", arguments={"app_name": "driven"}, can_drive=True)
    assert drive["ok"]["drive"] == {"app_name": "driven"}
    turn = drive["ok"]["turn"]
    page.wait_for_state(status="running", driver="page")
    page.say("event", turn=turn, event=event())
    page.say("event", turn=turn, event={"kind": "no event of ours"})
    page.say("ended", turn=turn, result={"url": "https://tellr.example", "app_name": "driven"})
    state = page.wait_for_state(status="finished")
    assert state["result"]["url"] == "https://tellr.example"
    assert [(one["step"], one["state"]) for one in state["steps"]] == [("app", "done")]


@pytest.mark.parametrize("kept", ["key", "wheel"])
def test_what_stays_in_python_makes_the_kernel_drive(
    widget: Callable[..., Page], tmp_path: Path, kept: str
) -> None:
    wheel = tmp_path / "tellr_app-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tellr_app/__init__.py", "marked-content")
    given = {"key": f"encryption_key={KEY!r}", "wheel": f"local_wheel_path={str(wheel)!r}"}[kept]
    page = widget(f"app_name='kept', lakebase_name='kept-db', {given}")
    arguments = {"app_name": "kept", "lakebase_name": "kept-db", "schema_name": "kept"}
    number = page.call("run", operation="create", arguments=arguments, can_drive=True)
    page.wait_for_state(driver="kernel")
    assert page.reply(number)["ok"]["result"]["status"] == "created"
    page.wait_for_state(status="finished")
    contents = [one["content"] for one in page.kernel.published]
    crossed = json.dumps([one for one in contents if one.get("comm_id") == page.comm])
    for secret in (KEY, base64.b64encode(wheel.read_bytes()).decode()):
        assert secret not in crossed
        assert secret not in json.dumps(page.messages)
        assert secret not in text_of(page.kernel.run("print(w.get_state(), repr(w), vars(w))"))
    page.ask("run", operation="delete", arguments={"app_name": "kept"}, can_drive=False)


@pytest.mark.parametrize("trait", ["status", "steps", "driver", "result"])
def test_an_observer_that_raises_stops_nothing(widget: Callable[..., Page], trait: str) -> None:
    page = widget("app_name='observed', lakebase_name='observed-db', schema_name='observed'")
    page.kernel.run(
        f"def bad(change): raise [SystemExit, ValueError]['status' != {trait!r}]('observed')\n"
        f"w.observe(bad, names={trait!r})"
    )
    page.kernel.run("w.start()")
    state = page.wait_for_state(status="finished", driver="")
    assert state["result"]["app_name"] == "observed"
    said = f"An observer of the widget's `{trait}` failed"
    page.kernel.wait(lambda one: said in one["content"].get("text", ""))
    # Nothing of it is kept: the widget can run the next thing.
    page.kernel.run("w.operation = 'delete'; w.start()")
    page.kernel.run(UNTIL_IT_ENDED)
    assert page.kernel.value("w.result['status']") == "deleted"


def test_a_comm_that_breaks_stops_nothing(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget("app_name='cut-off', lakebase_name='cut-off-db', schema_name='cut_off'")
    arguments = {"app_name": "cut-off", "lakebase_name": "cut-off-db", "schema_name": "cut_off"}
    page.call("run", operation="create", arguments=arguments, can_drive=False)
    page.kernel.run("def broken(*_): raise OSError('gone')\nw.send = broken")
    page.kernel.run(UNTIL_IT_ENDED)
    assert page.kernel.value("w.status") == "finished"
    assert workspace.call("GET", "/api/2.0/apps/cut-off")["url"]
    page.kernel.run("tellr.delete('cut-off', confirm=True, progress='none')")


def test_without_webassembly_the_kernel_runs_it(widget: Callable[..., Page]) -> None:
    page = widget()
    arguments = {"app_name": "in-kernel", "lakebase_name": "in-kernel-db"}
    number = page.call("run", operation="create", arguments=arguments, can_drive=False)
    result = page.reply(number)["ok"]["result"]
    assert result["status"] == "created"
    events = [one["event"] for one in page.messages if one["kind"] == "event"]
    assert [one["sequence"] for one in events] == list(range(len(events)))
    assert page.wait_for_state(status="finished")["result"] == result
    wrong = page.ask("run", operation="create", arguments={"app_name": "X"}, can_drive=False)
    assert wrong["error"]["code"] == "INVALID_VALUE"
    arguments = {"app_name": "in-kernel"}
    assert page.ask("run", operation="delete", arguments=arguments, can_drive=False)["ok"]


def test_a_page_that_goes_away_is_taken_over_from(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    turn = page.drive(app_name="left-behind", lakebase_name="left-behind-db")
    page.say("leaving")
    state = page.wait_for_state(status="finished")
    assert any(one["kind"] == "taken_over" for one in page.messages)
    assert state["result"]["app_name"] == "left-behind"
    assert workspace.call("GET", "/api/2.0/apps/left-behind")["url"] == state["result"]["url"]
    # What comes from it now is too late.
    page.say("ended", turn=turn, error={"code": "LOCK_LOST", "message": "late"})
    page.ask("hello")
    assert page.state["status"] == "finished"
    page.ask("run", operation="delete", arguments={"app_name": "left-behind"}, can_drive=False)


def test_after_a_reload_the_new_page_follows_the_kernel(widget: Callable[..., Page]) -> None:
    old = widget()
    old.drive(app_name="reloaded", lakebase_name="reloaded-db")
    old.say("remember", value={"operation": "create"})
    old.say("leaving")
    new = Page(old.kernel)
    greeting = new.ask("hello")["ok"]
    assert greeting["live"]["app_name"] == "reloaded"
    assert greeting["live"]["driver"] == "kernel"
    assert greeting["remembered"] == {"operation": "create"}
    result = new.ask("follow")["ok"]["result"]
    assert result["status"] == "created"
    events = [one["event"] for one in new.messages if one["kind"] == "event"]
    assert [one["sequence"] for one in events] == list(range(len(events)))
    new.ask("run", operation="delete", arguments={"app_name": "reloaded"}, can_drive=False)


@pytest.mark.parametrize("can_drive", [True, False])
def test_a_driver_that_can_not_be_loaded_is_told_before_a_run_begins(
    widget: Callable[..., Page], workspace: LocalWorkspace, can_drive: bool
) -> None:
    page = widget()
    page.kernel.run("import sys\nkept = sys.modules.pop('psycopg', None)")
    page.kernel.run("sys.modules['psycopg'] = None")
    arguments = {"app_name": "no-driver"}
    error = page.ask("run", operation="create", arguments=arguments, can_drive=can_drive)["error"]
    page.kernel.run("del sys.modules['psycopg']\nif kept: sys.modules['psycopg'] = kept")
    assert error["code"] == "DATABASE_DRIVER_MISSING"
    assert '%pip install "psycopg[binary]"' in error["remedy"]
    assert [one for one in workspace.journal() if one["effect"]] == []


def test_one_widget_does_one_thing_at_a_time(widget: Callable[..., Page]) -> None:
    page = widget()
    turn = page.drive(app_name="one")
    error = page.ask("run", operation="create", arguments={"app_name": "two"}, can_drive=True)[
        "error"
    ]
    assert error["code"] == "RUN_UNDER_WAY"
    page.say("ended", turn=turn, error={"code": "X", "message": "over"})
    page.wait_for_state(status="failed")


def test_python_stops_a_page_and_a_page_stops_the_kernel(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    turn = page.drive(app_name="stopped-page")
    page.kernel.run("w.cancel()")
    assert page.wait(lambda one: one["kind"] == "stop")
    page.say("ended", turn=turn, error={"code": "CANCELLED", "message": "stopped"})
    page.wait_for_state(status="cancelled")

    workspace.fault(method="POST", path="/api/2.0/apps", action="hang")
    arguments = {"app_name": "stopped-run", "lakebase_name": "stopped-run-db"}
    number = page.call("run", operation="create", arguments=arguments, can_drive=False)
    assert workspace.control("GET", "/faults/hanging?timeout_ms=60000")
    page.say("cancel", of=number)
    workspace.control("POST", "/faults/release")
    assert page.reply(number)["error"]["code"] == "CANCELLED"


def test_a_closed_widget_s_run_goes_on_and_nothing_hangs(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    page.call("sleep", duration_ms=600_000)
    page.drive(app_name="closed", lakebase_name="closed-db")
    page.kernel.run("w.close()")
    done = page.kernel.run(
        f"{UNTIL_IT_ENDED}\nimport threading\n"
        "for one in threading.enumerate():\n"
        "    if 'bridge' in one.name: one.join(20)\n"
        "print(w.status, [t.name for t in threading.enumerate() if 'bridge' in t.name])"
    )
    assert text_of(done).strip() == "finished []"
    assert workspace.call("GET", "/api/2.0/apps/closed")["url"]


def test_a_front_end_that_closes_the_comm_is_gone(widget: Callable[..., Page]) -> None:
    page = widget()
    page.drive(app_name="dropped", lakebase_name="dropped-db")
    page.kernel.run("live = w._runs.live")
    page.close()
    done = page.kernel.run("live.ended.wait(20)\nprint(w.status)")
    assert text_of(done).strip() == "finished"


def test_traits_are_arguments_and_python_begins(widget: Callable[..., Page]) -> None:
    page = widget("app_name='by-hand', lakebase_name='by-hand-db', theme='dark'")
    page.wait_for_state(app_name="by-hand", theme="dark", status="idle")
    page.kernel.run("seen = []\nw.observe(lambda c: seen.append(c.new), names='status')\nw.start()")
    page.wait_for_state(status="finished", driver="")
    assert page.kernel.value("seen") == ["running", "finished"]
    page.kernel.run("w.operation = 'delete'\nw.start()")
    page.wait_for_state(status="finished", operation="delete", driver="")
    assert page.kernel.value("[w.result['status'], seen]") == [
        "deleted",
        ["running", "finished"] * 2,
    ]


def test_an_unknown_argument_is_refused(widget: Callable[..., Page]) -> None:
    page = widget()
    messages = page.kernel.run("tellr.Deployer(colour='red')")
    (error,) = (one["content"] for one in messages if one["msg_type"] == "error")
    assert error["ename"] == "InvalidArgumentError"
    assert "`colour`" in error["evalue"]


def test_nothing_secret_is_saved_or_sent(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget(f"app_name='saved', lakebase_name='saved-db', encryption_key={KEY!r}")
    names = {"app_name": "saved", "schema_name": "saved"}
    page.ask("hello")
    page.ask("run", operation="create", arguments=names, can_drive=False)
    page.wait_for_state(status="finished")
    contents = [one["content"] for one in page.kernel.published]
    published = json.dumps([one for one in contents if one.get("comm_id") == page.comm])
    assert "saved-db" in published
    assert workspace.token() not in published
    assert KEY not in published
    page.ask("run", operation="delete", arguments={"app_name": "saved"}, can_drive=False)


def test_without_widgets_it_is_a_text(widget: Callable[..., Page]) -> None:
    page = widget("app_name='as-text'")
    (shown,) = (
        one["content"]["data"]
        for one in page.kernel.run("w")
        if "data" in one["content"] and one["msg_type"] == "execute_result"
    )
    assert "application/vnd.jupyter.widget-view+json" in shown
    text = shown["text/plain"]
    assert text.splitlines()[0] == "tellr.Deployer, create of `as-text`: idle"
    for words in ("reload the page and run the cell again", "tellr.create()"):
        assert words in text
        assert words in shown["text/html"]
    turn = page.drive(app_name="as-text")
    page.say("ended", turn=turn, error={"code": "X", "message": "It <failed>", "remedy": "Retry"})
    page.wait_for_state(status="failed")
    assert "What now: Retry" in page.kernel.value("repr(w)")
    page.kernel.run("bundle = w._repr_mimebundle_()[0]")
    assert "It &lt;failed&gt;" in page.kernel.value("bundle['text/html']")
