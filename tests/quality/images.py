"""The images of the corpus."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw
from words import Choice

# The example program takes this as the size of every JPEG.
PHOTO = (1600, 1200)


def hills() -> Image.Image:
    """A sky with hills."""
    picture = Image.new("RGB", (800, 600), "#b9d3e6")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((540, 90, 660, 210), fill="#fff3d6")
    draw.polygon(
        [(0, 400), (250, 300), (520, 420), (800, 320), (800, 600), (0, 600)], fill="#476b5a"
    )
    return picture


def noise() -> Image.Image:
    """Squares of many colours, some of them transparent."""
    choice = Choice(5)
    picture = Image.new("RGBA", (16, 10))
    for x in range(16):
        for y in range(10):
            picture.putpixel((x, y), tuple(choice.below(256) for _ in range(4)))
    return picture


def photo() -> Image.Image:
    """A gradient."""
    return Image.linear_gradient("L").resize(PHOTO).convert("RGB")


def write(folder: Path) -> None:
    """Writes each image as a file of its name."""
    tall = Image.new("RGB", (40, 900), "#7a3b2e")
    dot = Image.new("RGB", (1, 1), "#123456")
    for name, picture in {"hills": hills(), "noise": noise(), "tall": tall, "dot": dot}.items():
        picture.save(folder / f"{name}.png")
    jpeg = io.BytesIO()
    photo().save(jpeg, "JPEG", quality=70)
    (folder / "photo.jpg").write_bytes(jpeg.getvalue())
