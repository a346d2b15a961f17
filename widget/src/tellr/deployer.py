"""The widget: the deploy page in a notebook.

``tellr.Deployer(app_name="slides")`` shows the form, filled in as far as arguments were given, and
the timeline once it runs. Its traits are the arguments, and how the run stands::

    deployer = tellr.Deployer(app_name="slides")
    deployer.observe(lambda change: print(change.new), names="status")
    deployer.result     # what ``create`` returns, when it is done

No trait holds a token, a key or a wheel: traits are saved with the notebook.
"""

from __future__ import annotations

import uuid
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from tellr.arguments import wheel_argument
from tellr.bridge.desk import Desk
from tellr.bridge.lead import Lead
from tellr.bridge.service import Service
from tellr.bridge.wire import Wire
from tellr.errors import invalid
from tellr.secrets import Hidden, Secret
from tellr.workspace.host import WorkspaceHost
from tellr.workspace.session import WorkspaceSession

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from databricks.sdk import WorkspaceClient

THEMES = ("auto", "light", "dark")


def _text() -> traitlets.Unicode:
    return traitlets.Unicode(None, allow_none=True).tag(sync=True)


def _flag() -> traitlets.Bool:
    return traitlets.Bool(None, allow_none=True).tag(sync=True)


class Deployer(anywidget.AnyWidget):
    """Deploys Tellr from a form in the notebook.

    Every argument of ``tellr.create``, ``update`` and ``delete`` can be given to begin with.
    ``client``, ``profile``, ``encryption_key`` and ``local_wheel_path`` stay in Python.
    """

    _esm = resources.files("tellr") / "static" / "deployer.js"

    # What to deploy; None is the deployer's default.
    operation = traitlets.Enum(["create", "update", "delete"], "create").tag(sync=True)
    lakebase_name = _text()
    schema_name = _text()
    app_name = _text()
    app_file_workspace_path = _text()
    lakebase_compute = _text()
    app_compute = _text()
    app_version = _text()
    description = _text()
    use_test_pypi = _flag()
    encryption_key_storage = _text()
    app_package = _text()
    seed_databricks_defaults = _flag()
    extra_scopes = traitlets.List(traitlets.Unicode(), None, allow_none=True).tag(sync=True)
    reset_database = _flag()

    theme = traitlets.Enum(THEMES, "auto").tag(sync=True)

    # What the page knows this widget by, in all its views.
    _key = traitlets.Unicode().tag(sync=True)

    # How it stands; set from here only.
    status = traitlets.Unicode("idle").tag(sync=True)
    driver = traitlets.Unicode("").tag(sync=True)
    steps = traitlets.List(traitlets.Dict()).tag(sync=True)
    result = traitlets.Instance(dict, allow_none=True).tag(sync=True)
    error = traitlets.Instance(dict, allow_none=True).tag(sync=True)

    def __init__(
        self,
        *,
        client: WorkspaceClient | None = None,
        profile: str | None = None,
        encryption_key: str | None = None,
        local_wheel_path: str | PathLike[str] | None = None,
        **traits: Any,  # noqa: ANN401 (the traits above)
    ) -> None:
        encryption_key = Secret(encryption_key) if isinstance(encryption_key, str) else None
        unknown = set(traits) - set(self.trait_names())
        if unknown:
            names = ", ".join(f"`{name}`" for name in sorted(unknown))
            raise invalid(names, "The widget has no such argument", "Look at help(tellr.Deployer)")
        self._given = Hidden()
        if encryption_key is not None:
            self._given["encryption_key"] = encryption_key
        if local_wheel_path is not None:
            self._given["local_wheel"] = wheel_argument(local_wheel_path)
        session = WorkspaceSession(client, profile)
        wire = Wire(self._post)
        self._lead = Lead(WorkspaceHost(session), self._completed, self._told, self._changed)
        self._desk = Desk(wire, Service(session, version("tellr")), self._lead)
        super().__init__(_key=uuid.uuid4().hex, **traits)
        self.on_msg(self._received)

    def start(self) -> None:
        """Begin the operation as it stands in the traits, without pressing the button."""
        self._lead.start(self.operation, self.arguments())

    def cancel(self) -> None:
        """Stop at the next safe point. Running the same again goes on from there."""
        self._lead.cancel()

    def close(self) -> None:
        """Take the widget away. A run that is under way goes on in this kernel."""
        if hasattr(self, "_desk"):  # not if its arguments were refused
            self._desk.let_go_of_all()
            self._lead.nobody_is_there()
        super().close()

    def arguments(self) -> dict[str, Any]:
        """Collect the arguments of the operation, as far as they were given."""
        names = _NAMES[self.operation]
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value not in (None, False)}

    def _completed(self, operation: str, arguments: Mapping[str, Any]) -> Hidden:
        """Add what is in Python only."""
        given = {name: value for name, value in self._given.items() if operation != "delete"}
        filled = {name: value for name, value in arguments.items() if value is not None}
        return Hidden(given | filled)

    def _received(self, _widget: Any, content: Any, buffers: Any) -> None:  # noqa: ANN401
        self._desk.receive(content, buffers)

    def _post(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        # A closed widget has nobody to tell.
        if self.comm is not None:
            self.send(message, buffers)

    def _told(self, **message: Any) -> None:  # noqa: ANN401 (JSON)
        self._desk.send(**message)

    def _changed(self, lead: Lead) -> None:
        if lead.live is not None:
            status = "stopping" if lead.live.stopping else "running"
        elif lead.error is not None:
            status = "cancelled" if lead.error.get("code") == "CANCELLED" else "failed"
        else:
            status = "finished" if lead.result is not None else "idle"
        # Whoever observes `status` finds everything else in place.
        self.driver = lead.driver
        self.steps = lead.timeline.as_list()
        self.result = lead.result
        self.error = lead.error
        self.status = status


_NAMES = {
    "create": [
        *("lakebase_name", "schema_name", "app_name", "app_file_workspace_path"),
        *("lakebase_compute", "app_compute", "app_version", "description", "use_test_pypi"),
        *("encryption_key_storage", "app_package", "seed_databricks_defaults", "extra_scopes"),
    ],
    "delete": [
        *("lakebase_name", "schema_name", "app_name", "app_file_workspace_path"),
        "reset_database",
    ],
}
_NAMES["update"] = [*(set(_NAMES["create"]) - {"lakebase_compute"}), "reset_database"]
