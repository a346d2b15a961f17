"""Lines of text in another program's rendering beside ours: breaks, places, what leaves its box."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import letters
import marking
from letters import Line, Placed
from losses import in_order
from marking import Box, Marked

Json = dict[str, Any]
# How far a text may be outside of its box, in pixels: an advance more or less, a rounded edge.
SPILL = 1.5
# By how much two texts must overlap to touch.
TOUCH = 2.0
SCRIPTS = ["Latin", "with / or \\", "special spaces", "CJK", "right to left", "emoji"]
SPECIAL_SPACES = "\u00a0\u2009\u202f\u2011\u00ad\u200b\u2060\u2028\u2029\t"


@dataclass
class OurLine:
    """A line as it was laid out."""

    text: str
    x: float
    right: float
    y: float
    size: float
    # Whether a part of it is in none of our fonts: it has widths, but nothing is drawn.
    is_foreign: bool = False

    @property
    def bounds(self) -> Box:
        """As `Line.bounds`."""
        return (self.x, self.y - 0.75 * self.size, self.right, self.y + 0.25 * self.size)

    @property
    def key(self) -> str:
        """As `Line.key`."""
        return "".join(sorted(letters.plain(self.text)))


@dataclass
class OurParagraph:
    """A paragraph as it was laid out."""

    block: str | None
    lines: list[OurLine]
    is_of_chart: bool

    @property
    def solid(self) -> str:
        """What it says without spaces, in the order of reading."""
        return letters.plain("".join(line.text for line in self.lines))


def ours(display: Json) -> list[OurParagraph]:
    """The paragraphs of a slide, from what is drawn of it."""
    charts = {
        frame["block"]
        for frame in display["frames"]
        if (frame.get("detail") or {}).get("kind") == "chart"
    }
    found = []
    for element in display["elements"]:
        if element["type"] != "text":
            continue
        block = (element.get("of") or {}).get("block")
        lines: list[OurLine] = []
        for line in element["lines"]:
            text = "".join(run["text"] for run in in_order(line))
            right = line["x"] + line["width"]
            is_foreign = any(run.get("is_foreign") for run in line["runs"])
            y, size = line["baseline"], element["size"]
            lines.append(OurLine(text, line["x"], right, y, size, is_foreign))
            if line["ends"] == "paragraph":
                found.append(OurParagraph(block, lines, block in charts))
                lines = []
        if lines:
            found.append(OurParagraph(block, lines, block in charts))
    return [paragraph for paragraph in found if paragraph.solid]


def script(text: str) -> str:
    """Which of the kinds of text a text is."""
    codes = [ord(c) for c in text]
    if any(0x1F000 <= c < 0x20000 or 0x2600 <= c < 0x27C0 or c == 0x20E3 for c in codes):
        return "emoji"
    if any(0x590 <= c < 0x900 or 0xFB1D <= c < 0xFE00 or 0xFE70 <= c < 0xFF00 for c in codes):
        return "right to left"
    if any(0x2E80 <= c < 0xFB00 or 0xFE30 <= c < 0xFE50 or 0xFF00 <= c < 0xFFF0 for c in codes):
        return "CJK"
    if any(c in SPECIAL_SPACES for c in text):
        return "special spaces"
    return "with / or \\" if "/" in text or "\\" in text else "Latin"


@dataclass
class Pair:
    """A paragraph of ours, and the same one in the other program's rendering."""

    ours: OurParagraph
    marked: Marked
    theirs: list[Line]

    @property
    def has_same_breaks(self) -> bool:
        """Whether each line has the same letters."""
        return [line.key for line in self.ours.lines if line.key] == [
            line.key for line in self.theirs
        ]

    @property
    def is_there(self) -> bool:
        """Whether all its letters were found."""
        want = "".join(sorted("".join(line.key for line in self.ours.lines)))
        return want == "".join(sorted("".join(line.key for line in self.theirs)))


@dataclass
class Faithful:
    """What came of comparing a file."""

    # By kind of text: boxes, those with other breaks; paragraphs, those with other breaks.
    boxes: dict[str, list[int]] = field(default_factory=dict)
    paragraphs: dict[str, list[int]] = field(default_factory=dict)
    # Distances of baselines of paragraphs with the same breaks.
    distances: list[float] = field(default_factory=list)
    distances_in_cells: list[float] = field(default_factory=list)
    # What is outside of its box; of boxes with other breaks, and of others.
    spills: list[str] = field(default_factory=list)
    touching: list[str] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    # Paragraphs of ours that have no partner, and those whose letters weren't all found.
    without: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, other: Faithful) -> None:
        """Adds what came of another file."""
        for mine, theirs in ((self.boxes, other.boxes), (self.paragraphs, other.paragraphs)):
            for name, (all_of_them, different) in theirs.items():
                counted = mine.setdefault(name, [0, 0])
                counted[0] += all_of_them
                counted[1] += different
        for name in (
            "distances",
            "distances_in_cells",
            "spills",
            "touching",
            "breaks",
            "without",
            "unread",
        ):
            getattr(self, name).extend(getattr(other, name))


def pairs_of(
    paragraphs: list[OurParagraph], marked: list[Marked], found: list[Placed]
) -> list[Pair]:
    """Pairs paragraphs of a slide by what they say; of equal ones, the nearest."""
    by_color: dict[int, list[Placed]] = defaultdict(list)
    for letter in found:
        by_color[letter.color].append(letter)
    linked = [one for one in marked if one.has_link]
    known = {one.color for one in marked}
    # A program gives links a colour of their own: they belong to the box that they stand in.
    for color, strays in list(by_color.items()):
        if color not in known and color != marking.BULLET_COLOR and linked:
            for letter in strays:
                nearest = min(linked, key=lambda one: _distance(one.bounds, letter))
                if _distance(nearest.bounds, letter) < letter.size:
                    by_color[nearest.color].append(letter)
    left = list(paragraphs)
    pairs = []
    for one in marked:
        said = letters.plain(one.solid)
        same = [paragraph for paragraph in left if paragraph.solid == said]
        # Runs of both directions are kept as they are seen, so only the letters can be compared.
        same = same or [p for p in left if sorted(p.solid) == sorted(said)]
        if not said or not same:
            continue
        best = min(same, key=lambda p: _apart(one.bounds, p))
        left.remove(best)
        pairs.append(Pair(best, one, letters.lines(by_color[one.color])))
    return pairs


def _distance(bounds: Box, letter: Placed) -> float:
    """How far a letter is from a rectangle."""
    x = max(bounds[0] - letter.x, 0, letter.x - bounds[2])
    y = max(bounds[1] - letter.y, 0, letter.y - bounds[3])
    return max(x, y)


def _apart(bounds: Box, paragraph: OurParagraph) -> float:
    """How far the beginning of a paragraph is from a rectangle."""
    line = paragraph.lines[0]
    return _distance(
        bounds, Placed("", 0, (line.x + line.right) / 2, line.y, line.right, line.size)
    )


def compare(name: str, display: Json, marked: list[Marked], found: list[Placed]) -> Faithful:
    """Compares a slide: our lines with those of a page."""
    result = Faithful()
    paragraphs = [one for one in ours(display) if not one.is_of_chart]
    pairs = pairs_of(paragraphs, marked, found)
    paired = [id(pair.ours) for pair in pairs]
    result.without = [
        f"{name}: {one.solid[:50]!r} of {one.block}" for one in paragraphs if id(one) not in paired
    ]
    boxes: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if not pair.is_there:
            seen = "".join(letter.text for line in pair.theirs for letter in line.letters)
            result.unread.append(f"{name}: {pair.ours.solid[:60]!r}, not {seen[:60]!r}")
            continue
        boxes[pair.marked.box].append(pair)
    for number, box in boxes.items():
        _compare_box(name, number, box, boxes, result)
    return result


def _compare_box(
    name: str, number: int, box: list[Pair], boxes: dict[int, list[Pair]], result: Faithful
) -> None:
    kinds = []
    is_different = False
    for pair in box:
        kind = script("".join(line.text for line in pair.ours.lines))
        kinds.append(kind)
        counted = result.paragraphs.setdefault(kind, [0, 0])
        counted[0] += 1
        said = " | ".join(line.text for line in pair.ours.lines)
        if not pair.has_same_breaks:
            is_different = True
            counted[1] += 1
            theirs = " | ".join("".join(c.text for c in line.letters) for line in pair.theirs)
            result.breaks.append(f"{name}: {said[:150]!r}, not {theirs[:150]!r}")
        else:
            lines = [line for line in pair.ours.lines if line.key]
            pairs = zip(lines, pair.theirs, strict=True)
            found = result.distances_in_cells if pair.marked.is_cell else result.distances
            found += [abs(a.y - b.y) for a, b in pairs]
    kind = max(kinds, key=SCRIPTS.index)
    counted = result.boxes.setdefault(kind, [0, 0])
    counted[0] += 1
    counted[1] += is_different
    bounds = box[0].marked.bounds
    taken = [line.bounds for pair in box for line in pair.theirs]
    ours_taken = [line for pair in box for line in pair.ours.lines]
    # What we draw outside of its box as well, as a large quotation mark, isn't the file's doing.
    out = _outside(taken, bounds) - max(0.0, _outside([line.bounds for line in ours_taken], bounds))
    if out > SPILL:
        result.spills.append(
            f"{name}: {box[0].ours.solid[:40]!r} is {out:.1f} px outside of its box"
            f"{' with other breaks' if is_different else ''}"
        )
    if is_different:
        others = [
            line.bounds
            for n, b in boxes.items()
            if n != number
            for pair in b
            for line in pair.theirs
        ]
        if any(_touch(one, other) for one in taken for other in others):
            result.touching.append(f"{name}: {box[0].ours.solid[:40]!r}")


def _outside(taken: list[Box], bounds: Box) -> float:
    """By how much lines leave a rectangle; negative if they don't."""
    return max(
        (
            max(bounds[0] - one[0], bounds[1] - one[1], one[2] - bounds[2], one[3] - bounds[3])
            for one in taken
        ),
        default=0.0,
    )


def _touch(one: Box, other: Box) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > TOUCH
        and min(one[3], other[3]) - max(one[1], other[1]) > TOUCH
    )


def percentile(values: list[float], part: float) -> float:
    """The value that so large a part of all doesn't exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else 0.0
