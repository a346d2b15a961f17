"""What of a deck isn't shown because there is no room for it, as the layout itself says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Losses:
    """Of a slide: by block what was lost, and which of its texts end early."""

    marks: dict[str, set[str]] = field(default_factory=dict)
    # Whether the line with the sources ends early.
    is_footer_cut: bool = False

    def reason(self, block: str) -> str | None:
        """Why a part of a block may be missing."""
        lost = self.marks.get(block, set()) - {"smaller"}
        return ", ".join(sorted(lost)) or None


def of(display: Json) -> Losses:
    """Reads the losses of a slide from what is drawn of it."""
    losses = Losses()
    for mark in display["marks"]:
        losses.marks.setdefault(mark["of"]["block"], set()).add(mark["what"])
    for element in display["elements"]:
        if element["type"] == "text" and element["is_cut"]:
            if of := element.get("of"):
                losses.marks.setdefault(of["block"], set()).add("cut")
            else:
                losses.is_footer_cut = True
    return losses


def in_order(line: Json) -> list[Json]:
    """The runs of a line in the order in which they are read.

    What goes against the line's direction is turned around within it. In a line from left to right
    a number between its run and one that goes the other way belongs to the latter.
    """
    is_rtl = bool(line.get("is_rtl"))
    runs = line["runs"][::-1] if is_rtl else line["runs"]
    ordered: list[Json] = []
    row: list[Json] = []
    for at, run in enumerate(runs):
        if _goes_against(runs, at, is_rtl):
            row.append(run)
        else:
            ordered += [*_turned(row, is_rtl), run]
            row = []
    return ordered + _turned(row, is_rtl)


def _goes_against(runs: list[Json], at: int, is_rtl: bool) -> bool:
    run = runs[at]
    if bool(run.get("is_rtl")) != is_rtl:
        return True
    if is_rtl or not any(c.isdigit() for c in run["text"]):
        return False
    if any(c.isalpha() or c.isspace() for c in run["text"]):
        return False
    words = (one for one in runs[at + 1 :] if any(c.isalpha() for c in one["text"]) or _rtl(one))
    return any(_rtl(one) for one in [next(words, {})])


def _rtl(run: Json) -> bool:
    return bool(run.get("is_rtl"))


def _turned(row: list[Json], is_rtl: bool) -> list[Json]:
    """A row of runs that goes against its line; numbers in it stay in their order."""
    turned = row[::-1]
    if is_rtl:
        return turned
    numbers: list[Json] = []
    done: list[Json] = []
    for run in turned:
        if _rtl(run):
            done += [*numbers[::-1], run]
            numbers = []
        else:
            numbers.append(run)
    return done + numbers[::-1]
