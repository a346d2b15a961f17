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
    """The runs of a line in the order in which they are read, as far as that can be told."""
    runs = line["runs"]
    return runs[::-1] if line.get("is_rtl") else runs
