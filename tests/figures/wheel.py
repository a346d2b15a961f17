"""Measures the app's wheel: its size, and what a cold start costs.

usage: wheel.py WHEEL

Installs the wheel into an empty environment, initialises a throw-away PostgreSQL, serves, and
waits for the first healthy answer. Prints the figures and leaves them for the summary of
`make test`. The sizes of the wheel and of the idle app in memory are promises that fail the run.
Seconds depend on the machine and are only printed.
"""

from __future__ import annotations

import lzma
import secrets
import subprocess
import sys
import tempfile
import time
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from throwaway import PATIENCE_SECS, free_port, healthy, postgres, wait_for

LARGEST_WHEEL_BYTES = 8_000_000
LARGEST_IDLE_MB = 30
ROOT = Path(__file__).resolve().parents[2]
SUMMARY = ROOT / ".cache" / "setup" / "figures" / "wheel.txt"


def resident_mb(process: subprocess.Popen) -> float | None:
    """Reads the resident memory of a process, where the system tells it."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def unpacked_size(wheel: Path) -> str:
    """Unpacks the wheel's program, as the first start does."""
    with zipfile.ZipFile(wheel) as archive:
        program = lzma.decompress(archive.read("tellr_app/tellr-app.xz"))
    return f"{len(program) / 1e6:.2f} MB"


@contextmanager
def stopwatch(figures: dict[str, str], name: str) -> Iterator[None]:
    """Notes how long the block took."""
    began = time.perf_counter()
    yield
    figures[name] = f"{time.perf_counter() - began:.3f} s"


def measure(wheel: Path) -> tuple[dict[str, str], float | None]:
    """Goes through a cold start and notes what each part of it costs, and the idle memory in MB."""
    figures = {"wheel": f"{wheel.stat().st_size / 1e6:.2f} MB", "program": unpacked_size(wheel)}
    with tempfile.TemporaryDirectory(prefix="tellr-wheel-") as folder, postgres() as url:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder, "bin", "python"))
        port = free_port()
        environment = {
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": url,
            "DATABRICKS_APP_PORT": str(port),
            "ENVIRONMENT": "production",
            "GOOGLE_OAUTH_ENCRYPTION_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        began = time.perf_counter()
        with stopwatch(figures, "install"):
            flags = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
            subprocess.run([python, "-m", "pip", "install", *flags, str(wheel)], check=True)
        command = [Path(folder, "bin", "tellr-app"), "--version"]
        for start in ("first start", "later start"):
            with stopwatch(figures, start):
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with stopwatch(figures, "init-database"):
            subprocess.run(
                [python, "-c", "from tellr_app.run import init_database; init_database()"],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
        with stopwatch(figures, "first healthy answer"):
            app = subprocess.Popen(
                [python, "-m", "tellr_app.run"], env=environment, stdout=subprocess.DEVNULL
            )
            try:
                ready = f"http://127.0.0.1:{port}/api/ready"
                wait_for("tellr-app", lambda: healthy(ready), app)
            except BaseException:
                app.kill()
                raise
        figures["all of these"] = f"{time.perf_counter() - began:.2f} s"
        resident = resident_mb(app)
        figures["resident memory"] = "unknown" if resident is None else f"{resident:.1f} MB"
        with stopwatch(figures, "end after SIGTERM"):
            app.terminate()
            code = app.wait(timeout=PATIENCE_SECS)
        if code != 0:
            raise SystemExit(f"tellr-app ended with {code} after SIGTERM")
    return figures, resident


def main() -> None:
    """Measures the wheel that is named on the command line."""
    wheel = Path(sys.argv[1])
    figures, resident = measure(wheel)
    lines = [f"  {name:22} {value}" for name, value in figures.items()]
    print("\n".join(lines))
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text("\n".join(lines) + "\n")
    if wheel.stat().st_size > LARGEST_WHEEL_BYTES:
        raise SystemExit(f"{wheel.name} is larger than {LARGEST_WHEEL_BYTES / 1e6:.0f} MB")
    if resident is not None and resident > LARGEST_IDLE_MB:
        raise SystemExit(f"the idle app has {resident:.1f} MB in memory, over {LARGEST_IDLE_MB}")


if __name__ == "__main__":
    main()
