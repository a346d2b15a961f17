"""Which requests are passed on; the same cases as where the table is made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_workspace import ROOT, LocalWorkspace
from tellr.workspace import routes
from tellr.workspace.session import NoAnswerError, WorkspaceSession


def test_the_table_is_the_deployer_s() -> None:
    published = json.loads((ROOT / "pkg" / "workspace_routes.json").read_text())
    assert routes.table() == published
    assert len(published) > 20


@pytest.mark.parametrize("name", ["tellr", "a%20b", "%C3%A9", "a.b", "a~b"])
def test_a_name_is_written_in_one_way(name: str) -> None:
    assert routes.allows("GET", f"/api/2.0/apps/{name}", [])


@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/apps/",
        "/api/2.0/apps/.",
        "/api/2.0/apps/..",
        "/api/2.0/apps/%2E%2E",
        "/api/2.0/apps/%2e%2e",
        "/api/2.0/apps/..%2Fsecrets",
        "/api/2.0/apps/a%2Fb",
        "/api/2.0/apps/a%5Cb",
        "/api/2.0/apps/a%252Fb",
        "/api/2.0/apps/a\\b",
        "/api/2.0/apps/a%0D%0Ab",
        "/api/2.0/apps/a%c3%a9",
        "/api/2.0/apps/%61",
        "/api/2.0/apps/a%",
        "/api/2.0/apps/a%4",
        "/api/2.0/apps/a%é",
        "/api/2.0/apps/a%FF",
        "/api/2.0/apps/a/b",
        "/api/2.0/apps/a?b",
        "/api/2.0/apps/a#b",
        "//api/2.0/apps/a",
        "/api/2.0//apps/a",
        "/API/2.0/apps/a",
        "/api/2.0/apps/a/",
        "api/2.0/apps/a",
        "https://elsewhere.example/api/2.0/apps/a",
        "/api/2.0/clusters/list",
        "",
    ],
)
def test_no_other_path_is_passed_on(path: str, workspace: LocalWorkspace) -> None:
    session = WorkspaceSession()
    answer = session.request({"method": "GET", "path": path})
    assert answer["error"]["kind"] == "refused"
    assert workspace.journal() == []


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "PUT", "path": "/api/2.0/apps/tellr"},
        {"method": "PATCH", "path": "/api/2.0/apps/tellr"},
        {"method": "get", "path": "/api/2.0/apps/tellr"},
        {"method": "GET", "path": "/api/2.0/apps/tellr", "query": [["as", "root"]]},
        {"method": "POST", "path": "/api/2.0/postgres/credentials", "body": {}},
    ],
)
def test_no_other_method_and_no_other_query(
    request_: dict[str, Any], workspace: LocalWorkspace
) -> None:
    assert WorkspaceSession().request(request_)["error"]["kind"] == "refused"
    assert workspace.journal() == []


@pytest.mark.parametrize(
    "path",
    ["https://elsewhere.example/api/2.0/x", "/api/../x", "/login", "@elsewhere.example/api/"],
)
@pytest.mark.usefixtures("workspace")
def test_whatever_is_sent_goes_to_the_workspace(path: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        WorkspaceSession().send("GET", path)
    assert caught.value.kind == "refused"
