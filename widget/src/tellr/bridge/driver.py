"""Determines the driver of a run: a page or the kernel. No other code decides this.

A page drives with a *turn*, a number of its own. Each of its requests that change something has
the turn, and is carried out only while the turn is the current one. When the kernel takes over,
the turn is invalidated first, then the page's pending requests are completed, and then the kernel
starts. So there is one driver at any moment, however late a page's messages arrive.

A page counts as lost if it has announced that it leaves, or if it didn't answer within
`ANSWER_SECONDS` after a ping. It is pinged if it was silent for `SILENT_SECONDS`, or if another
page connected, which is most likely the same one after a reload. Time in which this kernel
couldn't receive messages doesn't count.
"""

from __future__ import annotations

import threading

# A page that drives sends messages all the time; it renews its lock every 15 s.
SILENT_SECONDS = 25.0
# Generous, as a connection may be slow: large parts of a wheel may precede an answer.
ANSWER_SECONDS = 20.0


class Driver:
    """The driver of one run. All times are the caller's, in seconds of one monotonic clock."""

    def __init__(self, page: str | None, turn: int, now: float) -> None:
        # The page that drives; None for the kernel.
        self.page = page
        self.turn = turn
        self._heard_at = now
        self._asked_at: float | None = None
        self._calls = 0
        self._changed = threading.Condition()

    @property
    def name(self) -> str:
        """Return the kind of driver."""
        return "kernel" if self.page is None else "page"

    def is_page(self, page: str, turn: object) -> bool:
        """Check whether a message is from the page that drives, in its current turn."""
        return self.page is not None and page == self.page and turn == self.turn

    def heard(self, page: str, now: float) -> None:
        """Record that a page sent a message."""
        if page == self.page:
            self._heard_at = now
            self._asked_at = None

    def is_to_be_asked(self, now: float, *, at_once: bool = False) -> bool:
        """Check whether the page has to be pinged; then it counts as pinged."""
        if self.page is None or self._asked_at is not None:
            return False
        if not at_once and now - self._heard_at <= SILENT_SECONDS:
            return False
        self._asked_at = now
        return True

    def is_lost(self, now: float, reachable_since: float) -> bool:
        """Check whether the page was pinged and had enough time to answer."""
        if self.page is None or self._asked_at is None:
            return False
        return now - max(self._asked_at, reachable_since) > ANSWER_SECONDS

    def take_over(self) -> None:
        """Make the kernel the driver; invalidates the page's turn."""
        with self._changed:
            self.page = None

    def enter(self, page: str, turn: object) -> bool:
        """Start a call of the page that drives; False if it doesn't. Ends with `leave`."""
        with self._changed:
            if not self.is_page(page, turn):
                return False
            self._calls += 1
            return True

    def leave(self) -> None:
        """End a call of the current or a previous page that drives."""
        with self._changed:
            self._calls -= 1
            self._changed.notify_all()

    def wait_until_alone(self) -> None:
        """Wait until no call of an earlier driver is pending; each call has a time limit."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls == 0)
