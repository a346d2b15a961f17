"""The letters of a PDF's page: what each is, its colour, and where it stands."""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

PIXELS_PER_POINT = 4 / 3
# In text from right to left, some programs give what is written and some what is seen.
MIRRORED = str.maketrans(")]}>»”’", "([{<«“‘")


@dataclass
class Placed:
    """A letter; lengths in pixels of a slide, `y` the baseline, down from the top."""

    text: str
    color: int
    x: float
    y: float
    right: float
    size: float


def plain(text: str) -> str:
    """A text as two programs can be compared by: without spaces, joiners, forms of a letter.

    Also without what is beyond the first 65,536 characters, as most emoji are: pdfium doesn't give
    it back where one glyph stands for several characters.
    """
    flat = unicodedata.normalize("NFKD", text.replace("\u2011", "-")).translate(MIRRORED)
    dropped = {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs"}
    return "".join(
        c
        for c in flat
        if unicodedata.category(c) not in dropped
        and not c.isspace()
        and not "\ufe00" <= c <= "\ufe0f"
        and c < "\U00010000"
    )


def of_page(page: pdfium.PdfPage) -> list[Placed]:
    """The letters of a page, in the order of its content."""
    height = page.get_height()
    text = page.get_textpage()
    found = []
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    x, y = ctypes.c_double(), ctypes.c_double()
    box = raw.FS_RECTF()
    high = 0
    for at in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, at)
        # What pdfium takes for the hyphen of a word that goes on in the next line.
        code = 0x2D if code == 2 else code
        if raw.FPDFText_IsGenerated(text, at) == 1 or code == 0:
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        letter = plain(chr(code))
        if not letter:
            continue
        raw.FPDFText_GetFillColor(text, at, red, green, blue, alpha)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetLooseCharBox(text, at, box)
        found.append(
            Placed(
                letter,
                red.value << 16 | green.value << 8 | blue.value,
                x.value * PIXELS_PER_POINT,
                (height - y.value) * PIXELS_PER_POINT,
                max(box.right, x.value) * PIXELS_PER_POINT,
                raw.FPDFText_GetFontSize(text, at) * PIXELS_PER_POINT,
            )
        )
    text.close()
    return found


def of_file(path: Path) -> list[list[Placed]]:
    """The letters of each page of a file."""
    document = pdfium.PdfDocument(path)
    try:
        return [of_page(page) for page in document]
    finally:
        document.close()


@dataclass
class Line:
    """A line of letters."""

    letters: list[Placed]

    @property
    def key(self) -> str:
        """Its letters in an order that doesn't depend on the direction of reading."""
        return "".join(sorted("".join(letter.text for letter in self.letters)))

    @property
    def y(self) -> float:
        """Its baseline."""
        ordered = sorted(letter.y for letter in self.letters)
        return ordered[len(ordered) // 2]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """What its letters take: left, top, right, bottom, by the height of usual letters."""
        size = max(letter.size for letter in self.letters)
        return (
            min(letter.x for letter in self.letters),
            self.y - 0.75 * size,
            max(letter.right for letter in self.letters),
            self.y + 0.25 * size,
        )


def lines(letters: list[Placed]) -> list[Line]:
    """Puts letters into lines, from top to bottom."""
    found: list[Line] = []
    for letter in sorted(letters, key=lambda one: one.y):
        if found and letter.y - found[-1].letters[-1].y < 0.3 * letter.size:
            found[-1].letters.append(letter)
        else:
            found.append(Line([letter]))
    return found
