"""Blocks, slides and decks for the corpus, as the deck format has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from words import MONTHS, PRODUCTS, QUARTERS, REGIONS, Choice, Tongue

Json = dict[str, Any]
THEMES = ["clear", "ink", "paper", "signal", "lakehouse"]
SOURCE = {"label": "Sales ledger, close of March", "url": "https://example.com/ledger?q=1&r=2"}


@dataclass
class Sample:
    """A deck of the corpus."""

    name: str
    deck: Json
    # What text its tests count as: Latin text has promises of its own.
    script: str = "latin"
    # Images that the deck names and that are deliberately not there.
    missing: set[str] = field(default_factory=set)


@dataclass
class Refused:
    """A deck that must not be exported, as it is written, and what the refusal names."""

    name: str
    text: str
    says: str


def title(text: str) -> Json:
    """A title."""
    return {"type": "title", "text": text}


def subtitle(text: str) -> Json:
    """A line under the title."""
    return {"type": "subtitle", "text": text}


def text(*paragraphs: str) -> Json:
    """Paragraphs."""
    return {"type": "text", "text": "\n".join(paragraphs)}


def bullets(*items: str | tuple[str, int], kind: str = "bullets") -> Json:
    """A list; an item may be a text or a text with its level."""
    pairs = [item if isinstance(item, tuple) else (item, 1) for item in items]
    made = [{"text": t} if level == 1 else {"text": t, "level": level} for t, level in pairs]
    return {"type": kind, "items": made}


def numbered(*items: str | tuple[str, int]) -> Json:
    """A list with numbers."""
    return bullets(*items, kind="numbered")


def table(columns: list[str | tuple[str, str]], rows: list[list[Any]], **more: Any) -> Json:
    """A table; a column may be a heading or a heading with its unit."""
    pairs = [column if isinstance(column, tuple) else (column, "") for column in columns]
    heads = [{"title": t, "unit": unit} if unit else {"title": t} for t, unit in pairs]
    return {"type": "table", "columns": heads, "rows": rows, **more}


def chart(kind: str, categories: list[str], series: dict[str, list[Any]], **more: Any) -> Json:
    """A chart with categories."""
    named = [
        {"id": f"s{number}", "name": name, "values": values}
        for number, (name, values) in enumerate(series.items(), 1)
    ]
    return {"type": "chart", "kind": kind, "categories": categories, "series": named, **more}


def scatter(series: dict[str, list[tuple[float, float | None]]], **more: Any) -> Json:
    """A chart of points."""
    named = [
        {"id": f"s{n}", "name": name, "x": [x for x, _ in points], "values": [y for _, y in points]}
        for n, (name, points) in enumerate(series.items(), 1)
    ]
    return {"type": "chart", "kind": "scatter", "series": named, **more}


def image(name: str, alt: str = "", **more: Any) -> Json:
    """An image that stands beside the deck as a file."""
    return {"type": "image", "image": name, "alt": alt, **more}


def quote(words: str, by: str | None = None) -> Json:
    """A quotation."""
    return {"type": "quote", "text": words, **({"by": by} if by else {})}


def metric(value: float, label: str, unit: str | None = None, change: Json | None = None) -> Json:
    """A number, large."""
    more = {"unit": unit} if unit else {}
    return {
        "type": "metric",
        "value": value,
        "label": label,
        **more,
        **({"change": change} if change else {}),
    }


def steps(kind: str, *steps: tuple[str, str | None, str | None]) -> Json:
    """Steps, each with a title, a date and more about it."""
    made = []
    for name, when, words in steps:
        step: Json = {"title": name}
        if when:
            step["when"] = when
        if words:
            step["text"] = words
        made.append(step)
    return {"type": "steps", "kind": kind, "steps": made}


def callout(words: str, meaning: str = "neutral") -> Json:
    """A text that stands out."""
    return {"type": "callout", "text": words, "meaning": meaning}


def columns(*parts: tuple[int, list[Json]]) -> Json:
    """Blocks side by side, each column with its width."""
    return {"type": "columns", "columns": [{"width": w, "blocks": blocks} for w, blocks in parts]}


def divider() -> Json:
    """A line across."""
    return {"type": "divider"}


def slide(layout: str, *blocks: Json, notes: str = "", sources: list[Json] | None = None) -> Json:
    """A slide."""
    made: Json = {"layout": layout, "blocks": list(blocks)}
    if notes:
        made["notes"] = notes
    if sources:
        made["sources"] = sources
    return made


def deck(
    name: str,
    slides: list[Json],
    theme: str = "clear",
    language: str | None = "en",
    heading: str | None = None,
    **more: Any,
) -> Sample:
    """A deck; slides and blocks get their ids here."""
    count = 0

    def with_ids(blocks: list[Json]) -> list[Json]:
        nonlocal count
        done = []
        for block in blocks:
            count += 1
            block = {**block, "id": f"b{count}"}
            if block["type"] == "columns":
                parts = block["columns"]
                block["columns"] = [{**part, "blocks": with_ids(part["blocks"])} for part in parts]
            done.append(block)
        return done

    made: Json = {"format": 1, "title": heading or name.replace("-", " "), "theme": theme}
    if language:
        made["language"] = language
    made["slides"] = [
        {"id": f"s{number}", **one, "blocks": with_ids(one["blocks"])}
        for number, one in enumerate(slides, 1)
    ]
    return Sample(name, made, **more)


def sales_table(choice: Choice, rows: int = 5) -> Json:
    """A table of invented sales."""
    lines = [
        [
            choice.of(REGIONS),
            choice.of(PRODUCTS),
            choice.number(100, 99_000),
            choice.number(-9, 9, 1),
        ]
        for _ in range(rows)
    ]
    heads = ["Region", "Product", ("Sales", "€"), ("Change", "%")]
    return table(heads, lines, source=SOURCE)


def sales_chart(choice: Choice, kind: str, series: int = 2, **more: Any) -> Json:
    """A chart of invented sales."""
    if kind == "scatter":
        points = [(choice.number(-5, 40, 1), choice.number(-20, 90, 1)) for _ in range(14)]
        return scatter({choice.of(PRODUCTS): points}, unit="k", **more)
    if kind == "pie":
        values = [choice.number(4, 60) for _ in range(5)]
        return chart("pie", REGIONS[:5], {"Share": values}, unit="%", **more)
    categories = MONTHS[:8] if kind in ("line", "area") else QUARTERS
    names = REGIONS[:series]
    values = {name: [choice.number(20, 900) for _ in categories] for name in names}
    return chart(kind, categories, values, unit="k€", source=SOURCE, **more)


def content(choice: Choice, tongue: Tongue, items: int = 4) -> list[Json]:
    """A title, a list and a paragraph in a language."""
    return [
        title(choice.sentence(tongue)),
        bullets(*(choice.sentence(tongue) for _ in range(items))),
        text(choice.paragraph(tongue, 2)),
    ]
