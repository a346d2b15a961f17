"""What the functions return is a dict that shows itself readably."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from tellr.progress.document import loss_sentences
from tellr.results import AppList, Findings, Plan, Report, Result, Status

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
APPS = {
    "app_name": "slides",
    "apps_in_workspace": 3,
    "apps": [
        {
            "app_name": "slides",
            "url": "https://tellr.example",
            "health": "unchecked",
            "problem": "personal access tokens are not accepted there",
            "app_version": "0.1.0",
            "drift": True,
            "lakebase_name": "slides-db",
            "schema_name": "app_data",
            "cost": {"app_dbu_per_hour": 0.5, "database_min_cu": 0.5, "database_max_cu": 2.0},
            "unread": ["The journal can't be read"],
        }
    ],
}
FINDINGS = {
    "app_name": "slides",
    "operation": "update",
    "ok": False,
    "elapsed_ms": 900,
    "findings": [
        {
            "check": "rights",
            "severity": "error",
            "message": "You can't manage the app `slides`",
            "who": "app_owner",
            "how": "Ask the app's owner for CAN MANAGE",
        },
        {"check": "database", "severity": "ok", "message": "The database `slides-db` exists"},
    ],
}
WHERE = ("https://my.cloud.databricks.com", "ada@example.com")


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        (Result(CREATED), CREATED),
        (Plan(PLAN, *WHERE), PLAN),
        (Status(STATUS, *WHERE), STATUS),
        (AppList(APPS, *WHERE), APPS),
        (Findings(FINDINGS, *WHERE), FINDINGS),
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


def test_a_list_of_apps_is_laid_out_as_text() -> None:
    assert repr(AppList(APPS, *WHERE)).splitlines() == [
        "1 of 3 apps are Tellr",
        "Workspace https://my.cloud.databricks.com as ada@example.com",
        "",
        "slides:",
        "  Health                    running, not checked: personal access tokens are not accepted "
        "there",
        "  URL                       https://tellr.example",
        "  Version                   0.1.0",
        "  Differs from its release  yes",
        "  Database                  slides-db/app_data",
        "  DBU per hour              0.5",
        "  Database CU               0.5 to 2.0",
        "  - The journal can't be read",
    ]


def test_findings_are_laid_out_as_text() -> None:
    assert repr(Findings(FINDINGS, *WHERE)).splitlines() == [
        "update slides: something would stop the deployment",
        "Workspace https://my.cloud.databricks.com as ada@example.com",
        "",
        "Errors:",
        "  - You can't manage the app `slides`. Ask the app's owner for CAN MANAGE "
        "(who: the app's owner)",
        "",
        "Checked:",
        "  - The database `slides-db` exists",
    ]


CHANGES = [
    {
        "resource": "app",
        "name": "slides",
        "action": "update",
        "fields": [
            {
                "field": "description",
                "old": "Slides",
                "new": "Slides",
                "remote": "Edited",
                "reason": "drifted",
            },
            {"field": "user_api_scopes", "new": ["sql", "files"], "reason": "wanted"},
        ],
    },
    {"resource": "key", "name": "encryption_key", "action": "no_change", "fields": []},
]


def test_a_plan_is_an_object_with_its_changes() -> None:
    plan = Plan(PLAN | {"changes": CHANGES, "empty": False}, *WHERE)
    assert (plan.empty, plan.changes, plan.losses) == (False, CHANGES, PLAN["losses"])
    shown = repr(plan)
    assert (
        "Changes:\n"
        "  ~ update  app slides; description: Edited -> Slides (drifted: Slides was applied); "
        "user_api_scopes: sql, files\n"
        "  - 1 to update, 1 unchanged"
    ) in shown
    assert shown.index("Will be lost:") < shown.index("Changes:") < shown.index("Steps:")
    assert plan._repr_markdown_() == f"```text\n{shown}\n```"
    unchanged = Plan(PLAN | {"changes": CHANGES[1:], "empty": True}, *WHERE)
    assert unchanged.empty
    assert "No changes: 1 unchanged" in repr(unchanged)


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


def test_a_status_says_who_may_use_the_app_and_how_many_instances_run() -> None:
    told = {
        **STATUS,
        "app": {**STATUS["app"], "instances": "1-3", "telemetry": "main.tellr"},
        "shared_with": [
            {"name": "users", "kind": "group", "level": "CAN_USE"},
            {"name": "ben@example.com", "kind": "user", "level": "CAN_MANAGE"},
        ],
    }
    lines = [line.strip() for line in repr(Status(told, *WHERE)).splitlines()]
    assert "Instances    1-3" in lines
    assert "Telemetry    main.tellr" in lines
    assert "Shared with  users (CAN_USE), ben@example.com (CAN_MANAGE)" in lines


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
    for plain, kind in ((PLAN | {"changes": CHANGES, "empty": True}, Plan), (STATUS, Status)):
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
