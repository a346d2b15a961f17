"""Asking the app: the credential goes to the address that the workspace tells, or nowhere."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk import WorkspaceClient

from tellr.workspace import probes, proxies
from tellr.workspace.session import NoAnswerError, WorkspaceSession, _app_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_workspace import LocalWorkspace

TOKEN = "marked-token-0123456789"  # noqa: S105 (not a secret)


class Place:
    """A server on this machine that answers from a table and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, str | None]] = []
        place = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                place.asked.append((self.path, self.headers["authorization"]))
                status, body = place.answers.get(self.path, (404, {}))
                content = json.dumps(body).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("location", body)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def places() -> Iterator[list[Place]]:
    """Start a workspace, an app and somebody else's server."""
    running = [Place(), Place(), Place()]
    yield running
    for place in running:
        place.stop()


def session_of(workspace: Place) -> WorkspaceSession:
    return WorkspaceSession(WorkspaceClient(host=workspace.url, token=TOKEN))


def ready(session: WorkspaceSession, app: str = "tellr") -> dict[str, Any]:
    return probes.ask(session, {"kind": "app_ready", "app": app})


def test_nothing_on_this_machine_goes_through_a_proxy(
    places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, app, proxy = places
    workspace.answers["/api/2.0/apps/tellr"] = (200, {"name": "tellr", "url": app.url})
    app.answers["/api/ready"] = (200, {"ready": True})
    session = session_of(workspace)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    assert ready(session)["response"]["status"] == 200
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("https://LOCALHOST:1", True),
        ("http://tellr.localhost", True),
        ("https://localhost.example.com", False),
        ("https://128.0.0.1", False),
        ("https://my.cloud.databricks.com", False),
    ],
)
def test_a_loopback_address_is_known_by_its_name(url: str, expected: bool) -> None:
    assert proxies.is_on_this_machine(url) == expected


@pytest.mark.parametrize("token", ["dapi-marked\n0123456789", "dapi-marked\u201c0123456789"])
def test_a_token_that_can_not_be_sent_is_told_and_not_shown(
    places: list[Place], token: str
) -> None:
    workspace, _, _ = places
    session = WorkspaceSession(WorkspaceClient(host=workspace.url, token=token))
    with pytest.raises(NoAnswerError, match="has a line break in it, or another") as caught:
        session.send("GET", "/api/2.0/apps/tellr")
    assert caught.value.kind == "credential"
    assert "marked" not in str(caught.value)
    assert [authorization for _, authorization in workspace.asked if authorization] == []


def test_the_app_is_asked_with_the_callers_credential(places: list[Place]) -> None:
    workspace, app, _ = places
    workspace.answers["/api/2.0/apps/tellr"] = (200, {"name": "tellr", "url": app.url})
    app.answers["/api/ready"] = (503, {"ready": False, "echo": TOKEN})
    answer = ready(session_of(workspace))["response"]
    assert answer["status"] == 503
    assert json.loads(answer["body"])["ready"] is False
    assert TOKEN not in answer["body"]
    assert app.asked == [("/api/ready", f"Bearer {TOKEN}")]


def test_the_credential_follows_no_redirect(places: list[Place]) -> None:
    workspace, app, other = places
    workspace.answers["/api/2.0/apps/tellr"] = (200, {"name": "tellr", "url": app.url})
    app.answers["/api/ready"] = (302, f"{other.url}/login")
    assert ready(session_of(workspace))["response"]["status"] == 302
    assert other.asked == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "a?b", "a%2Fb"])
def test_a_name_that_is_none_is_not_asked_for(places: list[Place], name: str) -> None:
    workspace, _, _ = places
    assert ready(session_of(workspace), name)["error"]["kind"] == "refused"
    assert [path for path, _ in workspace.asked if "apps" in path] == []


@pytest.mark.parametrize("url", ["", "http://example.com", "https://u:p@example.com", "ftp://x"])
def test_an_address_that_is_no_apps_gets_no_credential(places: list[Place], url: str) -> None:
    workspace, _, _ = places
    workspace.answers["/api/2.0/apps/tellr"] = (200, {"name": "tellr", "url": url})
    assert ready(session_of(workspace))["error"]["kind"] == "refused"


def test_an_app_on_this_machine_belongs_to_a_workspace_on_this_machine() -> None:
    with pytest.raises(NoAnswerError):
        _app_origin("http://127.0.0.1:8000", "https://adb-1.azuredatabricks.net")
    assert _app_origin("tellr-1.aws.databricksapps.com", "https://x") == (
        "https://tellr-1.aws.databricksapps.com"
    )


def test_a_local_workspaces_index_is_not_asked(places: list[Place]) -> None:
    probe = {"kind": "package", "package": "tellr-app", "index": "pypi"}
    assert probes.ask(session_of(places[0]), probe)["error"]["kind"] == "refused"


def oauth(workspace: LocalWorkspace) -> WorkspaceSession:
    """Sign in as Ada with a token that apps accept."""
    return WorkspaceSession(WorkspaceClient(host=workspace.host, token=workspace.oauth_token()))


@pytest.fixture
def failed(workspace: LocalWorkspace) -> Iterator[LocalWorkspace]:
    """Fail a deployment of an app that wrote more lines than are read."""
    logs = [f"line {number}" for number in range(130)]
    failed = {"message": "App did not start.", "logs": logs}
    settings = {"outcomes": {"deployment": {"failed": failed}}}
    workspace.control("PATCH", "/settings", settings)
    workspace.call("POST", "/api/2.0/apps", {"name": "unwell"})
    while workspace.call("GET", "/api/2.0/apps/unwell")["compute_status"]["state"] != "ACTIVE":
        pass  # It comes up by itself; until then a deployment is a conflict.
    folder = "/Workspace/Users/ada@example.com/unwell"
    workspace.call("POST", "/api/2.0/workspace/mkdirs", {"path": folder})
    workspace.call("POST", "/api/2.0/apps/unwell/deployments", {"source_code_path": folder})
    yield workspace
    workspace.call("DELETE", "/api/2.0/apps/unwell")
    while any(
        app["name"] == "unwell" for app in workspace.call("GET", "/api/2.0/apps").get("apps", [])
    ):
        pass  # It is gone a moment later.


LOG = {"kind": "app_log", "app": "unwell"}


def test_the_last_lines_of_a_log_are_read(failed: LocalWorkspace) -> None:
    answer = probes.ask(oauth(failed), LOG)["response"]
    assert answer["status"] == 200
    assert json.loads(answer["body"])["lines"] == [f"line {number}" for number in range(30, 130)]


def test_lines_of_an_earlier_deployment_are_left_out(failed: LocalWorkspace) -> None:
    for since, lines in ((0, 100), (4_102_444_800_000, 0)):
        answer = probes.ask(oauth(failed), {**LOG, "since_ms": since})["response"]
        assert answer["status"] == 200
        assert len(json.loads(answer["body"])["lines"]) == lines


def test_a_log_that_refuses_the_credential_has_no_lines(failed: LocalWorkspace) -> None:
    session = WorkspaceSession(WorkspaceClient(host=failed.host, token=failed.token()))
    assert probes.ask(session, LOG) == {"response": {"status": 401, "headers": [], "body": ""}}


def test_what_has_no_log_is_told(places: list[Place]) -> None:
    workspace, app, _ = places
    workspace.answers["/api/2.0/apps/unwell"] = (200, {"name": "unwell", "url": app.url})
    assert probes.ask(session_of(workspace), LOG)["response"]["status"] == 404
    app.stop()
    error = probes.ask(session_of(workspace), LOG)["error"]
    assert error["kind"] == "connection"
    assert TOKEN not in error["message"]
