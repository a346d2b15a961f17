"""The kernel's services for a page that runs the deploy logic."""

from __future__ import annotations

import json
import threading
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tellr.kernel.module import Module
from tellr.workspace import lakebase, probes
from tellr.workspace.session import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.bridge.wire import Message
    from tellr.workspace.session import WorkspaceSession

# The queries that a form may send. Only the kernel may ask for SQL statements.
_QUESTIONS = ("validate", "environments", "parse_yaml", "to_yaml")
# A first sign-in loads many modules and sends requests; usually it is done within this time.
LOOK_SECONDS = 5.0
# A list that doesn't end is an error of the other side.
_MOST_PAGES = 100
_ME = {"method": "GET", "path": "/api/2.0/preview/scim/v2/Me"}


class Service:
    """The workspace, and the deployer's own queries, for a page."""

    def __init__(self, session: WorkspaceSession, package: str) -> None:
        self._session = session
        self._package = package
        self._module: Module | None = None
        self._asking = threading.Lock()
        self._remembered: Any = None

    def hello(self) -> Message:
        """Return the user and the workspace."""
        where: Message = {"workspace": None}
        looking = threading.Thread(target=self._look, args=(where,), daemon=True)
        looking.start()
        # A page that waits for a slow sign-in looks broken, so it shows the form and asks again.
        looking.join(LOOK_SECONDS)
        if looking.is_alive():
            where = {"workspace": None, "later": True}
        return {"package": self._package, "where": where, "remembered": self._remembered}

    def _look(self, where: Message) -> None:
        answer = self._session.request(_ME)
        where["workspace"] = self._session.host()
        if answer.get("response", {}).get("status") == 200:
            where["user"] = _object(answer["response"]["body"]).get("userName")
        elif "error" in answer:
            where["problem"] = answer["error"]["message"]

    def files(self) -> tuple[str, list[bytes]]:
        """Read the page's own files, compressed, and their build id."""
        static = resources.files("tellr") / "static"
        packed = [(static / f"page.{kind}.gz").read_bytes() for kind in ("js", "css", "wasm")]
        return (static / "page.hash").read_text(), packed

    def remember(self, value: Any) -> None:  # noqa: ANN401 (the page's own)
        """Keep a value for as long as this widget exists."""
        self._remembered = value

    def request(self, request: Mapping[str, Any]) -> Message:
        """Forward a request of the deployer."""
        answer = self._session.request(request)
        return {"ok": answer["response"]} if "response" in answer else answer

    def schema(self, at: Mapping[str, Any], operation: Mapping[str, Any]) -> Message:
        """Run a typed schema operation on the database that the workspace itself returns."""
        rendered = self._ask(question="script", operation=operation)
        try:
            named = self._host_of(at["credential"])
        except NoAnswerError as error:
            return _schema_error("unavailable", str(error))
        if not named or named != at["host"]:
            # Otherwise a page could have a database credential sent to any host.
            return _schema_error("credential", "The workspace names another host for this database")
        answer = lakebase.run(self._session, at, rendered["script"])
        if "error" in answer:
            return answer
        told = self._ask(question="outcome", operation=operation, row=answer["row"])
        return {"ok": told["outcome"]} if "outcome" in told else {"error": told["schema_error"]}

    def probe(self, probe: Mapping[str, Any]) -> Message:
        """Query the app itself, or a package index."""
        answer = probes.ask(self._session, probe)
        return {"ok": answer["response"]} if "response" in answer else answer

    def ask(self, question: Mapping[str, Any]) -> Message:
        """Answer a query of the form."""
        if question.get("question") not in _QUESTIONS:
            return {
                "error": {"kind": "refused", "message": "The kernel does not answer this question"}
            }
        told = self._ask(**question)
        return {"error": told["error"]} if "error" in told else {"ok": told.get("value")}

    def _ask(self, **question: Any) -> Message:  # noqa: ANN401 (JSON)
        with self._asking:
            if self._module is None or self._module.is_broken:
                self._module = Module()
            return self._module.call("ask", **question)

    def _host_of(self, target: Mapping[str, str]) -> str | None:
        name = target["name"]
        if target["kind"] == "endpoint":
            branch = name.rpartition("/endpoints/")[0]
            return self._host_of_endpoint(f"/api/2.0/postgres/{branch}/endpoints", name)
        path = f"/api/2.0/database/instances/{quote(name, safe='')}"
        return self._read(path).get("read_write_dns")

    def _host_of_endpoint(self, path: str, name: str) -> str | None:
        token = None
        for _ in range(_MOST_PAGES):
            told = self._read(path, [("page_token", token)] if token else [])
            endpoints = [one for one in told.get("endpoints") or () if isinstance(one, dict)]
            found = next((one for one in endpoints if one.get("name") == name), None)
            if found is not None:
                for part in ("status", "hosts"):
                    found = found.get(part) or {}
                return found.get("host")
            token = told.get("next_page_token")
            if not token:
                break
        return None

    def _read(self, path: str, query: list[tuple[str, str]] | None = None) -> Message:
        # Checked against the table of routes, so a name that contains a path is refused.
        asked = {"method": "GET", "path": path, "query": query or []}
        answer = self._session.request(asked)
        if "error" in answer:
            raise NoAnswerError(answer["error"]["kind"], answer["error"]["message"])
        if answer["response"]["status"] != 200:
            status = answer["response"]["status"]
            message = f"The workspace does not show the database's host ({status})"
            raise NoAnswerError("connection", message)
        return _object(answer["response"]["body"])


def _object(text: str) -> Message:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _schema_error(kind: str, message: str) -> Message:
    return {"error": {"kind": kind, "sqlstate": None, "message": message}}
