"""Detects whether messages of pages can reach this kernel.

While a cell runs, most kernels receive no messages. A silent page isn't lost then.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# An event loop that takes longer to run a callback is busy with a cell.
PROMPT_SECONDS = 0.5


class Reach:
    """Watches the event loop that delivers messages, if there is one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked_at: float | None = None
        self._busy_at = float("-inf")

    def noted(self) -> None:
        """Record the loop; called in a cell, or when a message was delivered."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def since(self) -> float:
        """Return since when messages get through; the current time if they don't."""
        now = self._clock()
        asked_at = self._asked_at
        if asked_at is not None:
            if now - asked_at > PROMPT_SECONDS:
                self._busy_at = now
            return self._busy_at
        loop = self._loop
        if loop is not None and not loop.is_closed():
            self._asked_at = now
            try:
                loop.call_soon_threadsafe(self._answered)
            except RuntimeError:  # closed in between
                self._asked_at = None
        return self._busy_at

    def tell(self, report: Callable[[], None]) -> None:
        """Run a function that prints, in the notebook's own thread.

        A thread that prints can hang in ipykernel 6, which maps threads to the cells that started
        them, and loops endlessly if a thread's number was reused.
        """
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed in between
                loop.call_soon_threadsafe(report)
        elif threading.current_thread() is threading.main_thread():
            report()

    def _answered(self) -> None:
        asked_at, self._asked_at = self._asked_at, None
        now = self._clock()
        if asked_at is not None and now - asked_at > PROMPT_SECONDS:
            self._busy_at = now
