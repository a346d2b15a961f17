"""Measures the app of a wheel under load.

usage: server.py WHEEL LOAD

Serves the wheel's program on a throw-away PostgreSQL, and has LOAD, which is
`runtime/examples/load.rs`, send requests. Prints its figures and leaves them for the
summary of `make test`.
"""

from __future__ import annotations

import lzma
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from throwaway import free_port, healthy, postgres, wait_for
from wheel import SUMMARY


def program(wheel: Path, folder: str) -> Path:
    """Unpacks the wheel's program."""
    with zipfile.ZipFile(wheel) as archive:
        content = lzma.decompress(archive.read("tellr_app/tellr-app.xz"))
    unpacked = Path(folder, "tellr-app")
    unpacked.write_bytes(content)
    unpacked.chmod(0o755)
    return unpacked


def measure(wheel: Path, load: str) -> str:
    """Serves the program and gives what the load generator prints."""
    with tempfile.TemporaryDirectory(prefix="tellr-server-") as folder, postgres() as url:
        app, port = program(wheel, folder), free_port()
        environment = {
            "DATABASE_URL": url,
            "DATABRICKS_APP_PORT": str(port),
            # As on the platform, where requests say whose they are.
            "DATABRICKS_APP_NAME": "tellr",
            "ENVIRONMENT": "test",
            "TELLR_LISTEN": "127.0.0.1",
        }
        quiet = {"env": environment, "stdout": subprocess.DEVNULL}
        subprocess.run([app, "init-database"], check=True, **quiet)
        serving = subprocess.Popen([app, "serve"], **quiet)
        try:
            ready = f"http://127.0.0.1:{port}/api/ready"
            wait_for("tellr-app", lambda: healthy(ready), serving)
            arguments = [f"127.0.0.1:{port}", url, str(serving.pid)]
            run = subprocess.run([load, *arguments], stdout=subprocess.PIPE, text=True)
        finally:
            serving.kill()
            serving.wait()
    print(run.stdout, end="")
    if run.returncode != 0:
        raise SystemExit(run.returncode)
    return run.stdout


def main() -> None:
    """Measures what is named on the command line."""
    figures = measure(Path(sys.argv[1]), sys.argv[2])
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.with_name("server.txt").write_text(figures)


if __name__ == "__main__":
    main()
