"""Secrets, tokens, serving endpoints, permissions, and services that have nothing."""

from __future__ import annotations

import base64
import os

from calls import Client, refused
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
    Unauthenticated,
)
from databricks.sdk.service import iam, serving, settings, workspace

BEN = "ben@example.com"


def secrets(client: Client, ben: Client) -> None:
    """A scope, values and who may read them."""
    secrets = client.secrets
    secrets.create_scope("tellr")
    with refused(ResourceAlreadyExists, "already exists"):
        secrets.create_scope("tellr")
    with refused(InvalidParameterValue, "alphanumeric"):
        secrets.create_scope("a b")
    secrets.put_secret("tellr", "key", string_value="hush")
    secrets.put_secret("tellr", "bytes", bytes_value=base64.b64encode(b"\0\xff").decode())
    assert base64.b64decode(secrets.get_secret("tellr", "key").value) == b"hush"
    assert base64.b64decode(secrets.get_secret("tellr", "bytes").value) == b"\0\xff"
    listed = [(item.key, item.last_updated_timestamp > 0) for item in secrets.list_secrets("tellr")]
    assert listed == [("bytes", True), ("key", True)], listed
    assert [scope.name for scope in secrets.list_scopes()] == ["tellr"]
    with refused(ResourceDoesNotExist, "does not exist"):
        secrets.get_secret("tellr", "none")
    with refused(ResourceDoesNotExist, "Scope none does not exist"):
        secrets.list_secrets("none").__next__()

    with refused(PermissionDenied, "does not have"):
        ben.secrets.get_secret("tellr", "key")
    secrets.put_acl("tellr", BEN, workspace.AclPermission.READ)
    assert ben.secrets.get_secret("tellr", "key").key == "key"
    with refused(PermissionDenied, "does not have"):
        ben.secrets.put_secret("tellr", "key", string_value="mine")
    assert secrets.get_acl("tellr", BEN).permission == workspace.AclPermission.READ
    assert BEN in [item.principal for item in secrets.list_acls("tellr")]
    secrets.delete_acl("tellr", BEN)
    with refused(ResourceDoesNotExist, "No ACL"):
        secrets.get_acl("tellr", BEN)
    secrets.delete_secret("tellr", "bytes")
    assert [item.key for item in secrets.list_secrets("tellr")] == ["key"]
    secrets.create_scope("short")
    secrets.delete_scope("short")
    with refused(ResourceDoesNotExist, "Scope short does not exist"):
        secrets.delete_scope("short")


def tokens(client: Client) -> None:
    """One's own tokens, and everybody's."""
    assert list(client.tokens.list()) == []
    made = client.tokens.create(comment="script", lifetime_seconds=3600)
    info = made.token_info
    assert (info.comment, info.expiry_time - info.creation_time) == ("script", 3_600_000)
    other = Client(token=made.token_value)
    assert other.current_user.me().user_name == "ada@example.com"
    assert [token.token_id for token in client.tokens.list()] == [info.token_id]
    (managed,) = client.token_management.list(created_by_username="ada@example.com")
    assert (managed.token_id, managed.owner_id) == (
        info.token_id,
        int(client.current_user.me().id),
    )
    assert list(client.token_management.list(created_by_username=BEN)) == []
    assert client.token_management.get(info.token_id).token_info.comment == "script"
    client.tokens.delete(info.token_id)
    with refused(Unauthenticated, "Invalid access token"):
        other.current_user.me()
    with refused(ResourceDoesNotExist, "does not exist!"):
        client.tokens.delete(info.token_id)
    with refused(InvalidParameterValue, "lifetime_seconds"):
        client.tokens.create(lifetime_seconds=-1)

    robot = os.environ["LOCAL_CLIENT_ID"]
    on_behalf = client.token_management.create_obo_token(robot, lifetime_seconds=60)
    machine = Client(token=on_behalf.token_value)
    assert machine.current_user.me().user_name == robot
    client.token_management.delete(on_behalf.token_info.token_id)
    with refused(ResourceDoesNotExist, "does not exist!"):
        client.token_management.get(on_behalf.token_info.token_id)
    shown = client.token_management.get_permissions()
    assert shown.object_id == "/authorization/tokens"
    levels = client.token_management.get_permission_levels().permission_levels
    assert settings.TokenPermissionLevel.CAN_USE in [level.permission_level for level in levels]


def serving_endpoints(client: Client, ben: Client) -> None:
    """Called by name, permitted by id."""
    endpoints = list(client.serving_endpoints.list())
    assert len(endpoints) == 2
    for listed in endpoints:
        assert listed.id != listed.name
        assert listed.state.ready == serving.EndpointStateReady.READY
        read = client.serving_endpoints.get(listed.name)
        assert (read.id, read.task) == (listed.id, "llm/v1/chat")
        with refused(ResourceDoesNotExist, "does not exist"):
            client.serving_endpoints.get(listed.id)
    one = endpoints[0]
    question = serving.ChatMessage(role=serving.ChatMessageRole.USER, content="Hello")
    answer = client.serving_endpoints.query(one.name, messages=[question], max_tokens=200)
    assert "Hello" in answer.choices[0].message.content, answer
    assert answer.usage.total_tokens > 0
    with refused(ResourceDoesNotExist, "does not exist"):
        client.serving_endpoints.query("none", messages=[question])
    with refused(ResourceDoesNotExist, "does not exist"):
        client.serving_endpoints.get_permissions(one.name)
    levels = client.serving_endpoints.get_permission_levels(one.id).permission_levels
    names = [level.permission_level.value for level in levels]
    assert names == ["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"], names
    with refused(PermissionDenied, "does not have CAN_MANAGE"):
        ben.serving_endpoints.get_permissions(one.id)
    may_manage = serving.ServingEndpointAccessControlRequest(
        user_name=BEN, permission_level=serving.ServingEndpointPermissionLevel.CAN_MANAGE
    )
    client.serving_endpoints.update_permissions(one.id, access_control_list=[may_manage])
    shown = ben.serving_endpoints.get_permissions(one.id)
    assert shown.object_id == f"/serving-endpoints/{one.id}"
    assert BEN in [entry.user_name for entry in shown.access_control_list]
    client.serving_endpoints.set_permissions(one.id, access_control_list=[])
    with refused(PermissionDenied, "does not have CAN_MANAGE"):
        ben.serving_endpoints.get_permissions(one.id)


def any_permissions(client: Client) -> None:
    """The service of permissions itself, by type and id."""
    one = next(iter(client.serving_endpoints.list()))
    kind = "serving-endpoints"
    assert client.permissions.get(kind, one.id).object_type == kind
    assert len(client.permissions.get_permission_levels(kind, one.id).permission_levels) == 3
    everybody = iam.AccessControlRequest(
        group_name="users", permission_level=iam.PermissionLevel.CAN_QUERY
    )
    changed = client.permissions.update(kind, one.id, access_control_list=[everybody])
    direct = [
        entry.group_name
        for entry in changed.access_control_list
        if not entry.all_permissions[0].inherited
    ]
    assert direct == ["users"], direct
    client.permissions.set(kind, one.id, access_control_list=[everybody])
    nobody = iam.AccessControlRequest(
        user_name="nobody@example.com", permission_level=iam.PermissionLevel.CAN_QUERY
    )
    with refused(ResourceDoesNotExist, "nobody@example.com does not exist"):
        client.permissions.update(kind, one.id, access_control_list=[nobody])
    wrong = iam.AccessControlRequest(
        group_name="users", permission_level=iam.PermissionLevel.CAN_RESTART
    )
    with refused(InvalidParameterValue, "CAN_RESTART"):
        client.permissions.update(kind, one.id, access_control_list=[wrong])
    with refused(InvalidParameterValue, "not a supported object type"):
        client.permissions.get("toasters", "1")


def nothing(client: Client) -> None:
    """Lists that are empty and end, and things that don't exist."""
    assert list(client.jobs.list()) == []
    assert list(client.jobs.list_runs()) == []
    assert list(client.clusters.list()) == []
    assert list(client.repos.list()) == []
    with refused(ResourceDoesNotExist, "Job 1 does not exist"):
        client.jobs.get(1)
    with refused(ResourceDoesNotExist, "Run 1 does not exist"):
        client.jobs.get_run(1)
    with refused(ResourceDoesNotExist, "Cluster 1 does not exist"):
        client.clusters.get("1")
    with refused(ResourceDoesNotExist, "Repo"):
        client.repos.get(1)


def refusals(client: Client) -> None:
    """What every refusal tells beside its message."""
    try:
        client.apps.get("none")
    except NotFound as error:
        details = error.get_error_details()
        assert details.request_info is not None, details
        assert details.request_info.request_id.startswith("local-")
    else:
        raise AssertionError("not refused")
    api = client.plain.api_client
    with refused(BadRequest, "invalid value for field 'recursive'.", "MALFORMED_REQUEST"):
        body = {"path": "/x", "recursive": "maybe"}
        api.do("POST", "/api/2.0/workspace/delete", body=body)
    with refused(InvalidParameterValue, "invalid value for field 'page_size'."):
        api.do("GET", "/api/2.0/apps", query={"page_size": "many"})
    with refused(NotFound, "No API found for 'GET /api/2.0/toast'", "ENDPOINT_NOT_FOUND"):
        api.do("GET", "/api/2.0/toast")
    assert api.do("GET", "/api/2.0/preview/scim/v2/Me/")["userName"] == "ada@example.com"
