"""A conversation between Databricks' Python SDK, unchanged, and the local workspace.

Started by the Rust test `python_sdk.rs`, which passes the workspace's address and credentials in
the environment. Each function is one subject; the first thing that is not as on the platform ends
it.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import requests
from databricks.sdk import WorkspaceClient, oauth
from databricks.sdk.errors import (
    BadRequest,
    DatabricksError,
    NotFound,
    PermissionDenied,
    ResourceConflict,
)
from databricks.sdk.service import apps, database, postgres, workspace

HOME = "/Workspace/Users/ada@example.com"
SOURCE = f"{HOME}/.apps/tellr"
MANIFEST = b"command: [python, -m, http.server]\nenv:\n  - name: KEY\n    valueFrom: key\n"


@contextmanager
def refused(kind: type[DatabricksError], part: str) -> Iterator[None]:
    """Expect a refusal of this class whose message has this part."""
    message = None
    try:
        yield
    except kind as error:
        message = str(error)
    assert message is not None, f"not refused: {part}"
    assert part in message, message


def identity(client: WorkspaceClient) -> None:
    """Users by token, machines by client id and secret."""
    assert client.current_user.me().user_name == "ada@example.com"
    assert client.get_workspace_id() > 0
    robot = WorkspaceClient(
        host=os.environ["LOCAL_HOST"],
        client_id=os.environ["LOCAL_CLIENT_ID"],
        client_secret=os.environ["LOCAL_CLIENT_SECRET"],
    )
    assert robot.current_user.me().user_name == os.environ["LOCAL_CLIENT_ID"]


def sign_in() -> None:
    """Somebody in a browser, which here is a request that is not sent on."""
    redirect = "http://localhost:8020"
    endpoints = oauth.get_workspace_endpoints(os.environ["LOCAL_HOST"])
    consent = oauth.OAuthClient(endpoints, redirect, "databricks-cli").initiate_consent()
    answer = requests.get(consent.authorization_url, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    session = consent.exchange_callback_parameters(query)
    person = WorkspaceClient(host=os.environ["LOCAL_HOST"], token=session.token().access_token)
    assert person.current_user.me().user_name == "ben@example.com"
    renewed = session.refresh()
    assert renewed.refresh_token
    assert renewed.access_token != session.token().access_token


def files(client: WorkspaceClient) -> None:
    """Multipart upload and direct download."""
    auto = workspace.ImportFormat.AUTO
    with refused(NotFound, "parent folder"):
        client.workspace.upload(f"{SOURCE}/app.yaml", io.BytesIO(MANIFEST), format=auto)
    client.workspace.mkdirs(SOURCE)
    client.workspace.upload(f"{SOURCE}/app.yaml", io.BytesIO(MANIFEST), format=auto)
    with refused(ResourceConflict, "already exists"):
        client.workspace.upload(f"{SOURCE}/app.yaml", io.BytesIO(b""), format=auto)
    client.workspace.upload(f"{SOURCE}/app.yaml", MANIFEST, format=auto, overwrite=True)
    with client.workspace.download(f"{SOURCE}/app.yaml") as stream:
        assert stream.read() == MANIFEST
    paths = [item.path for item in client.workspace.list(f"{HOME}/.apps", recursive=True)]
    assert paths == [f"{SOURCE}/app.yaml"], paths


def secrets(client: WorkspaceClient) -> None:
    """A scope and a value."""
    client.secrets.create_scope("tellr")
    with refused(DatabricksError, "already exists"):
        client.secrets.create_scope("tellr")
    client.secrets.put_secret("tellr", "key", string_value="hush")
    value = client.secrets.get_secret("tellr", "key").value
    assert base64.b64decode(value) == b"hush"


def autoscaling(client: WorkspaceClient) -> None:
    """A project with everything that comes with it, and a credential."""
    with refused(NotFound, "project"):
        client.postgres.get_project("projects/tellr-db")
    spec = postgres.ProjectSpec(display_name="tellr-db", pg_version=17)
    operation = client.postgres.create_project(postgres.Project(spec=spec), "tellr-db")
    assert operation.wait().name == "projects/tellr-db"
    with refused(ResourceConflict, "already exists"):
        client.postgres.create_project(postgres.Project(spec=spec), "tellr-db")
    branch = "projects/tellr-db/branches/production"
    (endpoint,) = client.postgres.list_endpoints(branch)
    assert endpoint.name == f"{branch}/endpoints/primary"
    assert client.postgres.get_endpoint(endpoint.name).status.hosts.host
    credential = client.postgres.generate_database_credential(endpoint.name)
    assert credential.token
    assert credential.expire_time
    databases = list(client.postgres.list_databases(branch))
    assert [found.status.postgres_database for found in databases] == ["databricks_postgres"]


def provisioned(client: WorkspaceClient) -> None:
    """An instance, and a credential for it."""
    with refused(NotFound, "Database instance old-db"):
        client.database.get_database_instance("old-db")
    wanted = database.DatabaseInstance(name="old-db", capacity="CU_1")
    made = client.database.create_database_instance_and_wait(wanted)
    assert made.state == database.DatabaseInstanceState.AVAILABLE
    assert client.database.get_database_instance("old-db").read_write_dns
    credential = client.database.generate_database_credential(instance_names=["old-db"])
    assert credential.token
    assert credential.expiration_time


def resources() -> list[apps.AppResource]:
    """The database and the secret."""
    branch = "projects/tellr-db/branches/production"
    may_create = apps.AppResourcePostgresPostgresPermission.CAN_CONNECT_AND_CREATE
    return [
        apps.AppResource(
            name="database",
            postgres=apps.AppResourcePostgres(
                branch=branch,
                database=f"{branch}/databases/databricks-postgres",
                permission=may_create,
            ),
        ),
        apps.AppResource(
            name="key",
            secret=apps.AppResourceSecret(
                scope="tellr",
                key="key",
                permission=apps.AppResourceSecretSecretPermission.READ,
            ),
        ),
    ]


def an_app(client: WorkspaceClient) -> None:
    """From nothing to running, changed, stopped, started and gone."""
    wanted = apps.App(name="tellr", resources=resources(), user_api_scopes=["sql"])
    made = client.apps.create_and_wait(wanted)
    assert made.compute_status.state == apps.ComputeState.ACTIVE
    with refused(ResourceConflict, "already exists"):
        client.apps.create(wanted)

    deployment = client.apps.deploy_and_wait("tellr", apps.AppDeployment(source_code_path=SOURCE))
    assert deployment.status.state == apps.AppDeploymentState.SUCCEEDED
    running = client.apps.get("tellr")
    assert running.app_status.state == apps.ApplicationState.RUNNING
    assert running.active_deployment.deployment_id == deployment.deployment_id

    larger = apps.App(name="tellr", compute_size=apps.ComputeSize.LARGE)
    update = client.apps.create_update_and_wait("tellr", "compute_size", app=larger)
    assert update.status.state == apps.AppUpdateUpdateStatusUpdateState.SUCCEEDED
    assert client.apps.get("tellr").compute_size == apps.ComputeSize.LARGE
    with refused(BadRequest, "Compute size updates are not supported"):
        client.apps.update("tellr", apps.App(name="tellr", compute_size=apps.ComputeSize.MEDIUM))

    everybody = apps.AppAccessControlRequest(
        group_name="users", permission_level=apps.AppPermissionLevel.CAN_USE
    )
    client.apps.update_permissions("tellr", access_control_list=[everybody])
    shown = client.apps.get_permissions("tellr").access_control_list
    assert "users" in [entry.group_name for entry in shown]

    assert client.apps.stop_and_wait("tellr").compute_status.state == apps.ComputeState.STOPPED
    assert client.apps.start_and_wait("tellr").compute_status.state == apps.ComputeState.ACTIVE
    assert [app.name for app in client.apps.list()] == ["tellr"]
    client.apps.delete("tellr")
    with refused(NotFound, "App with name tellr does not exist or is deleted."):
        client.apps.get("tellr")


def other_rights() -> None:
    """Ben may create apps, but neither databases nor somebody else's resources."""
    ben = WorkspaceClient(host=os.environ["LOCAL_HOST"], token=os.environ["LOCAL_OTHER_TOKEN"])
    with refused(PermissionDenied, "does not have"):
        ben.postgres.create_project(postgres.Project(), "bens-db")
    with refused(PermissionDenied, "does not have"):
        ben.apps.create(apps.App(name="bens", resources=resources()))
    ben.apps.create_and_wait(apps.App(name="bens"))
    ben.apps.delete("bens")


def main() -> None:
    """Say everything."""
    client = WorkspaceClient(host=os.environ["LOCAL_HOST"], token=os.environ["LOCAL_TOKEN"])
    identity(client)
    sign_in()
    files(client)
    secrets(client)
    autoscaling(client)
    provisioned(client)
    an_app(client)
    other_rights()
    print("all said")


if __name__ == "__main__":
    main()
