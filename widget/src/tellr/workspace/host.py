"""The host of the deploy logic: its access to the workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tellr.workspace import lakebase, probes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.kernel.host import Answer
    from tellr.workspace.session import WorkspaceSession


ME = {"method": "GET", "path": "/api/2.0/preview/scim/v2/Me"}


class WorkspaceHost:
    """Requests and schema operations with the credential of a session."""

    def __init__(self, session: WorkspaceSession) -> None:
        self._session = session
        # The user, once the run has requested it.
        self.user: str | None = None

    @property
    def workspace(self) -> str | None:
        """The workspace's address, once it is known."""
        return self._session.known_host()

    def request(self, request: Mapping[str, Any]) -> Answer:
        """Send a request to the workspace."""
        answer = self._session.request(request)
        if request["path"] == ME["path"] and answer.get("response", {}).get("status") == 200:
            self.user = _user_name(answer["response"]["body"])
        return answer

    def schema(self, at: Mapping[str, Any], script: Mapping[str, Any]) -> Answer:
        """Run a script on a Lakebase database."""
        return lakebase.run(self._session, at, script)

    def probe(self, probe: Mapping[str, Any]) -> Answer:
        """Query the app itself, or a package index."""
        return probes.ask(self._session, probe)


def _user_name(body: str) -> str | None:
    try:
        name = json.loads(body).get("userName")
    except (ValueError, AttributeError):
        return None
    return name if isinstance(name, str) else None
