"""Runs an operation in this process, shows it, and returns its result.

There is no deploy logic here: the arguments are passed to the deployer's module unchanged, and its
result is returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr import confirmation
from tellr.errors import DeploymentError, InvalidArgumentError, failure
from tellr.kernel.run import Run
from tellr.progress.document import loss_sentences
from tellr.progress.guarded import Guarded
from tellr.progress.lines import Lines
from tellr.progress.reporter import reporter
from tellr.progress.view import Silent
from tellr.results import AppList, Findings, History, Plan, Result, Status
from tellr.workspace import lakebase
from tellr.workspace.host import WorkspaceHost
from tellr.workspace.session import WorkspaceSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tellr.app_log import Log, LogLine
    from tellr.arguments import Given
    from tellr.progress.view import Reporter

_TICK_SECONDS = 0.5
# Shown before anything is known about the workspace.
_BEGINNING = ("planned", "started")


def run(operation: str, given: Given) -> Result:
    """Run an operation that changes something."""
    confirmed = confirmation.is_given(given.confirm, given.app_name)
    host, start = _prepared(operation, given)
    view = reporter(given.progress, f"Tellr: {operation} {given.app_name}")
    shown = Guarded(view, lambda: Lines(brief=True), Silent)
    if operation != "delete" or given.resets:
        lakebase.check_driver()
    if operation in ("delete", "restore") or given.resets:
        _confirm(confirmed, lambda: _look(host, {**start, **_planned(operation)}))
    under_way = Run(host, start)
    under_way.begin()
    _watch(under_way, host, shown)
    try:
        result = under_way.outcome()
    except (DeploymentError, InvalidArgumentError):
        shown.failed()
        raise
    for note in _notes(operation, result):
        shown.note(note)
    shown.finished(*_ending(operation, result))
    return Result(result)


def plan(operation: str, given: Given) -> Plan:
    """Request a plan of an operation."""
    host, start = _prepared(operation, given)
    found = _look(host, {**start, **_planned(operation)})
    return Plan(found, host.workspace or "", host.user or "")


def _asked(what: str, given: Given) -> tuple[dict[str, Any], str, str]:
    """Ask what only looks: its result, the workspace and the user."""
    host, start = _prepared(what, given)
    return _look(host, start), host.workspace or "", host.user or ""


def status(given: Given) -> Status:
    """Request the status of an app."""
    return Status(*_asked("status", given))


def history(given: Given) -> History:
    """Request the releases of an app."""
    return History(*_asked("history", given))


def list_apps(given: Given) -> AppList:
    """Request the list of Tellr apps."""
    return AppList(*_asked("list", given))


def doctor(given: Given) -> Findings:
    """Request the checks of everything that a deployment needs."""
    return Findings(*_asked("doctor", given))


def logs(given: Given, tail: int, search: str, *, follow: bool) -> Log | Iterator[LogLine]:
    """Read the log of an app."""
    from tellr.app_log import LogReader

    found = status(given)
    app = found.get("app")
    name = str(found["app_name"])
    if app is None:
        raise failure(
            "APP_NOT_FOUND",
            f"There is no app `{name}` in this workspace",
            "It was never created, was deleted, or is in another workspace",
            "Check `app_name` and the workspace, or use `create`",
        )
    session = WorkspaceSession(given.client, given.profile)
    reader = LogReader(session, name, str(app.get("url") or ""), search)
    return reader.follow(tail) if follow else reader.recent(tail)


def _prepared(operation: str, given: Given) -> tuple[WorkspaceHost, dict[str, Any]]:
    session = WorkspaceSession(given.client, given.profile)
    return WorkspaceHost(session), {"operation": operation, **given.start(session)}


def _planned(operation: str) -> dict[str, str]:
    return {"operation": "plan", "plan_of": operation}


def _look(host: WorkspaceHost, start: Mapping[str, Any]) -> dict[str, Any]:
    look = Run(host, start)
    look.begin()
    _watch(look, host, Silent())
    return look.outcome()


def _confirm(confirmed: bool, look: Callable[[], Mapping[str, Any]]) -> None:
    ask_for = None if confirmed else confirmation.asker()
    if ask_for is not None:
        confirmation.ask(look(), ask_for)


def _watch(under_way: Run, host: WorkspaceHost, shown: Reporter) -> None:
    """Show events until the run ends. The first interrupt cancels it, a second one aborts it."""
    interrupted = False
    introduced = _Introduced(host, shown)
    while True:
        try:
            for event in under_way.follow(_TICK_SECONDS):
                if event is None:
                    introduced.tick()
                else:
                    introduced.event(event)
            introduced.flush()
            return
        except KeyboardInterrupt:
            under_way.abandon() if interrupted else under_way.cancel()
            if interrupted:
                raise
            interrupted = True
            shown.note("Stopping at the next safe point; interrupt again to stop immediately")


class _Introduced:
    """Prints the workspace and the user first; delays events briefly for that."""

    def __init__(self, host: WorkspaceHost, shown: Reporter) -> None:
        self._host = host
        self._shown = shown
        self._waiting: list[Mapping[str, Any]] = []
        self._is_over = False

    def event(self, event: Mapping[str, Any]) -> None:
        if self._is_over:
            self._shown.event(event)
            return
        self._waiting.append(event)
        beginning = event["kind"] == "step" and event.get("state") in _BEGINNING
        if self._host.user is not None or not beginning:
            self.flush()

    def tick(self) -> None:
        if self._host.user is not None:
            self.flush()
        if self._is_over or self._waiting:
            self._shown.tick()

    def flush(self) -> None:
        if not self._is_over and self._host.workspace is not None:
            self._is_over = True
            self._shown.signed_in(self._host.workspace, self._host.user or "")
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._shown.event(event)


def _notes(operation: str, result: Mapping[str, Any]) -> list[str]:
    """Report what was dropped, and from where it can be restored."""
    notes = []
    if result.get("database_reset"):
        lost = [one for one in loss_sentences(result) if not one.startswith("The app ")]
        done = "dropped" if operation == "delete" else "reset"
        notes.append(f"Schema {done}: {'; '.join(lost)}" if lost else f"The schema was {done}")
        point = result.get("restore_point")
        if point:
            notes.append(
                f"Previous data is kept in branch `{point['branch']}` until {point['expires_at']}"
            )
        else:
            notes.append("There is no restore point: the database has no branches, or was empty")
    notes += [str(sentence) for sentence in result.get("stays", [])]
    if operation == "restore":
        before = str(result["previous_branch"]).rsplit("/", 1)[-1]
        notes.append(
            f"The data before is kept in branch `{before}`; `restore_from` with it undoes this"
        )
    return notes


def _ending(operation: str, result: Mapping[str, Any]) -> tuple[str, str | None]:
    if operation == "delete":
        return f"The app `{result['app_name']}` is deleted", None
    if operation == "rollback":
        return f"Release {result['returned_to']} of Tellr is running again", result["url"]
    words = {"create": "running", "restore": "running with the restored data"}
    return f"Tellr is {words.get(operation, 'updated')}", result["url"]
