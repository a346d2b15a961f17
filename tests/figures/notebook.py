"""Measures the notebook's wheel: its size, and what the first moments with it cost.

usage: notebook.py WHEEL PYTHON

PYTHON is an environment in which the wheel is installed. Prints the figures, leaves them for the
summary of `make test`, and fails the run where one is beyond what was promised.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LARGEST_WHEEL_BYTES = 1_500_000
LONGEST_IMPORT_SECONDS = 0.3
LONGEST_FIRST_POLL_SECONDS = 0.5
ROUNDS = 3
SUMMARY = Path(__file__).resolve().parents[2] / ".cache" / "setup" / "figures" / "notebook.txt"

FIRST_POLL = """
import time
began = time.perf_counter()
from tellr.kernel.module import Module
module = Module()
module.call("start", operation="create", arguments={}, seed="A" * 43 + "=", now_ms=0)
assert module.call("poll", now_ms=0)["commands"]
print(time.perf_counter() - began)
"""


def import_seconds(python: str) -> float:
    """Measure `import tellr`; none of its dependencies is part of it, as it loads none."""
    command = [python, "-X", "importtime", "-c", "import tellr"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    cumulative = re.search(r"\|\s+(\d+) \| tellr$", told, re.MULTILINE)
    if cumulative is None:
        raise SystemExit("the import of tellr was not measured")
    return int(cumulative[1]) / 1e6


def first_poll_seconds(python: str, cache: str) -> float:
    """Measure from nothing loaded to the first request that a deployment wants."""
    environment = os.environ | {"TELLR_CACHE_DIR": cache}
    command = [python, "-c", FIRST_POLL]
    return float(subprocess.check_output(command, env=environment))


def main() -> None:
    """Measure, print, and compare with what was promised."""
    wheel, python = Path(sys.argv[1]), sys.argv[2]
    size = wheel.stat().st_size
    importing = min(import_seconds(python) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as cache:
        cold = first_poll_seconds(python, cache)
        warm = min(first_poll_seconds(python, cache) for _ in range(ROUNDS))
    figures = {
        "tellr wheel": f"{size / 1e6:.2f} MB",
        "import tellr": f"{importing:.3f} s",
        "first poll": f"{warm:.3f} s, {cold:.2f} s when it has to compile first",
    }
    lines = [f"  {name:22} {value}" for name, value in figures.items()]
    print("\n".join(lines))
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text("\n".join(lines) + "\n")
    beyond = {
        f"{wheel.name} is larger than {LARGEST_WHEEL_BYTES / 1e6} MB": size > LARGEST_WHEEL_BYTES,
        f"import tellr takes longer than {LONGEST_IMPORT_SECONDS} s": importing
        > LONGEST_IMPORT_SECONDS,
        f"the first poll takes longer than {LONGEST_FIRST_POLL_SECONDS} s": warm
        > LONGEST_FIRST_POLL_SECONDS,
    }
    if problems := [words for words, is_beyond in beyond.items() if is_beyond]:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
