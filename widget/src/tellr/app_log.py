"""The log of an app: the recent lines, or lines as they are written."""

from __future__ import annotations

import json
import re
import time
from collections import Counter, deque
from datetime import datetime, timezone
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from tellr.errors import DeploymentError, failure, printable
from tellr.progress.html import style
from tellr.workspace.app_log import (
    FIRST_SECONDS,
    QUIET_SECONDS,
    LogRefusedError,
    NoLogError,
)
from tellr.workspace.session import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tellr.workspace.session import LogStream, WorkspaceSession

# The time limit for the recent lines.
_RECENT_SECONDS = 15.0
# After this time without a line, the app's state is read.
_SILENCE_SECONDS = 30.0
_PAUSES = (0.2, 5.0)
# How many lines are remembered, to leave out those that are sent again.
_REMEMBERED = 10_000
# Without a usable credential, a visitor is sent to the sign-in page; a stream is closed.
_REFUSED = (302, 303, 307, 401, 403, 4401, 4403)
_STOPPED = ("STOPPED", "DELETING", "DELETED")
# Colours and movements of a terminal, and titles and links.
_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")


class LogLine(dict[str, Any]):
    """A line: ``timestamp`` (RFC 3339), ``source`` (``APP`` or ``SYSTEM``) and ``message``."""

    def __str__(self) -> str:
        """Format it as text."""
        return f"{self['timestamp']} {self['source']:<6} {self['message']}"


class Log(list[LogLine]):
    """The recent lines of a log, shown as text."""

    def __repr__(self) -> str:
        """Format it as text."""
        return "\n".join(map(str, self)) or "<no lines>"

    def _repr_html_(self) -> str:
        """Format it for a notebook."""
        text = escape(repr(self))
        return f'<div class="tellr-run"><style>{style()}</style><pre>{text}</pre></div>'


class LogWords(Protocol):
    """What a reader of a log says, and how it shows a line."""

    def line(self, line: dict[str, Any]) -> Any:  # noqa: ANN401 (what is read)
        """Convert a line for display."""

    def waiting(self, problem: str) -> None:
        """Report that the log can't be read at the moment."""

    def ended(self, compute: str) -> None:
        """Report that there are no more lines."""

    def answered(self, status: int) -> str:
        """Describe an answer that is no log."""

    def refused(self, app: str, status: int, *, personal: bool) -> Exception:
        """Describe a credential that isn't accepted."""

    def unreachable(self, app: str, problem: str) -> Exception:
        """Describe a log that can't be read."""


class _FunctionWords:
    """The words of the function `logs`, which reports errors only."""

    def line(self, line: dict[str, Any]) -> LogLine:
        return _shown(line)

    def waiting(self, problem: str) -> None:
        pass

    def ended(self, compute: str) -> None:
        pass

    def answered(self, status: int) -> str:
        return f"Its URL answered with status {status}"

    def refused(self, app: str, status: int, *, personal: bool) -> DeploymentError:
        message = f"The log of app `{app}` can't be read with this credential"
        if personal:
            return failure(
                "LOG_REFUSED",
                message,
                "The credential is a personal access token, and the URLs of apps only accept "
                "OAuth tokens",
                "Sign in with `databricks auth login` and use that profile; for programs, use the "
                "client id and secret of a service principal",
            )
        return failure(
            "LOG_REFUSED",
            message,
            f"The app's URL answered with status {status}: it doesn't accept the credential, or "
            "you lack a permission on the app",
            "Ask the app's owner or a workspace admin for CAN MANAGE on the app; if you have it, "
            "sign in again",
        )

    def unreachable(self, app: str, problem: str) -> DeploymentError:
        return failure(
            "LOG_UNREACHABLE",
            f"The log of app `{app}` can't be read",
            problem or "The app's URL closed the connection",
            "Check that the app is running and that its URL can be opened from here, and run it "
            "again",
        )


class LogReader:
    """Reads the log of one app."""

    def __init__(
        self,
        session: WorkspaceSession,
        app: str,
        url: str,
        search: str,
        words: LogWords | None = None,
    ) -> None:
        self._words: LogWords = words or _FunctionWords()
        self._session = session
        self._app = app
        self._url = url
        self._search = search
        self._read = _LinesRead()

    def recent(self, tail: int) -> Log:
        """Read the recent lines."""
        try:
            with self._session.open_log(self._url, self._search) as stream:
                return Log(self._recent(stream, tail))
        except LogRefusedError as error:
            if error.status not in _REFUSED:
                problem = self._words.answered(error.status)
                raise self._words.unreachable(self._app, problem) from None
            raise self._refused(error.status) from None
        except (NoLogError, NoAnswerError, EOFError) as error:
            raise self._words.unreachable(self._app, str(error)) from None

    def follow(self, tail: int) -> Iterator[LogLine]:
        """Read the recent lines and new ones, until the app's compute is stopped."""
        pause, refusals, is_first, is_told = _PAUSES[0], 0, True, False
        while True:
            status = problem = None
            try:
                with self._session.open_log(self._url, self._search) as stream:
                    if is_first:
                        yield from self._recent(stream, tail)
                        is_first = False
                    for line in self._new(stream):
                        pause, refusals, is_told = _PAUSES[0], 0, False
                        yield line
            except LogRefusedError as error:
                status = error.status
            except (NoLogError, NoAnswerError) as error:
                problem = str(error)
            except EOFError:
                pass
            self._read.again()
            if self._has_stopped():
                return
            if status is not None and status not in _REFUSED:
                problem, status = self._words.answered(status), None
            if problem is not None and not is_told:
                is_told = True
                self._words.waiting(problem)
            if status is not None:
                refusals += 1
                # The SDK renews a token that has expired; another refusal is a missing permission.
                if refusals > 1:
                    raise self._refused(status)
                continue
            time.sleep(pause)
            pause = min(pause * 2, _PAUSES[1])

    def _recent(self, stream: LogStream, tail: int) -> Iterable[LogLine]:
        lines: deque[LogLine] = deque(maxlen=max(tail, 0))
        deadline = time.monotonic() + _RECENT_SECONDS
        patience = FIRST_SECONDS
        while time.monotonic() < deadline:
            try:
                line = stream.receive(patience)
            except (TimeoutError, EOFError):
                break
            if line is not None:
                patience = QUIET_SECONDS
                self._read.is_new(line)
                lines.append(self._words.line(line))
        return lines

    def _new(self, stream: LogStream) -> Iterator[LogLine]:
        while True:
            try:
                line = stream.receive(_SILENCE_SECONDS)
            except TimeoutError:
                if self._has_stopped():
                    return
                continue
            if line is not None and self._read.is_new(line):
                yield self._words.line(line)

    def _has_stopped(self) -> bool:
        try:
            answer = self._session.send("GET", f"/api/2.0/apps/{self._app}")
            told = json.loads(answer["body"])
        except (NoAnswerError, ValueError):
            return False
        if not isinstance(told, dict):
            return False
        compute = told.get("compute_status")
        state = compute.get("state") if isinstance(compute, dict) else None
        if answer["status"] == HTTPStatus.NOT_FOUND and told.get("error_code"):
            state = "DELETED"
        if state in _STOPPED:
            self._words.ended(state)
        return state in _STOPPED

    def _refused(self, status: int) -> Exception:
        personal = self._session.has_personal_token()
        return self._words.refused(self._app, status, personal=personal)


class _LinesRead:
    """Tells new lines from those that were read from an earlier stream.

    A line that the present stream has sent more often than all before is new.
    """

    def __init__(self) -> None:
        self._all: Counter[tuple[float, str, str]] = Counter()
        self._here: Counter[tuple[float, str, str]] = Counter()
        self._order: deque[tuple[float, str, str]] = deque()
        # How often a line is in the order.
        self._kept: Counter[tuple[float, str, str]] = Counter()
        self._forgotten: float | None = None
        self._is_again = False

    def again(self) -> None:
        """Start over, with a new stream."""
        self._is_again = True
        self._here.clear()

    def is_new(self, line: dict[str, Any]) -> bool:
        key = (line["timestamp"], line["source"], line["message"])
        is_old = self._forgotten is not None and key[0] <= self._forgotten
        if self._is_again and is_old and key not in self._all:
            return False
        self._here[key] += 1
        if self._here[key] <= self._all[key]:
            return False
        self._all[key] = self._here[key]
        self._order.append(key)
        self._kept[key] += 1
        if len(self._order) > _REMEMBERED:
            oldest = self._order.popleft()
            self._forgotten = max(oldest[0], self._forgotten or oldest[0])
            self._kept[oldest] -= 1
            if not self._kept[oldest]:
                del self._kept[oldest], self._all[oldest], self._here[oldest]
        return True


def _shown(line: dict[str, Any]) -> LogLine:
    """Convert a line for display: what the app writes may contain terminal codes."""
    try:
        moment = datetime.fromtimestamp(line["timestamp"], timezone.utc)
    except (OverflowError, ValueError, OSError):
        moment = datetime.fromtimestamp(0, timezone.utc)
    time_of = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = printable(_SEQUENCES.sub("", line["message"]))
    return LogLine(timestamp=time_of, source=printable(line["source"]), message=message.rstrip())
