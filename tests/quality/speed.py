"""Times exports, beside python-pptx building the same deck.

usage: speed.py [--figures FILE]

A deck of 30 slides with 10 charts, on one core. Each export is a process of its own, as on a
command line, so its time holds the start of the program and reading its fonts. What it says itself,
where it says it, is the time of the writer alone. Nothing is asserted: times depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import images
from corpus_layouts import speed
from sample_checks import ROOT, program

FIGURES = ROOT / ".cache" / "setup" / "figures" / "exports.txt"
RUNS = 7
KINDS = [("PowerPoint, editable", "pptx", "editable"), ("PowerPoint, exact", "pptx", "exact")]
KINDS += [("PDF", "pdf", ""), ("PDF with notes", "pdf", "notes"), ("HTML", "html", "")]


# Starts a command and says on standard output its milliseconds and kilobytes. A process counts the
# memory of the one that started it, until its own program begins: so this one is small.
START = """
import os, sys, time
began = time.perf_counter()
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
print((time.perf_counter() - began) * 1000, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measured(command: list[str]) -> tuple[float, float, str]:
    """Runs a command on one core: milliseconds, megabytes at most, and what it said."""
    one_core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    starter = [sys.executable, "-I", "-S", "-c", START, *command]
    done = subprocess.run([*one_core, *starter], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr[-300:]}")
    took, memory = done.stdout.split()[-2:]
    return float(took), int(memory) / 1024, done.stderr


def line(runs: list[tuple[float, float, str]], size: int) -> str:
    """The figures of some runs."""
    writers = [float(found[1]) for _, _, said in runs if (found := re.search(r"([\d.]+) ms", said))]
    alone = f", of these the writer {statistics.median(writers):.0f} ms" if writers else ""
    took, memory = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
    return f"{took:.0f} ms{alone}, {memory:.0f} MB at most, {size / 1000:.0f} kB"


def main() -> int:
    """Measures each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the figures go")
    options = parser.parse_args()
    sample = speed()
    blocks = [block["type"] for slide in sample.deck["slides"] for block in slide["blocks"]]
    figures = {
        "deck": f"{len(sample.deck['slides'])} slides, {blocks.count('chart')} charts, one core"
    }
    with tempfile.TemporaryDirectory(prefix="tellr-exports-") as name:
        folder = Path(name)
        images.write(folder)
        deck = folder / "deck.json"
        deck.write_text(json.dumps(sample.deck))
        for kind, ending, option in KINDS:
            out = folder / f"out.{ending}"
            command = [*program(), str(deck), str(out), *([option] if option else [])]
            runs = [measured(command) for _ in range(RUNS)]
            figures[kind] = line(runs, out.stat().st_size)
        out = folder / "python.pptx"
        command = [
            sys.executable,
            str(Path(__file__).with_name("python_pptx.py")),
            str(deck),
            str(out),
        ]
        runs = [measured(command) for _ in range(3)]
        figures["python-pptx, same deck"] = line(runs, out.stat().st_size)
    lines = "".join(f"  {name:<22} {value}\n" for name, value in figures.items())
    print(lines, end="")
    options.figures.parent.mkdir(parents=True, exist_ok=True)
    options.figures.write_text(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
