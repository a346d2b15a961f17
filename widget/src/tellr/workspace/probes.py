"""Queries the app itself, and a package index, for the deploy logic.

A probe names what to query, never a URL: the app's address is read from the workspace, and the
credential is sent there and nowhere else. An index gets no credential.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tellr.workspace.session import ANSWER_SECONDS, CONNECT_SECONDS, NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.kernel.host import Answer
    from tellr.workspace.session import WorkspaceSession

_APP_PATHS = {"app_ready": "/api/ready", "app_version": "/api/version"}
_DOMAIN = ".".join(("pypi", "org"))
_INDEXES = {"pypi": f"https://{_DOMAIN}", "test_pypi": f"https://test.{_DOMAIN}"}
_LARGEST_INDEX_BYTES = 8 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9-]+")


def ask(session: WorkspaceSession, probe: Mapping[str, Any]) -> Answer:
    """Send the query `probe`; the protocol's answer."""
    try:
        if probe["kind"] in _APP_PATHS:
            return {"response": _app(session, probe["app"], _APP_PATHS[probe["kind"]])}
        if probe["kind"] == "app_log":
            address = _address(session, probe["app"])
            return {"response": session.app_log(address, probe.get("since_ms"))}
        if probe["kind"] == "package":
            return {"response": _index(session, probe["package"], probe["index"])}
    except NoAnswerError as error:
        return {"error": {"kind": error.kind, "message": str(error)}}
    return {"error": {"kind": "refused", "message": "The notebook's code doesn't know this probe"}}


def _app(session: WorkspaceSession, app: str, path: str) -> dict[str, Any]:
    return session.probe_app(_address(session, app), path)


def _address(session: WorkspaceSession, app: str) -> str:
    """Read the app's URL from the workspace."""
    if not _NAME.fullmatch(app):
        raise NoAnswerError("refused", "This is not an app name")
    answer = session.send("GET", f"/api/2.0/apps/{app}")
    record = json.loads(answer["body"]) if answer["status"] == 200 else {}
    return str(record.get("url") or "")


def _index(session: WorkspaceSession, package: str, index: str) -> dict[str, Any]:
    if session.is_local():
        message = "A local workspace has a package index of its own"
        raise NoAnswerError("refused", message)
    if index not in _INDEXES or not _NAME.fullmatch(package):
        raise NoAnswerError("refused", "This is not a package of the index")
    import requests

    try:
        with requests.get(
            f"{_INDEXES[index]}/pypi/{package}/json",
            headers={"accept": "application/json"},
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            stream=True,
        ) as answer:
            content = answer.raw.read(_LARGEST_INDEX_BYTES, decode_content=True)
            body = content.decode("utf-8", "replace")
            return {"status": answer.status_code, "headers": [], "body": body}
    except requests.RequestException as error:
        message = f"The package index can't be reached ({type(error).__name__})"
        raise NoAnswerError("connection", message) from None
