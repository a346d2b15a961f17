"""Makes `foreign.ttf`: widths for what none of the bundled fonts has, and no outlines.

usage: foreign.py OUT.ttf      (needs fonttools; run when the classes below change)

Chinese, Arabic or emoji are drawn in a font of the reader's system, so their exact widths can't be
known. This font has the usual ones, one glyph a class of characters, and joins sequences of emoji
into one glyph, so that lines break about where they should.
"""

import sys
from pathlib import Path

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._g_l_y_f import Glyph

UNITS = 1000
# Class: its width and ranges. A later class wins over an earlier one.
CLASSES: dict[str, tuple[int, list[tuple[int, int]]]] = {
    "other": (620, [(0x00A1, 0x1FFF), (0x2C00, 0xD7FF), (0xF900, 0xFFFD), (0x10000, 0x1EFFF)]),
    "space": (230, [(0x0009, 0x0009), (0x00A0, 0x00A0), (0x2000, 0x200A), (0x202F, 0x202F)]),
    "sign": (800, [(0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x2BFF)]),
    "arabic": (520, [(0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF)]),
    "hebrew": (560, [(0x0590, 0x05FF), (0xFB1D, 0xFB4F)]),
    "wide": (
        UNITS,
        [
            (0x1100, 0x115F),
            (0x2E80, 0x303E),
            (0x3041, 0xA4CF),
            (0xAC00, 0xD7A3),
            (0xF900, 0xFAFF),
            (0xFE30, 0xFE4F),
            (0xFF00, 0xFF60),
            (0xFFE0, 0xFFE6),
            (0x20000, 0x3FFFD),
        ],
    ),
    "half": (500, [(0xFF61, 0xFF9F)]),
    "emoji": (
        1300,
        [
            (0x231A, 0x231B),
            (0x23E9, 0x23F3),
            (0x2600, 0x27BF),
            (0x2B1B, 0x2B55),
            (0x1F000, 0x1FAFF),
        ],
    ),
    "flag": (1300, [(0x1F1E6, 0x1F1FF)]),
    "tone": (0, [(0x1F3FB, 0x1F3FF)]),
    "mark": (
        0,
        [
            (0x0300, 0x036F),
            (0x0591, 0x05C7),
            (0x0610, 0x061A),
            (0x064B, 0x065F),
            (0x0670, 0x0670),
            (0x06D6, 0x06ED),
            (0x1AB0, 0x1AFF),
            (0x200B, 0x200F),
            (0x202A, 0x202E),
            (0x2060, 0x206F),
            (0x20D0, 0x20FF),
            (0x3099, 0x309A),
            (0xFE00, 0xFE0F),
            (0xFEFF, 0xFEFF),
            (0xE0000, 0xE01EF),
        ],
    ),
    "joiner": (0, [(0x200D, 0x200D)]),
}
FEATURES = """
languagesystem DFLT dflt;
feature ccmp {
  lookup tones { sub emoji tone by emoji; sub flag flag by emoji; } tones;
  lookup joined {
    sub emoji joiner emoji joiner emoji joiner emoji by emoji;
    sub emoji joiner emoji joiner emoji by emoji;
    sub emoji joiner emoji by emoji;
  } joined;
} ccmp;
"""


def characters() -> dict[int, str]:
    """Give each character its class."""
    of = {}
    for name, (_, ranges) in CLASSES.items():
        for first, last in ranges:
            of.update(dict.fromkeys(range(first, last + 1), name))
    return of


def cmap() -> CmapSubtable:
    """Map many characters to one glyph: format 13."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.format, table.reserved, table.length, table.nGroups = 13, 0, 0, 0
    table.cmap = characters()
    return table


def main() -> None:
    """Write the font."""
    names = [".notdef", *CLASSES]
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    builder.setupGlyf({name: Glyph() for name in names})
    widths = {".notdef": 500} | {name: width for name, (width, _) in CLASSES.items()}
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Tellr foreign", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost(keepGlyphNames=False)
    builder.font["cmap"] = newTable("cmap")
    builder.font["cmap"].tableVersion, builder.font["cmap"].tables = 0, [cmap()]
    addOpenTypeFeaturesFromString(builder.font, FEATURES)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
