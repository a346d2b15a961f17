"""Decks of the corpus for each layout, each type of block and each theme."""

from __future__ import annotations

from making import (
    SOURCE,
    THEMES,
    Json,
    Sample,
    bullets,
    callout,
    chart,
    columns,
    deck,
    divider,
    image,
    metric,
    numbered,
    quote,
    sales_chart,
    sales_table,
    slide,
    steps,
    subtitle,
    table,
    text,
    title,
)
from words import ENGLISH, QUARTERS, REGIONS, Choice

LAYOUTS = [
    "cover",
    "section",
    "agenda",
    "statement",
    "title_and_text",
    "two_columns",
    "chart_and_takeaway",
    "chart",
    "two_charts",
    "metrics",
    "table",
    "comparison",
    "steps",
    "quote",
    "image_half",
    "image_full",
    "closing",
]


def metrics(choice: Choice, count: int) -> list[Json]:
    """Cards with invented numbers."""
    meanings = ["positive", "negative", "neutral", "warning"]
    return [
        metric(
            choice.number(1, 99_000_000, 1),
            choice.sentence(ENGLISH, 2),
            choice.of(["€", "%", "t", "$"]),
            {"value": choice.number(-20, 20, 1), "unit": "%", "meaning": choice.of(meanings)},
        )
        for _ in range(count)
    ]


def process(choice: Choice, kind: str, count: int) -> Json:
    """Steps, some with dates and texts."""
    return steps(
        kind,
        *(
            (
                choice.sentence(ENGLISH, 1),
                f"{choice.of(QUARTERS)} 2027" if n % 2 == 0 or kind == "timeline" else None,
                choice.sentence(ENGLISH, 2) if n % 3 else None,
            )
            for n in range(count)
        ),
    )


def typical(layout: str, choice: Choice) -> list[Json]:
    """The blocks that a layout is meant for."""
    say = choice.sentence
    head = title(say())
    match layout:
        case "cover" | "section" | "closing":
            return [head, subtitle(choice.paragraph(sentences=1))]
        case "agenda":
            return [head, bullets(*(say(parts=2) for _ in range(5)))]
        case "statement":
            return [title(f"{say()} and **{say(parts=2)}**")]
        case "title_and_text":
            return [head, bullets(*(say() for _ in range(4))), text(choice.paragraph())]
        case "two_columns":
            left = [bullets(*(say() for _ in range(3))), callout(say(), "positive")]
            return [head, columns((6, left), (6, [text(choice.paragraph(sentences=4))]))]
        case "chart_and_takeaway":
            return [head, sales_chart(choice, "bar"), bullets(say(), say(), say())]
        case "chart":
            return [head, sales_chart(choice, "line", 3)]
        case "two_charts":
            return [head, sales_chart(choice, "stacked_bar"), sales_chart(choice, "area")]
        case "metrics":
            return [head, *metrics(choice, 4)]
        case "table":
            return [head, sales_table(choice, 7)]
        case "comparison":
            left = [subtitle(say(parts=1)), bullets(*(say() for _ in range(3)))]
            right = [subtitle(say(parts=1)), numbered(*(say() for _ in range(3)))]
            return [head, columns((6, left), (6, right))]
        case "steps":
            return [head, process(choice, "process", 4), process(choice, "timeline", 5)]
        case "quote":
            return [quote(choice.paragraph(sentences=2), "A buyer in the north")]
        case _:
            picture = image("hills", "Hills under a pale sky", fit="cover", caption=say(parts=2))
            return [head, picture, bullets(say(), say())]


def layouts() -> list[Sample]:
    """For each layout a deck: what it is meant for, little, and much else."""
    made = []
    for number, layout in enumerate(LAYOUTS):
        choice = Choice(100 + number)
        much = [
            title(choice.sentence()),
            *typical("title_and_text", choice)[1:],
            *metrics(choice, 2),
        ]
        slides = [
            slide(layout, *typical(layout, choice), notes=choice.paragraph(sentences=3)),
            slide(layout, title(choice.sentence(parts=1))),
            slide(layout, *much, sources=[SOURCE]),
        ]
        made.append(deck(f"layout-{layout}", slides, THEMES[number % len(THEMES)]))
    return made


def blocks() -> list[Sample]:
    """For each type of block a deck with several of it."""
    choice = Choice(7)
    say = choice.sentence
    prose = choice.paragraph
    everywhere: dict[str, list[list[Json]]] = {
        "title": [
            [title(say())],
            [title(prose(sentences=2))],
            [title("")],
            [title("**Bold** *and* not")],
        ],
        "subtitle": [[title(say()), subtitle(say())], [subtitle(prose(sentences=3))]],
        "text": [
            [title(say()), text(prose(), prose(), prose())],
            [
                text(
                    f"**{say()}**, *{say()}* and [{say(parts=1)}](https://example.com/a_(b)?c=d&e=f)."
                )
            ],
            [text("One line", "", "after an empty one", prose(sentences=3))],
        ],
        "bullets": [
            [title(say()), bullets(*(say() for _ in range(5)))],
            [bullets((say(), 1), (say(), 2), (say(), 2), (say(), 1), (prose(), 2), (say(), 1))],
            [title(say()), bullets(*(say(parts=2) for _ in range(14)))],
        ],
        "numbered": [
            [title(say()), numbered(*(say() for _ in range(6)))],
            [numbered((say(), 1), (say(), 2), (say(), 2), (say(), 1), (say(), 2), (say(), 1))],
            [title(say()), numbered(*(say(parts=2) for _ in range(13)))],
        ],
        "table": [[title(say()), sales_table(choice, 4), text(prose())], [sales_table(choice, 9)]],
        "chart": [[title(say()), sales_chart(choice, "bar"), text(prose())]],
        "image": [
            [title(say()), image("hills", "Hills", caption=say()), text(prose())],
            [image("noise", "Coloured squares"), image("hills", "Hills", fit="cover")],
        ],
        "quote": [[quote(prose())], [title(say()), quote(say(), "Ada & Grace"), text(prose())]],
        "metric": [[title(say()), *metrics(choice, n)] for n in (1, 2, 3, 6)],
        "steps": [
            [title(say()), process(choice, kind, n)]
            for kind, n in (("process", 3), ("process", 6), ("timeline", 4), ("timeline", 7))
        ],
        "callout": [
            [title(say()), *(callout(prose(sentences=1), meaning) for meaning in meanings)]
            for meanings in (["neutral", "positive"], ["negative", "warning", "neutral"])
        ],
        "columns": [
            [
                title(say()),
                columns((w, [bullets(say(), say())]), (12 - w, [sales_chart(choice, "bar")])),
            ]
            for w in (3, 6, 8)
        ]
        + [
            [
                columns(
                    *((3, [text(prose(sentences=1)), divider(), callout(say())]) for _ in range(4))
                )
            ]
        ],
        "divider": [[title(say()), text(say()), divider(), text(say()), divider(), bullets(say())]],
    }
    return [
        deck(
            f"block-{name}",
            [slide("title_and_text", *one, notes=say()) for one in all_of_it],
            THEMES[(number + 2) % len(THEMES)],
        )
        for number, (name, all_of_it) in enumerate(everywhere.items())
    ]


def themes() -> list[Sample]:
    """For each theme a deck as a person would present it."""
    made = []
    for number, theme in enumerate(THEMES):
        choice = Choice(40 + number)
        order = ["cover", "agenda", "metrics", "chart_and_takeaway", "table", "section"]
        order += ["two_columns", "image_half", "steps", "closing"]
        slides = [
            slide(layout, *typical(layout, choice), notes=choice.paragraph(sentences=4))
            for layout in order
        ]
        made.append(deck(f"theme-{theme}", slides, theme, heading=choice.sentence()))
    return made


def speed() -> Sample:
    """The deck of 30 slides with 10 charts that is timed."""
    choice = Choice(30)
    order = ["cover", "agenda"]
    for _ in range(5):
        order += ["chart", "title_and_text", "chart_and_takeaway", "two_columns", "table"]
    order += ["metrics", "quote", "closing"]
    slides = []
    for layout in order:
        blocks = typical(layout, choice)
        if layout == "chart":
            values = {name: [choice.number(1, 90) for _ in QUARTERS] for name in REGIONS[:3]}
            blocks = [blocks[0], chart("stacked_bar", QUARTERS, values, unit="t")]
        slides.append(slide(layout, *blocks, notes=choice.paragraph()))
    return deck("thirty-slides", slides, "clear", heading="Thirty slides")


def small_table() -> Json:
    """A table that fits everywhere."""
    return table(["Region", ("Sales", "€")], [["North", 1200.5], ["South", None], ["East", -3]])
