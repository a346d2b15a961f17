"""How old a message is, told by two clocks that don't agree."""

from __future__ import annotations

import threading
import time


class SkewedClock:
    """The page's clock, seen from here.

    The quickest message so far says how far the clocks are apart (and its way took no time, as far
    as anybody can tell). What arrives later than that has waited.
    """

    def __init__(self) -> None:
        self._apart_ms: float | None = None
        self._lock = threading.Lock()

    def age_ms(self, sent_ms: object) -> float:
        """Say how long ago something was sent; 0 if it doesn't tell."""
        if isinstance(sent_ms, bool) or not isinstance(sent_ms, (int, float)):
            return 0.0
        apart = time.time() * 1000 - sent_ms
        with self._lock:
            if self._apart_ms is None or apart < self._apart_ms:
                self._apart_ms = apart
            return apart - self._apart_ms
