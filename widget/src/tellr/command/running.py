"""One run of the command: its workspace, its events, and how it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.command.screen import to_stderr
from tellr.command.words import RefusedError
from tellr.errors import DeploymentError, InvalidArgumentError
from tellr.kernel.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellr.command.parser import Parsed
    from tellr.command.screen import Screen
    from tellr.command.words import Words
    from tellr.workspace.host import WorkspaceHost
    from tellr.workspace.session import WorkspaceSession

_TICK_SECONDS = 0.5


class Target:
    """The workspace that the flags select, with its credential."""

    def __init__(self, parsed: Parsed, words: Words) -> None:
        from tellr.workspace import credentials
        from tellr.workspace.host import WorkspaceHost
        from tellr.workspace.session import WorkspaceSession

        profile, host = parsed.given.get("profile"), parsed.given.get("host")
        try:
            found = credentials.current(profile, host)
        except credentials.NotFoundError as error:
            # The functions name their parameter.
            problem = str(error).replace("`profile=`", "`--profile`")
            raise words.refusal("no_workspace", problem=problem) from None
        self.session: WorkspaceSession = WorkspaceSession(found=found)
        self.host: WorkspaceHost = WorkspaceHost(self.session)
        self.profile = found.profile
        self._found = found.host

    @property
    def address(self) -> str | None:
        """The workspace's address. A notebook's is known once the credential is."""
        return self._found or self.session.known_host()


def follow(
    start: Mapping[str, Any],
    run: Mapping[str, Any],
    target: Target,
    words: Words,
    screen: Screen,
    *,
    at_safe_point: bool,
) -> dict[str, Any]:
    """Run an operation and print its events; returns what is to be printed of its result.

    The first Ctrl-C stops it in order, a second one immediately.

    Raises:
        RefusedError: It failed.
    """
    under_way = Run(target.host, {**start, "command": {"printing": words.printing, **run}})
    under_way.begin()
    interrupted = False
    while True:
        try:
            for event in under_way.follow(_TICK_SECONDS):
                screen.workspace(target.address, target.host.user, target.profile)
                if event is None:
                    screen.tick()
                else:
                    screen.event(event)
            break
        except KeyboardInterrupt:
            if interrupted:
                under_way.abandon()
                raise
            interrupted = True
            to_stderr(words.text("stopping", at_safe_point=at_safe_point))
            under_way.cancel()
    screen.workspace(target.address, target.host.user, target.profile)
    screen.end()
    try:
        under_way.outcome()
    except (DeploymentError, InvalidArgumentError):
        if "failed" not in under_way.printed:
            raise
        raise RefusedError(under_way.printed["failed"]) from None
    done: dict[str, Any] = under_way.printed["done"]
    return done
