"""The fonts that LibreOffice sees in the tests: ours, under the names in files, no others.

A face of ours is several WOFF2 files, one for each script, and a file names the font that ours is
as wide as. So the files of a face are joined and carry that name. What the machine has installed
makes no difference.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.merge import Merger, Options
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FONTS = Path(__file__).resolve().parents[2] / "runtime" / "slides" / "fonts"
# Our families, each with the name of the font that it is as wide as.
TWINS = {
    "carlito": "Calibri",
    "arimo": "Arial",
    "gelasio": "Georgia",
    "caladea": "Cambria",
    "tinos": "Times New Roman",
}
# Heights of lines that the files for pages have another way than the font that people install.
HEIGHTS = {"carlito": (1536, -512, 452)}
SCRIPTS = ["latin", "latin-ext", "greek", "cyrillic"]
# Forms of Arabic letters. Where a font has them, HarfBuzz joins letters by them; with one glyph for
# all letters it would take each two for the ligature of lam and alef, and lines were half as wide.
ARABIC_FORMS = {*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)}
STYLES = {
    "400-normal": "Regular",
    "400-italic": "Italic",
    "700-normal": "Bold",
    "700-italic": "Bold Italic",
}
NAMES = {1: "{0}", 2: "{1}", 3: "{0} {1}", 4: "{0} {1}", 6: "{2}-{3}"}


def _name(font: TTFont, family: str, style: str) -> None:
    """Gives a font its names."""
    flat = family.replace(" ", "")
    font["name"].names = []
    for number, pattern in NAMES.items():
        text = pattern.format(family, style, flat, style.replace(" ", ""))
        font["name"].setName(text, number, 3, 1, 0x409)


def _joined(folder: str, style: str, name: str, work: Path) -> TTFont:
    """The files of a face as one font."""
    pieces = []
    for script in SCRIPTS:
        source = FONTS / folder / f"{folder}-{script}-{style}.woff2"
        if source.exists():
            font = TTFont(source)
            font.flavor = None
            piece = work / f"{folder}-{script}-{style}.ttf"
            font.save(piece)
            pieces.append(str(piece))
    options = Options(drop_tables=["DSIG", "fpgm", "prep", "cvt ", "gasp", "meta"])
    font = Merger(options).merge(pieces) if len(pieces) > 1 else TTFont(pieces[0])
    first = TTFont(pieces[0])
    # Merging takes the extremes; a line's height is that of the face.
    for table in ("hhea", "OS/2"):
        for field in (
            "ascent",
            "descent",
            "lineGap",
            "sTypoAscender",
            "sTypoDescender",
            "sTypoLineGap",
        ):
            if hasattr(first[table], field):
                setattr(font[table], field, getattr(first[table], field))
    if heights := HEIGHTS.get(folder):
        font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = heights
    font["OS/2"].usWinAscent = first["OS/2"].usWinAscent
    font["OS/2"].usWinDescent = first["OS/2"].usWinDescent
    _name(font, name, STYLES[style])
    return font


def _foreign(style: str) -> TTFont:
    """The font that has only widths, as LibreOffice reads it, and with boxes to be seen.

    In each style, as a program widens the letters of a font that it has to make bold itself.
    """
    font = TTFont(FONTS / "foreign.ttf")
    for name in font.getGlyphOrder():
        width = font["hmtx"][name][0]
        if width > 300:
            pen = TTGlyphPen(None)
            corners = [(0.1 * width, 0), (0.1 * width, 650), (0.9 * width, 650), (0.9 * width, 0)]
            pen.moveTo(corners[0])
            for corner in corners[1:]:
                pen.lineTo(corner)
            pen.closePath()
            font["glyf"][name] = pen.glyph()
    is_bold, is_italic = style.startswith("700"), style.endswith("italic")
    font["OS/2"].usWeightClass = 700 if is_bold else 400
    font["OS/2"].fsSelection = is_italic | is_bold << 5 | (not is_bold and not is_italic) << 6
    font["head"].macStyle = is_bold | is_italic << 1
    _name(font, "Tellr foreign", STYLES[style])
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {c: name for c, name in font.getBestCmap().items() if c not in ARABIC_FORMS}
    short = CmapSubtable.newSubtable(4)
    short.platformID, short.platEncID, short.language = 3, 1, 0
    short.cmap = {code: name for code, name in table.cmap.items() if 0x2E80 <= code < 0x2F00}
    font["cmap"].tables = [short, table]
    return font


def prepare(folder: Path) -> Path:
    """Writes the fonts into a folder, unless they are there; gives their configuration."""
    sources = [*sorted(FONTS.rglob("*.woff2")), FONTS / "foreign.ttf", Path(__file__)]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp, configuration = folder / "digest", folder / "fonts.conf"
    if stamp.exists() and stamp.read_text() == digest:
        return configuration
    work, faces = folder / "pieces", folder / "faces"
    for place in (work, faces):
        place.mkdir(parents=True, exist_ok=True)
    for family, name in TWINS.items():
        for style in STYLES:
            _joined(family, style, name, work).save(faces / f"{name.replace(' ', '')}-{style}.ttf")
    for style in STYLES:
        _foreign(style).save(faces / f"foreign-{style}.ttf")
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(faces))}</dir><cachedir>{escape(str(folder / 'cache'))}</cachedir>"
        "</fontconfig>\n"
    )
    stamp.write_text(digest)
    return configuration
