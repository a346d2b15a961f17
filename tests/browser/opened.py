"""Opens a PowerPoint file as python-pptx and LibreOffice do; prints what is in it as JSON.

usage: opened.py FILE.pptx FOLDER      (FOLDER gets the PDF that LibreOffice makes of it)
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pptx import Presentation


def numbers(series: Any) -> list[float | None]:  # noqa: ANN401 (no types)
    """Gives the values of a series."""
    return [None if value is None else float(value) for value in series.values]


def main() -> None:
    """Opens the file that is named on the command line."""
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    presentation = Presentation(str(file))
    slides = []
    for slide in presentation.slides:
        charts = [shape.chart for shape in slide.shapes if shape.has_chart]
        slides.append(
            {
                "title": slide.shapes.title.text_frame.text if slide.shapes.title else None,
                "charts": [
                    {
                        series.name: [
                            None if value is None else float(value) for value in series.values
                        ]
                        for plot in chart.plots
                        for series in plot.series
                    }
                    for chart in charts
                ],
                "tables": sum(shape.has_table for shape in slide.shapes),
                "pictures": sum(shape.shape_type == 13 for shape in slide.shapes),
                "notes": slide.has_notes_slide,
            }
        )
    profile = f"-env:UserInstallation={(folder / 'office').resolve().as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, file]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pdf = (folder / file.name).with_suffix(".pdf")
    print(json.dumps({"slides": slides, "pdf_bytes": pdf.stat().st_size}))


if __name__ == "__main__":
    main()
