"""What can be said of a deck by rules: are its numbers true, does it have the asked form.

Written anew from what a deck is, without the app's own code, so that an error in one is found by
the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Block = dict[str, Any]
Slide = dict[str, Any]
Source = dict[str, Any]

# Slides whose title names something instead of saying it.
NAMING = {"cover", "agenda", "section", "quote"}
SENTENCE_WORDS = range(4, 17)
# The scale of a unit, as a number of `€ M` is in millions.
THOUSAND, MILLION, BILLION = 1e3, 1e6, 1e9
SCALES = {
    "k": THOUSAND,
    "tsd": THOUSAND,
    "m": MILLION,
    "mio": MILLION,
    "bn": BILLION,
    "mrd": BILLION,
}
# Frequent words that one language has and the others don't.
SMALL_WORDS = {
    "en": {"the", "and", "of", "to", "with", "is", "by", "for", "our", "what", "this", "are"},
    "de": {"der", "die", "das", "und", "mit", "ist", "nach", "für", "auf", "den", "von", "wir"},
    "fr": {"le", "les", "des", "et", "du", "est", "pour", "par", "une", "dans", "sur", "nous"},
    "es": {"el", "los", "las", "del", "y", "por", "una", "para", "con", "se", "es", "nuestro"},
}


@dataclass
class Numbers:
    """The numbers of a deck, by where they come from."""

    cells: int = 0
    computed: int = 0
    own: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """For a table."""
        return f"{self.cells}+{self.computed}" + (
            f", {len(self.wrong)} wrong" if self.wrong else ""
        )


def blocks(slide: Slide) -> Iterator[Block]:
    """Gives the blocks of a slide, and those in its columns."""
    for block in slide.get("blocks", []):
        yield block
        for column in block.get("columns", []) if block["type"] == "columns" else []:
            yield from column.get("blocks", [])


def numeric(rows: list[list[Any]]) -> list[float]:
    """Gives the numbers of rows."""
    return [float(cell) for row in rows for cell in row if is_number(cell)]


def is_number(cell: object) -> bool:
    """Tells numbers from other cells."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def columns_of(source: Source) -> Iterator[list[float]]:
    """Gives the numbers of each column."""
    for index in range(len(source["columns"])):
        yield [float(row[index]) for row in source["rows"] if is_number(row[index])]


def derived(source: Source) -> tuple[list[float], list[float]]:
    """Gives what follows from a source: sums and differences; and growth and shares in percent."""
    values: list[float] = []
    percentages: list[float] = []
    for column in columns_of(source):
        if len(column) < 2:
            continue
        total = sum(column)
        values.append(total)
        percentages += [cell / total * 100 for cell in column if total]
        for before, after in [*pairwise(column), (column[0], column[-1])]:
            values.append(after - before)
            percentages += [(after - before) / abs(before) * 100] if before else []
    return values, percentages


def is_shown_as(shown: float, exact: float) -> bool:
    """Whether a number is another one, rounded to the digits that are shown; signs may be words."""
    digits = len(repr(shown).partition(".")[2].rstrip("0")) if shown % 1 else 0
    return abs(abs(shown) - abs(exact)) <= 0.5 * 10**-digits * (1 + 1e-9)


def scale_of(unit: str) -> float:
    """Gives what a number with this unit is multiplied by."""
    words = re.findall(r"[A-Za-z]+", unit)
    return next((SCALES[word.lower()] for word in words if word.lower() in SCALES), 1.0)


def is_computed(value: float, unit: str, source: Source) -> bool:
    """Whether a number with a unit follows from a source."""
    values, percentages = derived(source)
    exact = numeric(source["rows"]) + values
    scale = scale_of(unit)
    if any(is_shown_as(value, one / scale) for one in exact):
        return True
    return "%" in unit and any(is_shown_as(value, one) for one in percentages)


def told(request: str) -> list[float]:
    """Gives the numbers in a request."""
    found = re.findall(r"\d+(?:[.,]\d+)?", request)
    return [float(text.replace(",", ".")) for text in found]


def numbers(deck: dict[str, Any], sources: list[Source], request: str) -> Numbers:
    """Compares the numbers of charts, tables and metrics with the sources that they name."""
    found = Numbers()
    for number, slide in enumerate(deck["slides"], 1):
        for block in blocks(slide):
            if block["type"] in ("chart", "table", "metric"):
                compare(f"slide {number}, {block['type']}", block, sources, request, found)
    return found


def compare(where: str, block: Block, sources: list[Source], request: str, found: Numbers) -> None:
    """Compares the numbers of one block."""
    label = (block.get("source") or {}).get("label")
    named = [source for source in sources if source["label"] == label]
    cells = {cell for source in named for cell in numeric(source["rows"])}
    for value, unit in numbers_of(block):
        if value in cells:
            found.cells += 1
        elif block["type"] == "metric" and any(is_computed(value, unit, one) for one in named):
            found.computed += 1
        elif named:
            found.wrong.append(f"{where}: {value:g} {unit} is not in “{label}”")
        elif label or block["type"] == "table" or value in told(request):
            # Marked as not from data, or the person's.
            found.own += 1
        else:
            found.wrong.append(f"{where}: {value:g} {unit} has no source and no mark")


def numbers_of(block: Block) -> Iterator[tuple[float, str]]:
    """Gives the numbers of a block with their units."""
    unit = block.get("unit") or ""
    if block["type"] == "chart":
        for series in block["series"]:
            yield from ((float(value), unit) for value in series["values"] if is_number(value))
    elif block["type"] == "metric":
        yield float(block["value"]), unit
        if change := block.get("change"):
            yield float(change["value"]), change.get("unit") or ""
    else:
        for row in block["rows"]:
            yield from ((float(cell), "") for cell in row if is_number(cell))


def texts(slide: Slide) -> Iterator[str]:
    """Gives what can be read on a slide, besides data."""
    for block in blocks(slide):
        if isinstance(text := block.get("text"), str):
            yield text
        for item in block.get("items") or block.get("steps") or []:
            yield from (item[key] for key in ("title", "text") if isinstance(item.get(key), str))


def title(slide: Slide) -> str:
    """Gives the title of a slide; empty without one."""
    found = (block["text"] for block in slide.get("blocks", []) if block["type"] == "title")
    return next(found, "")


def language(deck: dict[str, Any]) -> str:
    """Guesses the language of what can be read; `?` if no word tells."""
    read = [text for slide in deck["slides"] for text in texts(slide)]
    words = re.findall(r"[^\W\d_]+", " ".join(read).lower())
    counts = {tag: sum(word in small for word in words) for tag, small in SMALL_WORDS.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else "?"


def structure(deck: dict[str, Any]) -> list[str]:
    """Says what a deck's order and titles lack."""
    slides = deck["slides"]
    lacks = []
    if len(slides) > 1 and slides[0]["layout"] != "cover":
        lacks.append("doesn't begin with a cover")
    if len(slides) > 2 and slides[-1]["layout"] != "closing":
        lacks.append("doesn't end with a closing slide")
    seen: set[str] = set()
    for number, slide in enumerate(slides, 1):
        text = title(slide)
        if text and text in seen:
            lacks.append(f"slide {number}: the title “{text}” is used twice")
        seen.add(text)
        is_sentence = len(text.split()) in SENTENCE_WORDS
        if slide["layout"] not in NAMING and not is_sentence:
            lacks.append(f"slide {number}: “{text}” is no sentence")
        if len(list(blocks(slide))) < 2 and slide["layout"] not in (*NAMING, "statement"):
            lacks.append(f"slide {number}: nothing but a title")
    return lacks
