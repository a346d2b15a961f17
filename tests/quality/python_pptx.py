"""Builds a deck with python-pptx, without any look, to be timed beside ours.

usage: python_pptx.py DECK.json OUT.pptx

Says on its standard error how long the building took, without the start of Python.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Emu, Pt
from reading import Chart, Slide, Table, read

KINDS = {
    "bar": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked_bar": XL_CHART_TYPE.COLUMN_STACKED,
    "line": XL_CHART_TYPE.LINE,
    "area": XL_CHART_TYPE.AREA_STACKED,
    "pie": XL_CHART_TYPE.PIE,
    "scatter": XL_CHART_TYPE.XY_SCATTER,
}
LEFT, TOP, WIDTH, HEIGHT = (Emu(pixels * 9525) for pixels in (64, 160, 1152, 472))


def chart_on(shapes: Any, chart: Chart) -> None:
    """Adds a chart with its data."""
    if chart.kind == "scatter":
        data = XyChartData()
        for name, pairs in chart.series:
            series = data.add_series(name)
            for x, y in pairs:
                series.add_data_point(x, y)
    else:
        data = CategoryChartData()
        data.categories = chart.categories
        for name, pairs in chart.series:
            data.add_series(name, [y for _, y in pairs])
    shapes.add_chart(KINDS[chart.kind], LEFT, TOP, WIDTH, HEIGHT, data)


def table_on(shapes: Any, table: Table) -> None:
    """Adds a table with its cells."""
    rows: list[list[Any]] = [list(table.headings), *table.rows]
    made = shapes.add_table(len(rows), len(table.headings), LEFT, TOP, WIDTH, HEIGHT).table
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            text = getattr(cell, "text", None)
            made.cell(number, column).text = text if text is not None else f"{cell}"


def slide_in(show: Any, slide: Slide, folder: Path) -> None:
    """Adds a slide: its title, texts, tables, charts, images and notes."""
    made = show.slides.add_slide(show.slide_layouts[5])
    if slide.title:
        made.shapes.title.text = slide.title.text
    frame = made.shapes.add_textbox(LEFT, TOP, WIDTH, HEIGHT).text_frame
    frame.word_wrap = True
    for number, words in enumerate(one for one in slide.words if one is not slide.title):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size = words.text, Pt(15)
    for table in slide.tables:
        table_on(made.shapes, table)
    for chart in slide.charts:
        chart_on(made.shapes, chart)
    for picture in slide.pictures:
        made.shapes.add_picture(str(folder / f"{picture.image}.png"), LEFT, TOP)
    if slide.notes:
        made.notes_slide.notes_text_frame.text = slide.notes


def main() -> None:
    """Builds the deck."""
    deck, out = (Path(argument) for argument in sys.argv[1:3])
    began = time.perf_counter()
    show = Presentation()
    show.slide_width, show.slide_height = Emu(1280 * 9525), Emu(720 * 9525)
    for slide in read(json.loads(deck.read_text())):
        slide_in(show, slide, deck.parent)
    show.save(out)
    print(f"{(time.perf_counter() - began) * 1000:.1f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
