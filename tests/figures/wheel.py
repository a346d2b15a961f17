"""Measures the app's wheel: its size, and what a cold start costs.

usage: wheel.py WHEEL

Installs the wheel into an empty environment, initialises a throw-away PostgreSQL, serves, and
waits for the first healthy answer. Prints the figures and leaves them for the summary of
`make test`. Only the size is a promise that fails the run: the platform refuses files above 10 MB,
and half of that is ours. Seconds depend on the machine and are only printed.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST_WHEEL_BYTES = 7_000_000
PATIENCE_SECS = 60
ROOT = Path(__file__).resolve().parents[2]
SUMMARY = ROOT / ".cache" / "setup" / "figures" / "wheel.txt"


def free_port() -> int:
    """Finds a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_binaries() -> Path:
    """Finds the folder of PostgreSQL's programs, in the order that the Rust tests look."""
    if named := os.environ.get("TELLR_POSTGRES_BIN"):
        return Path(named)
    on_path = [Path(found).parent for found in [shutil.which("postgres")] if found]
    for folder in [*on_path, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        if (folder / "initdb").exists():
            return folder
    raise SystemExit("PostgreSQL is not installed; `make setup` installs one")


def another_user() -> str | None:
    """Names whom to become, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in users)


@contextmanager
def postgres() -> Iterator[str]:
    """Runs a throw-away server and gives its connection string."""
    programs, user, port = postgres_binaries(), another_user(), free_port()
    with tempfile.TemporaryDirectory(prefix="tellr-figures-", ignore_cleanup_errors=True) as folder:
        if user:
            shutil.chown(folder, user)
        log = Path(folder, "log")
        with log.open("w") as output:
            subprocess.run(
                [programs / "initdb", "-D", f"{folder}/data", "-U", "tellr", "-A", "trust", "-N"],
                check=True,
                user=user,
                cwd=folder,
                stdout=output,
            )
            places = ["-D", f"{folder}/data", "-p", str(port), "-k", folder]
            server = subprocess.Popen(
                [programs / "postgres", *places, "-c", "listen_addresses=127.0.0.1"],
                user=user,
                cwd=folder,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for("PostgreSQL", lambda: "ready to accept" in log.read_text(), server)
            yield f"postgresql://tellr@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def wait_for(what: str, condition: Callable[[], bool], process: subprocess.Popen) -> None:
    """Asks until the answer is yes; ends the run when the process ends or takes too long."""
    until = time.monotonic() + PATIENCE_SECS
    while not condition():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{what} did not start")
        time.sleep(0.005)


def healthy(url: str) -> bool:
    """Asks whether the app answers and its database is ready."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["ready"]
    except (urllib.error.URLError, OSError):
        return False


def resident_mb(process: subprocess.Popen) -> float | None:
    """Reads the resident memory of a process, where the system tells it."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@contextmanager
def stopwatch(figures: dict[str, str], name: str) -> Iterator[None]:
    """Notes how long the block took."""
    began = time.perf_counter()
    yield
    figures[name] = f"{time.perf_counter() - began:.2f} s"


def measure(wheel: Path) -> dict[str, str]:
    """Goes through a cold start and notes what each part of it costs."""
    figures = {"wheel": f"{wheel.stat().st_size / 1e6:.2f} MB"}
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
        figures["all three"] = f"{time.perf_counter() - began:.2f} s"
        resident = resident_mb(app)
        figures["resident memory"] = "unknown" if resident is None else f"{resident:.1f} MB"
        with stopwatch(figures, "end after SIGTERM"):
            app.terminate()
            code = app.wait(timeout=PATIENCE_SECS)
        if code != 0:
            raise SystemExit(f"tellr-app ended with {code} after SIGTERM")
    return figures


def main() -> None:
    """Measures the wheel that is named on the command line."""
    wheel = Path(sys.argv[1])
    figures = measure(wheel)
    lines = [f"  {name:22} {value}" for name, value in figures.items()]
    print("\n".join(lines))
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text("\n".join(lines) + "\n")
    if wheel.stat().st_size > LARGEST_WHEEL_BYTES:
        raise SystemExit(f"{wheel.name} is larger than {LARGEST_WHEEL_BYTES / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
