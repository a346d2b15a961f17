"""Measures the assistant: many people at once on one process of the app.

usage: assistant.py APP LOCAL_WORKSPACE

APP is a wheel or a program. Each person asks for a deck at the same moment, from a model that needs
40 ms for a token and a Genie that is as slow as the platform's. Compares when each sees a first
slide with when one person alone does, and asks meanwhile whether the app is alive. Prints the
figures and leaves them for the summary of `make test`. Only memory is a promise that fails the run:
times depend on the machine, which also runs the model, Genie and PostgreSQL.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from probing import health, memory_mb, probed, processor_secs
from server import program
from stand import ENDPOINT, Person, app, local_workspace, send_json
from throwaway import postgres
from wheel import SUMMARY

PEOPLE = 20
MS_PER_TOKEN = 40
REQUEST = "Quarterly review of the sample sales data, 4 slides with charts"
# A request that is written without any wait, for what the app itself takes.
LONG = "Business review of the sample sales data, 24 slides with charts"
MOST_MEMORY_MB = 96.0


def first_slide(person: Person, gate: threading.Barrier | None = None) -> tuple[float, float]:
    """Asks for a deck; gives the seconds until the first slide, and until the end."""
    if gate:
        gate.wait()
    began = time.perf_counter()
    turn = person.asks(REQUEST)
    first = 0.0
    for name, body in person.events(turn["job_id"]):
        if name == "slide" and body["state"] == "done" and not first:
            first = time.perf_counter() - began
        elif name in ("failed", "cancelled"):
            raise SystemExit(f"A request {name}: {body}")
    return first, time.perf_counter() - began


def people_of(url: str, workspace: dict[str, Any]) -> list[Person]:
    """Gives the people, as the platform's proxy passes on their requests."""
    return [
        Person(
            url,
            {
                "X-Forwarded-User": f"{number}@42",
                "X-Forwarded-Email": one["user_name"],
                "X-Forwarded-Access-Token": one["token"],
            },
        )
        for number, one in enumerate(workspace["principals"])
    ]


def principals(folder: str) -> Path:
    """Writes down who there is in the workspace."""
    rights = ["read_apps", "read_files", "query_serving"]
    people = [{"user_name": f"p{number}@example.com", "rights": rights} for number in range(PEOPLE)]
    path = Path(folder, "principals.json")
    path.write_text(json.dumps(people))
    return path


def together(people: list[Person], url: str, process: int) -> dict[str, str]:
    """Has one person ask, then all of them; gives the figures."""
    # The first request makes the workspace's sample database.
    first_slide(people[0])
    alone, _ = first_slide(people[0])
    busy, took, gate = processor_secs(process), [], threading.Barrier(len(people))
    with probed(url, took), ThreadPoolExecutor(len(people)) as pool:
        found = list(pool.map(lambda person: first_slide(person, gate), people))
    slides = 4 * len(people)
    cost = (processor_secs(process) - busy) * 1000 / slides
    firsts, ends = sorted(first for first, _ in found), sorted(end for _, end in found)
    return {
        "first slide, alone": f"{alone:.1f} s with {MS_PER_TOKEN} ms a token",
        f"first slide, {PEOPLE} at once": f"{firsts[0]:.1f} to {firsts[-1]:.1f} s, "
        f"the last {firsts[-1] / alone:.2f} times that",
        "all slides": f"{ends[0]:.1f} to {ends[-1]:.1f} s",
        "GET /api/health": health(took),
        "processor time": f"{cost:.1f} ms a slide, with {len(took)} probes and {PEOPLE} streams",
        "memory": f"{memory_mb(process, 'VmHWM'):.1f} MB at most",
    }


def without_waits(person: Person, process: int) -> dict[str, str]:
    """Has a long deck written by a model that answers at once; what the app itself takes."""
    person.waits(person.asks(LONG))
    busy = processor_secs(process)
    turn = person.asks(LONG)
    # When the first slide was begun, and when each was there.
    times = [time.perf_counter() for name, _ in person.events(turn["job_id"]) if name == "slide"]
    slides = len(person.waits(turn)["slides"])
    cost = (processor_secs(process) - busy) * 1000 / slides
    wall = (times[-1] - times[0]) * 1000 / slides
    return {
        "beyond the model": f"{cost:.1f} ms of processor time a slide; "
        f"{wall:.0f} ms from slide to slide with a model that answers at once"
    }


def measure(given: Path, workspace: Path) -> dict[str, str]:
    """Starts the stand and measures."""
    with tempfile.TemporaryDirectory(prefix="tellr-assistant-") as folder, postgres() as database:
        binary = program(given, folder) if given.suffix == ".whl" else given
        named = ["--pace", "realistic", "--principals", str(principals(folder))]
        with local_workspace(workspace, "--dir", f"{folder}/workspace", *named) as local:
            settings = f"{local['control']}/settings"
            variables = {
                "DATABASE_URL": database,
                "DATABRICKS_APP_NAME": "tellr",
                "DATABRICKS_HOST": local["host"],
                "DATABRICKS_TOKEN": local["principals"][0]["token"],
                "TELLR_SERVING_ENDPOINT": ENDPOINT,
                "ENVIRONMENT": "test",
            }
            with app(binary, variables, Path(folder, "log")) as (url, process):
                people = people_of(url, local)
                of_model = {"serving": {"all": {"ms_per_token": MS_PER_TOKEN}}}
                send_json(settings, "PATCH", of_model)
                figures = together(people, url, process)
                latency = {"read_ms": 0, "write_ms": 0, "credential_ms": 0}
                at_once = {
                    "serving": {"all": {"ms_per_token": 0}},
                    "pace": {"latency": latency},
                }
                send_json(settings, "PATCH", at_once)
                figures.update(without_waits(people[0], process))
                if memory_mb(process, "VmHWM") > MOST_MEMORY_MB:
                    raise SystemExit(f"The app used more than {MOST_MEMORY_MB:.0f} MB")
    return figures


def main() -> None:
    """Measures what is named on the command line."""
    figures = measure(Path(sys.argv[1]), Path(sys.argv[2]))
    lines = "".join(f"  {name:22} {value}\n" for name, value in figures.items())
    print(lines, end="")
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.with_name("assistant.txt").write_text(lines)


if __name__ == "__main__":
    main()
