"""The app beside a workspace on this machine, and its assistant as a page asks it.

Scripts find it through `PYTHONPATH=tests/setup`.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from throwaway import PATIENCE_SECS, free_port, healthy, wait_for

# An endpoint that the local workspace has.
ENDPOINT = "databricks-claude-sonnet-4-5"
# States of a request in which nothing happens any more.
ENDED = {"succeeded", "failed", "cancelled", "review"}
# Only a broken assistant or a very slow endpoint takes so long for one request.
TURN_SECS = 1_200
LOOK_SECS = 0.1


@contextmanager
def local_workspace(program: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """Runs the local workspace and gives what it announces."""
    command = [program.resolve(), "serve", "--json", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit("The local workspace did not start")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECS)


@contextmanager
def app(program: Path, environment: dict[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """Serves the app with these variables; gives its address and its process id."""
    port = free_port()
    variables = {
        "PATH": "/usr/bin:/bin",
        "DATABRICKS_APP_PORT": str(port),
        "TELLR_LISTEN": "127.0.0.1",
        **environment,
    }
    with log.open("w") as output:
        flags = {"env": variables, "stdout": output, "stderr": output}
        subprocess.run([program, "init-database"], check=True, **flags)
        process = subprocess.Popen([program, "serve"], **flags)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for("tellr-app", lambda: healthy(f"{url}/api/ready"), process)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(PATIENCE_SECS)


def read_json(request: urllib.request.Request | str, timeout: float = 60) -> Any:  # noqa: ANN401
    """Sends a request; gives the JSON of the answer, and raises an error that says what it was."""
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        told = error.read().decode(errors="replace")[:500]
        raise RuntimeError(f"{error.url} answered {error.code}: {told}") from error
    return json.loads(text) if text else None


def send_json(url: str, method: str, body: object, headers: dict[str, str] | None = None) -> Any:  # noqa: ANN401
    """Sends a JSON body; gives the JSON of the answer."""
    fields = {"Content-Type": "application/json", **(headers or {})}
    data = json.dumps(body).encode()
    return read_json(urllib.request.Request(url, data, fields, method=method))


class Person:
    """A person who uses the app."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        """Note the app's address, and the headers that the platform's proxy adds."""
        self.url = url
        self.headers = {"Sec-Fetch-Site": "same-origin", **(headers or {})}

    def get(self, path: str) -> Any:  # noqa: ANN401
        """Gives what stands at this path of the API."""
        return read_json(urllib.request.Request(f"{self.url}/api{path}", headers=self.headers))

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401
        """Sends a JSON body to this path of the API."""
        return send_json(f"{self.url}/api{path}", "POST", body, self.headers)

    def asks(self, message: str, session: str | None = None, **options: object) -> dict[str, Any]:
        """Asks the assistant; gives the request as it was taken on."""
        body: dict[str, Any] = {"message": message, "options": options}
        if session:
            body["session_id"] = session
        return self.post("/chat", body)

    def waits(self, turn: dict[str, Any]) -> dict[str, Any]:
        """Waits until a request to the assistant has ended."""
        until = time.monotonic() + TURN_SECS
        while turn["state"] not in ENDED:
            if time.monotonic() > until:
                raise RuntimeError(f"The assistant took more than {TURN_SECS} s")
            time.sleep(LOOK_SECS)
            turns = self.get(f"/sessions/{turn['session_id']}/chat")["turns"]
            turn = next(one for one in turns if one["id"] == turn["id"])
        return turn

    def events(self, job: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Gives the events of a job as they come: name and content. Goes on when a stream ends."""
        last = "0"
        while True:
            fields = {**self.headers, "Last-Event-ID": last}
            request = urllib.request.Request(f"{self.url}/api/jobs/{job}/events", headers=fields)
            with urllib.request.urlopen(request, timeout=TURN_SECS) as stream:
                name = ""
                for raw in stream:
                    field, _, value = raw.decode().rstrip().partition(": ")
                    if field == "id":
                        last = value
                    elif field == "event":
                        name = value
                    elif field == "data":
                        yield name, json.loads(value)["body"] or {}
                        if name in ENDED:
                            return
