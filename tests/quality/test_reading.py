"""The reader that decks are compared by: it must see what a file lacks."""

from __future__ import annotations

import numerals
import pytest
import reading


def looks(markup: str) -> str:
    """Of each letter `b`, `i`, `B` for both, `l` for a link, or `.`."""
    letters, _ = reading.letters(markup)
    kinds = {(False, False): ".", (True, False): "b", (False, True): "i", (True, True): "B"}
    return "".join("l" if one.link else kinds[one.bold, one.italic] for one in letters)


@pytest.mark.parametrize(
    ("markup", "said", "how"),
    [
        ("a **b** c", "a b c", ".b."),
        ("*a **b***", "a b", "iB"),
        ("2 * 3 * 4", "2 * 3 * 4", "....."),
        ("**open", "**open", "......"),
        (r"\*a\* \[b\](c)", "*a* [b](c)", "........."),
        ("[a](https://example.com/b) c", "a c", "l."),
        ("[a](https://example.com", "[a](https://example.com", "." * 23),
        ("a\u2009b\u00adc\ud7ff", "a bc\ud7ff", "...."),
    ],
)
def test_markup_is_read_as_it_is_documented(markup: str, said: str, how: str) -> None:
    assert reading.letters(markup)[1] == said
    assert looks(markup) == how


def test_bold_may_go_over_paragraphs() -> None:
    (first, one), (second, two) = reading.paragraphs("**a\nb** c")
    assert (one, two) == ("a", "b c")
    assert [letter.bold for letter in first + second] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "value", "language"),
    [
        ("12,345.5 €", 12345.5, "en"),
        ("−12.345,50 %", -12345.5, "de"),
        ("1’234.5", 1234.5, "de-CH"),
        ("12\u202f345,7", 12345.7, "fr"),
        ("€ 130.9 M", 130_912_345, "en"),
        ("5 k", 5, "en"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float, language: str) -> None:
    assert numerals.is_number(text, value, language)
    assert not numerals.is_number(text, value * 1.01 + 1, language)
    assert not numerals.is_number(text, -value, language)
