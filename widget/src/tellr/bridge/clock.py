"""How old a message is, told by two clocks that don't agree."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeGuard


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
        if not is_number(sent_ms):
            return 0.0
        apart = time.time() * 1000 - sent_ms
        with self._lock:
            if self._apart_ms is None or apart < self._apart_ms:
                self._apart_ms = apart
            return apart - self._apart_ms


def is_number(value: object) -> TypeGuard[float]:
    """Whether this is a number that can be calculated with; JSON's may be of any size."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= 2**53 if isinstance(value, int) else math.isfinite(value)
