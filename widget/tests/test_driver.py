"""Who drives a run: one at a time, whatever is slow, late or gone. All on the test's own clock."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from bridges import PATIENCE_SECONDS, Bridge, event
from tellr.bridge.driver import ANSWER_SECONDS, SILENT_SECONDS, Driver
from tellr.bridge.reach import PROMPT_SECONDS, Reach


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    return Bridge(monkeypatch)


def test_a_page_that_is_heard_of_keeps_the_lead(bridge: Bridge) -> None:
    turn = bridge.drive("page")
    for _ in range(100):
        bridge.now += SILENT_SECONDS
        bridge.say("page", "event", turn=turn, event=event())
        bridge.runs.look()
    assert bridge.runs.driver == "page"
    assert bridge.nothing_runs_here()


def test_a_silent_page_is_asked_and_one_that_answers_keeps_the_lead(bridge: Bridge) -> None:
    bridge.drive("page")
    bridge.now += SILENT_SECONDS + 1
    bridge.runs.look()
    bridge.heard(kind="there", page="page")
    # A slow link: it answers at the last moment.
    bridge.now += ANSWER_SECONDS
    bridge.runs.look()
    bridge.say("page", "here")
    bridge.now += ANSWER_SECONDS
    bridge.runs.look()
    assert bridge.runs.driver == "page"
    assert bridge.nothing_runs_here()


def test_a_page_that_does_not_answer_is_taken_over_from(bridge: Bridge) -> None:
    turn = bridge.drive("page")
    bridge.now += SILENT_SECONDS + 1
    bridge.runs.look()
    bridge.now += ANSWER_SECONDS + 1
    bridge.runs.look()
    run = bridge.kernel_run()
    assert bridge.runs.driver == "kernel"
    bridge.heard(kind="taken_over", page="page")
    # What comes from the page now is too late.
    bridge.say("page", "ended", turn=turn, error={"code": "LOCK_LOST", "message": "late"})
    assert bridge.runs.driver == "kernel"
    live = bridge.runs.live
    assert live is not None
    run.finish(app_name="tellr")
    assert live.ended.wait(PATIENCE_SECONDS)
    assert bridge.runs.result == {"app_name": "tellr"}


def test_a_page_that_says_that_it_leaves_is_taken_over_from_at_once(bridge: Bridge) -> None:
    bridge.drive("page")
    bridge.say("another", "leaving")
    assert bridge.runs.driver == "page"
    bridge.say("page", "leaving")
    assert bridge.runs.driver == "kernel"
    bridge.kernel_run().finish()


@pytest.mark.parametrize("operation", ["rollback", "restore"])
def test_a_rollback_and_a_restore_are_driven_like_an_update(bridge: Bridge, operation: str) -> None:
    given = {"app_name": "tellr", "to_release": "3"}
    reply = bridge.ask("page", 1, "run", operation=operation, arguments=given, can_drive=True)
    assert reply["ok"]["drive"] == given
    bridge.say("page", "leaving")
    run = bridge.kernel_run()
    assert run.start == {"operation": operation, "arguments": given}
    run.finish()


def test_the_releases_are_read_by_the_kernel_without_a_run(bridge: Bridge) -> None:
    bridge.say("page", "run", id=1, operation="history", arguments={"app_name": "tellr"})
    run = bridge.kernel_run()
    assert run.start == {"operation": "history", "arguments": {"app_name": "tellr"}}
    run.finish(releases=[])
    reply = bridge.heard(kind="reply", page="page", of=1)
    assert reply["ok"] == {"result": {"releases": []}}
    assert bridge.runs.live is None


def test_another_page_does_not_take_the_lead_from_one_that_is_there(bridge: Bridge) -> None:
    bridge.drive("old")
    # Two tabs: the second one arrives, and the first one's link is slow.
    assert bridge.runs.arrived("new") == {
        "operation": "create",
        "app_name": "tellr",
        "arguments": {"app_name": "tellr"},
        "driver": "page",
        "run": "",
    }
    bridge.heard(kind="there", page="old")
    bridge.now += ANSWER_SECONDS - 1
    bridge.runs.look()
    assert bridge.runs.driver == "page"
    bridge.say("old", "here")
    bridge.now += ANSWER_SECONDS
    bridge.runs.look()
    assert bridge.runs.driver == "page"


def test_after_a_reload_the_new_page_is_shown_the_kernel_s_run(bridge: Bridge) -> None:
    bridge.drive("old")
    bridge.runs.arrived("new")
    bridge.say("new", "follow", id=1)
    bridge.heard(kind="taken", page="new")
    bridge.now += ANSWER_SECONDS + 1
    bridge.runs.look()
    run = bridge.kernel_run()
    run.news.put(event(message="resumed"))
    assert bridge.heard(kind="event", page="new", of=1)["event"]["message"] == "resumed"
    run.finish(url="https://tellr.example")
    reply = bridge.heard(kind="reply", page="new", of=1)
    assert reply["ok"] == {"result": {"url": "https://tellr.example"}}


def test_a_page_that_comes_later_is_told_what_happened_before(bridge: Bridge) -> None:
    turn = bridge.drive("old")
    bridge.say("old", "event", turn=turn, event=event(message="first"))
    bridge.say("new", "follow", id=1)
    assert bridge.heard(kind="event", page="new")["event"]["message"] == "first"
    assert bridge.ask("third", 1, "run", operation="delete", arguments={})["error"]["code"]


def test_with_nothing_under_way_there_is_nothing_to_follow(bridge: Bridge) -> None:
    assert bridge.ask("page", 1, "follow")["ok"] == {"none": True}


def test_only_who_drives_changes_anything(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[str] = []
    monkeypatch.setattr(
        bridge.service, "request", lambda one: passed_on.append(one["method"]) or {"ok": None}
    )
    monkeypatch.setattr(
        bridge.service, "schema", lambda _, what: passed_on.append(what["operation"]) or {"ok": 1}
    )
    post = {"method": "POST", "path": "/api/2.0/apps"}
    drop = {"operation": "drop", "schema": "app_data"}
    turn = bridge.drive("page")

    def asked(page: str, number: int, **more: Any) -> bool:  # noqa: ANN401
        return "ok" in bridge.ask(page, number, "request", request=post, **more)

    assert not asked("page", 2), "without a turn one only looks"
    assert not asked("other", 1, turn=turn), "a turn is one page's"
    assert not asked("page", 3, turn=turn + 1)
    assert asked("page", 4, turn=turn)
    assert "ok" in bridge.ask("page", 5, "schema", at={}, operation=drop, turn=turn)
    bridge.say("page", "leaving")
    assert not asked("page", 6, turn=turn), "its turn is over"
    assert "error" in bridge.ask("page", 7, "schema", at={}, operation=drop, turn=turn)
    looks = {"method": "GET", "path": "/api/2.0/apps/tellr"}
    assert "ok" in bridge.ask("page", 8, "request", request=looks)
    assert "ok" in bridge.ask("page", 9, "schema", at={}, operation={"operation": "inspect"})
    assert passed_on == ["POST", "drop", "GET", "inspect"]
    bridge.kernel_run().finish()


def test_the_kernel_begins_when_what_the_page_began_is_over(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow(_: object) -> dict[str, Any]:
        begun.set()
        gate.wait(PATIENCE_SECONDS)
        return {"ok": "done"}

    monkeypatch.setattr(bridge.service, "request", slow)
    turn = bridge.drive("page")
    bridge.say("page", "request", id=2, turn=turn, request={"method": "POST", "path": "/x"})
    assert begun.wait(PATIENCE_SECONDS)
    bridge.say("page", "leaving")
    assert bridge.runs.driver == "kernel"
    assert bridge.nothing_runs_here()
    gate.set()
    bridge.kernel_run().finish()


def test_a_page_that_is_gone_and_was_to_stop_has_stopped(bridge: Bridge) -> None:
    bridge.drive("page")
    bridge.runs.cancel()
    bridge.heard(kind="stop", page="page")
    bridge.now += ANSWER_SECONDS + 1
    bridge.runs.look()
    assert bridge.runs.live is None
    assert bridge.runs.error is not None
    assert bridge.runs.error["code"] == "CANCELLED"
    assert bridge.nothing_runs_here()


def test_what_stays_in_python_is_never_given_to_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = Bridge(monkeypatch, stays=True)
    arguments = {"app_name": "tellr", "encryption_key": "the key"}
    bridge.say("page", "run", id=1, operation="create", arguments=arguments, can_drive=True)
    run = bridge.kernel_run()
    assert run.start["arguments"]["encryption_key"] == "the key"
    live = bridge.runs.arrived("page")
    assert live is not None
    assert live["driver"] == "kernel"
    assert "the key" not in str(live)
    run.finish(app_name="tellr")
    assert bridge.heard(kind="reply", of=1)["ok"] == {"result": {"app_name": "tellr"}}


@pytest.mark.parametrize("when", ["under way", "over"])
def test_a_cancelled_look_stops_no_run(bridge: Bridge, when: str) -> None:
    arguments = {"app_name": "tellr"}
    bridge.say("page", "run", id=1, operation="create", arguments=arguments, can_drive=False)
    deployment = bridge.kernel_run()
    bridge.say("page", "run", id=2, operation="status", arguments=arguments)
    look = bridge.kernel_run()
    if when == "over":
        look.finish()
        bridge.heard(kind="reply", of=2)
    bridge.say("page", "cancel", of=2)
    if when == "under way":
        assert look.cancelled.wait(PATIENCE_SECONDS)
    assert not deployment.cancelled.is_set()
    bridge.say("page", "cancel", of=1)
    assert deployment.cancelled.wait(PATIENCE_SECONDS)
    look.finish()
    deployment.finish()


def test_a_follower_s_cancel_stops_the_run_and_tells_how_it_ended(bridge: Bridge) -> None:
    bridge.runs.start("create", {"app_name": "tellr"})
    run = bridge.kernel_run()
    bridge.say("page", "follow", id=1)
    bridge.heard(kind="taken", of=1)
    bridge.say("page", "cancel", of=1)
    assert run.cancelled.wait(PATIENCE_SECONDS)
    run.finish(app_name="tellr")
    assert "ok" in bridge.heard(kind="reply", of=1)


def test_time_in_which_no_message_gets_through_is_not_silence() -> None:
    now = 0.0
    reach = Reach(lambda: now)

    async def served() -> None:
        reach.noted()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(served())
    driver = Driver("page", 1, now)
    # A cell runs: the loop stands still.
    for _ in range(600):
        now += 1
        since = reach.since()
        driver.is_to_be_asked(now)
        assert not driver.is_lost(now, since) or now < PROMPT_SECONDS
    # It is over, and the page's messages of all that time come in.
    loop.run_until_complete(asyncio.sleep(0))
    assert not driver.is_lost(now, reach.since())
    now += ANSWER_SECONDS - 1
    assert not driver.is_lost(now, reach.since())
    loop.run_until_complete(asyncio.sleep(0))
    driver.heard("page", now)
    now += SILENT_SECONDS - 1
    assert not driver.is_to_be_asked(now)
    loop.close()
    # Without a loop that could be asked, silence is silence.
    assert Reach(lambda: now).since() == float("-inf")
