"""HTML files: no network, each slide's text, and Chromium opens them without a complaint."""

from __future__ import annotations

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import faithful
import letters
from powerpoint import Report

Json = dict[str, Any]
SCRIPT = Path(__file__).with_name("open.mjs")
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href"}
VOID = {
    "meta",
    "link",
    "img",
    "br",
    "hr",
    "input",
    "base",
    "col",
    "area",
    "source",
    "wbr",
    "embed",
    "track",
}


class _Page(HTMLParser):
    """Looks for what a page loads, and for elements that aren't closed."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.styles: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        for name, value in attrs:
            if not value or value.startswith(("data:", "#", "blob:")):
                continue
            if name in LOADING or (name == "href" and tag not in ("a", "base")):
                self.loads.append(f"<{tag} {name}={value[:60]}>")
            if name == "style":
                self.styles.append(value)
            if name.startswith("on"):
                self.wrong.append(f"script in an attribute: <{tag} {name}>")
        if tag == "meta" and (named.get("http-equiv") or "").lower() == "content-security-policy":
            self.policy = named.get("content") or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.styles.append(data)


def parsed(path: Path, report: Report, name: str) -> None:
    """Whether the markup is in order and loads nothing."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    for style in page.styles:
        page.loads += [
            found
            for found in re.findall(r"url\(\s*['\"]?([^)'\"]{1,60})", style)
            if not found.startswith(("data:", "#"))
        ]
        page.loads += re.findall(r"@import[^;]{1,60}", style)
    report.check(
        "well-formed pages",
        not page.wrong and not page.open,
        f"{name}: {page.wrong[:3]} {page.open[-3:]}",
    )
    report.check("pages that load nothing", not page.loads, f"{name}: {page.loads[:3]}")
    is_strict = "default-src 'none'" in page.policy and "unsafe-eval" not in page.policy
    report.check("content security policies", is_strict, f"{name}: policy {page.policy[:80]!r}")


def opened(files: list[Path]) -> dict[str, Json]:
    """What Chromium says of files, by their names."""
    chromium = os.environ.get("TELLR_CHROMIUM", "")
    if not chromium:
        raise SystemExit(
            "TELLR_CHROMIUM names no Chromium: tests/setup/setup.sh tests installs one"
        )
    done = subprocess.run(
        ["node", SCRIPT, chromium, *files], capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise SystemExit(f"Chromium failed: {done.stderr[-800:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(answer["file"]).stem: answer for answer in answers}


def seen(answer: Json, report: Report, name: str, displays: list[Json]) -> None:
    """Whether Chromium shows each slide with its text."""
    report.check("pages without errors", not answer["errors"], f"{name}: {answer['errors'][:2]}")
    report.check(
        "pages without requests", not answer["requests"], f"{name}: {answer['requests'][:2]}"
    )
    slides = answer["slides"]
    report.check(
        "slides in pages",
        len(slides) == len(displays),
        f"{name}: {len(slides)} of {len(displays)} slides",
    )
    report.check(
        "a slide is seen", bool(answer["shown"]) or not displays, f"{name}: no slide is seen"
    )
    for number, (said, display) in enumerate(zip(slides, displays, strict=False)):
        text = letters.plain(said)
        for paragraph in faithful.ours(display):
            wrong = f"{name} {number + 1}: {paragraph.solid[:50]!r} isn't in the page"
            report.check("paragraphs in pages", paragraph.solid in text, wrong)
