"""How a run is shown: as lines, and as a timeline."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

import tellr
from tellr import running
from tellr.progress import html, reporter
from tellr.progress.lines import SILENT_SECONDS, Lines
from tellr.progress.timeline import Timeline
from tellr.progress.view import Silent

if TYPE_CHECKING:
    from local_workspace import LocalWorkspace

HOSTILE = "<script>alert(1)</script>\x1b[2J\" onclick='x'"


def event(kind: str = "step", **more: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """Make an event of the deployer's."""
    common = {"run": "r", "sequence": 0, "at": "2026-11-23T00:00:00Z", "elapsed_ms": 6240}
    return common | {"kind": kind, "message": "created the database"} | more


def step(state: str, name: str = "lakebase", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return event(step=name, state=state, **more)


PLAN = event(
    "plan",
    message="create the app `tellr`",
    steps=[
        {"step": "lakebase", "title": "get the database", "waits_for": []},
        {"step": "schema", "title": "set up the schema", "waits_for": ["lakebase"]},
    ],
)


def lines(*events: dict[str, Any], brief: bool = False) -> list[str]:
    out = io.StringIO()
    shown = Lines(brief=brief, out=out)
    for one in events:
        shown.event(one)
    return out.getvalue().splitlines()


def test_a_step_that_ended_is_one_line_with_both_times() -> None:
    done = step("done", step_elapsed_ms=5900)
    assert lines(done) == ["    6.2 s  ✓ lakebase      created the database  (5.9 s)"]


def test_waiting_is_told_and_beginning_is_not() -> None:
    told = lines(PLAN, step("started"), step("waiting", message="waiting"), event("finished"))
    assert told == [
        "    6.2 s                  create the app `tellr`: lakebase, schema",
        "    6.2 s  … lakebase      waiting",
    ]


def test_in_a_job_it_is_one_line_a_step() -> None:
    steps = [step("started"), step("waiting"), step("progress"), step("unchanged")]
    told = lines(PLAN, *steps, step("skipped", "schema"), brief=True)
    assert [line[11:26].split()[1] for line in told] == ["lakebase", "schema"]


def test_the_platform_s_words_can_not_drive_a_terminal() -> None:
    (line,) = lines(step("done", message=HOSTILE))
    assert "\x1b" not in line


def test_an_output_that_knows_no_marks_gets_plain_ones() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "ascii")
    Lines(brief=False, out=out).event(step("done"))
    assert raw.getvalue().split() == b"6.2 s ok lakebase created the database".split()


def test_an_output_that_went_away_stops_nothing() -> None:
    out = io.StringIO()
    out.close()
    Lines(brief=False, out=out).event(step("done"))


class Clock:
    """A clock that only the test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_long_wait_is_told_with_what_is_usual() -> None:
    out, clock = io.StringIO(), Clock()
    shown = Lines(brief=False, out=out, clock=clock)
    shown.event(step("waiting", "app", message="compute starts", step_elapsed_ms=0))
    for _ in range(10):
        clock.now += SILENT_SECONDS / 2
        shown.tick()
    told = out.getvalue().splitlines()[1:]
    assert len(told) == 5, "a line every 20 s"
    assert told[0] == "   26.2 s  … still waiting: app 20 s (usually 1 to 3 min)"
    assert "app 1 min 40 s (usually" in told[-1]
    shown.event(step("done", "app"))
    clock.now += 10 * SILENT_SECONDS
    shown.tick()
    assert len(out.getvalue().splitlines()) == 7, "nothing is waited for any more"


def test_a_job_s_log_is_not_filled_with_waiting() -> None:
    out, clock = io.StringIO(), Clock()
    shown = Lines(brief=True, out=out, clock=clock)
    shown.event(step("waiting"))
    clock.now += 1000
    shown.tick()
    assert out.getvalue() == ""


def test_the_timeline_says_what_is_usual_while_it_lasts() -> None:
    timeline = Timeline(Clock())
    timeline.add(step("waiting", "app"))
    assert "usually 1 to 3 min" in html.render(timeline, "Tellr")
    timeline.add(step("done", "app"))
    assert "usually" not in html.render(timeline, "Tellr")


def test_everything_in_the_timeline_is_left_aligned() -> None:
    css = html.style()
    assert "text-align: left" in css
    assert "right;" not in css
    # Notebooks have rules for tables of their own, which one class alone would lose against.
    selectors = re.findall(r"^(\.[^{]+?)\s*[,{]$", css, re.MULTILINE)
    assert selectors
    assert all(one.startswith(".tellr-run.tellr-run") for one in selectors)


class Broken(Silent):
    """A display that always fails."""

    def _fail(self, *_: object) -> None:
        message = "no such display"
        raise RuntimeError(message)

    signed_in = event = tick = finished = failed = note = _fail


def test_a_display_that_raises_leaves_the_rest_to_lines(
    workspace: LocalWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(running, "reporter", lambda *_: Broken())
    arguments = {"app_name": "unseen", "lakebase_name": "unseen-db", "schema_name": "unseen"}
    assert tellr.create(**arguments)["status"] == "created"
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "The progress display failed (RuntimeError); the run continues"
    assert last.startswith("Tellr is running: ")
    # Where lines fail as well, the run still ends, and so does the call.
    monkeypatch.setattr(running, "Lines", lambda **_: Broken())
    assert tellr.delete("unseen", confirm=True)["status"] == "deleted"
    assert capsys.readouterr().out == ""
    assert workspace.host


def test_the_timeline_puts_steps_on_one_axis() -> None:
    timeline = Timeline()
    for one in (
        PLAN,
        step("started", elapsed_ms=1000, step_elapsed_ms=0),
        step("done", elapsed_ms=3000, step_elapsed_ms=2000),
        step("started", "schema", elapsed_ms=3000, step_elapsed_ms=0),
        event("failed", elapsed_ms=4000),
    ):
        timeline.add(one)
    lakebase, schema = timeline.as_list()
    assert (lakebase["started_ms"], lakebase["ended_ms"]) == (1000, 3000)
    assert (schema["state"], schema["waits_for"]) == ("started", ["lakebase"])
    drawn = html.render(timeline, "Tellr")
    assert 'style="left:25.00%;width:50.00%"' in drawn
    assert 'style="left:75.00%;width:25.00%"' in drawn
    assert "failed, 4 s" in drawn


def test_the_timeline_shows_words_as_words() -> None:
    timeline = Timeline()
    plan = {"step": HOSTILE, "title": HOSTILE, "waits_for": []}
    timeline.add(event("plan", steps=[plan]))
    timeline.add(step(HOSTILE, HOSTILE, message=HOSTILE))
    timeline.add(event("notice", message=HOSTILE))
    drawn = html.render(timeline, HOSTILE, HOSTILE, "javascript:alert(1)")
    assert "<script" not in drawn
    assert "onclick='" not in drawn
    assert 'href="javascript' not in drawn
    assert "&lt;script&gt;" in drawn


def test_the_end_of_the_timeline_leads_to_the_app() -> None:
    shown: list[str] = []
    display = reporter.Display("Tellr", lambda text, _: shown.append(text))
    display.event(PLAN)
    display.finished("Tellr is running", "https://tellr.example/?a=1&b=2")
    link = 'href="https://tellr.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"'
    assert link in shown[-1]
    assert "<p>Tellr is running</p>" in shown[-1]


def test_updates_come_no_faster_than_somebody_can_look() -> None:
    shown: list[str] = []
    display = reporter.Display("Tellr", lambda text, _: shown.append(text))
    for _ in range(50):
        display.event(step("progress"))
    assert len(shown) == 1


def test_a_script_gets_lines_and_a_job_gets_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
    found = reporter.reporter("auto", "t")
    assert isinstance(found, Lines)
    assert not found.brief
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "16.4")
    found = reporter.reporter("auto", "t")
    assert isinstance(found, Lines)
    assert found.brief


def test_an_error_reads_as_sentences() -> None:
    told = {
        "code": "DEPLOYMENT_FAILED",
        "class": "deployment",
        "message": "The deployment of `tellr` failed",
        "cause": "pip failed\nsecond line",
        "remedy": "Look at the log",
        "docs": "README.md",
        "step": "deployment",
        "log": ["pip failed", "\x1b[31mno such wheel"],
    }
    error = tellr.DeploymentError(told)
    assert str(error).splitlines() == [
        "The deployment of `tellr` failed",
        "  Why:      pip failed",
        "  What now: Look at the log",
        "  More:     README.md  [DEPLOYMENT_FAILED]",
        "  Last lines of the log:",
        "  | pip failed",
        "  |  [31mno such wheel",
    ]
    assert (error.step, error.log[0]) == ("deployment", "pip failed")
    assert error._render_traceback_()[0] == "DeploymentError: The deployment of `tellr` failed"
    import copy
    import pickle

    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert (str(other), other.code) == (str(error), error.code)
