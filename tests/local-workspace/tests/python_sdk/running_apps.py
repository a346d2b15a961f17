"""Databricks Apps."""

from __future__ import annotations

from calls import Client, refused
from databases import BRANCH
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    ResourceDoesNotExist,
)
from databricks.sdk.service import apps
from workspace_files import SOURCE

MISSING = "App with name {} does not exist or is deleted."


def resources() -> list[apps.AppResource]:
    """The secret, and the database where the version knows it."""
    secret = apps.AppResourceSecret(
        scope="tellr", key="key", permission=apps.AppResourceSecretSecretPermission.READ
    )
    found = [apps.AppResource(name="key", secret=secret)]
    if hasattr(apps, "AppResourcePostgres"):
        may_create = apps.AppResourcePostgresPostgresPermission.CAN_CONNECT_AND_CREATE
        database = apps.AppResourcePostgres(
            branch=BRANCH,
            database=f"{BRANCH}/databases/databricks-postgres",
            permission=may_create,
        )
        found.append(apps.AppResource(name="database", postgres=database))
    return found


def an_app(client: Client) -> None:
    """From nothing to running, changed, stopped, started and gone."""
    calls = client.apps
    with refused(NotFound, MISSING.format("tellr")):
        calls.get("tellr")
    with refused(InvalidParameterValue, "name"):
        calls.create(apps.App(name="No Good"))
    wanted = apps.App(
        name="tellr", description="Decks", resources=resources(), user_api_scopes=["sql"]
    )
    made = calls.create_and_wait(wanted)
    assert made.compute_status.state == apps.ComputeState.ACTIVE
    assert (made.description, made.creator) == ("Decks", "ada@example.com")
    assert [resource.name for resource in made.resources] == [
        resource.name for resource in resources()
    ]
    assert "sql" in made.effective_user_api_scopes
    assert client.service_principals.get(str(made.service_principal_id)).application_id == (
        made.service_principal_client_id
    )
    with refused(AlreadyExists, "already exists"):
        calls.create(wanted)
    nowhere = apps.AppDeployment(source_code_path="/Workspace/none")
    with refused(BadRequest, "/Workspace/none: the path does not exist"):
        calls.deploy("tellr", nowhere)

    deployment = calls.deploy_and_wait("tellr", apps.AppDeployment(source_code_path=SOURCE))
    assert deployment.status.state == apps.AppDeploymentState.SUCCEEDED
    running = calls.get("tellr")
    assert running.app_status.state == apps.ApplicationState.RUNNING
    assert running.active_deployment.deployment_id == deployment.deployment_id
    again = calls.deploy_and_wait("tellr", apps.AppDeployment(source_code_path=SOURCE))
    listed = [item.deployment_id for item in calls.list_deployments("tellr", page_size=1)]
    assert listed == [again.deployment_id, deployment.deployment_id]
    read = calls.get_deployment("tellr", deployment.deployment_id)
    assert read.source_code_path == SOURCE
    with refused(NotFound, ""):
        calls.get_deployment("tellr", "none")

    if hasattr(apps, "AppHealthCheck"):
        _health_check(client)
    changed = calls.update("tellr", apps.App(name="tellr", description="Slides"))
    assert changed.description == "Slides"
    if client.knows("apps", "create_update"):
        _sizes(client)
    _permissions(client)
    if client.knows("workspace_entity_tag_assignments"):
        _tags(client)

    assert calls.stop_and_wait("tellr").compute_status.state == apps.ComputeState.STOPPED
    assert calls.get("tellr").app_status.state == apps.ApplicationState.UNAVAILABLE
    assert calls.start_and_wait("tellr").compute_status.state == apps.ComputeState.ACTIVE
    calls.create_and_wait(apps.App(name="second"))
    assert [app.name for app in calls.list(page_size=1)] == ["second", "tellr"]
    calls.delete("second")
    assert [app.name for app in calls.list()] == ["tellr"]
    calls.delete("tellr")
    for call in [calls.get, calls.delete, calls.start, calls.stop]:
        with refused(NotFound, MISSING.format("tellr")):
            call("tellr")
    with refused(ResourceDoesNotExist, "does not exist"):
        calls.get_permissions("tellr")


def _health_check(client: Client) -> None:
    from google.protobuf.duration_pb2 import Duration

    check = apps.AppHealthCheck(path="/api/ready", timeout=Duration(seconds=90))
    wanted = apps.AppDeployment(source_code_path=SOURCE, health_check=check)
    deployment = client.apps.deploy_and_wait("tellr", wanted)
    assert deployment.status.state == apps.AppDeploymentState.SUCCEEDED
    assert deployment.health_check.path == "/api/ready"
    assert deployment.health_check.timeout.ToSeconds() == 90


def _sizes(client: Client) -> None:
    larger = apps.App(name="tellr", compute_size=apps.ComputeSize.LARGE)
    update = client.apps.create_update_and_wait("tellr", "compute_size", app=larger)
    assert update.status.state == apps.AppUpdateUpdateStatusUpdateState.SUCCEEDED
    assert client.apps.get("tellr").compute_size == apps.ComputeSize.LARGE
    assert client.apps.get_update("tellr").status.state == update.status.state
    if hasattr(larger, "compute_min_instances"):
        several = apps.App(name="tellr", compute_min_instances=2, compute_max_instances=3)
        mask = "compute_min_instances,compute_max_instances"
        client.apps.create_update_and_wait("tellr", mask, app=several)
        assert client.apps.get("tellr").compute_max_instances == 3
    with refused(InvalidParameterValue, "Compute size updates are not supported"):
        client.apps.update("tellr", apps.App(name="tellr", compute_size=apps.ComputeSize.MEDIUM))


def _permissions(client: Client) -> None:
    calls = client.apps
    may_use = apps.AppPermissionLevel.CAN_USE
    everybody = apps.AppAccessControlRequest(group_name="users", permission_level=may_use)
    calls.update_permissions("tellr", access_control_list=[everybody])
    shown = calls.get_permissions("tellr")
    assert (shown.object_id, shown.object_type) == ("/apps/tellr", "apps")
    assert "users" in [entry.group_name for entry in shown.access_control_list]
    ben = apps.AppAccessControlRequest(user_name="ben@example.com", permission_level=may_use)
    shown = calls.set_permissions("tellr", access_control_list=[ben]).access_control_list
    assert "users" not in [entry.group_name for entry in shown]
    assert "ben@example.com" in [entry.user_name for entry in shown]
    levels = calls.get_permission_levels("tellr").permission_levels
    assert [level.permission_level.value for level in levels] == ["CAN_USE", "CAN_MANAGE"]


def _tags(client: Client) -> None:
    from databricks.sdk.service import tags

    calls = client.workspace_entity_tag_assignments

    def tag(key: str, value: str | None = None, app: str = "tellr") -> tags.TagAssignment:
        return tags.TagAssignment(entity_type="apps", entity_id=app, tag_key=key, tag_value=value)

    calls.create_tag_assignment(tag("team", "slides"))
    calls.create_tag_assignment(tag("reviewed"))
    with refused(AlreadyExists, "already exists"):
        calls.create_tag_assignment(tag("team", "other"))
    changed = calls.update_tag_assignment(
        "apps", "tellr", "team", tag("team", "decks"), "tag_value"
    )
    assert changed.tag_value == "decks"
    assert calls.get_tag_assignment("apps", "tellr", "team").tag_value == "decks"
    listed = [
        (there.tag_key, there.tag_value)
        for there in calls.list_tag_assignments("apps", "tellr", page_size=1)
    ]
    assert listed == [("reviewed", None), ("team", "decks")], listed
    with refused(NotFound, "does not exist"):
        calls.update_tag_assignment("apps", "tellr", "none", tag("none", "x"), "tag_value")
    with refused(InvalidParameterValue, "invalid key"):
        calls.create_tag_assignment(tag("a.b"))
    with refused(NotFound, MISSING.format("none")):
        calls.create_tag_assignment(tag("team", app="none"))
    calls.delete_tag_assignment("apps", "tellr", "reviewed")
    assert len(list(calls.list_tag_assignments("apps", "tellr"))) == 1


def other_rights(ben: Client) -> None:
    """Ben may create apps, but not with somebody else's resources."""
    with refused(PermissionDenied, "does not have"):
        ben.apps.create(apps.App(name="bens", resources=resources()))
    ben.apps.create_and_wait(apps.App(name="bens"))
    ben.apps.delete("bens")
