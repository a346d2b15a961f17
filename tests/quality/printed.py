"""PDFs: whole, readable in the order of the deck, tagged, with their fonts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import faithful
import letters
from powerpoint import Report
from reading import solid

Json = dict[str, Any]
# How far a line may be from where it was laid out, in pixels.
APART = 0.3
# Letters of notes that are looked for at once, and how many are on a page at least.
PART, PAGE = 40, 1_000
# Drawn by layout, and of no meaning to who listens.
DECORATION = {letters.plain("“")}


def _output(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    return done.stdout + done.stderr


def structure(path: Path, report: Report, name: str, deck: Json) -> None:
    """Whether the file as such is in order."""
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    said = checked.stdout + checked.stderr
    is_whole = checked.returncode == 0 and "WARNING" not in said
    report.check("qpdf --check", is_whole, f"{name}: {said[-200:]}")
    info = _output("pdfinfo", path)
    report.check("tagged", bool(re.search(r"^Tagged: +yes", info, re.M)), f"{name}: isn't tagged")
    if title := deck["title"].strip():
        is_named = solid(title) in solid(info)
        report.check(
            "document title", is_named, f"{name}: title {title[:40]!r} isn't the document's"
        )
    for line in _output("pdffonts", path).splitlines()[2:]:
        fields = line.split()
        flags = [field for field in fields if field in ("yes", "no")][:3]
        report.check(
            "fonts embedded, subset, with Unicode",
            flags == ["yes"] * 3,
            f"{name}: font {line.strip()}",
        )


def text(
    path: Path, report: Report, name: str, displays: list[Json], pages_of_slides: list[int]
) -> None:
    """Whether pdftotext gives what is drawn of each slide, in that order."""
    pages = _output("pdftotext", "-raw", "-enc", "UTF-8", path, "-").split("\f")
    for number, display in enumerate(displays):
        page = (
            letters.plain(pages[pages_of_slides[number]])
            if pages_of_slides[number] < len(pages)
            else ""
        )
        at = 0
        for paragraph in faithful.ours(display):
            script = faithful.script("".join(line.text for line in paragraph.lines))
            said = paragraph.solid
            where = f"{name} {number + 1}: {said[:50]!r}"
            # Text from right to left comes in the order of what is seen, where pdftotext guesses.
            if script in ("right to left", "emoji"):
                missing = _missing(said, page)
                wrong = f"{where}: {missing[:20]!r} isn't in the text"
                report.check("paragraphs in the text", not missing, wrong)
                continue
            found = page.find(said, at)
            is_there = found >= 0 or said in page
            if report.check("paragraphs in the text", is_there, f"{where} isn't in the text"):
                report.check("paragraphs in order", found >= 0, f"{where} comes too early")
                at = found + len(said) if found >= 0 else at


def _missing(said: str, page: str) -> str:
    return "".join(c for c in set(said) if said.count(c) > page.count(c))


def lines(path: Path, report: Report, name: str, displays: list[Json]) -> None:
    """Whether each line stands where it was laid out."""
    for number, (page, display) in enumerate(zip(letters.of_file(path), displays, strict=False)):
        for paragraph in faithful.ours(display):
            for line in paragraph.lines:
                # pdfium passes over letters that nothing is drawn of.
                if not line.key or line.is_foreign:
                    continue
                near = [
                    letter.text
                    for letter in page
                    if abs(letter.y - line.y) <= APART and line.x - 1 <= letter.x <= line.right + 1
                ]
                missing = _missing(line.key, "".join(near))
                wrong = f"{name} {number + 1}: {line.text[:50]!r} isn't at {line.x}, {line.y}"
                report.check("lines where they were laid out", not missing, wrong)


def tags(path: Path, report: Report, name: str, displays: list[Json]) -> None:
    """Whether the tags hold the text, which is what screen readers read."""
    said = _output("pdfinfo", "-struct-text", path)
    said = letters.plain("".join(re.findall(r'^ *"(.*)"$', said, re.M)))
    # pdfinfo gives only the beginning of a text that a tag gives in place of its letters.
    whole = subprocess.run(
        ["qpdf", "--qdf", "--object-streams=disable", path, "-"], capture_output=True, check=False
    ).stdout
    for found in re.findall(rb"/ActualText <feff([0-9a-f]+)>", whole):
        said += letters.plain(bytes.fromhex(found.decode()).decode("utf-16-be", "replace"))
    for number, display in enumerate(displays):
        for paragraph in faithful.ours(display):
            if paragraph.block is None or paragraph.is_of_chart or paragraph.solid in DECORATION:
                continue
            script = faithful.script("".join(line.text for line in paragraph.lines))
            if script in ("right to left", "emoji"):
                continue
            wrong = f"{name} {number + 1}: {paragraph.solid[:50]!r} has no tag"
            report.check("paragraphs in the tags", paragraph.solid in said, wrong)


def notes(path: Path, report: Report, name: str, of_slides: list[str]) -> None:
    """Whether the pages with notes have all notes."""
    said = letters.plain(_output("pdftotext", "-raw", "-enc", "UTF-8", path, "-"))
    for number, text_of_slide in enumerate(of_slides, 1):
        for line in text_of_slide.split("\n"):
            wanted = letters.plain(line)
            if not wanted or faithful.script(line) in ("right to left", "emoji"):
                continue
            wrong = f"{name} {number}: notes {wanted[:40]!r} aren't in the text"
            # The foot of a page may stand within a long line, but not more than once a page.
            parts = [wanted[at : at + PART] for at in range(0, len(wanted), PART)]
            lost = [part for part in parts if part not in said]
            report.check("notes in pages", len(lost) <= len(wanted) // PAGE, wrong)
