"""Mistakes that are planted into a deck: each must be noticed in the file without it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import losses
import powerpoint
import reading
from making import Sample

Json = dict[str, Any]


def _blocks(deck: Json) -> Iterator[Json]:
    for slide in deck["slides"]:
        for block in slide["blocks"]:
            yield block
            for column in block.get("columns", []) if block["type"] == "columns" else []:
                yield from column["blocks"]


def _first(deck: Json, kind: str) -> Json:
    return next(block for block in _blocks(deck) if block["type"] == kind)


def _word(deck: Json) -> None:
    _first(deck, "bullets")["items"][1]["text"] += "s"


def _bold(deck: Json) -> None:
    item = _first(deck, "bullets")["items"][0]
    first, _, rest = item["text"].partition(" ")
    item["text"] = f"**{first}** {rest}"


def _link(deck: Json) -> None:
    item = _first(deck, "bullets")["items"][0]
    item["text"] = f"[{item['text']}](https://example.com/planted)"


def _title(deck: Json) -> None:
    _first(deck, "title")["text"] = "Another title"


def _cell(deck: Json) -> None:
    row = _first(deck, "table")["rows"][2]
    at = next(number for number, cell in enumerate(row) if isinstance(cell, int | float))
    row[at] += 1


def _value(deck: Json) -> None:
    _first(deck, "chart")["series"][0]["values"][0] += 1


def _category(deck: Json) -> None:
    _first(deck, "chart")["categories"][0] += "!"


def _number(deck: Json) -> None:
    # A large number is shown in millions.
    _first(deck, "metric")["value"] *= 1.5


def _notes(deck: Json) -> None:
    deck["slides"][0]["notes"] += " More."


def _alt(deck: Json) -> None:
    _first(deck, "image")["alt"] += " at night"


MISTAKES: list[Callable[[Json], None]] = [
    _word,
    _bold,
    _link,
    _title,
    _cell,
    _value,
    _category,
    _number,
    _notes,
    _alt,
]


def unnoticed(sample: Sample, file: Path, displays: list[Json]) -> list[str]:
    """The mistakes that comparing a deck with them to the file without them doesn't find."""
    found = powerpoint.read(file)
    missed = []
    for mistake in MISTAKES:
        deck = copy.deepcopy(sample.deck)
        mistake(deck)
        report = powerpoint.Report()
        for slide, one, display in zip(reading.read(deck), found, displays, strict=True):
            lost = losses.of(display)
            powerpoint.Comparison(report, "", slide, one, lost, deck["language"]).all(False, set())
        if not report.wrong:
            missed.append(mistake.__name__.removeprefix("_"))
    return missed
