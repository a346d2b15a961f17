"""The Python half of the widget, in a real kernel, with a page that is no browser."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from kernels import Kernel, kernel, text_of
from local_workspace import ADA, LocalWorkspace
from pages import Page
from tellr.bridge import wire as wires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ME = {"method": "GET", "path": "/api/2.0/preview/scim/v2/Me"}
KEY = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk="
# Timings that a test can wait for.
QUICK = """
from tellr.bridge import lead
lead.SILENT_SECONDS, lead.ANSWER_SECONDS, lead.RELOADED_SECONDS = 1.0, 0.5, 0.5
lead._LOOK_SECONDS = 0.1
"""


@pytest.fixture(scope="module")
def one_kernel(one_workspace: LocalWorkspace) -> Iterator[Kernel]:
    """Run a kernel that is signed in."""
    with kernel(**one_workspace.environment()) as running:
        running.run(f"import tellr\n{QUICK}")
        yield running


@pytest.fixture
def widget(one_kernel: Kernel, workspace: LocalWorkspace) -> Callable[..., Page]:
    """Make a widget; the page that shows it."""
    assert workspace.host

    def make(arguments: str = "") -> Page:
        one_kernel.run(f"w = tellr.Deployer({arguments})")
        return Page(one_kernel)

    return make


def event(**more: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    common = {"run": "r", "sequence": 0, "at": "2026-11-23T00:00:00Z", "elapsed_ms": 10}
    return common | {"kind": "step", "step": "app", "state": "done", "message": "made it"} | more


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
    ):
        assert page.ask("request", request=request)["error"]["kind"] == "refused"
    assert page.ask("weather")["error"]["kind"] == "refused"
    assert page.ask("request")["error"]["message"] == "The kernel failed at it (KeyError)"
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
    look = {"operation": "inspect", "schema": "app_data", "role": None}
    found = page.ask("schema", at=at, operation=look)["ok"]
    assert (found["outcome"], found["exists"], found["owner"]) == ("inspected", True, ADA)
    workspace.control("DELETE", "/journal")
    elsewhere = page.ask("schema", at=at | {"host": "evil.example"}, operation=look)["error"]
    assert elsewhere["kind"] == "credential"
    hostile = page.ask("schema", at=at, operation={"operation": "drop", "schema": "public"})[
        "error"
    ]
    assert hostile["code"] == "PROTOCOL_FAULT"
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
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    page.ask("hello")
    workspace.control("DELETE", "/journal")
    cell = page.kernel.begin(
        "import time\nbegan = time.time()\nwhile time.time() - began < 2: pass"
    )
    time.sleep(0.3)
    patient = page.call("request", request=ME, ttl_ms=60_000)
    # A kernel with subshells takes it at once, and others only when the cell is done.
    hurried = page.call("request", request=ME, ttl_ms=500)
    page.kernel.finish(cell)
    assert page.reply(patient)["ok"]["status"] == 200
    reply = page.reply(hurried)
    asked = len([one for one in workspace.journal() if one["path"] == ME["path"]])
    if "error" in reply:
        assert reply["error"]["kind"] == "timeout"
        assert asked == 1
    else:
        assert asked == 2


def test_a_handler_that_waits_holds_up_no_cell(widget: Callable[..., Page]) -> None:
    page = widget()
    number = page.call("sleep", duration_ms=20_000)
    began = time.monotonic()
    assert text_of(page.kernel.run("print('free')")).strip() == "free"
    assert time.monotonic() - began < 5
    page.say("cancel", of=number)
    time.sleep(0.3)
    assert page.ask("hello")["ok"]


def test_a_message_that_comes_twice_is_one(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    page.ask("hello")
    workspace.control("DELETE", "/journal")
    for _ in range(3):
        page.say("request", id=77, request=ME)
    page.reply(77)
    page.kernel.drain(0.5)
    assert len(workspace.journal()) == 1


def test_a_page_drives_and_the_traits_follow(widget: Callable[..., Page]) -> None:
    page = widget(f"app_name='driven', encryption_key={KEY!r}")
    drive = page.ask("run", operation="create", arguments={"app_name": "driven"}, can_drive=True)
    assert drive["ok"]["drive"] == {"app_name": "driven", "encryption_key": KEY}
    page.wait_for_state(status="running", driver="page")
    page.say("event", event=event())
    page.say("event", event={"kind": "no event of ours"})
    page.say("ended", result={"url": "https://tellr.example", "app_name": "driven"})
    state = page.wait_for_state(status="finished")
    assert state["result"]["url"] == "https://tellr.example"
    assert [(one["step"], one["state"]) for one in state["steps"]] == [("app", "done")]
    assert KEY not in json.dumps(page.state)
    assert KEY not in text_of(page.kernel.run("print(w.get_state(), repr(w), vars(w))"))


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
    arguments = {"app_name": "left-behind", "lakebase_name": "left-behind-db"}
    assert page.ask("run", operation="create", arguments=arguments, can_drive=True)["ok"]["drive"]
    state = page.wait_for_state(status="finished")
    assert state["result"]["app_name"] == "left-behind"
    assert any(one["kind"] == "there" for one in page.messages), "it was asked first"
    assert workspace.call("GET", "/api/2.0/apps/left-behind")["url"] == state["result"]["url"]
    # What comes from it now is too late.
    page.say("ended", error={"code": "LOCK_LOST", "message": "late"})
    page.ask("hello")
    assert page.state["status"] == "finished"
    page.ask("run", operation="delete", arguments={"app_name": "left-behind"}, can_drive=False)


def test_a_page_that_answers_keeps_the_lead(widget: Callable[..., Page]) -> None:
    page = widget()
    page.ask("run", operation="create", arguments={"app_name": "slow"}, can_drive=True)
    page.wait(lambda one: one["kind"] == "there")
    for _ in range(15):
        page.say("here")
        page.kernel.drain(0.2)
    page.wait_for_state(status="running", driver="page")
    page.say("ended", error={"code": "CANCELLED", "message": "stopped"})
    page.wait_for_state(status="cancelled")


def test_after_a_reload_the_new_page_follows_the_kernel(widget: Callable[..., Page]) -> None:
    old = widget()
    arguments = {"app_name": "reloaded", "lakebase_name": "reloaded-db"}
    old.ask("run", operation="create", arguments=arguments, can_drive=True)
    old.say("remember", value={"operation": "create"})
    new = Page(old.kernel)
    greeting = new.ask("hello")["ok"]
    assert greeting["live"]["app_name"] == "reloaded"
    assert greeting["remembered"] == {"operation": "create"}
    result = new.ask("run", operation="create", arguments=arguments, can_drive=True)["ok"]["result"]
    assert result["status"] == "created"
    assert any(one["kind"] == "event" for one in new.messages)
    new.ask("run", operation="delete", arguments={"app_name": "reloaded"}, can_drive=False)


def test_one_widget_does_one_thing_at_a_time(widget: Callable[..., Page]) -> None:
    page = widget()
    page.ask("run", operation="create", arguments={"app_name": "one"}, can_drive=True)
    error = page.ask("run", operation="create", arguments={"app_name": "two"}, can_drive=True)[
        "error"
    ]
    assert error["code"] == "RUN_UNDER_WAY"
    page.say("ended", error={"code": "X", "message": "over"})
    page.wait_for_state(status="failed")


def test_python_stops_a_page_and_a_page_stops_the_kernel(
    widget: Callable[..., Page], workspace: LocalWorkspace
) -> None:
    page = widget()
    page.ask("run", operation="create", arguments={"app_name": "stopped-page"}, can_drive=True)
    page.kernel.run("w.cancel()")
    assert page.wait(lambda one: one["kind"] == "stop")
    page.say("ended", error={"code": "CANCELLED", "message": "stopped"})
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
    arguments = {"app_name": "closed", "lakebase_name": "closed-db"}
    page.ask("run", operation="create", arguments=arguments, can_drive=True)
    page.kernel.run("w.close()")
    done = page.kernel.run(
        "import time\nbegan = time.time()\n"
        "while w.status == 'running' and time.time() - began < 60: time.sleep(0.1)\n"
        "import threading\n"
        "print(w.status, [t.name for t in threading.enumerate() if 'bridge' in t.name])"
    )
    assert text_of(done).strip() == "finished []"
    assert workspace.call("GET", "/api/2.0/apps/closed")["url"]


def test_a_front_end_that_closes_the_comm_is_gone(widget: Callable[..., Page]) -> None:
    page = widget()
    arguments = {"app_name": "dropped", "lakebase_name": "dropped-db"}
    page.ask("run", operation="create", arguments=arguments, can_drive=True)
    page.close()
    done = page.kernel.run(
        "import time\nbegan = time.time()\n"
        "while w.status == 'running' and time.time() - began < 60: time.sleep(0.1)\n"
        "print(w.status)"
    )
    assert text_of(done).strip() == "finished"


def test_traits_are_arguments_and_python_begins(widget: Callable[..., Page]) -> None:
    page = widget("app_name='by-hand', lakebase_name='by-hand-db', theme='dark'")
    page.wait_for_state(app_name="by-hand", theme="dark", status="idle")
    page.kernel.run("seen = []\nw.observe(lambda c: seen.append(c.new), names='status')\nw.start()")
    page.wait_for_state(status="finished", driver="")
    assert page.kernel.value("seen") == ["running", "finished"]
    page.kernel.run("w.operation = 'delete'\nw.start()\nwhile len(seen) < 4: pass")
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
    page.ask("hello")
    page.ask("run", operation="create", arguments={"app_name": "saved"}, can_drive=False)
    page.wait_for_state(status="finished")
    contents = [one["content"] for one in page.kernel.published]
    published = json.dumps([one for one in contents if one.get("comm_id") == page.comm])
    assert "saved-db" in published
    assert workspace.token() not in published
    assert KEY not in published
    page.ask("run", operation="delete", arguments={"app_name": "saved"}, can_drive=False)
