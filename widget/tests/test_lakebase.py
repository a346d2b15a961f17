"""Scripts on a real PostgreSQL, and which of the known kinds each failure is."""

from __future__ import annotations

import os
import socket
import ssl
import sys
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

import tellr
from local_workspace import ADA, CARLA, LocalWorkspace
from tellr.workspace import lakebase, libpq, trust
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
    # A kind that isn't tried again: the certificate would be the same.
    assert answer["error"]["kind"] == "database"
    assert "certificate" in answer["error"]["message"]
    assert "PGSSLROOTCERT" in answer["error"]["message"]


def test_a_server_of_another_name_is_not_trusted(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The right server, for whom another name was asked.
    connect, address = libpq.connect, socket.gethostbyname(at["host"])
    monkeypatch.setattr(
        libpq, "connect", lambda driver, **given: connect(driver, **given, hostaddr=address)
    )
    answer = run(at | {"host": "other.example"}, "SELECT 1")
    assert answer["error"]["kind"] == "database"
    assert "other.example" in answer["error"]["message"]


def test_no_server_is_a_connection_error(at: dict[str, Any]) -> None:
    assert run(at | {"host": "127.99.99.99"}, "SELECT 1")["error"]["kind"] == "connection"


# Every variable that this libpq reads, but the one that names trusted authorities.
VARIABLES = sorted(
    {
        option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar and option.envvar != b"PGSSLROOTCERT"
    }
    | {*libpq.UNDENIABLE, "PGSERVICEFILE", "PGSYSCONFDIR", "PGREQUIRESSL"}
)
HOSTILE = {
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1",
    "PGOPTIONS": "-c default_transaction_read_only=x",
}


def test_libpq_reads_the_variables_that_are_tested() -> None:
    named = ["PGHOSTADDR", "PGSERVICE", "PGOPTIONS", "PGTARGETSESSIONATTRS", "PGSSLKEY", "PGTZ"]
    assert set(named) <= set(VARIABLES)
    assert len(VARIABLES) > 30


@pytest.mark.parametrize("name", VARIABLES)
def test_no_variable_of_libpq_changes_anything(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, HOSTILE.get(name, "nonsense"))
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}
    assert os.environ[name] == HOSTILE.get(name, "nonsense")


def test_all_variables_of_libpq_together_change_nothing(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, HOSTILE.get(name, "nonsense"))
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}


def test_system_means_the_roots_of_this_machine(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = os.environ["PGSSLROOTCERT"]
    monkeypatch.setenv("PGSSLROOTCERT", "system")
    trust._system.cache_clear()
    place = SimpleNamespace(cafile=authority)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: place)
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}
    # A machine that keeps them in no file: macOS, Windows.
    place.cafile = None
    trust._system.cache_clear()
    default = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: default(cafile=authority))
    assert lakebase.run(WorkspaceSession(), at, SELECT) == {"row": ["a", None]}
    trust._system.cache_clear()


def test_a_file_of_authorities_that_is_not_there_is_named(
    at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", "/no/such/file.pem")
    error = run(at, "SELECT 1")["error"]
    assert error["kind"] == "database"
    assert "`PGSSLROOTCERT` is `/no/such/file.pem`" in error["message"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("create", {}),
        ("update", {"app_file_workspace_path": "/x", "lakebase_name": "db", "schema_name": "app"}),
        ("delete", {"reset_database": True}),
    ],
)
def test_a_driver_that_can_not_be_loaded_is_told_before_anything_changes(
    workspace: LocalWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    # What Python does for a module that can't be imported.
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(tellr.DeploymentError) as caught:
        getattr(tellr, operation)(app_name="no-driver", progress="none", **arguments)
    assert caught.value.code == "DATABASE_DRIVER_MISSING"
    assert '%pip install "psycopg[binary]"' in caught.value.remedy
    assert workspace.journal() == []


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
    assert answer["error"]["message"] == f"The workspace issued no credential ({status}): not today"


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
