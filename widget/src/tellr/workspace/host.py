"""What a run of the deploy logic needs from outside, from the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.workspace import lakebase, probes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.kernel.host import Answer
    from tellr.workspace.session import WorkspaceSession


class WorkspaceHost:
    """Requests and schema operations as the principal of a session."""

    def __init__(self, session: WorkspaceSession) -> None:
        self._session = session

    def request(self, request: Mapping[str, Any]) -> Answer:
        """Send a request to the workspace."""
        return self._session.request(request)

    def schema(self, at: Mapping[str, Any], script: Mapping[str, Any]) -> Answer:
        """Run a script on a Lakebase database."""
        return lakebase.run(self._session, at, script)

    def probe(self, probe: Mapping[str, Any]) -> Answer:
        """Ask the app itself, or a package index."""
        return probes.ask(self._session, probe)
