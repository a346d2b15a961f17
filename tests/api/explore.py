"""Explores the API with schemathesis: every route of its OpenAPI document, on real data.

usage: explore.py TELLR_APP

Starts a throw-away PostgreSQL and the app as on the platform, with two people: Ada, and Grace, with
whose identity all requests are made. Fails if an answer is a server error or is not one of the
document's, and if anything of Ada's has changed afterwards that Grace may not change.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import struct
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

import psycopg
from throwaway import PATIENCE_SECS, free_port, healthy, postgres, wait_for

HERE = Path(__file__).resolve().parent
ADA, GRACE = "1001", "1002"


@contextmanager
def app(program: str, database: str, log: Path) -> Iterator[str]:
    """Serves as on the platform, and gives the address. Fails if the app doesn't end by itself."""
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": database,
        "DATABRICKS_APP_NAME": "tellr",
        "DATABRICKS_APP_PORT": str(port),
        "ENVIRONMENT": "production",
        "GOOGLE_OAUTH_ENCRYPTION_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        flags = {"env": environment, "stdout": output, "stderr": output}
        subprocess.run([program, "init-database"], check=True, **flags)
        process = subprocess.Popen([program, "serve"], **flags)
    try:
        wait_for("the app", lambda: healthy(f"{url}/api/ready"), process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(PATIENCE_SECS)
    if status != 0:
        raise SystemExit(f"the app ended with status {status}")


class Person:
    """Somebody who uses the app through the platform's proxy."""

    def __init__(self, url: str, user: str) -> None:
        """Note who it is."""
        self.url = url
        self.headers = {
            "X-Forwarded-User": f"{user}@42",
            "X-Forwarded-Email": f"{user}@example.com",
            "Sec-Fetch-Site": "same-origin",
        }

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:  # noqa: ANN401
        """Send a request that has to succeed; gives the JSON of the answer."""
        headers = self.headers | ({"Content-Type": kind} if kind else {})
        address = f"{self.url}/api{path}"
        request = urllib.request.Request(address, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, body: object, method: str = "POST") -> Any:  # noqa: ANN401
        """Send JSON."""
        return self.ask(method, path, json.dumps(body).encode(), "application/json")

    def deck(self, start: str = "sample") -> str:
        """Make a deck; gives its session's id."""
        return self.post("/sessions", {"from": start})["id"]


def picture() -> bytes:
    """Make a PNG of one pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    chunks = [chunk(b"IHDR", head), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def seed(database: str, ada: Person, grace: Person) -> tuple[dict[str, list[str]], str]:
    """Make what the explored routes are about; gives the ids, and that of Ada's private deck."""
    own, spare = grace.deck(), grace.deck("blank")
    shared, private = ada.deck(), ada.deck()
    ada.post(f"/sessions/{shared}/shares/user/{GRACE}", {"access": "view"}, "PUT")
    for person, session in [(grace, own), (ada, shared), (ada, private)]:
        person.post(f"/sessions/{session}/save-points", {})
    images = [
        person.ask("POST", "/images", picture(), "image/png")["id"] for person in (ada, grace)
    ]
    ids = {"sessions": [own, shared, private], "spare": [spare, private], "images": images}
    text = {"name": "Mine", "content": "Be brief"}
    for kind in ("prompts", "styles", "profiles"):
        new = {"name": "Mine"} if kind == "profiles" else text
        made = [person.post(f"/settings/{kind}", new)["id"] for person in (grace, ada)]
        given = grace.ask("GET", f"/settings/{kind}")[kind]
        ids[kind] = made + [one["id"] for one in given if one["shared"]][:1]
    with psycopg.connect(database) as connection:
        # No route makes a job yet. One waits for an hour, one has ended, one is Ada's.
        rows = connection.execute(
            "INSERT INTO app_data.jobs (kind, owner, state, run_after, finished_at) VALUES"
            " ('sweep', %(grace)s, 'queued', now() + interval '1 h', NULL),"
            " ('sweep', %(grace)s, 'failed', now(), now()),"
            " ('sweep', %(ada)s, 'queued', now() + interval '1 h', NULL) RETURNING id::text",
            {"grace": GRACE, "ada": ADA},
        )
        ids["jobs"] = [row[0] for row in rows]
        ids["ended"] = ids["jobs"][1:]
    return ids, private


def explore(url: str, ids: dict[str, list[str]], folder: Path) -> None:
    """Run schemathesis; ends this run if it finds anything."""
    values = {name: json.dumps(found) for name, found in ids.items()}
    values |= {"user": GRACE, "hooks": str(HERE / "hooks.py")}
    config = folder / "schemathesis.toml"
    config.write_text(Template((HERE / "schemathesis.toml").read_text()).substitute(values))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    run = subprocess.run(
        [*command, f"{url}/api/openapi.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"NO_COLOR": "1", "no_proxy": "127.0.0.1"},
    )
    if run.returncode != 0:
        raise SystemExit(run.stdout + run.stderr)
    summary = run.stdout.rsplit("= SUMMARY =", 1)[-1]
    print(
        "\n".join(line for line in summary.splitlines() if "ested:" in line or "generated" in line)
    )


def main() -> None:
    """Start everything, explore, and look at what was not to change."""
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="tellr-explore-") as name:
        folder = Path(name)
        log = folder / "app.log"
        with postgres() as database, app(program, database, log) as url:
            ada, grace = Person(url, ADA), Person(url, GRACE)
            ids, private = seed(database, ada, grace)
            decks = {
                id: ada.ask("GET", f"/sessions/{id}/deck") for id in (ids["sessions"][1], private)
            }
            explore(url, ids, folder)
            for id, deck in decks.items():
                if ada.ask("GET", f"/sessions/{id}/deck") != deck:
                    raise SystemExit(f"somebody who may not has changed the deck {id}")
        if panics := [line for line in log.read_text().splitlines() if "panicked" in line]:
            raise SystemExit("\n".join(panics))


if __name__ == "__main__":
    main()
