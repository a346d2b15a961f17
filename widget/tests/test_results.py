"""What the functions return is a dict that shows itself readably."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from tellr.progress.document import loss_sentences
from tellr.results import Plan, Report, Result, Status

HOSTILE = "<script>alert(1)</script>\x1b[31m"
CREATED = {
    "url": "https://tellr.example",
    "app_name": "slides",
    "lakebase_name": "slides-db",
    "schema_name": "app_data",
    "status": "created",
    "steps": [{"step": "app"}],
}
PLAN = {
    "operation": "delete",
    "app_name": "slides",
    "lakebase_name": "slides-db",
    "lakebase_type": "autoscaling",
    "schema_name": "app_data",
    "app_file_workspace_path": "/Workspace/Users/ada@example.com/.apps/slides",
    "steps": [{"step": "app", "title": "Delete the app", "waits_for": []}],
    "files": [{"name": "app.yaml", "content": "env:\n  - name: A\n"}],
    "notes": ["The database is kept"],
    "losses": [
        {"kind": "app", "name": "slides", "url": "https://tellr.example"},
        {
            "kind": "schema",
            "name": "app_data",
            "lakebase_name": "slides-db",
            "tables": 12,
            "largest": [{"name": "decks", "rows": 40}],
            "restore_point": {"prefix": "pre-reset-", "kept_days": 7},
        },
    ],
    "recoverable": ["The key is kept in the secret scope"],
    "resumes": False,
}
STATUS = {
    "app_name": "slides",
    "app": {
        "url": "https://tellr.example",
        "compute": "ACTIVE",
        "state": "RUNNING",
        "compute_size": "LIQUID",
    },
    "lakebase_name": "slides-db",
    "schema_name": "app_data",
    "app_package": "tellr-app",
    "app_version": "0.1.0",
    "last_run": {"id": "r1", "operation": "create", "by": "ada", "status": "failed"},
    "lock": {"id": "r2", "holder": "ben", "operation": "update", "since": "2026-11-23T00:00:00Z"},
    "can_resume": True,
}
WHERE = ("https://my.cloud.databricks.com", "ada@example.com")


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        (Result(CREATED), CREATED),
        (Plan(PLAN, *WHERE), PLAN),
        (Status(STATUS, *WHERE), STATUS),
    ],
)
def test_it_is_a_dict_when_asked(shown: dict[str, object], plain: dict[str, object]) -> None:
    assert shown == plain
    assert dict(shown) == plain
    assert json.loads(json.dumps(shown)) == plain
    assert shown["app_name"] == "slides"
    for other in (copy.copy(shown), copy.deepcopy(shown), pickle.loads(pickle.dumps(shown))):  # noqa: S301
        assert (other, repr(other)) == (plain, repr(shown))


def test_what_create_returns_is_shown_in_a_line() -> None:
    shown = repr(Result(CREATED))
    assert shown == (
        "<tellr result: slides created; https://tellr.example; "
        "keys: url, app_name, lakebase_name, schema_name, status, steps>"
    )


def test_a_plan_is_laid_out_as_text() -> None:
    assert repr(Plan(PLAN, *WHERE)).splitlines() == [
        "Plan: delete slides (nothing was changed)",
        "Workspace https://my.cloud.databricks.com as ada@example.com",
        "",
        "  Database  slides-db (autoscaling)",
        "  Schema    app_data",
        "  Folder    /Workspace/Users/ada@example.com/.apps/slides",
        "",
        "Steps:",
        "  app  Delete the app",
        "",
        "Notes:",
        "  - The database is kept",
        "",
        "Will be lost:",
        "  - The app `slides` (https://tellr.example)",
        "  - The schema `app_data` in the database `slides-db`, with 12 tables (decks: 40 rows). "
        "A branch keeps the data for 7 days",
        "",
        "Kept, or can be restored:",
        "  - The key is kept in the secret scope",
        "",
        "Files:",
        "  app.yaml (2 lines)",
    ]


def test_a_status_is_laid_out_as_text() -> None:
    assert repr(Status(STATUS, *WHERE)).splitlines() == [
        "Status: slides",
        "Workspace https://my.cloud.databricks.com as ada@example.com",
        "",
        "  App       RUNNING (compute ACTIVE, LIQUID)",
        "  URL       https://tellr.example",
        "  Database  slides-db",
        "  Schema    app_data",
        "  Version   tellr-app 0.1.0",
        "",
        "Last run:",
        "  Id         r1",
        "  Operation  create",
        "  By         ada",
        "  Status     failed",
        "",
        "Run in progress:",
        "  Id         r2",
        "  Holder     ben",
        "  Operation  update",
        "  Since      2026-11-23T00:00:00Z",
        "",
        "  - The last run did not finish. Run it again to resume where it stopped",
    ]
    assert "There is no app `slides`" in repr(Status({"app_name": "slides", "can_resume": False}))


@pytest.mark.parametrize("report", [Plan(PLAN, *WHERE), Status(STATUS, *WHERE)])
def test_a_notebook_shows_it_as_a_page(report: Report) -> None:
    shown = report._repr_html_()
    assert "<table>" in shown
    assert "slides-db" in shown
    assert "https://my.cloud.databricks.com as ada@example.com" in shown


def test_the_platform_s_words_are_words() -> None:
    plan = PLAN | {
        "app_name": HOSTILE,
        "notes": [HOSTILE],
        "losses": [{"kind": "app", "name": HOSTILE}],
    }
    status = STATUS | {"app": {"url": "javascript:alert(1)", "state": HOSTILE, "compute": "x"}}
    for report in (Plan(plan, HOSTILE, HOSTILE), Status(status, HOSTILE, HOSTILE)):
        assert "<script" not in report._repr_html_()
        assert 'href="javascript' not in report._repr_html_()
        assert "\x1b" not in repr(report)


@pytest.mark.parametrize("odd", [None, 7, "x", [7, None], {"a": 1}])
def test_what_a_newer_deployer_tells_breaks_nothing(odd: object) -> None:
    for plain, kind in ((PLAN, Plan), (STATUS, Status)):
        for name in plain:
            report = kind(plain | {name: odd, "new": odd})
            assert report._repr_html_()
            assert repr(report)


def test_losses_are_sentences() -> None:
    assert loss_sentences({"lost": ["The app"], "losses": [{"kind": "app"}]}) == ["The app"]
    schema = {"kind": "schema", "name": "s", "lakebase_name": "d"}
    told = [
        {**schema, "tables": 0},
        {**schema, "unknown": "no right"},
        {"kind": "key", "name": "k"},
    ]
    assert loss_sentences({"losses": told}) == [
        "The schema `s` in the database `d`, with 0 tables. It can't be restored",
        "The schema `s` in the database `d`, with unknown content (no right). It can't be restored",
        "key `k`",
    ]
