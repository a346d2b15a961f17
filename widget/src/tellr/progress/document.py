"""A plan and a status, as text and as a fragment of HTML.

Their content may come from the platform: it is never interpreted as markup or as terminal control
codes. A key that a newer deployer adds is omitted here; it is in the dict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from tellr.errors import printable
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

    def html(self) -> str:
        """Format it for a notebook."""
        about = f"<p>{escape(self.about)}</p>" if self.about else ""
        sections = "".join(map(_section, self.sections))
        return (
            f'<div class="tellr-run"><style>{style()}</style>'
            f"<h4>{escape(self.title)}</h4>{about}{sections}</div>"
        )


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
    steps = [(str(one.get("step")), str(one.get("title"))) for one in _objects(told, "steps")]
    sections.append(Section("Steps", steps))
    losses = loss_sentences(told)
    for title, sentences in (
        ("Notes", _texts(told, "notes")),
        ("Will be lost", losses),
        ("Kept, or can be restored", _texts(told, "recoverable")),
    ):
        sections.append(Section(title, [("", one) for one in sentences]))
    files = [(str(one.get("name")), str(one.get("content"))) for one in _objects(told, "files")]
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


def loss_sentences(told: Mapping[str, Any]) -> list[str]:
    """Say what a plan's run will lose, or what a result's run has lost, one sentence each."""
    # A plan has the deployer's own words, a result only what it was.
    return _texts(told, "lost") or [_loss(one) for one in _objects(told, "losses")]


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
        largest = [
            f"{one.get('name')}: {one.get('rows')} rows" for one in _objects(loss, "largest")
        ]
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


def _objects(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _texts(told: Mapping[str, Any], name: str) -> list[str]:
    found = told.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []


def _has_content(section: Section) -> bool:
    return bool(section.rows or section.folded)
