"""What is checked of one deck: its files as such, and then beside LibreOffice's rendering."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faithful
import letters
import losses
import marking
import package
import pictures
import powerpoint
import printed
import reading
import web
from faithful import Faithful
from making import Sample
from powerpoint import Report

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
MODES = ["editable", "exact", "google"]
# Of each file that is written: its ending, and the option.
FILES = [(mode, "pptx", mode) for mode in MODES]
FILES += [("slides", "pdf", ""), ("notes", "pdf", "notes"), ("page", "html", "")]


@dataclass
class Folders:
    """Where everything is."""

    root: Path

    def of(self, name: str) -> Path:
        """A folder, made if it isn't there."""
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@dataclass
class Checked:
    """What came of a deck."""

    name: str
    report: Report = field(default_factory=Report)
    marked: dict[str, list[marking.Marked]] = field(default_factory=dict)
    faithful: dict[str, Faithful] = field(default_factory=dict)
    pictures: list[tuple[str, float]] = field(default_factory=list)


def program() -> list[str]:
    """The command that writes a deck as a file."""
    default = ROOT / "target" / "release" / "examples" / "export"
    return shlex.split(os.environ.get("TELLR_EXPORT") or str(default))


def export(deck: Path, out: Path, option: str = "") -> str | None:
    """Writes a deck as a file; gives what was said if that failed."""
    out.unlink(missing_ok=True)
    command = [*program(), str(deck), str(out), *([option] if option else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return None if done.returncode == 0 and out.exists() else (done.stderr or "no file")[-400:]


def displays_of(folders: Folders, name: str) -> list[Json]:
    """What is drawn of a deck, by slide."""
    return json.loads((folders.of("lists") / f"{name}.json").read_text())


def check_files(sample: Sample, folders: Folders) -> Checked:
    """Writes a deck as each kind of file, twice, and looks into the files."""
    checked = Checked(sample.name)
    report, name = checked.report, sample.name
    displays = displays_of(folders, name)
    deck = folders.of("decks") / f"{name}.json"
    for kind, ending, option in FILES:
        path = folders.of("files") / f"{name}-{kind}.{ending}"
        again = folders.of("again") / path.name
        failed = export(deck, path, option) or export(deck, again, option)
        if report.check("exports", failed is None, f"{path.name}: {failed}"):
            is_same = path.read_bytes() == again.read_bytes()
            report.check("same bytes", is_same, f"{path.name} isn't the same the second time")
            again.unlink()
            if ending == "pptx":
                _check_pptx(sample, path, kind, displays, checked, folders)
            elif ending == "html":
                web.parsed(path, report, path.name)
            else:
                _check_pdf(sample, path, kind, displays, report)
    return checked


def _check_pptx(
    sample: Sample, path: Path, mode: str, displays: list[Json], checked: Checked, folders: Folders
) -> None:
    report, name = checked.report, f"{sample.name} {mode}"
    wrong = package.problems(path)
    report.check("packages", not wrong, f"{name}: package: {wrong[:5]}")
    wrong = package.validate(path)
    report.check("Open XML SDK", not wrong, f"{name}: {len(wrong)} errors: {wrong[:3]}")
    found = powerpoint.read(path)
    wanted = reading.read(sample.deck)
    report.check("numbers of slides", len(found) == len(wanted), f"{name}: {len(found)} slides")
    language = sample.deck.get("language")
    for number, (slide, one, display) in enumerate(zip(wanted, found, displays, strict=False), 1):
        lost = losses.of(display)
        comparison = powerpoint.Comparison(report, f"{name} {number}", slide, one, lost, language)
        comparison.all(mode != "editable", sample.missing)
    checked.marked[mode] = marking.write(path, folders.of("copies") / path.name)


def _check_pdf(sample: Sample, path: Path, kind: str, displays: list[Json], report: Report) -> None:
    name = f"{sample.name} {kind}"
    printed.structure(path, report, name, sample.deck)
    if kind == "slides":
        printed.text(path, report, name, displays, list(range(len(displays))))
        printed.lines(path, report, name, displays)
        printed.tags(path, report, name, displays)
    else:
        printed.notes(path, report, name, [slide.notes for slide in reading.read(sample.deck)])


def check_rendering(checked: Checked, folders: Folders) -> Checked:
    """Compares LibreOffice's rendering of a deck's files with ours."""
    name, report = checked.name, checked.report
    displays = displays_of(folders, name)
    for mode, marked in checked.marked.items():
        path = folders.of("office") / f"{name}-{mode}.pdf"
        if not path.exists():
            continue
        pages = letters.of_file(path)
        wrong = f"LibreOffice: {name} {mode}: {len(pages)} pages, not {len(displays)}"
        if len(pages) != len(displays):
            report.wrong.append(wrong)
            continue
        result = Faithful()
        for number, (display, page) in enumerate(zip(displays, pages, strict=True)):
            own = [one for one in marked if one.slide == number]
            result.add(faithful.compare(f"{name} {number + 1}", display, own, page))
        checked.faithful[mode] = result
    ours = folders.of("files") / f"{name}-slides.pdf"
    theirs = folders.of("plain") / f"{name}-editable.pdf"
    if displays and ours.exists() and theirs.exists():
        checked.pictures = pictures.compare(name, ours, theirs, folders.of("pictures"))
    return checked
