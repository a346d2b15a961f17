"""What measurements of a running app share: memory, processor time, and whether it answers."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

PROBE_SECS = 0.02
TICKS = os.sysconf("SC_CLK_TCK")


def processor_secs(process: int) -> float:
    """Reads how long a process has kept a processor busy."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(process: int, field: str) -> float:
    """Reads a line about memory of a process: `VmRSS`, or `VmHWM` for the most so far."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def probe(url: str, stop: Event, results: multiprocessing.SimpleQueue[list[float]]) -> None:
    """Asks whether the app is alive, again and again; leaves the milliseconds."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    took = []
    while not stop.is_set():
        began = time.perf_counter()
        connection.request("GET", "/api/health")
        connection.getresponse().read()
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(PROBE_SECS)
    results.put(took)


@contextmanager
def probed(url: str, took: list[float]) -> Iterator[None]:
    """Probes from a process of its own while the block runs."""
    stop, results = multiprocessing.Event(), multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=probe, args=(url, stop, results))
    process.start()
    try:
        yield
    finally:
        stop.set()
    took.extend(results.get())
    process.join()


def health(took: list[float]) -> str:
    """Says how fast the app answered the probes, in words of a summary."""
    took = sorted(took)
    middle, high = took[len(took) // 2], took[len(took) * 99 // 100]
    return f"p50 {middle:.1f} ms, p99 {high:.1f} ms"
