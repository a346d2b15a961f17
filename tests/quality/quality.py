"""Exports decks as every kind of file, and checks that the files are the decks.

usage: quality.py [--only PATTERN] [--figures FILE]

`TELLR_EXPORT` is a command that takes `DECK OUT [editable|exact|google|notes]`; `TELLR_LISTS` one
that takes `OUT DECK...` and writes what is drawn of decks. Both are examples of the crate of slides
unless they are set.

Fails if a gate isn't met by all samples but those with an excuse (`excuses.py`) or without room on
their slide; both are counted, and listed in `tests/output/quality/excused.txt`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import corpus
import corpus_texts
import excuses
import fonts
import office
import pictures
import planted
import sample_checks
import web
from faithful import Faithful, percentile
from making import Sample
from powerpoint import Report
from sample_checks import MODES, ROOT, Checked, Folders

OUTPUT = ROOT / "tests" / "output" / "quality"
CACHE = ROOT / ".cache" / "quality-fonts"
FIGURES = ROOT / ".cache" / "setup" / "figures" / "quality.txt"
AT_ONCE = 2
MOST_EDITABLE_PERCENT = 5.0
MOST_DISTANCE = 1.5
LATIN = ["Latin", "with / or \\", "special spaces"]
# What shows that texts, tables and charts are those of their program, and not shapes or pictures.
EDITABLE = ["letters in text boxes", "tables", "charts", "pictures"]


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Prints how long something took."""
    began = time.perf_counter()
    yield
    print(f"  {time.perf_counter() - began:6.1f} s  {name}", flush=True)


def refusals(folders: Folders, report: Report) -> None:
    """Whether decks that can't be written are refused, with the reason."""
    for one in corpus_texts.refused():
        deck = folders.of("refused") / f"{one.name}.json"
        deck.write_text(one.text)
        for ending in ("pptx", "pdf", "html"):
            said = sample_checks.export(deck, deck.with_suffix(f".{ending}"))
            is_refused = said is not None and one.says in said
            is_refused = is_refused and not deck.with_suffix(f".{ending}").exists()
            report.check("refusals", is_refused, f"refused {one.name} as {ending}: {said}")


def planted_mistakes(samples: list[Sample], folders: Folders, report: Report) -> None:
    """Whether the comparison itself finds what is wrong."""
    for sample in samples:
        file = folders.of("files") / f"{sample.name}-editable.pptx"
        if sample.name.startswith("theme-") and file.exists():
            displays = sample_checks.displays_of(folders, sample.name)
            missed = planted.unnoticed(sample, file, displays)
            wrong = f"planted into {sample.name} and not noticed: {missed}"
            report.check("planted mistakes", not missed, wrong)


def rendered(all_of_them: list[Checked], folders: Folders, report: Report) -> None:
    """Has LibreOffice render the files, and the copies in which paragraphs have colours."""
    plain = [folders.of("files") / f"{one.name}-editable.pptx" for one in all_of_them if one.marked]
    copies = [
        folders.of("copies") / f"{one.name}-{m}.pptx" for one in all_of_them for m in one.marked
    ]
    work, configuration = folders.of("work"), fonts.prepare(CACHE)
    failed = office.convert(plain, folders.of("plain"), work, configuration, AT_ONCE)
    failed |= office.convert(copies, folders.of("office"), work, configuration, AT_ONCE)
    for file in [*plain, *copies]:
        report.check(
            "LibreOffice", file not in failed, f"LibreOffice: {file.name}: {failed.get(file)}"
        )


def faithful_figures(results: dict[str, Faithful], report: Report) -> dict[str, str]:
    """The figures of fidelity; what isn't met goes into the report."""
    figures = {}
    for mode in MODES:
        result = results.get(mode, Faithful())
        boxes = sum(count for count, _ in result.boxes.values())
        different = sum(count for _, count in result.boxes.values())
        latin = [sum(result.boxes.get(kind, [0, 0])[i] for kind in LATIN) for i in (0, 1)]
        percent = latin[1] / latin[0] * 100 if latin[0] else 0.0
        distances = result.distances + result.distances_in_cells
        p95 = percentile(distances, 0.95)
        kinds = ", ".join(f"{kind} {d} of {n}" for kind, (n, d) in sorted(result.boxes.items()))
        figures[f"{mode}: other breaks"] = (
            f"{different} of {boxes} boxes ({kinds}); Latin {percent:.1f} %"
        )
        figures[f"{mode}: baselines"] = (
            f"p50 {percentile(distances, 0.5):.2f}, p95 {p95:.2f}, "
            f"at most {max(distances, default=0):.1f} px "
            f"(text boxes p95 {percentile(result.distances, 0.95):.2f}, "
            f"cells {percentile(result.distances_in_cells, 0.95):.2f})"
        )
        figures[f"{mode}: outside, touching"] = f"{len(result.spills)}, {len(result.touching)}"
        report.wrong += [f"{mode} without a partner: {one}" for one in result.without]
        report.wrong += [f"{mode} letters aren't all there: {one}" for one in result.unread]
        # LibreOffice isn't Google Slides, which its file is for: those figures are only printed.
        if mode == "exact":
            report.wrong += [f"exact breaks: {one}" for one in result.breaks]
            report.wrong += [f"exact spill: {one}" for one in result.spills]
            if p95 > MOST_DISTANCE:
                report.wrong.append(f"exact baselines: p95 {p95:.2f} px, not {MOST_DISTANCE}")
        elif mode == "editable":
            report.wrong += [f"editable spill: {one}" for one in result.spills]
            report.wrong += [f"editable touching: {one}" for one in result.touching]
            if percent > MOST_EDITABLE_PERCENT:
                report.wrong.append(
                    f"editable breaks: {percent:.1f} %, not {MOST_EDITABLE_PERCENT} %"
                )
    return figures


def joined(reports: list[Report]) -> Report:
    """All reports as one."""
    whole = Report()
    for report in reports:
        whole.wrong += report.wrong
        whole.excused += report.excused
        for what, (right, looked) in report.counts.items():
            counted = whole.counts.setdefault(what, [0, 0])
            counted[0] += right
            counted[1] += looked
    return whole


def conclude(samples: list[Sample], whole: Report, figures: dict[str, str], target: Path) -> int:
    """Prints what came of all, and leaves it for the summary."""
    left = excuses.split(whole.wrong)
    listed = [f"{one.reason}: {finding}" for one in excuses.EXCUSES for finding in one.found]
    (OUTPUT / "excused.txt").write_text("\n".join([*whole.excused, *listed]) + "\n")
    (OUTPUT / "wrong.txt").write_text("\n".join(left) + "\n" if left else "")
    checks = " · ".join(f"{what} {right} of {n}" for what, (right, n) in whole.counts.items())
    print(f"\n{checks}\n")
    figures = {
        "decks": f"{len(samples)}, {sum(len(one.deck['slides']) for one in samples)} slides",
        "checks": "{} of {} met".format(*map(sum, zip(*whole.counts.values(), strict=True))),
        "Open XML SDK": "{} of {} files without an error".format(
            *whole.counts.get("Open XML SDK", [0, 0])
        ),
        "editable": ", ".join(
            f"{what} {whole.counts[what][0]} of {whole.counts[what][1]}"
            for what in EDITABLE
            if what in whole.counts
        ),
        **figures,
        "no room on the slide": f"{len(whole.excused)} parts of decks, listed in excused.txt",
    }
    for one in excuses.EXCUSES:
        if one.found:
            figures[f"excused, {len(one.found)}"] = one.reason
    lines = "".join(f"  {name:<30} {value}\n" for name, value in figures.items())
    print(lines)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(lines)
    for finding in left[:60]:
        print(f"  not met: {finding[:300]}")
    if left:
        print(f"  {len(left)} findings, all in {(OUTPUT / 'wrong.txt').relative_to(ROOT)}")
    return 1 if left else 0


def main() -> int:
    """Runs all checks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default="", help="a pattern of decks' names")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the figures go")
    options = parser.parse_args()
    folders = Folders(OUTPUT)
    for old in ("files", "copies", "plain", "office", "pictures", "lists"):
        for file in folders.of(old).iterdir():
            file.unlink()
    with stage("decks"):
        samples = [
            one for one in corpus.write(folders.of("decks")) if re.search(options.only, one.name)
        ]
        lists = os.environ.get("TELLR_LISTS") or ROOT / "target" / "release" / "examples" / "lists"
        decks = [folders.of("decks") / f"{sample.name}.json" for sample in samples]
        subprocess.run([lists, folders.of("lists"), *decks], check=True)
    of_all = Report()
    with stage("refusals"):
        refusals(folders, of_all)
    with ProcessPoolExecutor(AT_ONCE) as pool:
        with stage("files, and what is in them"):
            check = partial(sample_checks.check_files, folders=folders)
            found = list(pool.map(check, samples))
        with stage("planted mistakes"):
            planted_mistakes(samples, folders, of_all)
        with stage("LibreOffice"):
            rendered(found, folders, of_all)
        with stage("renderings"):
            compare = partial(sample_checks.check_rendering, folders=folders)
            found = list(pool.map(compare, found))
    with stage("Chromium"):
        answers = web.opened(sorted(folders.of("files").glob("*.html")))
        for sample in samples:
            if answer := answers.get(f"{sample.name}-page"):
                displays = sample_checks.displays_of(folders, sample.name)
                web.seen(answer, of_all, sample.name, displays)
    results = {mode: Faithful() for mode in MODES}
    for one in found:
        for mode, result in one.faithful.items():
            results[mode].add(result)
    pairs = {one.name: one.pictures for one in found if one.pictures}
    for name, of_deck in sorted(pairs.items(), key=lambda one: -pictures.worst(one[1])):
        print(
            f"  picture difference {pictures.mean(of_deck):5.2f} %, "
            f"at most {pictures.worst(of_deck):5.2f} %  {name}"
        )
    if pairs:
        pictures.page(pairs, folders.of("pictures"))
    whole = joined([of_all, *(one.report for one in found)])
    figures = faithful_figures(results, whole)
    if pairs:
        flat = [pair for of_deck in pairs.values() for pair in of_deck]
        figures["pictures"] = (
            f"differ by {pictures.mean(flat):.2f} % on average, "
            f"at most {pictures.worst(flat):.2f} %"
        )
    return conclude(samples, whole, figures, options.figures)


if __name__ == "__main__":
    sys.exit(main())
