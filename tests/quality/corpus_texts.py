"""Decks of the corpus with texts that are hard to write: empty, huge, hostile, foreign."""

from __future__ import annotations

import json

from corpus_layouts import metrics, process, small_table
from making import (
    Json,
    Refused,
    Sample,
    bullets,
    callout,
    chart,
    columns,
    content,
    deck,
    image,
    metric,
    numbered,
    quote,
    scatter,
    slide,
    steps,
    subtitle,
    table,
    text,
    title,
)
from words import (
    ARABIC,
    CHINESE,
    ENGLISH,
    FRENCH,
    GERMAN,
    GREEK,
    HEBREW,
    JAPANESE,
    RUSSIAN,
    Choice,
    Tongue,
)

HOSTILE = "A & B <c> \"d\" 'e' &amp; <!-- f --> ]]> {{g}} %s \\n ${h} =1+1 @i"
# Without meaning in the markup, or with one that must be read the same by all.
MARKUP = [
    "2 * 3 * 4 = 24",
    "**bold** **b*old-italic*** *it**bold** end*",
    "\\*no italic\\* \\[no link\\](https://example.com)",
    "[a label](https://example.com/?a=1&b=%3C2%3E)",
    "a*b*c and **not closed",
    "[**bold label**](https://example.com/x) and [mail](mailto:ada@example.com)",
    "# no heading, - no list, `no code`, _no italic_, <b>no tag</b>",
    "****",
    "back\\slash and \\\\ two",
]
SPACES = [
    "thin\u2009space 12\u202f% and hard\u00a0space",
    "tab\there, two  spaces,   three",
    " leading and trailing ",
    "non\u2011breaking hyphen, soft\u00adhyphen, zero\u200bwidth, joiner\u2060d",
    "em\u2014dash, en\u2013dash, minus \u22125, ellipsis\u2026",
    "line\u2028separator and paragraph\u2029separator",
]
EMOJI = [
    "Party 🎉 rocket 🚀 check ✅ and warning ⚠️",
    "Family 👩‍👩‍👧‍👦, flag 🇩🇪, skin 👍🏽, keycap 1️⃣, heart ❤️",
    "🙂🙃😉😊😇🥰😍🤩😘😗😚😙🥲😋😛😜🤪😝🤑🤗🤭🤫🤔🤐🤨😐😑😶😏😒🙄😬",
]
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"


def of_language(tongue: Tongue, seed: int, theme: str, script: str) -> Sample:
    """A deck in a language: prose, a table, a chart, steps, a quote, cards, notes."""
    choice = Choice(seed)

    def say(parts: int | None = None) -> str:
        return choice.sentence(tongue, parts)

    names = [say(1) for _ in range(4)]
    names = [f"{name} {number}" for number, name in enumerate(names, 1)]
    rows = [[name, choice.number(1_000, 9_999_999, 1), say(2), None] for name in names]
    values = {say(1): [choice.number(2, 90) for _ in names]}
    slides = [
        slide("cover", title(say()), subtitle(say())),
        slide("title_and_text", *content(choice, tongue), notes=choice.paragraph(tongue, 4)),
        slide(
            "two_columns",
            title(say()),
            columns(
                (7, [text(choice.paragraph(tongue, 3))]),
                (
                    5,
                    [
                        numbered(say(), (say(), 2), say()),
                        callout(say(), "warning"),
                    ],
                ),
            ),
        ),
        slide("table", title(say()), table([say(1), (say(1), "€"), say(1), say(1)], rows)),
        slide(
            "chart_and_takeaway", title(say()), chart("bar", names, values), bullets(say(), say())
        ),
        slide(
            "metrics", title(say()), metric(1_234_567.5, say(2), "€"), metric(-12.25, say(2), "%")
        ),
        slide("steps", title(say()), steps("process", *((say(1), None, say(2)) for _ in range(3)))),
        slide("quote", quote(choice.paragraph(tongue, 2), say(1))),
    ]
    return deck(f"language-{tongue.tag.lower()}", slides, theme, tongue.tag, script=script)


def languages() -> list[Sample]:
    """A deck in each language."""
    return [
        of_language(ENGLISH, 60, "clear", "latin"),
        of_language(GERMAN, 61, "paper", "latin"),
        of_language(FRENCH, 62, "ink", "latin"),
        of_language(GREEK, 63, "lakehouse", "latin"),
        of_language(RUSSIAN, 64, "signal", "latin"),
        of_language(CHINESE, 65, "clear", "cjk"),
        of_language(JAPANESE, 66, "paper", "cjk"),
        of_language(ARABIC, 67, "clear", "rtl"),
        of_language(HEBREW, 68, "ink", "rtl"),
    ]


def everywhere(words: str, line: str) -> list[Json]:
    """Slides with a text in every field for texts, and a line in every field for lines."""
    return [
        slide(
            "title_and_text",
            title(words),
            subtitle(words),
            text(words),
            bullets(words, (words, 2)),
            notes=words,
            sources=[{"label": line}],
        ),
        slide("table", title(words), table([words, (words, line)], [[words, 1], [words, None]])),
        slide(
            "chart",
            title(words),
            chart(
                "bar",
                [line, line + " 2"],
                {line: [1, 2], line + "!": [3, 4]},
                unit=line[:12] or None,
            ),
        ),
        slide("metrics", title(words), metric(5, words, line[:8] or None), metric(6, words)),
        slide("steps", title(words), steps("timeline", (words, line, words), (words, line, None))),
        slide("quote", quote(words, line), callout(words)),
        slide("image_half", title(words), image("hills", line, caption=words)),
    ]


def texts() -> list[Sample]:
    """Texts that are hard to write."""
    choice = Choice(80)
    long = choice.paragraph(sentences=70)[:5000]
    words = Choice(81)
    mixed = "EMEA מכירות 12 % ועוד ABC עם (סוגריים) 3.4 t"
    slashes = (
        "and/or input/output 24/7 C:\\temp\\new http://example.com/a/b/c 2026-11-29 5-3=2 km/h"
    )
    return [
        deck("empty-deck", []),
        deck(
            "empty-slides",
            [slide(name) for name in ("cover", "chart", "quote", "table", "image_full")],
        ),
        deck(
            "empty-texts",
            [
                slide("title_and_text", title(""), text(""), bullets("", ("", 2), "")),
                slide("table", title(" "), table(["", ""], [["", None], ["", ""]])),
                slide("quote", quote("")),
                slide("metrics", metric(0, "")),
                slide("steps", steps("process", ("", None, ""))),
                slide("chart", chart("bar", ["", ""], {"": [1, 2]})),
            ],
        ),
        deck(
            "huge-texts",
            [
                slide("title_and_text", title(long), text(long), notes=long * 4),
                slide(
                    "title_and_text",
                    title(long[:600]),
                    bullets(*(long[i : i + 300] for i in range(0, 3000, 300))),
                ),
                slide("two_columns", columns((6, [text(long)]), (6, [callout(long), quote(long)]))),
                slide(
                    "steps", steps("process", *((long[:200], "soon", long[:900]) for _ in range(6)))
                ),
                slide(
                    "table", table([long[:200], "B"], [[long[:700], long[700:1500]], ["x", long]])
                ),
            ],
            "lakehouse",
        ),
        deck(
            "long-words",
            [
                slide(
                    "title_and_text", title(LONG_WORD), text(LONG_WORD * 3), bullets(LONG_WORD * 2)
                ),
                slide("table", table([LONG_WORD, LONG_WORD], [[LONG_WORD, LONG_WORD * 2]])),
                slide(
                    "metrics",
                    metric(999_999_999_999_999, LONG_WORD, "kWh"),
                    metric(-0.000000000001, "x"),
                ),
                slide(
                    "steps", steps("process", *((LONG_WORD, "2027", LONG_WORD) for _ in range(5)))
                ),
            ],
            "paper",
            "de",
        ),
        deck("hostile-words", everywhere(HOSTILE, HOSTILE.replace("\\n", "n")), "ink"),
        deck(
            "markup",
            [
                slide("title_and_text", title(MARKUP[1]), text(*MARKUP)),
                slide("title_and_text", title(MARKUP[2]), bullets(*MARKUP)),
                slide(
                    "table",
                    table([MARKUP[1], MARKUP[4]], [[MARKUP[0], MARKUP[5]], [MARKUP[3], MARKUP[7]]]),
                ),
                slide("quote", quote(MARKUP[5])),
                slide("agenda", title(MARKUP[8]), bullets(*MARKUP[:4])),
            ],
            "signal",
        ),
        deck(
            "spaces",
            [
                slide("title_and_text", title(SPACES[0]), text(*SPACES)),
                slide("title_and_text", title(SPACES[4]), bullets(*SPACES)),
                slide("table", table(["A", "B"], [[SPACES[0], SPACES[1]], [SPACES[2], SPACES[3]]])),
            ],
        ),
        deck(
            "slashes",
            [
                slide(
                    "title_and_text",
                    title(slashes),
                    text(slashes + " " + slashes),
                    bullets(slashes, slashes),
                ),
                slide(
                    "two_columns",
                    *(
                        columns(
                            (6, [text(words.paragraph() + " " + slashes)]), (6, [bullets(slashes)])
                        ),
                    ),
                ),
            ],
            "lakehouse",
        ),
        deck(
            "emoji",
            [*everywhere(EMOJI[0], EMOJI[1]), slide("title_and_text", text(*EMOJI))],
            script="emoji",
        ),
        deck("right-to-left-mixed", everywhere(mixed, mixed), "paper", "he", script="rtl"),
        deck(
            "cjk-mixed",
            everywhere("第三季度 EMEA 增长 18 %,“引号”、…和 km/h", "来源:2026年报告"),
            "ink",
            "zh",
            script="cjk",
        ),
        deck(
            "many-scripts",
            [
                slide("title_and_text", title(tongue.tag), text(choice.paragraph(tongue, 2)))
                for tongue in (GREEK, RUSSIAN, CHINESE, JAPANESE, ARABIC, HEBREW)
            ],
            language=None,
            script="cjk",
        ),
        deck(
            "combining-marks",
            [
                slide(
                    "title_and_text",
                    title("Ame\u0301lie, nai\u0308ve, A\u030angstrom"),
                    text("Việt Nam, Łódź, İstanbul, Ðorđe, Þór, ǅ, ﬁ, ½, ™, Ω, µ, ∑, →, ■"),
                )
            ],
        ),
        deck(
            "long-notes",
            [
                slide("title_and_text", title("Notes"), notes=choice.paragraph(sentences=60)),
                slide(
                    "title_and_text",
                    title("Lines"),
                    notes=f"{HOSTILE}\n\nSecond\tline\n" + "x" * 400,
                ),
                slide("title_and_text", title("None")),
            ],
        ),
        deck(
            "links",
            [
                slide(
                    "title_and_text",
                    title("[Title](https://example.com/t)"),
                    text(
                        "Read [the report](https://example.com/report?year=2026&part=2#top) or "
                        "[write](mailto:ada@example.com?subject=a%20b).",
                        "[Ünïcode](https://例え.jp/ä) and [*italic*](http://example.com), "
                        "again [the report](https://example.com/report)",
                    ),
                    bullets("[First](https://example.com/1)", "not a link: https://example.com/2"),
                    sources=[{"label": "Ledger", "url": "https://example.com/l"}],
                ),
                slide(
                    "table",
                    table(
                        ["[Head](https://example.com/h)"],
                        [["[Cell](https://example.com/c) and text"]],
                    ),
                ),
            ],
        ),
        deck(
            "columns",
            [
                slide(
                    "two_columns",
                    title("Columns"),
                    columns(
                        (4, metrics(words, 1)),
                        (4, [small_table()]),
                        (4, [process(words, "process", 2)]),
                    ),
                ),
                slide(
                    "title_and_text",
                    columns((1, [text(words.sentence())]), (11, [text(words.paragraph())])),
                ),
                slide(
                    "chart",
                    title("Points"),
                    columns(
                        (6, [scatter({"a": [(1, 2), (3, 4)]})]), (6, [image("noise", "Squares")])
                    ),
                ),
            ],
            "signal",
        ),
    ]


def refused() -> list[Refused]:
    """Decks that can't be written into a file, or aren't decks."""

    def with_text(words: str) -> str:
        sample = deck("x", [slide("title_and_text", title("MARK"))])
        return json.dumps(sample.deck).replace('"MARK"', words)

    huge = json.dumps(deck("x", [slide("title_and_text", text("x" * 5001))]).deck)
    return [
        Refused("vertical-tab", with_text('"a\\u000bb"'), "control characters"),
        Refused("nul", with_text('"a\\u0000b"'), "control characters"),
        Refused("escape", with_text('"a\\u001bb"'), "control characters"),
        Refused("noncharacter", with_text('"a\\uffffb"'), "control characters"),
        Refused("lone-high-surrogate", with_text('"a\\ud800b"'), "hex escape"),
        Refused("lone-low-surrogate", with_text('"a\\udc00b"'), "hex escape"),
        Refused("script-link", with_text('"[a](javascript:alert(1))"'), "a link starts with"),
        Refused("too-long", huge, "at most 5000 characters"),
        Refused("no-json", "{", "Json("),
        Refused("newer-format", json.dumps({**deck("x", []).deck, "format": 2}), "Newer"),
    ]
