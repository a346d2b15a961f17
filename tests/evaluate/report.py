"""The report of an evaluation: a page with a picture of each slide and what was found of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluate import Answer

STYLE = Path(__file__).with_name("report.css")


def write(
    out: Path, drawn: Path, endpoint: str, answers: list[Answer], figures: dict[str, str]
) -> Path:
    """Writes the page and its fonts; gives its path."""
    fonts = out / "fonts"
    shutil.rmtree(fonts, ignore_errors=True)
    fonts.mkdir()
    for path in [*drawn.glob("*.woff2"), drawn / "fonts.css"]:
        shutil.copy(path, fonts)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Evaluation of {escape(endpoint)}</title>",
        f'<link rel="stylesheet" href="fonts/fonts.css"><style>{STYLE.read_text()}</style>',
        f"<header><h1>Evaluation</h1><p>{escape(endpoint)}</p></header>",
        summary(figures),
        overview(answers),
        *(section(drawn, answer) for answer in answers),
    ]
    path = out / "report.html"
    path.write_text("\n".join(parts))
    return path


def summary(figures: dict[str, str]) -> str:
    """The totals."""
    rows = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in figures.items()
    )
    return f"<dl>{''.join(rows)}</dl>"


def overview(answers: list[Answer]) -> str:
    """The table with a line for each answer."""
    heads = [
        "Slides",
        "Language",
        "Numbers",
        "Lint",
        "Form",
        "Seconds",
        "Tokens",
        "Calls",
        "Notices",
    ]
    head = "".join(f"<th>{name}</th>" for name in ["Request", *heads])
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(line, answers))}</tbody></table>"
    )


def line(answer: Answer) -> str:
    """One line of the table."""
    wanted = answer.wanted
    lint = sum(answer.rules.values())
    numbers = answer.numbers
    wrong = f", {len(numbers.wrong)} wrong" if numbers.wrong else ""
    count = f"{answer.slides} of {wanted['slides']}" if wanted.get("slides") else str(answer.slides)
    cells = [
        cell(count, answer.has_count),
        cell(answer.language, answer.is_language),
        cell(f"{numbers.cells + numbers.computed}{wrong}", not wrong),
        cell(str(lint), not lint),
        cell(str(len(answer.lacks)), not answer.lacks),
        f"<td>{answer.seconds:.1f}</td>",
        f"<td>{answer.tokens:,}</td>",
        f"<td>{answer.turn['usage']['calls']}</td>",
        cell(str(len(answer.turn["notices"])), not answer.turn["notices"]),
    ]
    kind = ' class="change"' if answer.before else ""
    state = ' <b class="bad">broken</b>' if answer.broken else ""
    link = f'<a href="#{answer.name}">{escape(wanted["request"][:90])}</a>{state}'
    return f"<tr{kind}><td>{link}</td>{''.join(cells)}</tr>"


def cell(text: str, is_fine: bool) -> str:
    """One cell; marked if one should look at it."""
    return f"<td>{escape(text)}</td>" if is_fine else f'<td class="look">{escape(text)}</td>'


def section(drawn: Path, answer: Answer) -> str:
    """An answer with its slides; of a change, those that it changed."""
    turn, numbers = answer.turn, answer.numbers
    facts = [
        f"{answer.slides} slides",
        answer.language,
        f"{numbers.cells} cells, {numbers.computed} computed, {numbers.own} marked",
        f"{answer.seconds:.1f} s",
        f"{answer.tokens:,} tokens in {turn['usage']['calls']} calls",
    ]
    if answer.before and (same := answer.slides - len(answer.new)):
        facts.append(f"{same} as before")
    marks = [
        *(("bad", why) for why in answer.broken),
        *(("look", why) for why in answer.lacks),
        *(("note", why) for why in turn["notices"]),
    ]
    kind = ' class="change"' if answer.before else ""
    return "\n".join(
        [
            f'<section id="{answer.name}"{kind}><h2>{escape(answer.wanted["request"])}</h2>',
            f'<p class="facts">{" · ".join(map(escape, facts))}</p>',
            f"<blockquote>{escape(turn['reply'])}</blockquote>" if turn["reply"] else "",
            remarks(marks),
            '<div class="slides">',
            *(figure(drawn, answer, number) for number in answer.new),
            "</div>",
            sources(answer),
            "</section>",
        ]
    )


def sources(answer: Answer) -> str:
    """The data that was found by then."""
    labels = " · ".join(escape(source["label"]) for source in answer.sources)
    return f'<p class="sources">{labels or "No data"}</p>'


def figure(drawn: Path, answer: Answer, number: int) -> str:
    """One slide with what the lint found."""
    path = drawn / f"{answer.name}-{number:02}.svg"
    picture = path.read_text() if path.exists() else "<p>not drawn</p>"
    slide = answer.deck["slides"][number - 1]
    found = (("look", f"{one['rule']}: {one['message']}") for one in answer.findings[number - 1])
    caption = f"<span>{number}</span> {escape(slide['layout'].replace('_', ' '))}"
    return f"<figure>{picture}<figcaption>{caption}{remarks(found)}</figcaption></figure>"


def remarks(marks: Iterable[tuple[str, str]]) -> str:
    """A list of what was found."""
    items = "".join(f'<li class="{kind}">{escape(text)}</li>' for kind, text in marks)
    return f"<ul>{items}</ul>" if items else ""
