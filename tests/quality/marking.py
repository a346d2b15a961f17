"""Copies of PowerPoint files in which each paragraph has a colour of its own.

A PDF doesn't say which box a letter belongs to; its colour does. Nothing else is changed, so the
lines break as they do in the file itself.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from pptx import Presentation
from reading import solid

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
EMU_PER_PIXEL = 9_525
FILLS = {
    f"{A}{name}" for name in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
}
BULLET_COLORS = {f"{A}buClrTx", f"{A}buClr"}
BULLETS = {f"{A}buNone", f"{A}buAutoNum", f"{A}buChar", f"{A}buBlip"}
# What stands before the colour of a bullet.
SPACINGS = {f"{A}lnSpc", f"{A}spcBef", f"{A}spcAft"}
# No paragraph has it; bullets do.
BULLET_COLOR = 0x00FF01
# Of one paragraph to the next, so that they are told apart by eye too.
STRIDE = 4_099

Box = tuple[float, float, float, float]


@dataclass
class Marked:
    """A paragraph of a file, and how to know its letters."""

    slide: int
    color: int
    solid: str
    has_link: bool
    # The number of its text box or cell on the slide, and where that is: left, top, right, bottom.
    box: int
    bounds: Box
    is_cell: bool


def _inherited(source: Path) -> list[dict[str, Box]]:
    """Of each slide, by shape id, where placeholders are; one may inherit its place."""
    return [
        {
            str(shape.shape_id): (
                shape.left / EMU_PER_PIXEL,
                shape.top / EMU_PER_PIXEL,
                (shape.left + shape.width) / EMU_PER_PIXEL,
                (shape.top + shape.height) / EMU_PER_PIXEL,
            )
            for shape in slide.placeholders
            if shape.width is not None
        }
        for slide in Presentation(source).slides
    ]


def _bounds(element: etree._Element) -> Box | None:
    """Where a shape is, by its own measures."""
    place = (
        element.find(f"{P}xfrm")
        if element.tag == f"{P}graphicFrame"
        else element.find(f"{P}spPr/{A}xfrm")
    )
    if place is None:
        return None
    corner, size = place.find(f"{A}off"), place.find(f"{A}ext")
    x, y = int(corner.get("x")) / EMU_PER_PIXEL, int(corner.get("y")) / EMU_PER_PIXEL
    return (
        x,
        y,
        x + int(size.get("cx")) / EMU_PER_PIXEL,
        y + int(size.get("cy")) / EMU_PER_PIXEL,
    )


def _color(parent: etree._Element, color: int, after: set[str]) -> None:
    """Gives a run's properties a colour."""
    for child in list(parent):
        if child.tag in FILLS:
            parent.remove(child)
    at = sum(1 for child in parent if child.tag in after)
    fill = etree.Element(f"{A}solidFill")
    etree.SubElement(fill, f"{A}srgbClr", val=f"{color:06X}")
    parent.insert(at, fill)


def _bullet(paragraph: etree._Element) -> None:
    """Gives a paragraph's bullet the colour of bullets."""
    properties = paragraph.find(f"{A}pPr")
    if properties is None or not any(child.tag in BULLETS for child in properties):
        return
    for child in list(properties):
        if child.tag in BULLET_COLORS:
            properties.remove(child)
    at = sum(1 for child in properties if child.tag in SPACINGS)
    color = etree.Element(f"{A}buClr")
    etree.SubElement(color, f"{A}srgbClr", val=f"{BULLET_COLOR:06X}")
    properties.insert(at, color)


class _Slide:
    """A slide whose paragraphs are given colours."""

    def __init__(
        self, number: int, free: int, tree: etree._Element, places: dict[str, Box]
    ) -> None:
        self.number, self.free, self.tree, self.places = number, free, tree, places
        self.boxes = 0
        self.marked: list[Marked] = []

    def mark(self) -> None:
        for shape in self.tree.iter(f"{P}sp", f"{P}graphicFrame"):
            name = shape.find(f".//{P}cNvPr").get("id")
            bounds = _bounds(shape) or self.places.get(name)
            if shape.tag == f"{P}sp":
                body = shape.find(f"{P}txBody")
                if body is not None:
                    self.body(body, bounds or (0, 0, 0, 0), is_cell=False)
            elif (table := shape.find(f".//{A}tbl")) is not None and bounds:
                self.table(table, bounds)

    def table(self, table: etree._Element, bounds: Box) -> None:
        widths = [int(one.get("w")) / EMU_PER_PIXEL for one in table.iter(f"{A}gridCol")]
        y = bounds[1]
        for row in table.findall(f"{A}tr"):
            x, height = bounds[0], int(row.get("h")) / EMU_PER_PIXEL
            for cell, width in zip(row.findall(f"{A}tc"), widths, strict=False):
                body = cell.find(f"{A}txBody")
                if body is not None:
                    self.body(body, (x, y, x + width, y + height), is_cell=True)
                x += width
            y += height

    def body(self, body: etree._Element, bounds: Box, *, is_cell: bool) -> None:
        self.boxes += 1
        for paragraph in body.findall(f"{A}p"):
            runs = [*paragraph.findall(f"{A}r"), *paragraph.findall(f"{A}fld")]
            said = "".join(run.findtext(f"{A}t") or "" for run in runs)
            self.free += STRIDE
            for run in runs:
                look = run.find(f"{A}rPr")
                if look is None:
                    look = etree.Element(f"{A}rPr")
                    run.insert(0, look)
                _color(look, self.free, {f"{A}ln"})
            _bullet(paragraph)
            has_link = paragraph.find(f".//{A}hlinkClick") is not None
            self.marked.append(
                Marked(self.number, self.free, solid(said), has_link, self.boxes, bounds, is_cell)
            )


def write(source: Path, target: Path) -> list[Marked]:
    """Writes a copy in which each paragraph has its colour; gives the paragraphs."""
    marked: list[Marked] = []
    places = _inherited(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        order = _order(old)
        free = 0x101010
        for info in old.infolist():
            content = old.read(info)
            if info.filename in order:
                number = order.index(info.filename)
                slide = _Slide(number, free, etree.fromstring(content), places[number])
                slide.mark()
                content = etree.tostring(
                    slide.tree, xml_declaration=True, encoding="UTF-8", standalone=True
                )
                marked += slide.marked
                free = slide.free
            new.writestr(info, content)
    return marked


def _order(archive: zipfile.ZipFile) -> list[str]:
    """The parts of the slides, in the order of the presentation."""
    relations = etree.fromstring(archive.read("ppt/_rels/presentation.xml.rels"))
    targets = {one.get("Id"): one.get("Target") for one in relations}
    show = etree.fromstring(archive.read("ppt/presentation.xml"))
    name = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    slides = [targets[one.get(name)] for one in show.iter(f"{P}sldId")]
    return [one.lstrip("/") if one.startswith("/") else f"ppt/{one}" for one in slides]
