"""Takes the hints out of fonts, in place: they are a third of the files and shape no outline.

usage: unhinted.py FILE.woff2…      (needs fonttools and brotli; run after an update of the files)

Hints tell a rasteriser how to bend outlines to the pixels of small text on coarse screens. Slides
are drawn large, and files for print don't use them. Widths, kerning and ligatures stay as they are.
"""

import sys

from fontTools import subset

OPTIONS = {
    "hinting": False,
    "layout_features": ["*"],
    "name_IDs": ["*"],
    "notdef_outline": True,
    "glyph_names": False,
    "recalc_timestamp": False,
    "drop_tables": ["DSIG", "LTSH", "STAT", "VDMX", "hdmx", "meta"],
    "flavor": "woff2",
}


def main() -> None:
    """Rewrites the files that are named on the command line."""
    for path in sys.argv[1:]:
        options = subset.Options(**OPTIONS)
        font = subset.load_font(path, options)
        # All glyphs, with the numbers that they had.
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=font.getBestCmap().keys(), glyphs=font.getGlyphOrder())
        subsetter.subset(font)
        subset.save_font(font, path, options)


if __name__ == "__main__":
    main()
