"""Measures exports on a running app: one of each format, and fifty at once.

usage: exports.py APP

APP is a wheel or a program. The deck has 30 slides with 10 charts. Each file is exported of a
version that wasn't exported before. Prints the figures and leaves them for the summary of
`make test`. Only memory is a promise that fails the run: times depend on the machine, which also
runs PostgreSQL and asks for the files.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from probing import health, memory_mb, probed, processor_secs
from server import program
from stand import Person, app
from throwaway import postgres
from wheel import SUMMARY

FORMATS = ["pptx", "pdf", "html"]
SLIDES, CHARTS = 30, 10
PEOPLE, AT_ONCE = 25, 50
MOST_ABOVE_IDLE_MB = 60.0
KINDS = ["bar", "line", "stacked_bar", "area", "pie"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def chart(number: int) -> dict[str, Any]:
    """Makes a chart slide, each kind in turn."""
    kind = KINDS[number % len(KINDS)]
    months = MONTHS[:6] if kind == "pie" else MONTHS
    series = [
        {
            "id": f"a{one}",
            "name": f"Region {one + 1}",
            "values": [(number + 3) * (at + 2) * (one + 1) % 97 + 10 for at in range(len(months))],
        }
        for one in range(1 if kind == "pie" else 3)
    ]
    block = {"type": "chart", "id": f"c{number}", "kind": kind, "unit": "M€"}
    return {
        "id": f"s{number}",
        "layout": "chart_and_takeaway",
        "notes": "What the speaker says about this chart, in two sentences. This is the second.",
        "blocks": [
            {"type": "title", "id": f"t{number}", "text": f"Region 1 leads in quarter {number}"},
            {**block, "categories": months, "series": series},
            {"type": "callout", "id": f"k{number}", "text": "**Region 1** grew in each month"},
        ],
    }


def words(number: int) -> dict[str, Any]:
    """Makes a slide of words: a list, or a table."""
    title = {"type": "title", "id": f"t{number}", "text": f"What follows from point {number}"}
    if number % 3 == 1:
        columns = [{"title": "Region"}, {"title": "Revenue", "unit": "M€"}, {"title": "Owner"}]
        rows = [[f"Region {row}", row * 17.5 + number, f"Team {row}"] for row in range(8)]
        block = {"type": "table", "id": f"b{number}", "columns": columns, "rows": rows}
        return {"id": f"s{number}", "layout": "table", "blocks": [title, block]}
    items = [{"text": f"Point {item} says **something** that takes a line"} for item in range(6)]
    block = {"type": "bullets", "id": f"b{number}", "items": items}
    return {"id": f"s{number}", "layout": "title_and_text", "blocks": [title, block]}


def deck(name: str) -> dict[str, Any]:
    """Makes the deck: every third slide is a chart."""
    slides = [chart(n) if n % (SLIDES // CHARTS) == 0 else words(n) for n in range(SLIDES)]
    return {"format": 1, "title": name, "language": "en", "theme": "clear", "slides": slides}


def session(person: Person, name: str) -> str:
    """Makes a deck of a person's own; gives its session."""
    return person.post("/sessions", {"deck": deck(name)})["id"]


def exported(person: Person, format_: str, of: str, gate: threading.Barrier | None = None) -> float:
    """Exports a deck and downloads the file; gives the milliseconds that it took."""
    if gate:
        gate.wait()
    began = time.perf_counter()
    job = person.post(f"/export/{format_}", {"session_id": of})["job_id"]
    for name, body in person.events(job):
        if name in ("failed", "cancelled"):
            raise SystemExit(f"An export {name}: {body}")
    file = person.get(f"/jobs/{job}")["result"]
    address = f"{person.url}/api/export/files/{file['file_id']}"
    request = urllib.request.Request(address, headers=person.headers)
    with urllib.request.urlopen(request) as answer:
        size = len(answer.read())
    if size != file["size_bytes"] or file["slides"] != SLIDES:
        raise SystemExit(f"The file isn't what was asked for: {file}, {size} bytes came")
    return (time.perf_counter() - began) * 1000


def measure(given: Path) -> dict[str, str]:
    """Starts the app and measures."""
    figures = {}
    with tempfile.TemporaryDirectory(prefix="tellr-exports-") as folder, postgres() as database:
        binary = program(given, folder) if given.suffix == ".whl" else given
        variables = {
            "DATABASE_URL": database,
            "DATABRICKS_APP_NAME": "tellr",
            "ENVIRONMENT": "test",
        }
        with app(binary, variables, Path(folder, "log")) as (url, process):
            people = [
                Person(
                    url,
                    {"X-Forwarded-User": f"{n}@42", "X-Forwarded-Email": f"p{n}@example.com"},
                )
                for n in range(PEOPLE)
            ]
            idle = memory_mb(process, "VmRSS")
            figures["idle"] = f"{idle:.1f} MB"
            # The first one unpacks the fonts.
            for format_ in FORMATS:
                exported(people[0], format_, session(people[0], "Warm"))
            for format_ in FORMATS:
                of = session(people[0], f"One {format_}")
                busy = processor_secs(process)
                took = exported(people[0], format_, of)
                cost = (processor_secs(process) - busy) * 1000
                again = exported(people[0], format_, of)
                figures[format_.upper()] = (
                    f"{took:.0f} ms from the request to the last byte, {cost:.0f} ms of processor "
                    f"time; again {again:.0f} ms"
                )
            alone = memory_mb(process, "VmHWM")
            figures["memory, one by one"] = f"{alone - idle:.1f} MB above idle at most"
            figures.update(together(people, url))
            most = memory_mb(process, "VmHWM")
            figures["memory, all"] = f"{most - idle:.1f} MB above idle at most"
            if alone - idle > MOST_ABOVE_IDLE_MB:
                raise SystemExit(f"An export took more than {MOST_ABOVE_IDLE_MB:.0f} MB")
    return figures


def together(people: list[Person], url: str) -> dict[str, str]:
    """Has fifty decks exported at once."""
    asks = [(people[n % PEOPLE], FORMATS[n % len(FORMATS)]) for n in range(AT_ONCE)]
    decks = [session(person, f"Deck {n}") for n, (person, _) in enumerate(asks)]
    took, gate = [], threading.Barrier(AT_ONCE)
    began = time.perf_counter()
    with probed(url, took), ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [
            pool.submit(exported, person, format_, of, gate)
            for (person, format_), of in zip(asks, decks, strict=True)
        ]
        times = sorted(job.result() for job in jobs)
    return {
        f"{AT_ONCE} at once": f"the first after {times[0]:.0f} ms, all after "
        f"{(time.perf_counter() - began):.1f} s",
        "GET /api/health": health(took),
    }


def main() -> None:
    """Measures what is named on the command line."""
    figures = measure(Path(sys.argv[1]))
    lines = "".join(f"  {name:22} {value}\n" for name, value in figures.items())
    print(lines, end="")
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.with_name("exports.txt").write_text(lines)


if __name__ == "__main__":
    main()
