"""Scripts on a real PostgreSQL, and which of the known kinds each failure is."""

from __future__ import annotations

from typing import Any

import pytest

import tellr
from local_workspace import ADA, CARLA, LocalWorkspace
from tellr.workspace import lakebase
from tellr.workspace.session import WorkspaceSession

ENDPOINT = "projects/sql-db/branches/production/endpoints/primary"
SELECT = {
    "statements": ["SELECT 'a'::text, NULL::text"],
    "transaction": False,
    "returns_rows": True,
}


@pytest.fixture
def at(workspace: LocalWorkspace) -> dict[str, Any]:
    """Name a database that is there."""
    names = [one["name"] for one in workspace.call("GET", "/api/2.0/postgres/projects")["projects"]]
    if "projects/sql-db" not in names:
        tellr.create(app_name="sql", lakebase_name="sql-db", progress="none")
    found = workspace.call("GET", f"/api/2.0/postgres/{ENDPOINT}")
    return {
        "host": found["status"]["hosts"]["host"],
        "database": "databricks_postgres",
        "user": ADA,
        "credential": {"kind": "endpoint", "name": ENDPOINT},
    }


def run(at: dict[str, Any], *statements: str, **script: Any) -> dict[str, Any]:  # noqa: ANN401
    wanted = {"statements": list(statements), "transaction": True, "returns_rows": False} | script
    return lakebase.run(WorkspaceSession(), at, wanted)


def test_a_row_comes_back_as_text(at: dict[str, Any]) -> None:
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}


def test_statements_are_one_transaction(at: dict[str, Any]) -> None:
    table = "CREATE TABLE public.once (a int)"
    failed = run(at, table, "SELECT 1/0")
    assert failed["error"]["kind"] == "database"
    assert failed["error"]["sqlstate"] == "22012"
    assert failed["error"]["message"] == "division by zero"
    assert run(at, table, "DROP TABLE public.once") == {"row": None}


def test_percent_signs_and_quotes_are_the_statement_s_own(at: dict[str, Any]) -> None:
    script = SELECT | {"statements": ["SELECT format('%I %s', 'a b', 'c;d')"]}
    assert lakebase.run(WorkspaceSession(), at, script) == {"row": ['"a b" c;d']}


def test_somebody_without_a_role_is_not_let_in(at: dict[str, Any]) -> None:
    answer = run(at | {"user": CARLA}, "SELECT 1")
    assert answer["error"]["kind"] == "login"
    assert CARLA in answer["error"]["message"]


def test_a_server_of_an_unknown_authority_is_not_trusted(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGSSLROOTCERT")
    answer = run(at, "SELECT 1")
    assert answer["error"]["kind"] == "connection"
    assert "certificate" in answer["error"]["message"]


def test_a_server_of_another_name_is_not_trusted(at: dict[str, Any]) -> None:
    import socket

    answer = run(at | {"host": socket.gethostbyname(at["host"])}, "SELECT 1")
    if at["host"] != socket.gethostbyname(at["host"]):
        assert answer["error"]["kind"] == "connection"
    monkey = run(at | {"host": "localhost"}, "SELECT 1")
    assert monkey["error"]["kind"] == "connection"


def test_no_server_is_a_connection_error(at: dict[str, Any]) -> None:
    assert run(at | {"host": "127.99.99.99"}, "SELECT 1")["error"]["kind"] == "connection"


def test_the_environment_of_libpq_leads_nowhere_else(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGUSER": "x",
        "PGPORT": "1",
        "PGSSLMODE": "disable",
        "PGDATABASE": "x",
    }.items():
        monkeypatch.setenv(name, value)
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "signed_out"),
        (403, "credential"),
        (404, "credential"),
        (429, "unavailable"),
        (503, "unavailable"),
    ],
)
def test_no_credential_is_told_apart(
    at: dict[str, Any], workspace: LocalWorkspace, status: int, kind: str
) -> None:
    body = {"error_code": "X", "message": "not today"}
    workspace.fault(
        path="/api/2.0/postgres/credentials",
        action={"answer": {"status": status, "body": body}},
    )
    answer = run(at, "SELECT 1")
    assert answer["error"]["kind"] == kind
    assert answer["error"]["message"] == f"The workspace minted no credential ({status}): not today"


def test_a_cut_connection_to_the_workspace_is_a_passing_fault(
    at: dict[str, Any], workspace: LocalWorkspace
) -> None:
    workspace.fault(path="/api/2.0/postgres/credentials", action="cut")
    assert run(at, "SELECT 1")["error"]["kind"] == "unavailable"


def test_a_provisioned_instance_has_a_credential_of_its_own(workspace: LocalWorkspace) -> None:
    workspace.control("PATCH", "/settings", {"features": {"autoscaling": False}})
    result = tellr.create(app_name="provisioned", lakebase_name="provisioned-db", progress="none")
    assert result["lakebase_type"] == "provisioned"
    minted = [entry["path"] for entry in workspace.journal() if "credentials" in entry["path"]]
    assert set(minted) == {"/api/2.0/database/credentials"}
    tellr.delete("provisioned", progress="none")
