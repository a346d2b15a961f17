"""The texts of the command, which the deployer's module makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tellr.kernel.module import Module

if TYPE_CHECKING:
    from collections.abc import Mapping


class RefusedError(Exception):
    """An error with the text that is printed, and the exit code."""

    def __init__(self, failed: Mapping[str, Any]) -> None:
        super().__init__(failed["error"].get("code"))
        self.error: dict[str, Any] = failed["error"]
        self.text: str = failed["text"]
        self.exit_code: int = failed["exit_code"]


class Words:
    """Asks an instance of the module that runs nothing."""

    def __init__(self, printing: Mapping[str, Any]) -> None:
        self.printing = dict(printing)
        self._module = Module()

    def check(self, start: Mapping[str, Any]) -> dict[str, Any]:
        """Check an operation's arguments: whether it `loses` something, and of which app.

        Raises:
            RefusedError: They are wrong.
        """
        fields = {"config_yaml": None, "environment": None, **start}
        return self._asked("check", **fields)

    def refusal(self, kind: str, **facts: Any) -> RefusedError:  # noqa: ANN401 (JSON)
        """Say an error that the command found itself, in the catalogue's words."""
        return self._refused({kind: facts})

    def told(self, error: Mapping[str, Any]) -> RefusedError:
        """Say an error that has its words."""
        return self._refused({"told": dict(error)})

    def introduction(self, host: str | None, user: str | None, profile: str | None) -> str:
        """Return the first line."""
        return self._value("introduction", host=host, user=user, profile=profile)

    def waiting(self, step: str, seconds: float, message: str, others: int | None) -> str:
        """Return the line of a step that waits; with `others` shortened, for one line."""
        waited_ms = int(seconds * 1000)
        return self._value(
            "waiting", step=step, waited_ms=waited_ms, message=message, others=others
        )

    def _refused(self, refusal: Mapping[str, Any]) -> RefusedError:
        try:
            self._asked("refusal", refusal=refusal)
        except RefusedError as refused:
            return refused
        message = "the module has no words for it"
        raise RuntimeError(message)

    def _asked(self, question: str, **fields: Any) -> Any:  # noqa: ANN401 (JSON)
        answer = self._module.call("ask", question=question, printing=self.printing, **fields)
        if "failed" in answer:
            raise RefusedError(answer["failed"])
        return answer["value"]

    def _value(self, question: str, **fields: Any) -> str:  # noqa: ANN401 (JSON)
        return str(self._module.call("ask", question=question, **fields)["value"])
