"""The texts of the command, which the deployer's module makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.kernel.module import Module

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """An error with the text that is printed, and the exit code."""

    def __init__(self, failed: Mapping[str, Any]) -> None:
        super().__init__(failed["code"])
        self.code: str = failed["code"]
        self.text: str = failed["text"]
        # With JSON: the line for standard output.
        self.line: str | None = failed.get("line")
        self.exit_code: int = failed["exit_code"]


class Words:
    """Asks an instance of the module that runs nothing."""

    def __init__(self, printing: Mapping[str, Any]) -> None:
        self.printing = dict(printing)
        self._module = Module()

    def check(
        self, start: Mapping[str, Any], saved: tuple[Mapping[str, Any], str] | None = None
    ) -> dict[str, Any]:
        """Check an operation's arguments: its app, and whether it `loses` something.

        `saved` is the file of a saved plan, and the workspace.

        Raises:
            RefusedError: They are wrong.
        """
        checked: dict[str, Any] = self._asked({"check": {**start, "saved": saved}})
        return checked

    def recorded(
        self, operation: str, saved: Mapping[str, Any], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Take the settings of a saved plan of `operation` instead of those that were given.

        Raises:
            RefusedError: The file is no saved plan of it, or other settings were given.
        """
        asked = {"operation": operation, "saved": saved, "arguments": arguments}
        taken: dict[str, Any] = self._asked({"recorded": asked})
        return taken

    def pairs(self, flag: str, texts: Sequence[str]) -> dict[str, Any]:
        """Split `NAME=VALUE`: the `pairs`, or the `problem`."""
        split: dict[str, Any] = self._asked({"pairs": {"flag": flag, "texts": texts}})
        return split

    def refusal(self, kind: str, **facts: Any) -> RefusedError:  # noqa: ANN401 (JSON)
        """Describe an error that the command found itself, in the catalogue's words."""
        try:
            self._asked({"refusal": {"kind": kind, "facts": facts}})
        except RefusedError as refused:
            return refused
        message = "the module has no words for it"
        raise RuntimeError(message)

    def told(self, error: Mapping[str, Any]) -> RefusedError:
        """Describe an error that has its words."""
        return self.refusal("told", **error)

    def text(self, kind: str, **facts: Any) -> str:  # noqa: ANN401 (JSON)
        """Return a text."""
        return str(self._asked({"text": {"kind": kind, "facts": facts}}))

    def _asked(self, asked: Mapping[str, Any]) -> Any:  # noqa: ANN401 (JSON)
        answer = self._module.call("ask", question="command", printing=self.printing, asked=asked)
        if "failed" in answer:
            raise RefusedError(answer["failed"])
        return answer["value"]
