"""The age of a message, given two clocks that differ."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeGuard


class SkewedClock:
    """The page's clock, relative to the kernel's.

    The fastest message so far determines the difference between the clocks (its transfer is
    assumed to have taken no time). A message with a larger difference was delayed.
    """

    def __init__(self) -> None:
        self._apart_ms: float | None = None
        self._lock = threading.Lock()

    def age_ms(self, sent_ms: object) -> float:
        """Return how long ago a message was sent; 0 if it doesn't say."""
        if not is_number(sent_ms):
            return 0.0
        apart = time.time() * 1000 - sent_ms
        with self._lock:
            if self._apart_ms is None or apart < self._apart_ms:
                self._apart_ms = apart
            return apart - self._apart_ms


def is_number(value: object) -> TypeGuard[float]:
    """Check whether this is a finite number; JSON numbers may be of any size."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= 2**53 if isinstance(value, int) else math.isfinite(value)
