"""Runs of a line are compared as they are read; what is drawn has them as they are seen."""

from __future__ import annotations

import losses
import pytest


@pytest.mark.parametrize(
    ("seen", "is_rtl", "read"),
    [
        ([("one ", False), ("two", False)], False, "one two"),
        ([("ג", True), ("18", False), ("א ", True)], True, "א 18ג"),
        ([(" ב", True), ("A", False), (" B", False), ("א ", True)], True, "א A B ב"),
        ([("see ", False), ("18", False), ("א ", True), (" now", False)], False, "see א 18 now"),
        ([("18 ", False), ("א", True)], False, "18 א"),
        ([("ב ", True), ("א", True), (" end", False)], False, "אב  end"),
    ],
)
def test_runs_are_read_in_the_direction_of_their_line(
    seen: list[tuple[str, bool]], is_rtl: bool, read: str
) -> None:
    runs = [{"text": text, "is_rtl": True} if rtl else {"text": text} for text, rtl in seen]
    line = {"runs": runs, "is_rtl": is_rtl}
    assert "".join(run["text"] for run in losses.in_order(line)) == read
