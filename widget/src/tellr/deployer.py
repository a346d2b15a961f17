"""The widget: the deploy page in a notebook.

``tellr.Deployer(app_name="slides")`` shows the form, filled in as far as arguments were given, and
the timeline once it runs. Its traits are the arguments and the state of the run::

    deployer = tellr.Deployer(app_name="slides")
    deployer.observe(lambda change: print(change.new), names="status")
    deployer.result     # what ``create`` returns, when it is done

No trait holds a token, a key or a wheel: traits are saved with the notebook.
"""

from __future__ import annotations

import logging
import uuid
from html import escape
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from tellr.arguments import wheel_argument
from tellr.bridge.dispatcher import Dispatcher
from tellr.bridge.runs import Runs
from tellr.bridge.service import Service
from tellr.bridge.wire import Wire
from tellr.errors import error_from, invalid
from tellr.secrets import Hidden, Secret
from tellr.settings import NAMES, SettingTraits
from tellr.workspace import lakebase
from tellr.workspace.host import WorkspaceHost
from tellr.workspace.session import WorkspaceSession

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from databricks.sdk import WorkspaceClient

THEMES = ("auto", "light", "dark")
_NO_PAGE = (
    "The form is shown in a running notebook. If you see this text there, reload the page and run "
    "the cell again. Without the form: tellr.create(), see help(tellr.create)"
)
# The operations that take a key and a wheel.
_TAKE_SECRETS = ("create", "update")
_log = logging.getLogger("tellr")


class Deployer(SettingTraits, anywidget.AnyWidget):
    """Deploys Tellr from a form in the notebook.

    Every argument of ``tellr.create``, ``update`` and ``delete`` can be given as an initial value.
    ``client``, ``profile``, ``encryption_key`` and ``local_wheel_path`` stay in Python: with one
    of the last two, this kernel runs the deployment instead of the page.
    """

    _esm = resources.files("tellr") / "static" / "deployer.js"

    # What to deploy; SettingTraits has a trait for each setting.
    operation = traitlets.Enum(["create", "update", "delete"], "create").tag(sync=True)

    theme = traitlets.Enum(THEMES, "auto").tag(sync=True)

    # The id of this widget for the page, in all its views.
    _key = traitlets.Unicode().tag(sync=True)

    # The state of the run; set by this class only.
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
            raise invalid(names, "The widget has no such parameter", "See help(tellr.Deployer)")
        self._given = Hidden()
        if encryption_key is not None:
            self._given["encryption_key"] = encryption_key
        if local_wheel_path is not None:
            self._given["local_wheel"] = wheel_argument(local_wheel_path)
        session = WorkspaceSession(client, profile)
        wire = Wire(self._post)
        self._runs = Runs(WorkspaceHost(session), self._completed, self._told, self._changed)
        self._dispatcher = Dispatcher(wire, Service(session, version("tellr")), self._runs)
        super().__init__(_key=uuid.uuid4().hex, **traits)
        self.on_msg(self._received)
        if self.comm is not None:
            self.comm.on_close(lambda _: self._let_go())

    def start(self) -> None:
        """Start the operation with the arguments in the traits, like the button."""
        self._runs.start(self.operation, self.arguments())

    def cancel(self) -> None:
        """Stop at the next safe point. Running the same again resumes from there."""
        self._runs.cancel()

    def close(self) -> None:
        """Close the widget. A run in progress continues in this kernel."""
        if hasattr(self, "_dispatcher"):  # not if its arguments were refused
            self._let_go()
        super().close()

    def __repr__(self) -> str:
        """Show the state of the run as text, if no page can show the widget."""
        about = f"{self.operation} of `{self.app_name or 'tellr'}`: {self.status}"
        if self.error is not None:
            about += f"\n{error_from(self.error)}"
        elif self.result is not None and self.result.get("url"):
            about += f"\nTellr is running: {self.result['url']}"
        return f"tellr.Deployer, {about}"

    # ipywidgets 7 would use this to show the widget without the text.
    _ipython_display_ = None

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 (the display protocol's)
        """Show the form; in a notebook without widgets, and in a copy of one, show it as text."""
        shown = super()._repr_mimebundle_(**options)
        bundle, *metadata = shown if isinstance(shown, tuple) else (shown,)
        text = f"{self!r}\n{_NO_PAGE}"
        bundle = {**(bundle or {}), "text/plain": text, "text/html": f"<pre>{escape(text)}</pre>"}
        return (bundle, *metadata) if metadata else bundle

    def arguments(self) -> dict[str, Any]:
        """Collect the given arguments of the operation."""
        names = NAMES[self.operation]
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value not in (None, False)}

    def _let_go(self) -> None:
        """Continue without pages."""
        self._dispatcher.let_go_of_all()
        self._runs.nobody_is_there()

    def _completed(self, operation: str, arguments: Mapping[str, Any]) -> tuple[Hidden, bool]:
        """Add the arguments kept in Python; return whether any of them has to stay here."""
        if operation != "delete" or arguments.get("reset_database"):
            lakebase.check_driver()
        filled = {name: value for name, value in arguments.items() if value is not None}
        given = {
            name: value
            for name, value in self._given.items()
            if operation in _TAKE_SECRETS and name not in filled
        }
        return Hidden(given | filled), bool(given)

    def _received(self, _widget: Any, content: Any, buffers: Any) -> None:  # noqa: ANN401
        self._dispatcher.receive(content, buffers)

    def _post(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        # A closed widget can't report anything; a broken connection must not stop a run.
        if self.comm is not None:
            try:
                self.send(message, buffers)
            except Exception as error:
                self._report("A message to the widget's page was lost", error)

    def _report(self, words: str, error: BaseException) -> None:
        self._runs.tell(lambda: _log.error(words, exc_info=error))

    def _told(self, **message: Any) -> None:  # noqa: ANN401 (JSON)
        self._dispatcher.send(**message)

    def _changed(self, runs: Runs) -> None:
        if runs.live is not None:
            status = "stopping" if runs.live.stopping else "running"
        elif runs.error is not None:
            status = "cancelled" if runs.error.get("code") == "CANCELLED" else "failed"
        else:
            status = "finished" if runs.result is not None else "idle"
        # Set last, so that observers of `status` find everything else updated.
        traits = {
            "driver": runs.driver,
            "steps": runs.timeline.as_list(),
            "result": runs.result,
            "error": runs.error,
            "status": status,
        }
        for name, value in traits.items():
            try:
                setattr(self, name, value)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                # The run must not depend on the user's observer.
                self._report(f"An observer of the widget's `{name}` failed", error)
