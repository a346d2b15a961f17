"""psycopg 3, unchanged, against a database of the local workspace."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import psycopg

HOUR_MS = 3_600_000


def ask(url: str, body: object, token: str | None = None) -> Any:  # noqa: ANN401 (JSON)
    """POST JSON and read JSON."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def mint() -> str:
    """Ask for a password, as an app does."""
    url = f"{os.environ['DATABRICKS_HOST']}/api/2.0/postgres/credentials"
    body = {"endpoint": os.environ["LAKEBASE_ENDPOINT"]}
    return ask(url, body, os.environ["DATABRICKS_TOKEN"])["token"]


def pass_an_hour() -> None:
    """Let every password expire."""
    ask(f"{os.environ['LOCAL_CONTROL']}/clock", {"advance_ms": HOUR_MS})


def connect(password: str, **settings: str) -> psycopg.Connection:
    """Connect with a verified certificate; the host's address is told, its name is verified."""
    given = {"sslmode": "verify-full", "hostaddr": os.environ["LOCAL_DATABASE_ADDRESS"]}
    return psycopg.connect(password=password, **(given | settings))


def refused(words: str, password: str, **settings: str) -> None:
    """Expect no connection, for this reason."""
    try:
        connect(password, **settings).close()
        said = "a connection"
    except psycopg.OperationalError as error:
        said = str(error)
    assert words in said, said


token = mint()
with connect(token) as connection:
    assert connection.execute("SELECT current_user").fetchone() == (os.environ["PGUSER"],)
    pass_an_hour()
    assert connection.execute("SELECT 1").fetchone() == (1,), "it outlives its token"
refused("password authentication failed", token)
token = mint()
refused("password authentication failed", "made-up")
refused("password authentication failed", token, user="mallory@example.com")
refused("connection is insecure", token, sslmode="disable")
refused("certificate verify failed", token, sslrootcert="system")
refused("SSL", token, host="ep-another.database.localhost")
refused("SSL", token, sslsni="0")
with connect(token) as connection:
    assert connection.info.host == os.environ["PGHOST"]
print("all said")
