"""The operations as functions: those that change something, and those that only ask.

The parameters in front of the ``*`` are the specification's, in its order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.arguments import Given
from tellr.errors import invalid
from tellr.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from databricks.sdk import WorkspaceClient

    from tellr.app_log import Log, LogLine
    from tellr.results import AppList, Findings, History, Plan, Result, Status


def create(
    lakebase_name: str | None = None,
    schema_name: str | None = None,
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    lakebase_compute: str = "CU_1",
    app_compute: str = "MEDIUM",
    app_version: str | None = None,
    description: str = "Tellr AI Slide Generator",
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    encryption_key: str | None = None,
    use_test_pypi: bool = False,
    *,
    # The settings of `create` (generated)
    instances: int | str | None = None,
    app_package: str | None = None,
    local_wheel_path: str | PathLike[str] | None = None,
    seed_databricks_defaults: bool = False,
    serving_endpoint: str | None = None,
    genie_spaces: list[str] | None = None,
    sql_warehouse: str | None = None,
    share_with: list[str] | None = None,
    tags: dict[str, str] | None = None,
    telemetry: str | None = None,
    usage_policy: str | None = None,
    extra_scopes: list[str] | None = None,
    extra_env: dict[str, str] | None = None,
    encryption_key_storage: str | None = None,
    # end
    environment: str | None = None,
    progress: str = "auto",
) -> Result:
    """Deploy Tellr: database, key, app, permissions, schema, deployment.

    Run the same again after an interruption or a failure: it resumes where it stopped::

        tellr.create()
        tellr.create(app_name="slides", lakebase_compute="CU_2")

    Args:
        app_name: The name of the app in the workspace. If left out: ``tellr``.
        lakebase_name: The Lakebase database. ``create`` creates it if it doesn't exist. If left
            out: ``tellr-db``.
        schema_name: The Postgres schema in the database that holds the app's data. If left out:
            ``app_data``.
        app_compute: The size of the app's compute. One of ``MEDIUM``, ``LARGE``, ``XLARGE``. If
            left out: ``MEDIUM``.
        lakebase_compute: The size of a database that is created, in compute units; it scales
            between half and twice of it. A database that exists keeps its size. One of ``CU_1``,
            ``CU_2``, ``CU_4``, ``CU_8``. If left out: ``CU_1``.
        instances: How many instances of the app run, 1 to 5, such as ``2``; or a range such as
            ``1-3``, within which the platform scales with the load. Beta of the platform. If left
            out: 1.
        app_version: The version of the app's package: one exact version, or ``latest``. If left
            out: this deployer's own version.
        app_file_workspace_path: The workspace folder for the app's files. If left out:
            /Workspace/Users/<you>/.apps/<app>.
        description: The description that the workspace shows beside the app's name. If left out:
            ``Tellr AI Slide Generator``.
        app_package: Which of the two apps to deploy. One of ``tellr-app``,
            ``databricks-tellr-app``. If left out: ``tellr-app``.
        local_wheel_path: A wheel of the app on this machine, deployed instead of a published
            version.
        use_test_pypi: Install the app from TestPyPI, and its dependencies from PyPI.
        seed_databricks_defaults: Also add deck prompts and a style about the Databricks platform.
        serving_endpoint: The name of the model serving endpoint that the app's assistant asks; the
            app is permitted to query it. Given as an empty text, it is detached. If left out:
            chosen in the app.
        genie_spaces: The ids of the Genie spaces that the app's assistant asks for data. An empty
            list detaches them. If left out: chosen in the app.
        sql_warehouse: The id of the SQL warehouse that the app may use. Given as an empty text, it
            is detached.
        share_with: Who may use the app: users by user name, groups by name, service principals by
            application id; ``users`` is the whole workspace. With ``:CAN_MANAGE`` after the name
            they may also change the app. Grants are only added. If left out: its creator and
            workspace admins.
        tags: Tags of the app, as keys with values, such as a cost center; a value may be empty.
            Other tags of the app stay. For a governed tag you need the right to assign it. Not for
            secrets: others can read them.
        telemetry: Where the platform writes the app's logs, metrics and traces: a Unity Catalog
            schema such as ``main.tellr``, or three tables for logs, metrics and traces, separated
            by commas. Given as an empty text, nothing is written.
        usage_policy: The id of the usage policy whose tags the app's usage is billed with.
        extra_scopes: API scopes of the app, in addition to the six that it always requests.
        extra_env: Additional environment variables of the app, as names with values. Not for
            secrets: they are readable in the app's files. Names that the deployer or the platform
            sets are refused. If omitted, they stay as deployed.
        encryption_key_storage: Where the encryption key is kept. One of ``secret_scope``,
            ``app_yaml``. If left out: ``secret_scope``.
        encryption_key: A Fernet key to use. If omitted, the existing key is kept, or a new one is
            created.
        client: A ``WorkspaceClient`` to take the workspace and the credential from.
        profile: A profile of ``~/.databrickscfg`` to take them from; it wins over the environment.
            If both are left out: the environment, then the file's default profile, then the
            notebook's own identity.
        config_yaml_path: A file, or a path below ``/Workspace``, that says what to deploy. It
            excludes the arguments that say so.
        environment: Which of the file's ``environments``.
        progress: ``timeline`` (notebooks), ``lines``, ``brief`` (one per step), ``none``; ``auto``
            chooses by where this runs.

    Returns:
        A dict with ``url``, ``app_name``, ``lakebase_name``, ``schema_name``, ``status``
        (``created``), and ``lakebase_type`` and ``steps`` with how long each took.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    encryption_key = _hidden(encryption_key)
    return _run("create", Given("create", locals()))


def update(
    app_name: str,
    app_file_workspace_path: str,
    lakebase_name: str,
    schema_name: str,
    app_version: str | None = None,
    reset_database: bool = False,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    encryption_key: str | None = None,
    use_test_pypi: bool = False,
    *,
    # The settings of `update` (generated)
    app_compute: str | None = None,
    instances: int | str | None = None,
    description: str | None = None,
    app_package: str | None = None,
    local_wheel_path: str | PathLike[str] | None = None,
    seed_databricks_defaults: bool = False,
    serving_endpoint: str | None = None,
    genie_spaces: list[str] | None = None,
    sql_warehouse: str | None = None,
    share_with: list[str] | None = None,
    tags: dict[str, str] | None = None,
    telemetry: str | None = None,
    usage_policy: str | None = None,
    extra_scopes: list[str] | None = None,
    extra_env: dict[str, str] | None = None,
    encryption_key_storage: str | None = None,
    adopt: bool = False,
    on_failure: str | None = None,
    # end
    confirm: str | bool | None = None,
    progress: str = "auto",
) -> Result:
    """Deploy another version or other settings. The key and the data are kept.

    With ``reset_database`` the schema is emptied. A database that can branch gets a branch with the
    previous data first, which the result names as ``restore_point``. In an interactive session
    this shows what will be lost and asks for the app's name; ``confirm=`` with the app's name
    answers. What is left out stays as it is. The other arguments are those of ``create``::

        folder = "/Workspace/Users/me@example.com/.apps/slides"
        tellr.update("slides", folder, "tellr-db", "app_data")

    Returns:
        A dict with ``url``, ``app_name``, ``deployment_id``, ``status`` (``updated``),
        ``database_reset``, and ``lakebase_type`` and ``steps``.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    encryption_key = _hidden(encryption_key)
    return _run("update", Given("update", locals()))


def delete(
    app_name: str,
    lakebase_name: str | None = None,
    schema_name: str | None = None,
    reset_database: bool = False,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    *,
    # The settings of `delete` (generated)
    app_file_workspace_path: str | None = None,
    # end
    confirm: str | bool | None = None,
    progress: str = "auto",
) -> Result:
    """Delete the app. The database and the key are kept.

    With ``reset_database`` the schema is dropped as well, after a branch with its data was created
    where the database can branch. In an interactive session this shows what will be lost and asks
    for the app's name; ``confirm=`` with the app's name answers, and a script is not asked::

        tellr.delete("slides")
        tellr.delete("slides", reset_database=True, confirm="slides")

    Returns:
        A dict with ``app_name``, ``status`` (``deleted``), ``database_reset``, and ``steps``.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    return _run("delete", Given("delete", locals()))


def rollback(
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    *,
    # The settings of `rollback` (generated)
    to_release: str | None = None,
    on_failure: str | None = None,
    # end
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    environment: str | None = None,
    progress: str = "auto",
) -> Result:
    """Deploy an earlier release again: its files, version and settings, not its data.

    ``tellr.history()`` lists the releases. Left out, ``to_release`` is the last one that was
    healthy before the present one::

        tellr.rollback("slides")
        tellr.rollback("slides", to_release=3)

    Returns:
        A dict with ``url``, ``app_name``, ``status`` (``rolled_back``), ``release`` (the number of
        the new release), ``returned_to``, ``version``, and ``stays``: what was not brought back.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    to_release = str(to_release) if isinstance(to_release, int) else to_release
    return _run("rollback", Given("rollback", locals()))


def restore(
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    *,
    # The settings of `restore` (generated)
    on_failure: str | None = None,
    restore_from: str | None = None,
    # end
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    environment: str | None = None,
    confirm: str | bool | None = None,
    progress: str = "auto",
) -> Result:
    """Give the app the data of a restore point.

    A reset creates a restore point; ``tellr.history()`` lists them. The app's present data is kept
    in a branch of the database, from which another ``restore`` brings it back. In an interactive
    session this shows what the app will no longer show, and asks for the app's name::

        tellr.restore("slides")
        tellr.restore("slides", restore_from="pre-reset-20261123-150000", confirm="slides")

    Returns:
        A dict with ``url``, ``app_name``, ``status`` (``restored``), ``release``,
        ``restored_from``, ``branch``, and ``previous_branch``.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    return _run("restore", Given("restore", locals()))


def plan(operation: str, *args: Any, **arguments: Any) -> Plan:  # noqa: ANN401
    """Show what an operation that changes something would do with these arguments.

    It asks the workspace, and changes nothing. The arguments are those of the operation:
    ``tellr.plan("create", app_name="slides")``.

    Returns:
        A dict, displayed readably: the steps, the files as they would be written (never with the
        key), what exists already, what would be lost, and what could be restored.
    """
    import inspect

    operations = {
        "create": create,
        "update": update,
        "delete": delete,
        "rollback": rollback,
        "restore": restore,
    }
    if not isinstance(operation, str) or operation not in operations:
        raise invalid("operation", f"It is {operation!r}", f"Use one of {', '.join(operations)}")
    bound = inspect.signature(operations[operation]).bind(*args, **arguments)
    bound.apply_defaults()
    from tellr import running

    return running.plan(operation, Given(operation, bound.arguments))


def status(
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    *,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    environment: str | None = None,
    progress: str = "none",
) -> Status:
    """Show the status of an app: its state, its database, the last run, and any run in progress.

    It asks the workspace, and changes nothing. Returns a dict, displayed readably.
    """
    given = Given("status", locals())
    from tellr import running

    return running.status(given)


def history(
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    *,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    environment: str | None = None,
    progress: str = "none",
) -> History:
    """List the releases of an app, and the restore points of its database.

    It asks the workspace, and changes nothing. Returns a dict, displayed readably.
    """
    given = Given("history", locals())
    from tellr import running

    return running.history(given)


def list_apps(
    *,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    progress: str = "none",
) -> AppList:
    """List the Tellr apps of the workspace that you can see.

    It asks the workspace, and changes nothing. Returns a dict, displayed as a table: for each app
    its version, health, drift, last run, database, and what it uses per hour.
    """
    given = Given("list", locals())
    from tellr import running

    return running.list_apps(given)


def doctor(app_name: str | None = None, **arguments: Any) -> Findings:  # noqa: ANN401
    """Check everything that a deployment needs, and say who can fix what.

    It asks the workspace, and changes nothing. The arguments are those of ``create``. An app that
    exists is checked as for ``update``, where what is left out stays as it is::

        tellr.doctor()
        tellr.doctor("slides", serving_endpoint="my-endpoint")

    Returns:
        A dict, displayed readably. ``ok`` says whether nothing would stop the deployment;
        ``findings`` has each check with ``severity``, ``message``, ``who`` and ``how``.
    """
    import inspect

    bound = inspect.signature(create).bind(app_name=app_name, **arguments)
    bound.apply_defaults()
    from tellr import running

    # The defaults of `create` don't count as given.
    return running.doctor(Given("create", bound.arguments))


def logs(
    app_name: str | None = None,
    tail: int = 200,
    *,
    follow: bool = False,
    search: str = "",
    client: WorkspaceClient | None = None,
    profile: str | None = None,
) -> Log | Iterator[LogLine]:
    """Read the log of an app.

    Returns:
        The last ``tail`` lines as a list that displays as text; each line is a dict with
        ``timestamp``, ``source`` and ``message``. With ``follow`` an iterator over these and new
        lines, which ends when the app is stopped::

            for line in tellr.logs("slides", tail=10, follow=True):
                print(line)
    """
    parameters = {"app_name": app_name, "client": client, "profile": profile, "progress": "none"}
    from tellr import running

    return running.logs(Given("status", parameters), tail, search, follow=follow)


def _hidden(text: str | None) -> str | None:
    return Secret(text) if isinstance(text, str) else text


def _run(operation: str, given: Given) -> Result:
    from tellr import running

    return running.run(operation, given)
