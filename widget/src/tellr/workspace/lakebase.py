"""Runs the deployer's scripts on a Lakebase database, with a credential minted for each.

The deploy logic renders the statements. This module adds the host's part: the credential, verified
TLS, and the classification of failures.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from tellr.errors import failure
from tellr.workspace import libpq, trust
from tellr.workspace.session import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from tellr.kernel.host import Answer
    from tellr.workspace.session import WorkspaceSession

# The server gives its reason for refusing a login as text only, in English on the platform.
_LOGIN = ("authentication failed", "pg_hba.conf", "not permitted to log in", "role ")
# An invalid certificate doesn't change on retry.
_TRUST = ("certificate",)
CONNECT_SECONDS = 15
_PASSING = ("too many", "starting up", "shutting down", "terminating", "recovery")


class _ScriptError(Exception):
    def __init__(self, kind: str, message: str, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.answer = {"error": {"kind": kind, "sqlstate": sqlstate, "message": message}}


def check_driver() -> None:
    """Refuse if this process can't connect to a database, before anything was changed.

    Raises:
        DeploymentError: `DATABASE_DRIVER_MISSING`, with what to install.
    """
    try:
        import psycopg  # noqa: F401 (it loads libpq)
    except ImportError as error:
        # Its own message lists over several lines how it tried to find libpq.
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise failure(
            "DATABASE_DRIVER_MISSING",
            "The database driver psycopg can't be loaded, so the schema can't be set up",
            reason,
            'Run `%pip install "psycopg[binary]"` in the notebook (`pip install` elsewhere), and '
            "restart Python. Nothing has been changed yet",
        ) from None


def run(session: WorkspaceSession, at: Mapping[str, Any], script: Mapping[str, Any]) -> Answer:
    """Run a script on the database at `at`, with the session's credential; the protocol's
    answer."""
    try:
        return {"row": _run(session, at, script)}
    except _ScriptError as error:
        return error.answer


def _run(
    session: WorkspaceSession, at: Mapping[str, Any], script: Mapping[str, Any]
) -> list[str | None] | None:
    try:
        import psycopg
    except ImportError as error:
        message = f"psycopg, which talks to the database, can't be loaded: {error}"
        raise _ScriptError("database", message) from None
    connection = _connect(psycopg, at, _password(session, at["credential"]))
    text = ";\n".join(script["statements"])
    if script["transaction"]:
        text = f"BEGIN;\n{text};\nCOMMIT"
    try:
        # Without parameters it is one simple query: the server runs the statements in order and
        # stops at the first error.
        with connection, connection.cursor() as cursor:
            cursor.execute(text.encode())
            row = cursor.fetchone() if script["returns_rows"] else None
    except psycopg.Error as error:
        raise _querying(error) from None
    return None if row is None else list(row)


def _connect(
    driver: Any,  # noqa: ANN401 (the module)
    at: Mapping[str, Any],
    password: str,
) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return libpq.connect(
            driver,
            host=at["host"],
            port=5432,
            dbname=at["database"],
            user=at["user"],
            password=password,
            sslmode="verify-full",
            sslrootcert=trust.for_database(),
            gssencmode="disable",
            connect_timeout=CONNECT_SECONDS,
            client_encoding="UTF8",
            application_name="tellr",
            autocommit=True,
        )
    except trust.TrustError as error:
        raise _ScriptError("database", str(error)) from None
    except driver.Error as error:
        raise _connecting(error) from None


def _password(session: WorkspaceSession, target: Mapping[str, str]) -> str:
    """Mint a database password; each of the two kinds of Lakebase has its own call."""
    if target["kind"] == "endpoint":
        path, body = "/api/2.0/postgres/credentials", {"endpoint": target["name"]}
    else:
        path = "/api/2.0/database/credentials"
        body = {"request_id": str(uuid.uuid4()), "instance_names": [target["name"]]}
    try:
        answer = session.send("POST", path, body=body)
    except NoAnswerError as error:
        kinds = {"refused": "credential", "credential": "signed_out"}
        raise _ScriptError(kinds.get(error.kind, "unavailable"), str(error)) from None
    status = answer["status"]
    told = _object(answer["body"])
    token = told.get("token")
    if status == 200 and isinstance(token, str):
        return token
    why = told.get("message") or "no reason given"
    if status == 401:
        kind = "signed_out"
    elif status in (408, 429) or status >= 500:
        kind = "unavailable"
    else:
        kind = "credential"
    raise _ScriptError(kind, f"The workspace issued no credential ({status}): {why}")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _connecting(error: psycopg.Error) -> _ScriptError:
    # Each address of the host is tried; the last message is reported.
    line = next(iter(reversed(str(error).strip().splitlines())), type(error).__name__)
    words = line.split("failed: ", 1)[-1].strip()
    state, fatal, said = error.sqlstate, "FATAL:" in line, words.removeprefix("FATAL:").strip()
    if not fatal and any(part in words for part in _TRUST):
        hint = "Set `PGSSLROOTCERT` to the file with the CA certificate that signed it"
        return _ScriptError(
            "database", f"The database's certificate is not trusted: {words}. {hint}"
        )
    if (state or "").startswith("28") or (fatal and any(part in said for part in _LOGIN)):
        kind = "login"
    elif fatal and not any(part in said for part in _PASSING):
        kind = "database"
    else:
        kind = "connection"
    return _ScriptError(kind, said, state)


def _querying(error: psycopg.Error) -> _ScriptError:
    if error.sqlstate is None:
        return _ScriptError("connection", str(error).strip() or type(error).__name__)
    # Class 57: the server is shutting down. Class 08: the connection is broken.
    kind = "connection" if error.sqlstate[:2] in ("57", "08") else "database"
    return _ScriptError(kind, error.diag.message_primary or str(error), error.sqlstate)
