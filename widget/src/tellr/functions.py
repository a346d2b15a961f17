"""``create``, ``update``, ``delete``, ``plan`` and ``status``.

The parameters in front of the ``*`` are the specification's, in its order. There is no deploy
logic here: what is given goes to the deployer's module as it is, and what comes back is returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.arguments import Given
from tellr.errors import DeploymentError, InvalidArgumentError, invalid
from tellr.secrets import Secret

if TYPE_CHECKING:
    from os import PathLike

    from databricks.sdk import WorkspaceClient

    from tellr.kernel.run import Run
    from tellr.progress.reporter import Reporter

_TICK_SECONDS = 0.5


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
    encryption_key_storage: str | None = None,
    local_wheel_path: str | PathLike[str] | None = None,
    app_package: str | None = None,
    environment: str | None = None,
    seed_databricks_defaults: bool = False,
    extra_scopes: list[str] | None = None,
    progress: str = "auto",
) -> dict[str, Any]:
    """Deploy Tellr: database, key, app, permissions, schema, deployment. Run again, it goes on.

    Args:
        lakebase_name: The Lakebase database, made if it isn't there; ``tellr-db`` if left out.
        schema_name: The PostgreSQL schema in it; ``app_data`` if left out.
        app_name: The app; ``tellr`` if left out.
        app_file_workspace_path: The workspace folder for the app's files; ``.apps/<app>`` in your
            home folder if left out.
        lakebase_compute: ``CU_1``, ``CU_2``, ``CU_4`` or ``CU_8``, for a database that is made.
        app_compute: ``MEDIUM``, ``LARGE`` or ``XLARGE``.
        app_version: One exact version of the app, or ``latest``; this package's own if left out.
        description: What the workspace shows beside the app's name.
        client: A ``WorkspaceClient`` to take the workspace and the credential from.
        profile: A profile of ``~/.databrickscfg`` to take them from; what the notebook has by
            itself if both are left out.
        config_yaml_path: A file, or a path below ``/Workspace``, that says what to deploy. It
            excludes the arguments that say so.
        encryption_key: A Fernet key; the one in use is kept, and one is made if there is none.
        use_test_pypi: Install the app from the test index.
        encryption_key_storage: ``secret_scope`` (if left out) or ``app_yaml``.
        local_wheel_path: A wheel of the app to deploy instead of a published version.
        app_package: ``tellr-app`` (if left out) or ``databricks-tellr-app``.
        environment: Which of the file's ``environments``.
        seed_databricks_defaults: Also add the prompts and the style about Databricks.
        extra_scopes: API scopes of the app beside those that it always has.
        progress: ``timeline`` (notebooks), ``lines``, ``brief`` (one a step), ``none``; ``auto``
            takes the one that fits.

    Returns:
        ``url``, ``app_name``, ``lakebase_name``, ``schema_name``, ``status`` (``created``), and
        ``lakebase_type`` and ``steps`` with how long each took.

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
    app_compute: str | None = None,
    description: str | None = None,
    encryption_key_storage: str | None = None,
    local_wheel_path: str | PathLike[str] | None = None,
    app_package: str | None = None,
    seed_databricks_defaults: bool = False,
    extra_scopes: list[str] | None = None,
    progress: str = "auto",
) -> dict[str, Any]:
    """Deploy another version, or other settings. Key and data stay.

    With ``reset_database`` the schema is emptied; a database that can branch gets a branch to go
    back to first, which the result names as ``restore_point``. What is left out stays as it is.
    The other arguments are those of ``create``.

    Returns:
        ``url``, ``app_name``, ``deployment_id``, ``status`` (``updated``), ``database_reset``, and
        ``lakebase_type`` and ``steps``.

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
    app_file_workspace_path: str | None = None,
    progress: str = "auto",
) -> dict[str, Any]:
    """Delete the app. The database and the key stay.

    With ``reset_database`` the schema is dropped as well, after a branch to go back to was made
    where the database can branch.

    Returns:
        ``app_name``, ``status`` (``deleted``), ``database_reset``, and ``steps``.

    Raises:
        ValueError: An argument is wrong; nothing was sent.
        DeploymentError: Something failed; ``str()`` of it says why and what to do.
    """
    return _run("delete", Given("delete", locals()))


def plan(operation: str, *args: Any, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
    """Say what ``create``, ``update`` or ``delete`` would do with these arguments.

    It asks the workspace, and changes nothing. The arguments are those of the operation:
    ``tellr.plan("create", app_name="slides")``.

    Returns:
        The steps, the files as they would be written (never with the key), what is there already,
        what would be lost, and what could be got back.
    """
    import inspect

    operations = {"create": create, "update": update, "delete": delete}
    if operation not in operations:
        raise invalid("operation", f"It is {operation!r}", f"Use one of {', '.join(operations)}")
    bound = inspect.signature(operations[operation]).bind(*args, **arguments)
    bound.apply_defaults()
    given = Given(operation, bound.arguments)
    return _run("plan", given, plan_of=operation)


def status(
    app_name: str | None = None,
    app_file_workspace_path: str | None = None,
    *,
    client: WorkspaceClient | None = None,
    profile: str | None = None,
    config_yaml_path: str | PathLike[str] | None = None,
    environment: str | None = None,
    progress: str = "none",
) -> dict[str, Any]:
    """Say how an app stands: its state, its database, the last run, and who is deploying it now.

    It asks the workspace, and changes nothing.
    """
    return _run("status", Given("status", locals()))


def _hidden(text: str | None) -> str | None:
    return Secret(text) if isinstance(text, str) else text


def _run(operation: str, given: Given, plan_of: str | None = None) -> dict[str, Any]:
    from tellr.kernel.run import Run
    from tellr.progress.reporter import reporter
    from tellr.workspace.host import WorkspaceHost
    from tellr.workspace.session import WorkspaceSession

    shown = reporter(given.progress, f"Tellr: {plan_of or operation} {given.app_name}")
    session = WorkspaceSession(given.client, given.profile)
    start = {"operation": operation, **given.start(session)}
    if plan_of:
        start["plan_of"] = plan_of
    run = Run(WorkspaceHost(session), start)
    run.begin()
    _watch(run, shown)
    try:
        result = run.outcome()
    except (DeploymentError, InvalidArgumentError):
        shown.failed()
        raise
    if not plan_of and operation != "status":
        shown.finished(_sentence(operation, result))
    return result


def _watch(run: Run, shown: Reporter) -> None:
    """Show events until the run ends. The first interrupt stops it in order, a second at once."""
    interrupted = False
    while True:
        try:
            for event in run.follow(_TICK_SECONDS):
                if event is None:
                    shown.tick()
                else:
                    shown.event(event)
            return
        except KeyboardInterrupt:
            run.abandon() if interrupted else run.cancel()
            if interrupted:
                raise
            interrupted = True
            shown.note("Stopping at the next safe point; interrupt once more to stop at once")


def _sentence(operation: str, result: dict[str, Any]) -> str:
    point = result.get("restore_point")
    kept = ""
    if point:
        kept = (
            f"The data of before is in the branch `{point['branch']}` until {point['expires_at']}. "
        )
    if operation == "delete":
        return f"{kept}The app `{result['app_name']}` is deleted"
    word = "running" if operation == "create" else "updated"
    return f"{kept}Tellr is {word}: {result['url']}"
