"""The log of an app, from a real stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import tellr
from local_workspace import ADA
from tellr.app_log import _LinesRead, _shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_workspace import LocalWorkspace

FAILED = {"message": "App did not start.", "logs": ["one", "two", "\x1b[31mred\x1b[0m\x07"]}


@pytest.fixture
def app(workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalWorkspace]:
    """Deploy an app that wrote three lines, with a token that its URL accepts."""
    workspace.control("PATCH", "/settings", {"outcomes": {"deployment": {"failed": FAILED}}})
    with pytest.raises(tellr.DeploymentError):
        tellr.create(progress="none")
    monkeypatch.setenv("DATABRICKS_TOKEN", workspace.oauth_token())
    yield workspace
    workspace.control("PATCH", "/settings", {"outcomes": {"deployment": "real"}})
    tellr.delete("tellr", progress="none")


def test_the_recent_lines_are_a_list_that_shows_itself(app: LocalWorkspace) -> None:
    assert app.token(ADA)
    log = tellr.logs("tellr", 2)
    assert [line["message"] for line in log] == ["two", "red"]
    assert repr(log).splitlines()[0].endswith("Z APP    two")
    assert "<pre>" in log._repr_html_()
    assert [line["message"] for line in tellr.logs(search="on")] == ["one"]


def test_following_begins_with_the_recent_lines(app: LocalWorkspace) -> None:
    assert app.token(ADA)
    lines = tellr.logs("tellr", tail=1, follow=True)
    assert next(lines)["message"] == "red"
    lines.close()


def test_a_personal_token_is_refused_with_what_to_do(
    app: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", app.token())
    with pytest.raises(tellr.DeploymentError) as refused:
        tellr.logs("tellr")
    assert refused.value.code == "LOG_REFUSED"
    with pytest.raises(tellr.DeploymentError) as missing:
        tellr.logs("other")
    assert missing.value.code == "APP_NOT_FOUND"


def test_lines_that_are_sent_again_are_not_new() -> None:
    def read(stream: list[tuple[float, str]]) -> list[str]:
        lines = [{"timestamp": at, "source": "APP", "message": text} for at, text in stream]
        return [line["message"] for line in lines if known.is_new(line)]

    known = _LinesRead()
    assert read([(1, "a"), (1, "a"), (2, "b")]) == ["a", "a", "b"]
    known.again()
    again = [(1, "a"), (1, "a"), (1, "a"), (2, "b"), (2, "c")]
    assert read(again) == ["a", "c"]
    known.again()
    assert read(again) == []


def test_a_time_that_is_none_is_shown_all_the_same() -> None:
    for odd in (float("nan"), float("inf"), -1e300):
        line = _shown({"timestamp": odd, "source": "APP", "message": "x"})
        assert line["timestamp"] == "1970-01-01T00:00:00.000Z"
