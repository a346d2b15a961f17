"""The workbook within a chart: what "Edit data" shows must be the deck's data, all of it and only that."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from pptx.oxml.ns import qn
from reading import Chart


def problem(workbook: bytes, chart: Any, wanted: Chart) -> str | None:
    """What is wrong with a chart's workbook; `chart` is the chart's XML, which refers to its cells."""
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
        name, _, area = formula.text.rpartition("!")
        if name.strip("'") != sheet.title:
            raise LookupError(f"{formula.text} isn't on sheet {sheet.title}")
        found = sheet[area.replace("$", "")]
        flat = [found] if not isinstance(found, tuple) else [c for row in found for c in row]
        used.update(cell.coordinate for cell in flat)
        return [cell.value for cell in flat]

    try:
        series = list(chart.iter(qn("c:ser")))
        if len(series) != len(wanted.series):
            return f"{len(series)} series, not {len(wanted.series)}"
        for one, (name, pairs) in zip(series, wanted.series, strict=True):
            if [value or "" for value in cells(one.find(qn("c:tx")))] != [name]:
                return f"series {name[:30]!r} has another name"
            if wanted.kind == "scatter":
                x = [float(value) for value in cells(one.find(qn("c:xVal")))]
                y = cells(one.find(qn("c:yVal")))
                points = list(zip(x, y, strict=True))
                data = list(pairs)
            else:
                names = [str(value or "") for value in cells(one.find(qn("c:cat")))]
                points = list(zip(names, cells(one.find(qn("c:val"))), strict=True))
                data = list(zip(wanted.categories, (y for _, y in pairs), strict=True))
            if sorted(points, key=str) != sorted(((a, _whole(b)) for a, b in data), key=str) and points != data:
                return f"series {name[:30]!r}: {points[:3]}, not {data[:3]}"
    except (LookupError, ValueError) as problem:
        return str(problem)
    others = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and cell.coordinate not in used and not isinstance(cell.value, str)
    ]
    return f"numbers that no series has: {others[:5]}" if others else None


def _whole(value: float | None) -> float | int | None:
    """A number as `openpyxl` gives it: whole ones without a fraction."""
    return int(value) if value is not None and value == int(value) else value
