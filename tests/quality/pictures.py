"""Pictures of pages side by side, and how much they differ."""

from __future__ import annotations

import html
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter, ImageStat

SIZE = (640, 360)
STYLE = (
    "body{font:14px/1.4 system-ui;margin:24px;max-width:1300px}"
    "img{width:100%;border:1px solid #ccc}"
    "figure{margin:0 0 20px}h2{margin:32px 0 8px}"
)


def drawn(path: Path) -> list[Image.Image]:
    """A file's pages as pictures."""
    document = pdfium.PdfDocument(path)
    try:
        return [
            page.render(scale=SIZE[0] / page.get_width()).to_pil().convert("RGB").resize(SIZE)
            for page in document
        ]
    finally:
        document.close()


def difference(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures differ, in percent. Edges count little."""
    soft = [picture.filter(ImageFilter.GaussianBlur(1)) for picture in (one, other)]
    means = ImageStat.Stat(ImageChops.difference(*soft)).mean
    return sum(means) / len(means) / 255 * 100


def compare(name: str, ours: Path, theirs: Path, folder: Path) -> list[tuple[str, float]]:
    """Writes a picture of each pair of pages; gives their names and differences."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, (one, other) in enumerate(zip(drawn(ours), drawn(theirs), strict=False), 1):
        both = Image.new("RGB", (2 * SIZE[0], SIZE[1]))
        both.paste(one, (0, 0))
        both.paste(other, (SIZE[0], 0))
        file = f"{name}-{number:02}.jpg"
        both.save(folder / file, quality=82)
        found.append((file, difference(one, other)))
    return found


def page(found: dict[str, list[tuple[str, float]]], folder: Path) -> Path:
    """Writes a page with all pictures, the decks that differ most first."""
    parts = [
        "<!doctype html><meta charset=utf-8><title>Decks side by side</title>",
        f"<style>{STYLE}</style><h1>Decks side by side</h1>",
        "<p>Left: our PDF. Right: the PowerPoint file in LibreOffice.",
    ]
    for name, pairs in sorted(found.items(), key=lambda one: -worst(one[1])):
        parts.append(
            f"<h2>{html.escape(name)}: {mean(pairs):.2f} %, at most {worst(pairs):.2f} %</h2>"
        )
        parts += [
            f"<figure><img loading=lazy src='{html.escape(file)}' alt=''>"
            f"<figcaption>{html.escape(file)}: {percent:.2f} %</figcaption></figure>"
            for file, percent in pairs
        ]
    path = folder / "index.html"
    path.write_text("\n".join(parts))
    return path


def mean(pairs: list[tuple[str, float]]) -> float:
    """The mean difference of a deck's pages."""
    return sum(percent for _, percent in pairs) / len(pairs) if pairs else 0.0


def worst(pairs: list[tuple[str, float]]) -> float:
    """The largest difference of a deck's pages."""
    return max((percent for _, percent in pairs), default=0.0)
