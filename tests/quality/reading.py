"""Reads the deck format by its documentation alone: what a file made of a deck must say.

Written without a look at how the app does it, so that a mistake in one isn't made in the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
LINE_BREAK = "\n"


@dataclass(frozen=True)
class Letter:
    """A character that isn't a space, and how it looks."""

    character: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass
class Words:
    """A paragraph of a block."""

    block: str
    part: str
    letters: list[Letter]
    # What it says with single spaces.
    text: str

    @property
    def solid(self) -> str:
        """What it says without any space."""
        return "".join(letter.character for letter in self.letters)


@dataclass
class Number:
    """A number that is written into a text."""

    block: str
    part: str
    value: float
    unit: str | None


@dataclass
class Table:
    """A table: its headings and cells; a cell is a paragraph, a number, or none."""

    block: str
    headings: list[Words]
    rows: list[list[Words | float | None]]


@dataclass
class Chart:
    """A chart's data: pairs of values; only those of a scatter have a first one."""

    block: str
    kind: str
    categories: list[str]
    series: list[tuple[str, list[tuple[float | None, float | None]]]]

    @property
    def has_value(self) -> bool:
        """Whether there is anything to draw."""
        values = [y for _, pairs in self.series for _, y in pairs if y is not None]
        return any(values) if self.kind == "pie" else bool(values)


@dataclass
class Picture:
    """An image, by name, with its alternative text."""

    block: str
    image: str
    alt: str


@dataclass
class Slide:
    """All that a slide must say."""

    title: Words | None = None
    words: list[Words] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    notes: str = ""


def shown(text: str) -> str:
    """A text as it is shown: single spaces, no control characters, no characters without width."""
    text = text.replace("\u2011", "-")
    kept = "".join(" " if c.isspace() else c for c in text)
    unseen = {"Cc", "Cf"}
    kept = "".join(
        c for c in kept if unicodedata.category(c) not in unseen and c not in "\ufffe\uffff"
    )
    return " ".join(kept.split())


def solid(text: str) -> str:
    """A text as it is shown, without any space."""
    return shown(text).replace(" ", "")


@dataclass
class _Marker:
    written: str
    opens: bool
    closes: bool
    pairs: bool = False


def _tokens(markup: str) -> Iterator[str | _Marker | tuple[str, str]]:
    """Texts, markers, and `("[", address)` and `("]", "")` around a link's label."""
    at, ends = 0, {}
    while at < len(markup):
        if at in ends:
            yield ("]", "")
            at = ends.pop(at)
            continue
        letter = markup[at]
        if letter == "\\" and markup[at + 1 : at + 2] in ("*", "[", "]", "\\"):
            yield markup[at + 1 : at + 2]
            at += 2
        elif letter == "*":
            written = "**" if markup.startswith("**", at) else "*"
            before, after = markup[at - 1 : at] if at else "", markup[at + len(written) :][:1]
            yield _Marker(
                written,
                bool(after) and not after.isspace(),
                bool(before) and not before.isspace(),
            )
            at += len(written)
        elif letter == "[" and not ends and (link := _link(markup, at + 1)):
            address, label_end, after_link = link
            yield ("[", address)
            ends[label_end] = after_link
            at += 1
        else:
            yield letter
            at += 1


def _link(markup: str, start: int) -> tuple[str, int, int] | None:
    """The address of a link whose label starts here, where the label ends and what is after it."""
    at = start
    while at < len(markup) and markup[at] not in "[]\n":
        at += 2 if markup[at] == "\\" else 1
    if at <= start or not markup.startswith("](", at):
        return None
    end = at + 2
    while end < len(markup) and markup[end] not in ")\n[":
        end += 1
    return (markup[at + 2 : end], at, end + 1) if markup[end : end + 1] == ")" else None


def _paired(markup: str) -> list[str | _Marker | tuple[str, str]]:
    """The tokens of a markup; of each marker it is known whether it has a partner."""
    tokens = list(_tokens(markup))
    for written in ("**", "*"):
        start: _Marker | None = None
        holds = False
        for token in tokens:
            if isinstance(token, str):
                holds = True
            elif isinstance(token, _Marker) and token.written == written:
                if start is None and token.opens:
                    start, holds = token, False
                elif start is not None and token.closes and holds:
                    start.pairs = token.pairs = True
                    start = None
    return tokens


def paragraphs(markup: str) -> list[tuple[list[Letter], str]]:
    """The paragraphs of a rich text, one a line: the letters of each, and what it says."""
    done: list[tuple[list[Letter], str]] = []
    found: list[Letter] = []
    said = ""
    bold = italic = False
    link: str | None = None
    for token in [*_paired(markup), LINE_BREAK]:
        if isinstance(token, tuple):
            link = token[1] if token[0] == "[" else None
        elif isinstance(token, _Marker) and token.pairs:
            if token.written == "**":
                bold = not bold
            else:
                italic = not italic
        elif isinstance(token, str) and token == LINE_BREAK:
            done.append((found, shown(said)))
            found, said = [], ""
        else:
            text = token if isinstance(token, str) else token.written
            said += text
            found += [Letter(c, bold, italic, link) for c in solid(text)]
    return done


def letters(markup: str) -> tuple[list[Letter], str]:
    """The letters of a rich text that is one paragraph, and what it says."""
    parts = paragraphs(markup)
    return [letter for found, _ in parts for letter in found], shown(" ".join(t for _, t in parts))


def _words(block: str, part: str, markup: str) -> Words:
    found, said = letters(markup)
    return Words(block, part, found, said)


def _plain(block: str, part: str, text: str) -> Words:
    return Words(block, part, [Letter(c) for c in solid(text)], shown(text))


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _chart(block: Json) -> Chart:
    series = []
    for one in block["series"]:
        x = one.get("x") or [None] * len(one["values"])
        pairs = [(_number(a), _number(b)) for a, b in zip(x, one["values"], strict=True)]
        series.append((one["name"], pairs))
    return Chart(block["id"], block["kind"], block.get("categories", []), series)


def _table(block: Json) -> Table:
    name = block["id"]
    headings = []
    for number, column in enumerate(block["columns"]):
        words = _words(name, f"heading {number}", column["title"])
        if unit := column.get("unit"):
            words.letters += [Letter(c) for c in solid(f"({unit})")]
            words.text = shown(f"{words.text} ({unit})")
        headings.append(words)
    rows: list[list[Words | float | None]] = [
        [
            _words(name, f"cell {row}, {column}", cell) if isinstance(cell, str) else _number(cell)
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(block["rows"])
    ]
    return Table(name, headings, rows)


def _read_block(block: Json, slide: Slide) -> None:
    name, kind = block["id"], block["type"]
    add = slide.words.append
    if kind in ("title", "subtitle"):
        words = _words(name, "text", block["text"])
        add(words)
        if kind == "title" and slide.title is None:
            slide.title = words
    elif kind in ("text", "quote", "callout"):
        for found, said in paragraphs(block["text"]):
            add(Words(name, "text", found, said))
        if block.get("by"):
            add(_plain(name, "by", block["by"]))
    elif kind in ("bullets", "numbered"):
        for number, item in enumerate(block["items"]):
            add(_words(name, f"item {number}", item["text"]))
    elif kind == "steps":
        for number, step in enumerate(block["steps"]):
            add(_words(name, f"step {number}", step["title"]))
            if step.get("when"):
                add(_plain(name, f"step {number}", step["when"]))
            if step.get("text"):
                add(_words(name, f"step {number}", step["text"]))
    elif kind == "metric":
        slide.numbers.append(Number(name, "value", float(block["value"]), block.get("unit")))
        add(_words(name, "label", block["label"]))
        if change := block.get("change"):
            value, unit = float(change["value"]), change.get("unit")
            slide.numbers.append(Number(name, "change", value, unit))
    elif kind == "image":
        slide.pictures.append(Picture(name, block["image"], block.get("alt", "")))
        if block.get("caption"):
            add(_words(name, "caption", block["caption"]))
    elif kind == "table":
        slide.tables.append(_table(block))
    elif kind == "chart":
        slide.charts.append(_chart(block))
    elif kind == "columns":
        for column in block["columns"]:
            for inner in column["blocks"]:
                _read_block(inner, slide)
    source = (block.get("source") or {}).get("label")
    if source and source not in slide.sources:
        slide.sources.append(source)


def read(deck: Json) -> list[Slide]:
    """What each slide of a deck must say."""
    slides = []
    for one in deck["slides"]:
        slide = Slide(notes=one.get("notes", ""))
        slide.sources = list(dict.fromkeys(source["label"] for source in one.get("sources", [])))
        for block in one["blocks"]:
            _read_block(block, slide)
        slides.append(slide)
    return slides
