"""PowerPoint files, opened with python-pptx and compared with what their decks say."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numerals
import workbooks
from losses import Losses
from pptx import Presentation
from pptx.chart.chart import Chart as PptxChart
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.oxml.ns import qn
from reading import Chart, Letter, Slide, Table, Words, shown, solid

Json = dict[str, Any]
# Of a line within a paragraph. `shown` takes it for a control character.
BREAK = "\u2028"
TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE}


@dataclass
class Paragraph:
    """A paragraph of a file."""

    letters: list[Letter]
    text: str
    is_title: bool = False
    # What it says between the breaks that it has itself.
    lines: list[str] = field(default_factory=list)

    @property
    def solid(self) -> str:
        """What it says without any space."""
        return "".join(letter.character for letter in self.letters)


@dataclass
class Found:
    """What a slide of a file has."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    tables: list[list[list[Paragraph]]] = field(default_factory=list)
    charts: list[PptxChart] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    notes: str = ""


@dataclass
class Report:
    """What came of comparing: counts, what is wrong, and what is missing for a reason."""

    wrong: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def count(self, what: str, is_right: bool, weight: int = 1) -> None:
        """Counts something that was looked for."""
        counted = self.counts.setdefault(what, [0, 0])
        counted[0] += weight if is_right else 0
        counted[1] += weight

    def check(self, what: str, is_right: bool, wrong: str, reason: str | None = None) -> bool:
        """Counts something; what is missing for a reason isn't counted but listed."""
        if not is_right and reason:
            self.excused.append(f"{wrong} [{reason}]")
            return False
        self.count(what, is_right)
        if not is_right:
            self.wrong.append(wrong)
        return is_right


def paragraph(element: Any, part: Any, is_title: bool) -> Paragraph:
    """Reads a paragraph's runs, also those of fields."""
    letters: list[Letter] = []
    text = ""
    for child in element:
        if child.tag == qn("a:br"):
            text += BREAK
        elif child.tag in (qn("a:r"), qn("a:fld")):
            said = child.findtext(qn("a:t")) or ""
            look = child.find(qn("a:rPr"))
            bold = look is not None and look.get("b") in ("1", "true")
            italic = look is not None and look.get("i") in ("1", "true")
            link = None
            click = look.find(qn("a:hlinkClick")) if look is not None else None
            if click is not None and (name := click.get(qn("r:id"))):
                link = part.rels[name].target_ref
            text += said.replace(BREAK, " ")
            letters += [Letter(c, bold, italic, link) for c in solid(said)]
    lines = [shown(line) for line in text.split(BREAK)]
    return Paragraph(letters, " ".join(lines), is_title, lines)


def shapes_of(shapes: Any) -> Iterator[Any]:
    """All shapes, also those in groups."""
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from shapes_of(shape.shapes)
        else:
            yield shape


def found_on(slide: Any) -> Found:
    """Reads a slide of a file."""
    found = Found()
    for shape in shapes_of(slide.shapes):
        if shape.has_text_frame:
            is_title = shape.is_placeholder and shape.placeholder_format.type in TITLES
            for element in shape.text_frame._txBody.findall(qn("a:p")):
                found.paragraphs.append(paragraph(element, slide.part, is_title))
        elif getattr(shape, "has_table", False) and shape.has_table:
            rows = shape._element.iter(qn("a:tr"))
            found.tables.append(
                [[_cell(cell, slide.part) for cell in row.iter(qn("a:tc"))] for row in rows]
            )
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            found.charts.append(shape.chart)
        elif shape._element.tag == qn("p:pic"):
            alt = shape._element.find(f".//{qn('p:cNvPr')}").get("descr") or ""
            found.pictures.append((shape.name, alt))
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        found.notes = frame.text if frame is not None else ""
    return found


def _cell(element: Any, part: Any) -> Paragraph:
    read = [paragraph(one, part, False) for one in element.iter(qn("a:p"))]
    letters = [letter for one in read for letter in one.letters]
    return Paragraph(letters, shown(" ".join(one.text for one in read)))


def read(path: Path) -> list[Found]:
    """Opens a file, saves it, and reads what was saved."""
    saved = io.BytesIO()
    Presentation(path).save(saved)
    return [found_on(slide) for slide in Presentation(saved).slides]


class Comparison:
    """A slide of a deck beside the slide of its file."""

    def __init__(
        self,
        report: Report,
        name: str,
        slide: Slide,
        found: Found,
        losses: Losses,
        language: str | None,
    ) -> None:
        """Prepares a comparison; `name` says in reports which slide it is."""
        self.report, self.name, self.slide, self.found = report, name, slide, found
        self.losses, self.language = losses, language
        self.left = list(found.paragraphs)

    def all(self, is_exact: bool, missing_images: set[str]) -> None:
        """Compares everything."""
        if self.slide.title and self.slide.title.solid:
            self.title(self.slide.title)
        for words in self.slide.words:
            if words.solid:
                self.words(words, is_exact)
        for number in self.slide.numbers:
            is_there = any(
                numerals.is_number(p.text, number.value, self.language) for p in self.left
            )
            wrong = f"{self.name}: number {number.value} of {number.block} ({number.part})"
            self.report.check(
                "numbers in text boxes", is_there, wrong, self.losses.reason(number.block)
            )
        for source in self.slide.sources:
            said = "".join(p.solid for p in self.found.paragraphs)
            reason = "cut" if self.losses.is_footer_cut else None
            wrong = f"{self.name}: source {source[:40]!r}"
            self.report.check("sources", solid(source) in said, wrong, reason)
        self.tables()
        self.charts()
        self.pictures(missing_images)
        wanted = [shown(line) for line in self.slide.notes.split("\n")]
        is_same = [
            shown(line) for line in self.found.notes.replace("\v", "\n").split("\n")
        ] == wanted
        if any(wanted) or self.found.notes:
            self.report.check("notes", is_same, f"{self.name}: notes {self.found.notes[:80]!r}")

    def title(self, words: Words) -> None:
        """Whether the slide has the title as its title."""
        titles = ["".join(p.solid for p in self.found.paragraphs if p.is_title)]
        is_cut = titles[0].endswith("…") and words.solid.startswith(titles[0][:-1])
        self.report.check(
            "titles",
            words.solid in titles or is_cut,
            f"{self.name}: title {words.text[:40]!r}, not {titles[0][:40]!r}",
            self.losses.reason(words.block) if not titles[0] else None,
        )

    def words(self, words: Words, is_exact: bool) -> None:
        """Whether a paragraph is there, with its looks and links."""
        weight = len(words.letters)
        match = next((p for p in self.left if p.solid == words.solid), None)
        # Layout may put something before a text, as in `— Ada`.
        match = match or next((p for p in self.left if p.solid.endswith(words.solid)), None)
        reason = self.losses.reason(words.block)
        if match is None:
            starts = (p.solid[:-1] for p in self.left if p.solid.endswith("…"))
            is_cut = any(words.solid.startswith(start) for start in starts)
            wrong = f"{self.name}: {words.block} ({words.part}) {words.text[:60]!r}"
            if reason is None or not (is_cut or self.is_lost(words)):
                self.report.wrong.append(wrong)
                self.report.count("letters in text boxes", False, weight)
            else:
                self.report.excused.append(f"{wrong} [{reason}]")
            return
        self.left.remove(match)
        self.report.count("letters in text boxes", True, weight)
        self.looks(words, match.letters[len(match.letters) - weight :])
        if not is_exact:
            # A break stands for a space, or within a word or between Chinese letters for none.
            pattern = " ?".join(re.escape(line) for line in match.lines) + "$"
            is_same = match.text.endswith(words.text) or bool(re.match(pattern, words.text))
            self.report.check(
                "spaces", is_same, f"{self.name}: {match.text[:50]!r}, not {words.text[:50]!r}"
            )
            whole = "paragraphs without breaks of ours, in editable files"
            self.report.count(whole, len(match.lines) == 1)

    def is_lost(self, words: Words) -> bool:
        """Whether a paragraph without a trace belongs to a block that was cut or hidden."""
        return bool({"hidden", "left", "cut"} & self.losses.marks.get(words.block, set()))

    def looks(self, words: Words, found: list[Letter]) -> None:
        """Whether each letter is bold, italic and linked as it should be."""
        pairs = list(zip(words.letters, found, strict=True))
        # What a theme writes bold as a whole doesn't tell bold from other words.
        is_all_bold = all(letter.bold for letter in found)
        is_right = all(
            (a.italic, a.link) == (b.italic, b.link) and (a.bold == b.bold or is_all_bold)
            for a, b in pairs
        )
        wrong = f"{self.name}: looks or links of {words.text[:50]!r}"
        self.report.check("looks of paragraphs", is_right, wrong)

    def tables(self) -> None:
        """Whether each table is one, with the same cells."""
        left = list(self.found.tables)
        for table in self.slide.tables:
            reason = self.losses.reason(table.block)
            matches = [one for one in left if one and self.is_row(one[0], table.headings)]
            best = max(matches, key=lambda one: self.same_rows(one, table), default=None)
            wrong = f"{self.name}: table {table.block}"
            if self.report.check("tables", best is not None, wrong, reason) and best is not None:
                left.remove(best)
                same = self.same_rows(best, table)
                rows = len(table.rows)
                if same < rows and len(best) - 1 == same and reason and "left" in reason:
                    self.report.excused.append(f"{wrong}: {rows - same} of {rows} rows [{reason}]")
                    rows = same
                self.report.count("rows of tables", True, same)
                if same < rows:
                    self.report.count("rows of tables", False, rows - same)
                    self.report.wrong.append(f"{wrong}: only {same} of {rows} rows agree")
        if left:
            self.report.wrong.append(f"{self.name}: {len(left)} tables more than the deck has")

    def is_row(self, found: list[Paragraph], wanted: list[Words | float | None]) -> bool:
        """Whether cells say what they should. Columns for which there is no room may be missing."""
        return 0 < len(found) <= len(wanted) and all(
            self.is_cell(a, b) for a, b in zip(found, wanted, strict=False)
        )

    def is_cell(self, found: Paragraph, wanted: Words | float | None) -> bool:
        """Whether a cell says what it should."""
        if wanted is None:
            return found.solid in ("", "–")
        if isinstance(wanted, float):
            return numerals.is_number(found.text, wanted, self.language)
        is_cut = found.solid.endswith("…") and wanted.solid.startswith(found.solid[:-1])
        return found.solid == wanted.solid or is_cut

    def same_rows(self, found: list[list[Paragraph]], wanted: Table) -> int:
        """How many rows, from the first on, are as they should be."""
        count = 0
        for one, two in zip(found[1:], wanted.rows, strict=False):
            if not self.is_row(one, two):
                break
            count += 1
        return count

    def charts(self) -> None:
        """Whether each chart is one, and its data and its workbook are the deck's."""
        left = list(self.found.charts)
        for chart in self.slide.charts:
            wrong = f"{self.name}: chart {chart.block} ({chart.kind})"
            reason = self.losses.reason(chart.block) or (None if chart.has_value else "no values")
            match = next((one for one in left if values_of(one) == workbooks.data_of(chart)), None)
            if self.report.check("charts", match is not None, wrong, reason) and match is not None:
                left.remove(match)
                self.workbook(chart, match, wrong)
        if left:
            self.report.wrong.append(f"{self.name}: {len(left)} charts that aren't the deck's")

    def workbook(self, chart: Chart, match: PptxChart, wrong: str) -> None:
        """Whether a chart's workbook holds its data and nothing else."""
        part = match.part.chart_workbook.xlsx_part
        problem = "none" if part is None else workbooks.problem(part.blob, match._chartSpace, chart)
        self.report.check("workbooks", problem is None, f"{wrong}: workbook: {problem}")

    def pictures(self, missing_images: set[str]) -> None:
        """Whether images, and nothing else, are pictures."""
        wanted = []
        for picture in self.slide.pictures:
            reason = self.losses.reason(picture.block)
            if picture.image in missing_images:
                self.report.excused.append(f"{self.name}: image {picture.image} [no such file]")
            elif reason and "hidden" in reason:
                self.report.excused.append(f"{self.name}: image {picture.image} [{reason}]")
            else:
                wanted.append(shown(picture.alt))
        found = [shown(alt) for _, alt in self.found.pictures]
        is_same = sorted(found) == sorted(wanted)
        if wanted or found:
            self.report.check("pictures", is_same, f"{self.name}: pictures {found}, not {wanted}")


def values_of(chart: PptxChart) -> list[Any]:
    """Of each series its name and points, sorted: a drawing may have another order."""
    made = []
    for plot in chart.plots:
        for series in plot.series:
            names = _points(series, "c:xVal") or _points(series, "c:cat")
            points = zip(names, series.values, strict=False)
            made.append((series.name, sorted(points, key=str)))
    return sorted(made, key=str)


def _points(series: Any, name: str) -> list[Any]:
    """What the values of a series belong to: names of categories, or numbers."""
    found = series._element.find(qn(name))
    count = found.find(f".//{qn('c:ptCount')}") if found is not None else None
    if count is None:
        return []
    read = float if name == "c:xVal" else str
    points = {
        int(point.get("idx")): read(point.findtext(qn("c:v")) or "")
        for point in found.iter(qn("c:pt"))
    }
    return [points.get(number, "") for number in range(int(count.get("val")))]
