"""The workbook within a chart: what "Edit data" shows is the deck's data, and only that."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from pptx.oxml.ns import qn
from reading import Chart


def problem(workbook: bytes, chart: Any, wanted: Chart) -> str | None:
    """What is wrong with a workbook; `chart` is the chart's XML, which refers to its cells."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    if len(book.worksheets) != 1:
        return f"{len(book.worksheets)} sheets"
    sheet = book.worksheets[0]
    used: set[str] = set()

    def cells(element: Any) -> list[Any]:
        """The cells that a part of a series refers to."""
        formula = element.find(f".//{qn('c:f')}") if element is not None else None
        if formula is None:
            return []
        # PowerPoint can edit the data of series that are one range each.
        name, _, area = formula.text.rpartition("!")
        if "," in formula.text or name.strip("'") != sheet.title:
            raise LookupError(f"{formula.text} isn't one range on sheet {sheet.title}")
        cells_of_it = sheet[area.replace("$", "")]
        rows = cells_of_it if isinstance(cells_of_it, tuple) else ((cells_of_it,),)
        flat = [cell for row in rows for cell in row]
        used.update(cell.coordinate for cell in flat)
        return [cell.value for cell in flat]

    try:
        found = []
        for one in chart.iter(qn("c:ser")):
            names = cells(one.find(qn("c:tx")))
            if wanted.kind == "scatter":
                x = [float(value) for value in cells(one.find(qn("c:xVal")))]
                points = zip(x, cells(one.find(qn("c:yVal"))), strict=True)
            else:
                categories = [str(value or "") for value in cells(one.find(qn("c:cat")))]
                points = zip(categories, cells(one.find(qn("c:val"))), strict=True)
            name = "".join(str(value or "") for value in names)
            found.append((name, sorted(((a, _number(b)) for a, b in points), key=str)))
        data = data_of(wanted)
        if sorted(found, key=str) != data:
            return f"{sorted(found, key=str)}"[:150] + f", not {data}"[:150]
    except (LookupError, ValueError) as problem:
        return str(problem)
    others = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
        and cell.coordinate not in used
        and not isinstance(cell.value, str)
    ]
    return f"numbers that no series has: {others[:5]}" if others else None


def _number(value: Any) -> float | None:
    """A number as the deck has it; other values, which no series may have, as they are."""
    return float(value) if isinstance(value, int | float) else value


def data_of(chart: Chart) -> list[Any]:
    """A deck's chart: of each series its name and points, in an order that no drawing changes."""
    made = []
    for name, pairs in chart.series:
        points = pairs
        if chart.kind != "scatter":
            points = [(c, y) for c, (_, y) in zip(chart.categories, pairs, strict=True)]
        made.append((name, sorted(points, key=str)))
    return sorted(made, key=str)
