"""Who drives a run: a page or the kernel. This is decided here and nowhere else.

A page drives with a *turn*, a number of its own. Each of its requests that change something
carries the turn, and is carried out only while the turn is the current one. When the kernel takes
over, the turn is void first, what the page had under way is finished next, and the kernel begins
last. So there is one driver at any moment, however late a page's messages come.

A page counts as lost when it said that it leaves, or when it didn't answer within
`ANSWER_SECONDS` after it was asked. It is asked when it was silent for `SILENT_SECONDS`, or when
another page arrived, which is most likely the same one after a reload. Time in which this kernel
couldn't take any messages doesn't count.
"""

from __future__ import annotations

import threading

# A page that drives is heard of all the time; it renews its lock every 15 s.
SILENT_SECONDS = 25.0
# Generous, as a link may be slow: large parts of a wheel in front of an answer.
ANSWER_SECONDS = 20.0


class Driver:
    """Who drives one run. All times are the caller's, in seconds of one monotonic clock."""

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
        """Say who drives, in a word."""
        return "kernel" if self.page is None else "page"

    def is_page(self, page: str, turn: object) -> bool:
        """Whether a message is from the page that drives, in its current turn."""
        return self.page is not None and page == self.page and turn == self.turn

    def heard(self, page: str, now: float) -> None:
        """Take note that a page said something."""
        if page == self.page:
            self._heard_at = now
            self._asked_at = None

    def is_to_be_asked(self, now: float, *, at_once: bool = False) -> bool:
        """Whether the page has to be asked if it is there; then it counts as asked."""
        if self.page is None or self._asked_at is not None:
            return False
        if not at_once and now - self._heard_at <= SILENT_SECONDS:
            return False
        self._asked_at = now
        return True

    def is_lost(self, now: float, reachable_since: float) -> bool:
        """Whether the page was asked and had the time to answer."""
        if self.page is None or self._asked_at is None:
            return False
        return now - max(self._asked_at, reachable_since) > ANSWER_SECONDS

    def take_over(self) -> None:
        """Let the kernel drive; the page's turn is void from here on."""
        with self._changed:
            self.page = None

    def enter(self, page: str, turn: object) -> bool:
        """Begin a call of the page that drives; False if it doesn't. Ends with `leave`."""
        with self._changed:
            if not self.is_page(page, turn):
                return False
            self._calls += 1
            return True

    def leave(self) -> None:
        """End a call of the page that drives, or drove."""
        with self._changed:
            self._calls -= 1
            self._changed.notify_all()

    def wait_until_alone(self) -> None:
        """Wait until nothing of an earlier driver is under way; each call has a limit."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls == 0)
