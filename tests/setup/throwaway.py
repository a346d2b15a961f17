"""A throw-away PostgreSQL, and waiting for what was started, for scripts that run the app.

Scripts find it through `PYTHONPATH=tests/setup`.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECS = 60


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
    with tempfile.TemporaryDirectory(prefix="tellr-pg-", ignore_cleanup_errors=True) as folder:
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
