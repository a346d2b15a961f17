"""The timeline as a fragment of HTML: each step a bar on a common time axis.

It is replaced as a whole with each update, has no script, and uses the notebook's theme colours if
available. All texts are escaped, as they may come from the platform.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from tellr.progress.usual import USUAL

if TYPE_CHECKING:
    from tellr.progress.timeline import Step, Timeline

_STATES = {
    "planned": ("·", "planned"),
    "started": ("▸", "running"),
    "waiting": ("…", "waiting"),
    "progress": ("…", "running"),
    "done": ("✓", "done"),
    "unchanged": ("=", "unchanged"),
    "failed": ("✗", "failed"),
    "skipped": ("-", "skipped"),
}
_SHOWN_NOTICES = 5
_NAME = re.compile(r"`([^`]+)`")


@lru_cache(maxsize=1)
def style() -> str:
    """Read the styles shared by all views of this package."""
    return (resources.files("tellr.progress") / "timeline.css").read_text("utf-8")


def render(
    timeline: Timeline, title: str, ending: str = "", url: str | None = None, about: str = ""
) -> str:
    """Render the current state of the run; `ending` closes it, and `url` is the link to show."""
    elapsed = timeline.elapsed_ms()
    # The axis ends at the current time, so bars get shorter as it grows; at least one second.
    span = max(elapsed, 1000)
    rows = "".join(_row(step, elapsed, span) for step in timeline.steps.values())
    notices = "".join(f"<p>{prose(text)}</p>" for text in timeline.notices[-_SHOWN_NOTICES:])
    state = {"running": "running", "finished": "done", "failed": "failed"}[timeline.state]
    end = f"<p>{prose(ending)}</p>" if ending else ""
    if url:
        end += f"<p>{link(url)}</p>"
    return (
        f'<div class="tellr-run"><style>{style()}</style>'
        f"<h4>{escape(title)} <span>{state}, {elapsed / 1000:.0f} s</span></h4>"
        f"{f'<p>{escape(about)}</p>' if about else ''}"
        f'<table aria-label="Steps">{rows}</table>{notices}{end}</div>'
    )


def _row(step: Step, elapsed: int, span: int) -> str:
    mark, word = _STATES.get(step.state, ("·", step.state))
    bar, took = "", ""
    if step.started_ms is not None and step.state != "skipped":
        end = elapsed if step.ended_ms is None else step.ended_ms
        left, width = (100 * ms / span for ms in (step.started_ms, max(0, end - step.started_ms)))
        bar = f'<i style="left:{left:.2f}%;width:{min(width, 100 - left):.2f}%"></i>'
        took = f"{max(0, end - step.started_ms) / 1000:.1f} s"
        if step.ended_ms is None and step.step in USUAL:
            took += f"<br>{USUAL[step.step]}"
    state, name, word = escape(step.state), escape(step.step), escape(word)
    text = prose(step.message or step.title)
    return (
        f'<tr class="{state}"><th scope="row">{mark} {name}</th>'
        f"<td>{text}</td>"
        f'<td class="bar"><div class="axis" aria-hidden="true">{bar}</div></td>'
        f'<td class="took">{word}{"<br>" + took if took else ""}</td></tr>'
    )


def prose(text: str) -> str:
    """Escape a sentence; text between backticks is a name."""
    return _NAME.sub(r"<code>\1</code>", escape(text))


def link(url: str) -> str:
    """Convert an address to a link, and leave any other text unchanged."""
    text = escape(url)
    # The platform supplies the address; only http(s) URLs become links.
    if not url.startswith(("https://", "http://")):
        return text
    return f'<a href="{text}" target="_blank" rel="noopener noreferrer">{text}</a>'
