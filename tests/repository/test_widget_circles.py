"""The files of the Python package have no cyclic dependencies."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "widget"
PYTHON = WIDGET / "src"
PAGE = WIDGET / "front" / "src"

Graph = dict[str, set[str]]


def python_files() -> Graph:
    """Return each Python module with its imports, including those for types or at a later time."""
    files = {
        path: ".".join(path.relative_to(PYTHON).with_suffix("").parts)
        for path in PYTHON.rglob("*.py")
    }
    names = {name.removesuffix(".__init__") for name in files.values()}
    graph: Graph = {}
    for path, name in files.items():
        used = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                used |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                # `from package import module` uses the module; anything else, where it is defined.
                for one in node.names:
                    inner = f"{node.module}.{one.name}"
                    used.add(inner if inner in names else node.module)
        graph[name.removesuffix(".__init__")] = (used & names) - {name.removesuffix(".__init__")}
    # The package re-exports its content, and its modules may import the package.
    graph["tellr"] = set()
    return graph


def page_files() -> Graph:
    """Return each file of the page with its imports of neighbours, including types."""
    graph: Graph = {}
    for path in [*PAGE.glob("*.ts"), *PAGE.glob("*.tsx")]:
        name = path.name.split(".")[0]
        used = set(re.findall(r'from "\./(\w+)"', path.read_text("utf-8")))
        graph[name] = used - {name}
    return graph


def circle_in(graph: Graph) -> list[str]:
    """Find a path from a file back to itself; empty if there is none."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for used in sorted(graph.get(name, ())):
            if found := walk(used, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


@pytest.mark.parametrize("files", [python_files, page_files])
def test_there_is_no_circle_of_files(files: Callable[[], Graph]) -> None:
    graph = files()
    assert sum(map(len, graph.values())) > len(graph) / 2
    assert circle_in(graph) == []


def test_a_circle_is_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
