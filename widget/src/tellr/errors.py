"""The exceptions of the functions.

Both kinds carry the deployer's own texts, which every interface shows: what happened, why, and
what to do now. They never contain a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# The platform's explanation is limited to a line or two; its log has more.
MOST_CAUSE_LINES = 8


class _Told:
    """An error with the deployer's texts; ``str()`` of it is the text for users."""

    args: tuple[Any, ...]

    def __init__(self, told: Mapping[str, Any]) -> None:
        # The only argument, so that the error can be pickled.
        super().__init__(dict(told))

    def _part(self, name: str) -> str:
        return str(self.args[0].get(name) or "")

    @property
    def code(self) -> str:
        """A stable error code, such as ``APP_ALREADY_EXISTS``."""
        return self._part("code")

    @property
    def message(self) -> str:
        """What happened, to what."""
        return self._part("message")

    @property
    def cause(self) -> str:
        """Why."""
        return self._part("cause")

    @property
    def reason(self) -> str | None:
        """The rule that found the cause, such as ``PIP_NO_VERSION``, if one fits."""
        return self._part("reason") or None

    @property
    def remedy(self) -> str:
        """What to do next."""
        return self._part("remedy")

    @property
    def docs(self) -> str:
        """A link to the documentation."""
        return self._part("docs")

    @property
    def step(self) -> str | None:
        """The step that failed, if the error belongs to one."""
        return self._part("step") or None

    @property
    def log(self) -> list[str]:
        """The platform's own output: the tail of a build or of the app's log."""
        return [str(line) for line in self.args[0].get("log") or ()]

    def __str__(self) -> str:
        """Say what happened, why, and what now."""
        lines = [printable(self.message)]
        # A cause that is a log is shown like the log below.
        shown = 1 if self.log else MOST_CAUSE_LINES
        causes = [printable(line) for line in self.cause.splitlines()[:shown]]
        lines += [f"  Why:      {line}" for line in causes[:1]]
        lines += [f"            {line}" for line in causes[1:]]
        if self.remedy:
            lines.append(f"  What now: {printable(self.remedy)}")
        lines.append(f"  More:     {self.docs}  [{self.code}]")
        if self.log:
            lines.append("  Last lines of the log:")
            lines += [f"  | {printable(line)}" for line in self.log]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return the error code, without the long texts."""
        return f"{type(self).__name__}({self.code}: {self.message})"

    def _render_traceback_(self) -> list[str]:
        """Show the texts in a notebook, without stack frames of this package."""
        return f"{type(self).__name__}: {self}".splitlines()


class DeploymentError(_Told, Exception):
    """Something failed. Running the same again resumes where it stopped."""


class InvalidArgumentError(_Told, ValueError):
    """An argument was refused, and nothing was changed."""


for _error in (DeploymentError, InvalidArgumentError):
    # The public module, as shown in a traceback.
    _error.__module__ = "tellr"


def error_from(told: Mapping[str, Any]) -> DeploymentError | InvalidArgumentError:
    """Create the exception for an entry of the deployer's catalogue."""
    return (InvalidArgumentError if told.get("class") == "input" else DeploymentError)(told)


def invalid(key: str, cause: str, remedy: str) -> InvalidArgumentError:
    """Refuse an argument that only Python can check, in the format of the catalogue."""
    return InvalidArgumentError(
        {
            "code": "INVALID_VALUE",
            "class": "input",
            "message": f"`{key}` can't be used",
            "cause": cause,
            "remedy": remedy,
            "docs": "README.md#configuration",
        }
    )


def failure(code: str, message: str, cause: str, remedy: str) -> DeploymentError:
    """Report a failure of this package's own, in the format of the catalogue."""
    return DeploymentError(
        {
            "code": code,
            "class": "deployment",
            "message": message,
            "cause": cause,
            "remedy": remedy,
            "docs": "README.md#when-something-goes-wrong",
        }
    )


def printable(text: str) -> str:
    """Replace control characters: the platform's texts may contain any, and reach a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
