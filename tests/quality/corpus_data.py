"""Decks of the corpus with tables, charts, numbers and images."""

from __future__ import annotations

from corpus_layouts import metrics
from making import (
    SOURCE,
    Json,
    Sample,
    bullets,
    chart,
    columns,
    deck,
    image,
    metric,
    sales_chart,
    scatter,
    slide,
    table,
    text,
    title,
)
from words import MONTHS, PRODUCTS, QUARTERS, REGIONS, Choice

KINDS = ["bar", "stacked_bar", "line", "area", "pie", "scatter"]
NUMBERS = [
    0,
    1,
    -1,
    0.5,
    -0.25,
    12,
    1234,
    12_345,
    -123_456.75,
    1_000_000,
    1e-12,
    999_999_999_999_999,
]
GAPS = [3, None, 5, 4.5, None, None, 9, 2]


def wide_table(choice: Choice, rows: int, across: int) -> Json:
    """A table of so many rows and columns."""
    heads = ["Region", "Product", *((f"W{n}", "k") for n in range(1, across - 1))]
    lines = [
        [choice.of(REGIONS), choice.of(PRODUCTS), *(choice.number(-50, 900) for _ in heads[2:])]
        for _ in range(rows)
    ]
    return table(heads, lines, source=SOURCE)


def tables() -> list[Sample]:
    """Tables: large, wide, with long cells, in several languages."""
    choice = Choice(200)
    cells = [
        [choice.paragraph(sentences=1 + n % 3), n * 1234.5, choice.sentence(parts=2)]
        for n in range(4)
    ]
    numbers = [[f"{n:g}", n, None if i % 3 == 0 else n / 8] for i, n in enumerate(NUMBERS[:9])]
    return [
        deck(
            "table-40-by-12",
            [
                slide("table", title("All weeks"), wide_table(choice, 40, 12)),
                slide("table", title("First rows"), wide_table(choice, 12, 12)),
                slide("title_and_text", wide_table(choice, 40, 12), bullets("Beside")),
            ],
        ),
        deck(
            "table-wide",
            [
                slide("table", title("Thirty columns"), wide_table(choice, 3, 30)),
                slide("table", title("Narrow"), table(["A"], [["x"], [1], [None]])),
                slide("table", title("Only heads"), table(["A", ("B", "%")], [])),
            ],
            "ink",
        ),
        deck(
            "table-long-cells",
            [
                slide("table", title("Reasons"), table(["What", ("Cost", "€"), "Who"], cells)),
                slide(
                    "two_columns",
                    columns(
                        (6, [table(["What", "Who"], [[a, c] for a, _, c in cells])]),
                        (
                            6,
                            [
                                table(
                                    ["**Bold**", "*Italic*"],
                                    [["**a** b", "*c* [d](https://example.com)"]],
                                )
                            ],
                        ),
                    ),
                ),
            ],
            "paper",
        ),
        *(
            deck(
                f"table-numbers-{language}",
                [
                    slide(
                        "table",
                        title("12 345,67"),
                        table(["Text", ("Number", "€"), ("Part", "%")], numbers),
                    ),
                    slide("metrics", *(metric(n, f"{n:g}", "€") for n in NUMBERS[6:10])),
                ],
                "lakehouse",
                language,
            )
            for language in ("de-CH", "fr")
        ),
    ]


def charts() -> list[Sample]:
    """Charts of every kind, with every difficulty that data has."""
    choice = Choice(300)

    def of(
        kind: str, series: int, values: list[float | None], names: list[str] | None = None
    ) -> Json:
        names = names or MONTHS[: len(values)]
        if kind == "scatter":
            data = [(n * 1.5 - 3, value) for n, value in enumerate(values)]
            return scatter({f"Group {n}": data for n in range(1, series + 1)}, unit="m")
        if kind == "pie":
            values = [abs(value) if value is not None else None for value in values]
            series = 1
        shifted = {
            f"Series {n}": [value if value is None else value + (n - 1) for value in values]
            for n in range(1, series + 1)
        }
        return chart(kind, names, shifted, unit="€")

    def each(
        name: str, *arguments: object, kinds: list[str] = KINDS, theme: str = "clear"
    ) -> Sample:
        slides = [slide("chart", title(kind), of(kind, *arguments)) for kind in kinds]
        return deck(f"chart-{name}", slides, theme)

    long_names = [choice.sentence() for _ in range(9)]
    many = [choice.number(-20, 400) for _ in range(60)]
    return [
        *(
            deck(
                f"chart-of-kind-{kind.replace('_', '-')}",
                [
                    slide("chart", title(choice.sentence()), sales_chart(choice, kind, 3)),
                    slide(
                        "chart_and_takeaway",
                        title(choice.sentence()),
                        sales_chart(choice, kind, 1),
                        text(choice.paragraph()),
                    ),
                    slide("two_charts", sales_chart(choice, kind), sales_chart(choice, kind)),
                ],
                theme,
            )
            for kind, theme in zip(
                KINDS, ["clear", "ink", "paper", "signal", "lakehouse", "clear"], strict=True
            )
        ),
        each("gaps", 2, GAPS),
        each("negatives", 2, [-5, 3, -2.5, 8, -13, 0], theme="ink"),
        each("one-category", 3, [42], theme="paper"),
        each("twelve-series", 12, [5, 9, 4, 7], QUARTERS, theme="signal"),
        each("many-points", 1, many, [f"Day {n}" for n in range(1, 61)], theme="lakehouse"),
        each("long-names", 2, [4, 8, 15, 16, 23, 42, 7, 3, 1], long_names),
        each("no-values", 2, [None, None, None]),
        each("all-zero", 1, [0, 0, 0]),
        each("huge-and-tiny", 1, [999_999_999_999_999, 1, 123_456_789, 0.001]),
        each("tiny", 1, [1e-12, 3e-12, 2e-12]),
        deck(
            "chart-axis",
            [
                slide(
                    "chart",
                    title("From 80"),
                    chart("line", QUARTERS, {"a": [88, 92, 90, 99]}, axis={"min": 80}),
                ),
                slide(
                    "chart",
                    title("To 50"),
                    chart("bar", QUARTERS, {"a": [8, 12, 30, 49]}, axis={"max": 50}),
                ),
                slide(
                    "chart",
                    title("Both"),
                    scatter({"a": [(1, 2), (2, 3.5)]}, axis={"min": -10, "max": 10}),
                ),
                slide(
                    "chart",
                    title("Highlight"),
                    chart(
                        "bar",
                        REGIONS,
                        {"a": [choice.number(1, 9) for _ in REGIONS]},
                        highlight="East",
                    ),
                ),
                slide(
                    "chart",
                    title("Series"),
                    chart(
                        "line",
                        QUARTERS,
                        {n: [choice.number(1, 9) for _ in QUARTERS] for n in REGIONS[:4]},
                        highlight="s2",
                    ),
                ),
            ],
            "ink",
            "de",
        ),
        deck(
            "chart-same-names",
            [
                slide(
                    "chart",
                    title("Twice"),
                    chart(kind, ["A", "A", "B"], {"x": [1, 2, 3], "y": [4, 5, 6]}),
                )
                for kind in ("bar", "line", "area")
            ],
        ),
    ]


def others() -> list[Sample]:
    """Images and numbers."""
    choice = Choice(400)
    return [
        deck(
            "images",
            [
                slide(
                    "image_full",
                    title("PNG"),
                    image("hills", "Hills & <sky>", caption="A *caption*"),
                ),
                slide(
                    "image_half",
                    title("JPEG"),
                    image("photo", "A gradient", fit="cover"),
                    text(choice.paragraph()),
                ),
                slide(
                    "title_and_text",
                    image("dot", "One pixel"),
                    image("tall", "A tall strip", fit="cover"),
                    image("tall", "", fit="contain"),
                ),
                slide("title_and_text", title("Not there"), image("absent", "A missing picture")),
            ],
            "paper",
            missing={"absent"},
        ),
        deck(
            "numbers",
            [
                slide(
                    "metrics",
                    *(
                        metric(n, f"Number {n:g}", unit)
                        for n, unit in zip(
                            NUMBERS[i : i + 4], ["€", "%", None, "CHF"], strict=False
                        )
                    ),
                )
                for i in (0, 4, 8)
            ]
            + [slide("metrics", title("Many"), *metrics(choice, 9))],
            "signal",
            "fr",
        ),
    ]
