"""Open the example notebook with a local workspace, ready to run.

The workspace is the demo's, with real databases and real apps; JupyterLab and the package come
from the environment that the tests use. Nothing is kept when it ends.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import demo

EXAMPLES = demo.ROOT / "widget" / "examples"
ENVIRONMENT_FILE = demo.ROOT / ".cache" / "notebook" / "environment"


def main() -> int:
    """Run until Ctrl-C."""
    options = parse_arguments()
    # A plain `kill` ends it like Ctrl-C.
    signal.signal(signal.SIGTERM, demo.interrupt)
    try:
        with demo.local_workspace(options) as workspace, tempfile.TemporaryDirectory() as folder:
            shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
            url = f"http://127.0.0.1:{free_port()}"
            environment_file = ENVIRONMENT_FILE.relative_to(demo.ROOT)
            print(
                f"\n  A Databricks workspace runs at {workspace['host']}."
                f"\n  The notebook, ready to run:\n\n    {url}/lab/tree/deploy_tellr.ipynb\n"
                f"\n  In another terminal, in this folder: . {environment_file}"
                "\n  Ctrl-C ends both, and nothing is kept.\n",
                flush=True,
            )
            with demo.environment_for(workspace, ENVIRONMENT_FILE) as environment:
                serve(options.python, url, Path(folder), environment)
    except demo.DemoError as error:
        print(f"\nIt stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is left running.")
    return 0


def parse_arguments() -> argparse.Namespace:
    """Parse the command line; `make notebook` passes the first three arguments."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--workspace", type=Path, required=True, help="local-workspace binary")
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the app's wheel")
    parser.add_argument("--python", type=Path, required=True, help="a Python with JupyterLab")
    parser.add_argument("--pace", default="scaled:0.03", help="none, realistic, scaled:FACTOR")
    parser.add_argument("--port", type=int, default=0, help="the workspace's port; 0: any")
    return parser.parse_args()


def serve(python: Path, url: str, folder: Path, environment: dict[str, str]) -> None:
    """Run JupyterLab on loopback only, without a password, in its own folder."""
    kept = {name: value for name, value in os.environ.items() if not demo.is_databricks(name)}
    command = [
        *(python.absolute(), "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={url.rpartition(':')[2]}"),
        *("--ServerApp.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}"),
    ]
    with subprocess.Popen(
        command, env=kept | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as jupyter:
        try:
            jupyter.wait()
        finally:
            jupyter.terminate()


def free_port() -> int:
    """Find an unused port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
