"""Lakebase, autoscaling and provisioned."""

from __future__ import annotations

from calls import Client, refused
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    ResourceAlreadyExists,
)
from databricks.sdk.service import database

BRANCH = "projects/tellr-db/branches/production"


def autoscaling(client: Client, ben: Client) -> None:
    """A project with everything that comes with it, and what can be made in it."""
    from databricks.sdk.common.types.fieldmask import FieldMask
    from databricks.sdk.service import postgres as pg

    calls = client.postgres
    with refused(NotFound, "project"):
        calls.get_project("projects/tellr-db")
    spec = pg.ProjectSpec(display_name="tellr-db", pg_version=17)
    with refused(PermissionDenied, "does not have"):
        ben.postgres.create_project(pg.Project(spec=spec), "bens-db")
    with refused(InvalidParameterValue, "project_id"):
        calls.create_project(pg.Project(spec=spec), "")
    operation = calls.create_project(pg.Project(spec=spec), "tellr-db")
    assert operation.wait().name == "projects/tellr-db"
    assert calls.get_operation(operation.name()).done
    with refused(AlreadyExists, "already exists"):
        calls.create_project(pg.Project(spec=spec), "tellr-db")
    assert [found.name for found in calls.list_projects()] == ["projects/tellr-db"]
    renamed = pg.Project(name="projects/tellr-db", spec=pg.ProjectSpec(display_name="Decks"))
    calls.update_project(
        "projects/tellr-db", renamed, FieldMask(field_mask=["spec.display_name"])
    ).wait()
    assert calls.get_project("projects/tellr-db").status.display_name == "Decks"

    (endpoint,) = calls.list_endpoints(BRANCH)
    assert endpoint.name == f"{BRANCH}/endpoints/primary"
    read = calls.get_endpoint(endpoint.name)
    assert read.status.hosts.host
    assert read.status.endpoint_type == pg.EndpointType.ENDPOINT_TYPE_READ_WRITE
    wider = pg.EndpointSpec(
        endpoint_type=pg.EndpointType.ENDPOINT_TYPE_READ_WRITE,
        autoscaling_limit_min_cu=1.0,
        autoscaling_limit_max_cu=4.0,
    )
    mask = FieldMask(field_mask=["spec.autoscaling_limit_min_cu", "spec.autoscaling_limit_max_cu"])
    calls.update_endpoint(endpoint.name, pg.Endpoint(name=endpoint.name, spec=wider), mask).wait()
    assert calls.get_endpoint(endpoint.name).status.autoscaling_limit_max_cu == 4.0
    credential = calls.generate_database_credential(endpoint.name)
    assert credential.token
    assert credential.expire_time
    with refused(NotFound, "endpoint"):
        calls.generate_database_credential(f"{BRANCH}/endpoints/none")

    _branches(client)
    _roles_and_databases(client)


def _branches(client: Client) -> None:
    from databricks.sdk.service import postgres as pg
    from google.protobuf.duration_pb2 import Duration

    calls = client.postgres
    spec = pg.BranchSpec(source_branch=BRANCH, no_expiry=True)
    made = calls.create_branch("projects/tellr-db", pg.Branch(spec=spec), "before-reset").wait()
    assert made.name == "projects/tellr-db/branches/before-reset"
    assert made.status.source_branch == BRANCH
    with refused(AlreadyExists, "already exists"):
        calls.create_branch("projects/tellr-db", pg.Branch(spec=spec), "before-reset")
    names = sorted(branch.name for branch in calls.list_branches("projects/tellr-db", page_size=1))
    assert names == [made.name, BRANCH], names
    assert calls.get_branch(BRANCH).status.default
    assert made.status.expire_time is None
    spec = pg.BranchSpec(source_branch=BRANCH, ttl=Duration(seconds=3600))
    calls.create_branch("projects/tellr-db", pg.Branch(spec=spec), "an-hour").wait()
    ends = {
        branch.name: branch.status.expire_time
        for branch in calls.list_branches("projects/tellr-db")
    }
    assert ends[made.name] is None
    assert ends["projects/tellr-db/branches/an-hour"] is not None
    calls.delete_branch("projects/tellr-db/branches/an-hour").wait()
    calls.delete_branch(made.name).wait()
    with refused(NotFound, "branch"):
        calls.get_branch("projects/tellr-db/branches/none")


def _roles_and_databases(client: Client) -> None:
    from databricks.sdk.service import postgres as pg

    calls = client.postgres
    spec = pg.RoleRoleSpec(postgres_role="ben@example.com", identity_type=pg.RoleIdentityType.USER)
    role = calls.create_role(BRANCH, pg.Role(spec=spec), role_id="ben").wait()
    assert role.name == f"{BRANCH}/roles/ben"
    assert calls.get_role(role.name).status.postgres_role == "ben@example.com"
    assert role.name in [found.name for found in calls.list_roles(BRANCH)]
    spec = pg.DatabaseDatabaseSpec(postgres_database="decks", role=role.name)
    made = calls.create_database(BRANCH, pg.Database(spec=spec), database_id="decks").wait()
    assert made.name == f"{BRANCH}/databases/decks"
    assert calls.get_database(made.name).status.postgres_database == "decks"
    found = sorted(item.status.postgres_database for item in calls.list_databases(BRANCH))
    assert found == ["databricks_postgres", "decks"], found
    calls.delete_database(made.name).wait()
    with refused(NotFound, "database"):
        calls.get_database(made.name)
    calls.delete_role(role.name).wait()
    with refused(NotFound, "role"):
        calls.get_role(role.name)


def provisioned(client: Client) -> None:
    """An instance with roles and a credential, stopped, started and deleted."""
    calls = client.database
    with refused(NotFound, "Database instance old-db"):
        calls.get_database_instance("old-db")
    wanted = database.DatabaseInstance(name="old-db", capacity="CU_1")
    made = calls.create_database_instance_and_wait(wanted)
    assert made.state == database.DatabaseInstanceState.AVAILABLE
    with refused(ResourceAlreadyExists, "not unique"):
        calls.create_database_instance(wanted)
    with refused(InvalidParameterValue, "capacity"):
        calls.create_database_instance(database.DatabaseInstance(name="x-db", capacity="CU_3"))
    read = calls.get_database_instance("old-db")
    assert read.read_write_dns
    assert read.creator == "ada@example.com"
    assert calls.find_database_instance_by_uid(uid=read.uid).name == "old-db"
    assert [found.name for found in calls.list_database_instances(page_size=1)] == ["old-db"]
    credential = calls.generate_database_credential(instance_names=["old-db"])
    assert credential.token
    assert credential.expiration_time
    with refused(NotFound, "none not found"):
        calls.generate_database_credential(instance_names=["none"])

    role = database.DatabaseInstanceRole(
        name="ben@example.com", identity_type=database.DatabaseInstanceRoleIdentityType.USER
    )
    assert calls.create_database_instance_role("old-db", role).name == "ben@example.com"
    with refused(AlreadyExists, "already exists"):
        calls.create_database_instance_role("old-db", role)
    assert calls.get_database_instance_role("old-db", "ben@example.com").identity_type == (
        database.DatabaseInstanceRoleIdentityType.USER
    )
    names = [found.name for found in calls.list_database_instance_roles("old-db")]
    assert sorted(names) == ["ada@example.com", "ben@example.com"], names
    calls.delete_database_instance_role("old-db", "ben@example.com")
    with refused(NotFound, "Role ben@example.com not found"):
        calls.get_database_instance_role("old-db", "ben@example.com")

    def stopped(value: bool) -> database.DatabaseInstanceState:
        change = database.DatabaseInstance(name="old-db", stopped=value)
        return calls.update_database_instance("old-db", change, "stopped").state

    assert stopped(True) == database.DatabaseInstanceState.STOPPED
    assert stopped(False) == database.DatabaseInstanceState.AVAILABLE
    with refused(BadRequest, "purge"):
        calls.delete_database_instance("old-db", purge=False)
    calls.delete_database_instance("old-db", purge=True)
    with refused(NotFound, "not found"):
        calls.get_database_instance("old-db")


def project_goes(client: Client) -> None:
    """The project is deleted, and there again."""
    calls = client.postgres
    calls.delete_project("projects/tellr-db").wait()
    assert list(calls.list_projects()) == []
    if client.knows("postgres", "undelete_project"):
        calls.undelete_project("projects/tellr-db").wait()
        assert [found.name for found in calls.list_projects()] == ["projects/tellr-db"]
        calls.delete_project("projects/tellr-db", purge=True).wait()
    with refused(NotFound, "project"):
        calls.get_project("projects/tellr-db")
