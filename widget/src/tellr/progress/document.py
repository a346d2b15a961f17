"""A plan, a status and a history, as text and as a fragment of HTML.

Their content may come from the platform: it is never interpreted as markup or as terminal control
codes. A key that a newer deployer adds is omitted here; it is in the dict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from tellr.errors import printable
from tellr.progress import changes
from tellr.progress.html import link, prose, style

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[str, str]


@dataclass
class Section:
    """A heading with rows below it; a row without a name is a sentence."""

    title: str
    rows: list[Row]
    # Files: collapsed in a notebook, and only named in a text.
    folded: list[Row] = field(default_factory=list)


@dataclass
class Document:
    """A title, its subject, and sections."""

    title: str
    about: str
    sections: list[Section]

    def text(self) -> str:
        """Format it for a terminal."""
        lines = [printable(self.title)]
        if self.about:
            lines.append(printable(self.about))
        for section in self.sections:
            lines.append("")
            if section.title:
                lines.append(f"{section.title}:")
            width = max((len(name) for name, _ in section.rows), default=0)
            for name, value in section.rows:
                words = printable(value)
                lines.append(f"  {name:<{width}}  {words}" if name else f"  - {words}")
            lines += [
                f"  {printable(name)} ({len(content.splitlines())} lines)"
                for name, content in section.folded
            ]
        return "\n".join(lines)

    def markdown(self) -> str:
        """Format it as Markdown; its content is code, so that nothing in it is markup."""
        fence = "`" * max(3, 1 + _longest_run(self.text(), "`"))
        return f"{fence}text\n{self.text()}\n{fence}"

    def html(self) -> str:
        """Format it for a notebook."""
        about = f"<p>{escape(self.about)}</p>" if self.about else ""
        sections = "".join(map(_section, self.sections))
        return (
            f'<div class="tellr-run"><style>{style()}</style>'
            f"<h4>{escape(self.title)}</h4>{about}{sections}</div>"
        )


def _longest_run(text: str, sign: str) -> int:
    longest = run = 0
    for one in text:
        run = run + 1 if one == sign else 0
        longest = max(longest, run)
    return longest


def _section(section: Section) -> str:
    title = f"<h5>{escape(section.title)}</h5>" if section.title else ""
    named = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_value(value)}</td></tr>'
        for name, value in section.rows
        if name
    )
    table = f"<table>{named}</table>" if named else ""
    items = "".join(f"<li>{prose(value)}</li>" for name, value in section.rows if not name)
    listed = f"<ul>{items}</ul>" if items else ""
    folded = "".join(
        f"<details><summary>{escape(name)}</summary><pre>{escape(content)}</pre></details>"
        for name, content in section.folded
    )
    return title + table + listed + folded


def _value(text: str) -> str:
    return link(text) if "://" in text else prose(text)


def about(workspace: str, user: str) -> str:
    """Return the workspace and the user, as far as they are known."""
    if not workspace:
        return ""
    return f"Workspace {workspace}" + (f" as {user}" if user else "")


def plan(told: Mapping[str, Any], workspace: str, user: str) -> Document:
    """Format a plan."""
    sections = [Section("", _facts(told))]
    found = objects(told, "changes")
    if found:
        empty = bool(told.get("empty"))
        words = [*changes.rows(found), ("", changes.summary(found, empty=empty))]
        # What is lost comes first.
        lost = [("", one) for one in loss_sentences(told)]
        kept = [("", one) for one in _texts(told, "recoverable")]
        sections.append(Section("Will be lost", lost))
        sections.append(Section("Kept, or can be restored", kept))
        sections.append(Section("Changes", words))
    steps = [(str(one.get("step")), str(one.get("title"))) for one in objects(told, "steps")]
    sections.append(Section("Steps", steps))
    others = [("Notes", _texts(told, "notes"))]
    if not found:
        others += [
            ("Will be lost", loss_sentences(told)),
            ("Kept, or can be restored", _texts(told, "recoverable")),
        ]
    for title, sentences in others:
        sections.append(Section(title, [("", one) for one in sentences]))
    files = [(str(one.get("name")), str(one.get("content"))) for one in objects(told, "files")]
    sections.append(Section("Files", [], files))
    title = f"Plan: {told.get('operation')} {told.get('app_name')} (nothing was changed)"
    return Document(title, about(workspace, user), [one for one in sections if _has_content(one)])


def status(told: Mapping[str, Any], workspace: str, user: str) -> Document:
    """Format the status of an app."""
    rows = _facts(told)
    app = _object(told, "app")
    if app:
        compute = _words(app, "compute", "compute_size")
        rows.insert(0, ("App", f"{_words(app, 'state', 'message')} (compute {compute})"))
        rows[1:1] = [("URL", str(app["url"]))] if app.get("url") else []
    else:
        rows.insert(0, ("App", f"There is no app `{told.get('app_name')}`"))
    shared = [f"{one.get('name')} ({one.get('level')})" for one in objects(told, "shared_with")]
    rows += [
        (name, str(value))
        for name, value in (
            ("Instances", app.get("instances")),
            ("Telemetry", app.get("telemetry")),
            ("Shared with", ", ".join(shared)),
        )
        if value
    ]
    package = " ".join(str(told[name]) for name in ("app_package", "app_version") if told.get(name))
    rows += [("Version", package)] if package else []
    sections = [Section("", rows)]
    last = _object(told, "last_run")
    if last:
        words = [(_label(name), str(value)) for name, value in last.items() if _is_plain(value)]
        sections.append(Section("Last run", words))
    lock = _object(told, "lock")
    if lock:
        words = [(_label(name), str(value)) for name, value in lock.items() if _is_plain(value)]
        sections.append(Section("Run in progress", words))
    unread = _texts(told, "unread")
    if unread:
        sections.append(Section("Not shown", [("", words) for words in unread]))
    if told.get("can_resume"):
        words = "The last run did not finish. Run it again to resume where it stopped"
        sections.append(Section("", [("", words)]))
    return Document(f"Status: {told.get('app_name')}", about(workspace, user), sections)


_STATES = {
    "deploying": "did not end",
    "healthy": "healthy",
    "unchecked": "runs, not asked",
    "failed": "failed",
}


def history(told: Mapping[str, Any], workspace: str, user: str) -> Document:
    """Format the releases of an app."""
    sections = [Section("", _facts(told))]
    current = told.get("current")
    releases = [(_number(one, current), _release(one)) for one in objects(told, "releases")]
    sections.append(Section("Releases, the newest first", releases))
    kept = [(str(one.get("id")), _kept(one)) for one in objects(told, "restore_points")]
    sections.append(Section("Branches that data can be restored from", kept))
    sections.append(Section("Not shown", [("", words) for words in _texts(told, "unread")]))
    title = f"History: {told.get('app_name')}"
    return Document(title, about(workspace, user), [one for one in sections if _has_content(one)])


def _number(release: Mapping[str, Any], current: object) -> str:
    number = release.get("number")
    return f"{number} (deployed)" if number == current else str(number)


def _release(release: Mapping[str, Any]) -> str:
    state = _STATES.get(str(release.get("state")), str(release.get("state")))
    version = release.get("version") or "newest"
    words = f"{state}: {release.get('package')} {version}, {release.get('operation')}"
    if release.get("returned_to"):
        words += f" to release {release['returned_to']}"
    words += f" by {release.get('by')} at {release.get('at')}"
    if release.get("put_back"):
        words += f"; release {release['put_back']} was put back"
    if release.get("state") == "failed" and release.get("problem"):
        words += f". {release['problem']}"
    return words


def _kept(branch: Mapping[str, Any]) -> str:
    until = branch.get("expires_at")
    words = f"kept until {until}" if until else "kept until it is deleted"
    return f"used by the app, {words}" if branch.get("in_use") else words


def loss_sentences(told: Mapping[str, Any]) -> list[str]:
    """Say what a plan's run will lose, or what a result's run has lost, one sentence each."""
    # A plan has the deployer's own words, a result only what it was.
    return _texts(told, "lost") or [_loss(one) for one in objects(told, "losses")]


def _loss(loss: Mapping[str, Any]) -> str:
    name = loss.get("name")
    if loss.get("kind") == "app":
        return f"The app `{name}`" + (f" ({loss['url']})" if loss.get("url") else "")
    if loss.get("kind") != "schema":
        return f"{loss.get('kind')} `{name}`"
    words = f"The schema `{name}` in the database `{loss.get('lakebase_name')}`"
    if loss.get("unknown"):
        words += f", with unknown content ({loss['unknown']})"
    elif loss.get("tables") is not None:
        words += f", with {loss['tables']} tables"
        largest = [f"{one.get('name')}: {one.get('rows')} rows" for one in objects(loss, "largest")]
        words += f" ({', '.join(largest[:5])})" if largest else ""
    point = _object(loss, "restore_point")
    if point:
        return f"{words}. A branch keeps the data for {point.get('kept_days')} days"
    return f"{words}. It can't be restored"


def _facts(told: Mapping[str, Any]) -> list[Row]:
    database = told.get("lakebase_name")
    if database and told.get("lakebase_type"):
        database = f"{database} ({told['lakebase_type']})"
    services = _object(told, "services")
    rows = (
        ("Database", database),
        ("Schema", told.get("schema_name")),
        ("Folder", told.get("app_file_workspace_path")),
        ("Serving endpoint", services.get("serving_endpoint")),
        ("Genie spaces", ", ".join(_texts(services, "genie_spaces"))),
        ("SQL warehouse", services.get("sql_warehouse")),
    )
    return [(name, str(value)) for name, value in rows if value]


def _words(told: Mapping[str, Any], *names: str) -> str:
    return ", ".join(str(told[name]) for name in names if told.get(name)) or "exists"


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and value != ""


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def objects(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list, whatever else is in it."""
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _texts(told: Mapping[str, Any], name: str) -> list[str]:
    found = told.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []


def _has_content(section: Section) -> bool:
    return bool(section.rows or section.folded)
