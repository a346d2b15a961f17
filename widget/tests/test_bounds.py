"""A workspace that hangs, a host that raises, an answer of any size: each ends, and soon."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk import WorkspaceClient

import tellr
from local_workspace import LocalWorkspace
from tellr.kernel import host as hosts
from tellr.kernel import run as runs
from tellr.kernel.run import Run
from tellr.workspace import session as sessions
from tellr.workspace.host import WorkspaceHost
from tellr.workspace.session import NoAnswerError, WorkspaceSession
from upstream import sends, upstream

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

ME = {"method": "GET", "path": "/api/2.0/preview/scim/v2/Me"}
TOKEN = "-".join(("dapi", "marked", "token", "0123456789"))


def session_at(host: str) -> WorkspaceSession:
    # As the platform's own notebooks do, without looking up what kind of host it is.
    class Config:
        def __init__(self) -> None:
            self.host = host

        def authenticate(self) -> dict[str, str]:
            return {"Authorization": f"Bearer {TOKEN}"}

    class Client:
        config = Config()

    return WorkspaceSession(Client())  # type: ignore[arg-type]


def finished(host: Any, **start: Any) -> tuple[dict[str, Any] | None, Exception | None, float]:  # noqa: ANN401
    """Drive a run to its end: result, error, seconds."""
    begin = {"operation": "create", "arguments": {}, **start}
    run = Run(host, begin)
    began = time.monotonic()
    run.begin()
    for _ in run.follow(0.05):
        assert time.monotonic() - began < 60, "the run doesn't end"
    try:
        return run.outcome(), None, time.monotonic() - began
    except (tellr.DeploymentError, ValueError) as error:
        return None, error, time.monotonic() - began


@pytest.mark.parametrize("megabytes", [1, 12])
def test_a_large_answer_arrives_whole(megabytes: int) -> None:
    body = json.dumps({"userName": "a" * megabytes * 1024 * 1024}).encode()
    with upstream(lambda handler: sends(handler, body)) as host:
        answer = session_at(host).request(ME)
    assert answer["response"]["body"] == body.decode()


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    body = b"x" * (17 * 1024 * 1024)
    with upstream(lambda handler: sends(handler, body)) as host:
        answer = session_at(host).request(ME)
    assert answer["error"] == {
        "kind": "refused",
        "message": "The workspace's answer is larger than 16 MB",
    }


def test_the_module_takes_a_large_answer() -> None:
    class Host:
        def request(self, _request: Any) -> hosts.Answer:  # noqa: ANN401
            body = json.dumps({"message": "x" * 12 * 1024 * 1024})
            return {"response": {"status": 418, "headers": [], "body": body}}

    _, error, _ = finished(Host())
    assert isinstance(error, tellr.DeploymentError)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 0.3)
    gone = threading.Event()
    with upstream(lambda _: gone.wait(30)) as host:  # type: ignore[arg-type, return-value]
        began = time.monotonic()
        answer = session_at(host).request(ME)
        assert time.monotonic() - began < 5
        gone.set()
    assert answer["error"]["kind"] == "timeout"


def test_a_server_that_dribbles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_CHUNK_BYTES", 1)
    # Each look at the clock finds half of the time allowed gone.
    times = itertools.count(0.0, sessions.ANSWER_SECONDS / 2)
    monkeypatch.setattr(sessions, "time", SimpleNamespace(monotonic=lambda: next(times)))
    gone = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "1000")
        handler.end_headers()
        handler.wfile.write(b" " * 10)
        gone.wait(30)

    with upstream(dribble) as host:
        answer = session_at(host).request(ME)
        gone.set()
    assert answer["error"] == {
        "kind": "timeout",
        "message": "The workspace's answer took longer than 60 s",
    }


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        sends(handler, b"", 302, location="/api/2.0/elsewhere")

    with upstream(redirect) as host:
        answer = session_at(host).request(ME)
    assert answer["response"]["status"] == 302
    assert seen == [ME["path"]]


def test_a_token_in_an_answer_is_blanked_and_cookies_are_forgotten() -> None:
    cookies: list[str | None] = []

    def echo(handler: BaseHTTPRequestHandler) -> None:
        cookies.append(handler.headers["cookie"])
        body = str(handler.headers["authorization"]).encode()
        sends(handler, body, set_cookie="a=b", content_type=f"text/plain; x={TOKEN}", x_else="kept")

    with upstream(echo) as host:
        session = session_at(host)
        answers = [session.request(ME) for _ in range(2)]
    assert answers[1]["response"]["body"] == "Bearer [token]"
    assert TOKEN not in json.dumps(answers)
    assert {name for name, _ in answers[0]["response"]["headers"]} == {"content-type", "date"}
    assert cookies == [None, None]


def test_netrc_does_not_replace_the_credential(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[str] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["authorization"])
        sends(handler, b"{}")

    with upstream(note) as host:
        session_at(host).request(ME)
    assert seen == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize("host", ["http://far.example", "ftp://127.0.0.1", "", "https://"], ids=str)
def test_a_token_only_goes_where_it_is_safe(host: str) -> None:
    assert session_at(host).request(ME)["error"]["kind"] == "credential"


def test_a_host_that_can_not_be_reached_says_why() -> None:
    with pytest.raises(NoAnswerError, match="Connection refused") as caught:
        session_at("http://127.0.0.1:1").send("GET", "/api/2.0/x")
    assert caught.value.kind == "connection"


def test_a_workspace_that_never_answers_is_given_up_within_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = _virtual(monkeypatch)
    # One that refuses, and one that takes every connection and closes it.
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as closing:
        closed.bind(("127.0.0.1", 0))
        threading.Thread(target=_close_all, args=(closing,), daemon=True).start()
        for server, why in ((closed, "refused"), (closing, "")):
            began, attempts = clock.now, 0
            session = session_at(f"http://127.0.0.1:{server.getsockname()[1]}")

            class Host(WorkspaceHost):
                def request(self, request: Any) -> hosts.Answer:  # noqa: ANN401
                    nonlocal attempts
                    attempts += 1
                    return super().request(request)

            _, error, _ = finished(Host(session), operation="status")
            assert isinstance(error, tellr.DeploymentError)
            assert error.code == "WORKSPACE_UNREACHABLE"
            assert why in error.cause
            # Pauses of 0.5, 1 and 2 s, more or less; and two requests go side by side.
            assert 2 * 3 <= attempts <= 2 * 5, attempts
            assert 1.0 < clock.now - began <= 5.0


def _close_all(server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            server.accept()[0].close()


def _virtual(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Let time pass for a run only while it does nothing but sleep."""
    clock = SimpleNamespace(now=1_000.0)
    passing = SimpleNamespace(monotonic=lambda: clock.now, time_ns=lambda: int(clock.now * 1e9))
    monkeypatch.setattr(runs, "time", passing)
    patience = Run._patience

    def sleeps(self: Run) -> float:
        if self._sleeps and not self._commands:
            clock.now = max(clock.now, min(self._sleeps.values()))
        return patience(self)

    monkeypatch.setattr(Run, "_patience", sleeps)
    return clock


@pytest.mark.parametrize("at", ["request", "schema"])
def test_a_host_that_raises_ends_the_run_in_words(workspace: LocalWorkspace, at: str) -> None:
    class Host(WorkspaceHost):
        def request(self, request: Any) -> hosts.Answer:  # noqa: ANN401
            if at == "request":
                raise RuntimeError(TOKEN)
            return super().request(request)

        def schema(self, at: Any, script: Any) -> hosts.Answer:  # noqa: ANN401
            raise RuntimeError(TOKEN)

    name = f"raises-{at}"
    result, error, seconds = finished(
        Host(WorkspaceSession()), arguments={"app_name": name, "lakebase_name": name}
    )
    assert result is None
    assert isinstance(error, tellr.DeploymentError)
    assert error.remedy
    assert "RuntimeError" in str(error)
    assert TOKEN not in str(error)
    assert seconds < 30
    assert workspace.host


def test_a_host_that_hangs_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(hosts.LIMIT_SECONDS, "request", 0.05)
    never = threading.Event()

    class Host:
        def request(self, _request: Any) -> hosts.Answer:  # noqa: ANN401
            never.wait(60)
            return {}

    # The logic tries again, with pauses.
    _, error, seconds = finished(_quick(Host(), monkeypatch))
    never.set()
    assert isinstance(error, tellr.DeploymentError)
    assert error.code == "WORKSPACE_UNREACHABLE"
    assert seconds < 30


def _quick(host: Any, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """Let time pass a thousand times as fast for the module, and for its sleeps."""
    began = time.time_ns()
    monkeypatch.setattr(
        "tellr.kernel.run._now_ms",
        lambda: (began + (time.time_ns() - began) * 1000) // 1_000_000,
    )
    begin = Run._begin

    def quickly(self: Run, command: dict[str, Any]) -> None:
        if command["kind"] == "sleep":
            command = command | {"duration_ms": command["duration_ms"] / 1000}
        begin(self, command)

    monkeypatch.setattr(Run, "_begin", quickly)
    return host


def test_a_client_of_the_sdk_is_what_signs(workspace: LocalWorkspace) -> None:
    client = WorkspaceClient(host=workspace.host, token=workspace.token())
    answer = WorkspaceSession(client).request(ME)
    assert answer["response"]["status"] == 200
