"""Deploy Tellr into a workspace on this machine and show where it runs.

Starts the local workspace, runs `tellr-app deploy create` against it exactly as one would against
a real one, and looks at the result through the app's own URL. The binary that deploys is the one
inside the wheel that is deployed, so there is nothing in the demo that isn't shipped.

Standard library only: the demo must run before any Python package is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import lzma
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUTPUT = ROOT / ".cache" / "demo"
# What is deployed: `tellr.yaml`, and where Google's stand-in is.
CONFIG = OUTPUT / "tellr.yaml"
ENVIRONMENT_FILE = OUTPUT / "environment"
# The user that browsers are signed in as, so that the app's URL opens the app.
PERSON = "ada@example.com"
READY_SECONDS = 60
ANSWER_SECONDS = 120
# What the closing screen suggests; the check asks for fewer slides.
PROMPT = "Quarterly review of the sample sales data, {slides} slides with charts"
SLIDES = 4
STOP_SECONDS = 30


class DemoError(Exception):
    """The demo can't continue; the message explains why to the user."""


def main() -> int:
    """Run the demo; the exit status is 0 if the app answered with live data."""
    options = parse_arguments()
    # A plain `kill` ends the demo like Ctrl-C, so that all its processes are stopped.
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with local_workspace(options) as workspace, google_stand_in(options) as google:
            show(options, workspace, google)
    except DemoError as error:
        print(f"\nThe demo stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if not options.json:
            print("\nStopped. Nothing is left running.")
    return 0


def show(options: argparse.Namespace, workspace: dict[str, Any], google: str | None) -> None:
    """Deploy into the workspace, check the app, and wait until the user ends the demo."""
    binary = unpack_binary(options.wheels)
    write_config(google)
    with environment_for(workspace, ENVIRONMENT_FILE) as environment:
        if not options.json:
            print(f"\nA Databricks workspace runs at {workspace['host']}. Deploying into it:\n")
        url = deploy(binary, environment, quiet=options.json)
        fetch = browser(url)
        app = look_at(fetch)
        if google:
            connect_google(fetch, url, google)
            app["google"] = google
        if options.once:
            app["deck"] = ask_for_a_deck(fetch)
        if options.json:
            print(json.dumps({"url": url, "workspace": workspace, **app}), flush=True)
        else:
            print_closing_screen(url, app)
            if options.once:
                print(f"  {app['deck']}\n")
        if not options.once:
            wait_for_the_end(quiet=options.json)


def parse_arguments() -> argparse.Namespace:
    """Parse the command line; `make demo` passes the first two arguments."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--workspace", type=Path, required=True, help="local-workspace binary")
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the app's wheel")
    parser.add_argument("--google", type=Path, help="google-stand-in binary (default: no Google)")
    parser.add_argument("--once", action="store_true", help="check the app, then stop")
    parser.add_argument("--json", action="store_true", help="print one JSON line when it is up")
    parser.add_argument(
        "--pace",
        default="scaled:0.03",
        help="how long the platform takes for things: none, realistic, scaled:FACTOR",
    )
    parser.add_argument("--port", type=int, default=0, help="the workspace's port; 0: any free one")
    return parser.parse_args()


@contextlib.contextmanager
def local_workspace(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run the local workspace; yields its announcement once it is ready."""
    command = [
        *(options.workspace.resolve(), "serve", "--json", "--port", str(options.port)),
        *("--pace", options.pace, "--wheels", options.wheels.resolve()),
        *("--sign-in-as", PERSON),
    ]
    log = OUTPUT / "local-workspace.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        # A session of its own: Ctrl-C reaches only this script, which stops the workspace in
        # order.
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
        try:
            yield json.loads(first_line(process, log, "the local workspace"))
        finally:
            stop(process)


def first_line(process: subprocess.Popen[bytes], log: Path, what: str) -> bytes:
    """Wait for the line that reports readiness; the end of output means that it failed."""
    if process.stdout is None:
        message = f"{what} has no output to read"
        raise DemoError(message)
    line = process.stdout.readline()
    if not line:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        message = f"{what} did not start.\n{tail}"
        raise DemoError(message)
    return line


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the workspace with everything it runs: databases, apps, proxies."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def google_stand_in(options: argparse.Namespace) -> Iterator[str | None]:
    """Run the stand-in for Google's sign-in and Drive, if there is one; yields its address."""
    if not options.google:
        yield None
        return
    # The app's address is known once it is deployed; until then nothing can come back.
    command = [options.google.resolve(), "--port", "0", "--redirect-uri", "http://127.0.0.1/none"]
    log = OUTPUT / "google.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
        try:
            yield first_line(process, log, "Google's stand-in").decode().split()[-1]
        finally:
            stop(process)


def write_config(google: str | None) -> None:
    """Write down what is deployed, also for later updates from another terminal."""
    text = (HERE / "tellr.yaml").read_text()
    if google:
        text += f"extra_env:\n  TELLR_GOOGLE_ADDRESS: {google}\n"
    CONFIG.parent.mkdir(parents=True, exist_ok=True)
    CONFIG.write_text(text)


def connect_google(fetch: Callable[..., Any], url: str, google: str) -> None:
    """Give the app an OAuth client of the stand-in, as an administrator does in the settings."""
    client = {
        "client_id": "1234567890-demo.apps.googleusercontent.com",
        "client_secret": "GOCSPX-of-the-demo-not-a-secret",
        "redirect_uris": [fetch("/api/google")["redirect_uri"]],
    }
    content = json.dumps(client).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{google}/__local/clients", content, headers)
    urllib.request.urlopen(request, timeout=30).close()
    with urllib.request.urlopen(f"{google}/__local/client.json", timeout=30) as answer:
        fetch("/api/google/client", method="PUT", body=json.load(answer))
    if not fetch("/api/google")["is_configured"]:
        message = f"the app at {url} has no OAuth client, although it was given one"
        raise DemoError(message)


def unpack_binary(wheels: Path) -> Path:
    """Extract `tellr-app` from the wheel."""
    found = sorted(wheels.glob("tellr_app-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    if not found:
        message = f"there is no tellr-app wheel in {wheels}; `make demo` builds it"
        raise DemoError(message)
    wheel = found[-1]
    binary = OUTPUT / "tellr-app"
    with zipfile.ZipFile(wheel) as archive:
        fresh = binary.with_suffix(".new")
        fresh.write_bytes(lzma.decompress(archive.read("tellr_app/tellr-app.xz")))
    fresh.chmod(0o755)
    fresh.replace(binary)
    return binary


def deploy(binary: Path, environment: dict[str, str], *, quiet: bool) -> str:
    """Run `tellr-app deploy create` with its progress on the terminal; returns the app's URL."""
    command = [binary, "deploy", "create", "--config", CONFIG, *(["--json"] if quiet else [])]
    inherited = {name: value for name, value in os.environ.items() if not is_databricks(name)}
    url = None
    with subprocess.Popen(
        command, env=inherited | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            if quiet:
                url = json.loads(line).get("result", {}).get("url", url)
            else:
                print(f"  {line}", end="", flush=True)
                url = next(iter(re.findall(r"https?://[^\s\"',)]+", line)), url)
    if process.returncode != 0 or url is None:
        message = f"the deployment failed (exit status {process.returncode})"
        raise DemoError(message)
    return url


@contextlib.contextmanager
def environment_for(workspace: dict[str, Any], file: Path) -> Iterator[dict[str, str]]:
    """Return the variables that configure a client for the workspace's first principal.

    A file says the same to other terminals for as long as the workspace runs.
    """
    environment = {
        "DATABRICKS_HOST": workspace["host"],
        "DATABRICKS_TOKEN": workspace["principals"][0]["token"],
        "PGSSLROOTCERT": workspace["ca_file"],
    }
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    content = "".join(lines)
    file.write_text(content)
    try:
        yield environment
    finally:
        # Another demo may have replaced it meanwhile.
        if file.exists() and file.read_text() == content:
            file.unlink()


def is_databricks(name: str) -> bool:
    """Check whether a variable may configure a real workspace, which the demo must not touch."""
    return name.startswith(("DATABRICKS_", "PG", "LAKEBASE_"))


def look_at(fetch: Callable[..., Any]) -> dict[str, Any]:
    """Check through the app's URL that it shows live data from its database."""
    readiness = fetch("/api/ready", READY_SECONDS)
    if readiness["database"]["state"] != "ok":
        message = f"the app is up, but its database is {readiness['database']['state']}"
        raise DemoError(message)
    prompts = fetch("/api/settings/prompts")["prompts"]
    styles = fetch("/api/settings/styles")["styles"]
    if not prompts or not styles:
        message = "the app answered, but its database holds no prompts or styles"
        raise DemoError(message)
    assistant = fetch("/api/assistant")
    if not assistant["available"] or assistant["problem"]:
        message = f"the app answered, but its assistant can't: {assistant['problem']}"
        raise DemoError(message)
    return {
        "user": fetch("/api/user/current"),
        "version": fetch("/api/version"),
        "database": readiness["database"],
        "prompts": [prompt["name"] for prompt in prompts],
        "styles": [style["name"] for style in styles],
        "endpoint": assistant["endpoint"],
        "spaces": [space["title"] for space in assistant["spaces"]],
    }


def ask_for_a_deck(fetch: Callable[..., Any]) -> str:
    """Ask the assistant for a small deck, as a person would, and check what it makes of it."""
    turn = fetch("/api/chat", body={"message": PROMPT.format(slides=SLIDES)})
    session = f"/api/sessions/{turn['session_id']}"
    deadline = time.monotonic() + ANSWER_SECONDS
    while turn["state"] in {"queued", "running"}:
        if time.monotonic() >= deadline:
            message = f"the assistant has no answer after {ANSWER_SECONDS} s"
            raise DemoError(message)
        time.sleep(0.3)
        conversation = fetch(f"{session}/chat")
        turn = conversation["turns"][-1]
    if turn["state"] != "succeeded":
        message = f"the assistant made no deck: {turn['error']}"
        raise DemoError(message)
    deck = fetch(f"{session}/deck.json")
    labels = {source["label"] for source in conversation["sources"]}
    charts = [
        block for slide in deck["slides"] for block in slide["blocks"] if block["type"] == "chart"
    ]
    if len(deck["slides"]) != SLIDES or not charts:
        message = (
            f"asked for {SLIDES} slides with charts, the assistant made {len(deck['slides'])}, "
            f"and {len(charts)} charts"
        )
        raise DemoError(message)
    if not all(chart.get("source", {}).get("label") in labels for chart in charts):
        raise DemoError("a chart of the assistant's deck has no source")
    return f"The assistant made a deck of {len(deck['slides'])} slides: {deck['title']}"


def browser(url: str) -> Callable[..., Any]:
    """Visit the app like a browser: the first request signs it in."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    url = url.rstrip("/")

    def fetch(
        path: str, patience_seconds: float = 0, body: object = None, method: str | None = None
    ) -> Any:  # noqa: ANN401 (JSON)
        """GET a JSON document, or POST one; retries for a while if requested."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Origin": url, "Content-Type": "application/json"}
        request = urllib.request.Request(
            url + path, content, headers if content else {}, method=method
        )
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                with opener.open(request, timeout=30) as response:
                    return json.load(response)
            except (urllib.error.URLError, ConnectionError, ValueError) as error:
                if time.monotonic() >= deadline:
                    message = f"{url}{path} doesn't answer: {error}"
                    raise DemoError(message) from error
                time.sleep(0.2)

    return fetch


def print_closing_screen(url: str, app: dict[str, Any]) -> None:
    """Print what is running, for which user, and what to try next."""
    database = app["database"]
    user = app["user"]
    command = (OUTPUT / "tellr-app").relative_to(ROOT)
    google = ""
    if "google" in app:
        listed = f"{app['google']}/__local/files"
        google = f"\n  Google Slides  a stand-in on this machine; its files: {listed}"
    print(
        f"""
  The app answers with live data from its database:

    {url}

  Signed in as   {user.get("display_name") or user["user_name"]} ({user["user_name"]})
  Version        {app["version"]["version"]}
  Database       Lakebase {database["kind"]}, PostgreSQL {database.get("server_version") or "?"}, \
schema {database.get("schema") or "?"}
  Deck prompts   {", ".join(app["prompts"])}
  Slide styles   {", ".join(app["styles"])}
  Assistant      {app["endpoint"]}, with data of {", ".join(app["spaces"])}{google}

  Open the address in a browser, and ask for a deck:

    {PROMPT.format(slides=6)}

  Then change it in words, beside the slides: "Add a slide on churn after 3", "Translate to German".
  "Export" takes it to PowerPoint, PDF, HTML or Google Slides.
  {url}/.auth/login?choose=1 lets you sign in as another user. In another terminal, in this folder:

    . {ENVIRONMENT_FILE.relative_to(ROOT)}      points any Databricks client at this workspace
    {command} deploy update --config {CONFIG.relative_to(ROOT)}
    {command} deploy delete --config {CONFIG.relative_to(ROOT)}
""",
        flush=True,
    )


def wait_for_the_end(*, quiet: bool) -> NoReturn:
    """Wait until the user ends the demo."""
    if not quiet:
        print("  Ctrl-C stops everything and leaves nothing behind.", flush=True)
    while True:
        signal.pause()


def interrupt(_signal: int, _frame: object) -> NoReturn:
    """Raise the same exception on SIGTERM as on Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
