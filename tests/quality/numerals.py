"""Numbers as people write them, read back."""

from __future__ import annotations

import re

# What is between thousands, and before a fraction.
_MARKS = {"de-ch": ("’", "."), "fr": (" ", ","), "en": (",", "."), "": (",", ".")}
_COMMA = {"de", "es", "it", "pt", "nl", "da", "el", "tr", "id", "ro", "hr", "sl"}
_SPACED = {"pl", "cs", "ru", "uk", "sv", "nb", "fi", "bg", "sk", "hu"}
_SCALES = {"k": 3, "tsd.": 3, "m": 6, "mio.": 6, "bn": 9, "mrd.": 9, "tn": 12, "bio.": 12}


def marks(language: str | None) -> tuple[str, str]:
    """What a language writes between thousands, and before a fraction."""
    tag = (language or "").lower()
    short = tag.split("-")[0]
    if found := _MARKS.get(tag) or _MARKS.get(short):
        return found
    if short in _COMMA:
        return (".", ",")
    return (" ", ",") if short in _SPACED else (",", ".")


def read(text: str, language: str | None) -> tuple[float, float] | None:
    """The first number in a text, and half of the last of its digits' worth."""
    group, point = marks(language)
    flat = re.sub(r"[\u00a0\u202f\u2009]", " ", text)
    fraction = rf"(?:{re.escape(point)}(\d+))?"
    pattern = rf"(\d[\d{re.escape(group)}]*){fraction}\s*([A-Za-z]+\.?)?"
    found = re.search(pattern, flat)
    if not found:
        return None
    whole, fraction, word = found.groups()
    digits = whole.replace(group, "")
    scale = _SCALES.get((word or "").lower(), 0)
    value = float(f"{digits}.{fraction or 0}") * 10**scale
    is_negative = "−" in flat[: found.start()]
    return (-value if is_negative else value), 0.5 * 10 ** (scale - len(fraction or ""))


def is_number(text: str, value: float, language: str | None) -> bool:
    """Whether a text says a number, as exactly as it has digits."""
    found = read(text, language)
    if found is None:
        return False
    # A unit such as `k` or `M` may follow the number without meaning a scale.
    plain = read(re.sub(r"([A-Za-z]+\.?)", " ", text), language)
    candidates = [found] + ([plain] if plain else [])
    return any(abs(number - value) <= slack + 1e-12 * abs(value) for number, slack in candidates)
