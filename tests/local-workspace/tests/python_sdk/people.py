"""Who calls, who else is here, and which group somebody is in."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, urlsplit

import requests
from calls import Client, refused
from databricks.sdk import WorkspaceClient, oauth
from databricks.sdk.errors import (
    BadRequest,
    NotFound,
    PermissionDenied,
    ResourceConflict,
    ResourceDoesNotExist,
)
from databricks.sdk.service import iam

ADA = "ada@example.com"


def me(client: Client) -> None:
    """Users by token, machines by client id and secret."""
    ada = client.current_user.me()
    assert ada.user_name == ADA
    assert ada.display_name == "Ada Admin"
    assert (ada.name.given_name, ada.name.family_name) == ("Ada", "Admin")
    assert [(email.value, email.primary, email.type) for email in ada.emails] == [
        (ADA, True, "work")
    ]
    assert [group.display for group in ada.groups] == ["users", "admins"]
    assert "allow-cluster-create" in [entitlement.value for entitlement in ada.entitlements]
    assert client.plain.get_workspace_id() > 0
    robot = Client(
        client_id=os.environ["LOCAL_CLIENT_ID"], client_secret=os.environ["LOCAL_CLIENT_SECRET"]
    )
    assert robot.current_user.me().user_name == os.environ["LOCAL_CLIENT_ID"]


def host_metadata(client: Client) -> None:
    """What a client learns of the host before its first call."""
    endpoints = oauth.get_workspace_endpoints(os.environ["LOCAL_HOST"])
    assert endpoints.token_endpoint == f"{os.environ['LOCAL_HOST']}/oidc/v1/token"
    if not hasattr(oauth, "get_host_metadata"):
        return
    metadata = oauth.get_host_metadata(os.environ["LOCAL_HOST"])
    assert metadata.oidc_endpoint == f"{os.environ['LOCAL_HOST']}/oidc"
    assert metadata.workspace_id == str(client.plain.get_workspace_id())
    assert len(metadata.account_id) == 36
    assert getattr(metadata, "cloud", None) is None or metadata.cloud.value == "AWS"
    assert client.plain.config.account_id == metadata.account_id


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


def users(client: Client) -> None:
    """Lists with pages and filters, then one user from made to deleted."""
    names = [user.user_name for user in client.users.list(sort_by="userName")]
    assert names == [ADA, "ben@example.com", "carla@example.com"], names
    down = iam.ListSortOrder.DESCENDING
    paged = client.users.list(sort_by="userName", sort_order=down, count=2, start_index=1)
    assert [user.user_name for user in paged] == list(reversed(names))
    one_each = client.users.list(count=1)
    assert sorted(user.user_name for user in one_each) == names
    for text, expected in [
        ('userName eq "BEN@example.com"', names[1:2]),
        ('userName sw "a" or userName sw "b"', names[:2]),
        ('not (displayName co "admin") and active eq true', names[1:]),
        ('userName ew "@nowhere.org"', []),
        ("emails pr and name.givenName ne 'Ada'", names[1:]),
    ]:
        found = client.users.list(filter=text, sort_by="userName")
        assert [user.user_name for user in found] == expected, text
    with refused(BadRequest, "invalidFilter"):
        list(client.users.list(filter='userName gt "a"'))
    (reduced,) = client.users.list(filter=f'userName eq "{ADA}"', attributes="id,userName")
    assert (reduced.user_name, reduced.emails or [], reduced.groups or []) == (ADA, [], [])
    (reduced,) = client.users.list(filter=f'userName eq "{ADA}"', excluded_attributes="emails")
    assert (reduced.user_name, reduced.emails or []) == (ADA, [])

    made = client.users.create(
        user_name="dora@example.com",
        name=iam.Name(given_name="Dora", family_name="Dev"),
        entitlements=[iam.ComplexValue(value="workspace-access")],
    )
    assert (made.display_name, made.active) == ("Dora Dev", True)
    with refused(ResourceConflict, "already exists"):
        client.users.create(user_name="dora@example.com")
    with refused(BadRequest, "email address"):
        client.users.create(user_name="dora")
    rename = iam.Patch(op=iam.PatchOp.REPLACE, path="displayName", value="Dora D.")
    allow = iam.Patch(
        op=iam.PatchOp.ADD, path="entitlements", value=[{"value": "allow-cluster-create"}]
    )
    schemas = [iam.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]
    client.users.patch(made.id, operations=[rename, allow], schemas=schemas)
    read = client.users.get(made.id)
    assert read.display_name == "Dora D."
    entitlements = [entitlement.value for entitlement in read.entitlements]
    assert entitlements == ["allow-cluster-create", "workspace-access"]
    client.users.update(made.id, user_name="dora@example.com", active=False)
    assert client.users.get(made.id).active is False
    assert client.users.get(made.id, attributes="userName").active is None
    assert client.users.get_permissions().object_id == "/authorization/passwords"
    assert client.users.get_permission_levels().permission_levels
    client.users.delete(made.id)
    with refused(NotFound, f"User with id {made.id} not found."):
        client.users.get(made.id)
    with refused(NotFound, "not found"):
        client.users.delete(made.id)


def groups(client: Client, ben: Client) -> None:
    """A group with a member, in another group, and what is granted to it."""
    ben_id = ben.current_user.me().id
    made = client.groups.create(
        display_name="makers", members=[iam.ComplexValue(value=ben_id)], external_id="x-1"
    )
    assert (made.display_name, made.external_id) == ("makers", "x-1")
    assert [member.value for member in made.members] == [ben_id]
    outer = client.groups.create(display_name="outer", members=[iam.ComplexValue(value=made.id)])
    mine = {group.display: group.type for group in ben.current_user.me().groups}
    assert mine == {"users": "direct", "makers": "direct", "outer": "indirect"}, mine
    with refused(ResourceConflict, "already exists"):
        client.groups.create(display_name="makers")
    assert [group.display_name for group in client.groups.list(sort_by="displayName")] == [
        "admins",
        "makers",
        "outer",
        "users",
    ]
    (found,) = client.groups.list(filter='displayName eq "outer"', excluded_attributes="members")
    assert (found.id, found.members or []) == (outer.id, [])

    leave = iam.Patch(op=iam.PatchOp.REMOVE, path=f'members[value eq "{ben_id}"]')
    client.groups.patch(made.id, operations=[leave])
    assert not client.groups.get(made.id).members
    join = iam.Patch(op=iam.PatchOp.ADD, value={"members": [{"value": ben_id}]})
    client.groups.patch(made.id, operations=[join])
    assert [member.value for member in client.groups.get(made.id).members] == [ben_id]
    client.groups.update(made.id, display_name="builders")
    renamed = client.groups.get(made.id)
    assert (renamed.display_name, renamed.members or []) == ("builders", [])
    with refused(PermissionDenied, "workspace admins"):
        ben.groups.create(display_name="bens")
    client.groups.delete(outer.id)
    client.groups.delete(made.id)
    with refused(NotFound, f"Group with id {made.id} not found."):
        client.groups.get(made.id)


def service_principals(client: Client) -> None:
    """A machine that is made, gets a secret, signs in, and goes."""
    made = client.service_principals.create(display_name="nightly")
    assert len(made.application_id) == 36
    with refused(ResourceConflict, "already exists"):
        client.service_principals.create(application_id=made.application_id)
    (found,) = client.service_principals.list(filter=f'applicationId eq "{made.application_id}"')
    assert (found.id, found.display_name) == (made.id, "nightly")
    assert len(list(client.service_principals.list(count=1))) >= 2

    secrets = client.service_principal_secrets_proxy
    assert list(secrets.list(made.id)) == []
    secret = secrets.create(made.id, lifetime="86400s")
    assert secret.secret
    assert secret.expire_time > secret.create_time
    (listed,) = secrets.list(made.id)
    assert (listed.id, listed.status, listed.secret_hash) == (
        secret.id,
        "ACTIVE",
        secret.secret_hash,
    )
    machine = Client(client_id=made.application_id, client_secret=secret.secret)
    assert machine.current_user.me().display_name == "nightly"
    with refused(ResourceDoesNotExist, "not found"):
        secrets.create("1")
    secrets.delete(made.id, secret.id)
    assert list(secrets.list(made.id)) == []

    rename = iam.Patch(op=iam.PatchOp.REPLACE, path="displayName", value="weekly")
    client.service_principals.patch(made.id, operations=[rename])
    assert client.service_principals.get(made.id).display_name == "weekly"
    client.service_principals.update(
        made.id, application_id=made.application_id, display_name="monthly", active=True
    )
    assert client.service_principals.get(made.id).display_name == "monthly"
    client.service_principals.delete(made.id)
    with refused(NotFound, f"Service principal with id {made.id} not found."):
        client.service_principals.get(made.id)
