"""Before something is lost: who is asked, what is shown, and what an answer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import tellr
from kernels import Kernel, kernel, text_of
from tellr import confirmation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_workspace import LocalWorkspace

RESET = ("resets", "/Workspace/Users/ada@example.com/.apps/resets", "resets-db", "resets")


@pytest.fixture
def app(workspace: LocalWorkspace) -> Iterator[LocalWorkspace]:
    """Deploy an app that can be lost."""
    tellr.create("resets-db", "resets", "resets", progress="none")
    workspace.control("DELETE", "/journal")
    yield workspace
    tellr.delete("resets", confirm=True, progress="none")


def answers(monkeypatch: pytest.MonkeyPatch, *given: str) -> list[str]:
    """Answer what is asked, as somebody at the keyboard would; the questions."""
    asked: list[str] = []
    left = list(given)

    def ask(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(confirmation, "asker", lambda: ask)
    return asked


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_the_wrong_name_changes_nothing(
    app: LocalWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
) -> None:
    asked = answers(monkeypatch, "yes")
    arguments = (*RESET, None, True) if operation == "update" else ("resets",)
    with pytest.raises(tellr.InvalidArgumentError) as caught:
        getattr(tellr, operation)(*arguments, progress="none")
    assert caught.value.code == "NOT_CONFIRMED"
    assert 'confirm="resets"' in caught.value.remedy
    assert [one for one in app.journal() if one["effect"]] == []
    assert asked == ["Type the app's name (resets) to continue: "]
    shown = capsys.readouterr().out
    assert "This will be lost:" in shown
    assert "resets" in shown


def test_the_right_name_goes_ahead_and_says_what_was_dropped(
    app: LocalWorkspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, " resets ", "resets")
    result = tellr.update(*RESET, reset_database=True, progress="lines")
    assert result["database_reset"]
    shown = capsys.readouterr().out
    branch = result["restore_point"]["branch"]
    assert f"Previous data is kept in branch `{branch}` until " in shown
    assert app.host


def test_confirm_answers_and_a_script_is_not_asked(
    app: LocalWorkspace, monkeypatch: pytest.MonkeyPatch, script: Callable[..., Any]
) -> None:
    asked = answers(monkeypatch)
    for confirm in (True, "resets"):
        tellr.update(*RESET, reset_database=True, confirm=confirm, progress="none")
    assert asked == []
    done = script(f"import tellr\ntellr.update(*{RESET!r}, None, True)")
    assert done.returncode == 0, done.stderr
    assert "The schema was reset" in done.stdout or "Schema reset: " in done.stdout
    assert "Previous data is kept in branch " in done.stdout
    assert app.host


@pytest.mark.parametrize("confirm", ["another", "", False, 1, ["resets"]])
def test_another_app_s_name_is_refused_before_any_request(
    workspace: LocalWorkspace,
    confirm: Any,  # noqa: ANN401
) -> None:
    with pytest.raises(ValueError, match="confirm") as caught:
        tellr.delete("resets", confirm=confirm, progress="none")
    assert isinstance(caught.value, tellr.InvalidArgumentError)
    assert workspace.journal() == []


def test_what_can_not_be_restored_is_asked_twice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = {"operation": "delete", "app_name": "a", "lost": ["All of it"], "confirmations": 2}
    asked = answers(monkeypatch, "a", "a")
    confirmation.ask(plan, confirmation.asker())  # type: ignore[arg-type]
    assert len(asked) == 2
    assert "  - All of it" in capsys.readouterr().out
    answers(monkeypatch, "a", "b")
    with pytest.raises(tellr.InvalidArgumentError):
        confirmation.ask(plan, confirmation.asker())  # type: ignore[arg-type]


def test_where_nothing_is_lost_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch)
    plan = {"operation": "delete", "app_name": "a", "lost": ["Nothing"], "confirmations": 0}
    confirmation.ask(plan, confirmation.asker())  # type: ignore[arg-type]
    confirmation.ask({"app_name": "a", "lost": []}, confirmation.asker())  # type: ignore[arg-type]
    assert asked == []


def test_the_end_of_input_is_no_confirmation() -> None:
    def ended(_: str) -> str:
        raise EOFError

    with pytest.raises(tellr.InvalidArgumentError):
        confirmation.ask({"app_name": "a", "lost": ["x"]}, ended)


@pytest.fixture(scope="module")
def notebook(one_workspace: LocalWorkspace) -> Iterator[Kernel]:
    with kernel(**one_workspace.environment()) as running:
        running.run("import tellr")
        yield running


def test_a_notebook_with_somebody_at_it_is_asked_in(notebook: Kernel, app: LocalWorkspace) -> None:
    cell = notebook.client.execute("tellr.delete('resets')", allow_stdin=True)
    question = notebook.client.get_stdin_msg(timeout=60)["content"]["prompt"]
    assert question == "Type the app's name (resets) to continue: "
    notebook.client.input("no")
    messages = notebook.finish(cell)
    (error,) = (one["content"] for one in messages if one["msg_type"] == "error")
    assert "NOT_CONFIRMED" in "\n".join(error["traceback"])
    assert "This will be lost:" in text_of(messages)
    assert [one for one in app.journal() if one["effect"]] == []


def test_a_notebook_that_runs_by_itself_is_not(notebook: Kernel, app: LocalWorkspace) -> None:
    cell = notebook.client.execute(
        f"print(tellr.update(*{RESET!r}, None, True, progress='none')['status'])",
        allow_stdin=False,
    )
    assert text_of(notebook.finish(cell)).strip() == "updated"
    assert app.host
