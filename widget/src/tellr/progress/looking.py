"""The list of apps, and findings, as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.progress.document import Document, Section, about, objects

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEALTH = {
    "healthy": "healthy",
    "unchecked": "running, not checked",
    "changing": "changing",
    "stopped": "stopped",
    "not_deployed": "not deployed",
    "unhealthy": "unhealthy",
}
_WHO = {
    "you": "you",
    "app_owner": "the app's owner",
    "workspace_admin": "a workspace admin",
    "account_admin": "an account admin",
    "databricks": "Databricks",
}
_SEVERITIES = (("error", "Errors"), ("warning", "Warnings"), ("ok", "Checked"))


def app_list(told: Mapping[str, Any], workspace: str, user: str) -> Document:
    """Format the list of apps."""
    apps = objects(told, "apps")
    sections = [Section(str(app.get("app_name")), _app(app)) for app in apps]
    title = f"{len(apps)} of {told.get('apps_in_workspace')} apps are Tellr"
    return Document(title, about(workspace, user), sections)


def _app(app: Mapping[str, Any]) -> list[tuple[str, str]]:
    health = _HEALTH.get(str(app.get("health")), str(app.get("health")))
    if app.get("problem"):
        health += f": {app['problem']}"
    drift = {True: "yes", False: "no"}.get(app.get("drift"))  # type: ignore[arg-type]
    last = app.get("last_run")
    run = None
    if isinstance(last, dict):
        run = f"{last.get('operation')} {last.get('status')}, {last.get('started_at')}"
    cost = app.get("cost")
    cost = cost if isinstance(cost, dict) else {}
    rate = cost.get("app_dbu_per_hour")
    units = [cost[name] for name in ("database_min_cu", "database_max_cu") if name in cost]
    database = "/".join(str(app[name]) for name in ("lakebase_name", "schema_name") if name in app)
    rows = (
        ("Health", health),
        ("URL", app.get("url")),
        ("Version", app.get("runs") or app.get("app_version")),
        ("Differs from its release", drift),
        ("Last run", run),
        ("Database", database),
        ("DBU per hour", "unknown" if rate is None else str(rate)),
        ("Database CU", " to ".join(str(one) for one in dict.fromkeys(units)) or "unknown"),
    )
    found = [(name, str(value)) for name, value in rows if value]
    unread = app.get("unread")
    return found + [("", str(one)) for one in (unread if isinstance(unread, list) else [])]


def findings(told: Mapping[str, Any], workspace: str, user: str) -> Document:
    """Format findings."""
    found = objects(told, "findings")
    sections = []
    for severity, title in _SEVERITIES:
        rows = [("", _finding(one)) for one in found if one.get("severity") == severity]
        if rows:
            sections.append(Section(title, rows))
    verdict = "checks passed" if told.get("ok") else "something would stop the deployment"
    title = f"{told.get('operation')} {told.get('app_name')}: {verdict}"
    return Document(title, about(workspace, user), sections)


def _finding(finding: Mapping[str, Any]) -> str:
    words = str(finding.get("message"))
    for part in (finding.get("cause"), finding.get("how")):
        words += f". {part}" if part else ""
    who = _WHO.get(str(finding.get("who")))
    return f"{words} (who: {who})" if who else words
