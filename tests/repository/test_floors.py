"""The layers of the deploy logic and of the server: a module uses those below it, never one above.

Dependency cycles between files are refused too, in the deploy logic, the server and decks. (The
Python package has a test of its own, `test_widget_circles.py`.)
"""

import re
from pathlib import Path

import pytest
from imports import Crate, Graph, circles

ROOT = Path(__file__).resolve().parents[2]
# From the lowest layer up, as listed in the documentation of each crate.
FLOORS = {
    "deployer-wasm/src": [
        {"decode"},
        {"timestamp", "document", "together"},
        {"error"},
        {"events", "cancellation"},
        {"config", "schema"},
        {"host"},
        {"manifest", "workspace"},
        {"engine"},
        {"steps"},
        {"operations"},
        {"command_line"},
        {"bindings"},
    ],
    "runtime/src": [
        {"files", "fernet", "tls", "typesetting"},
        {"settings"},
        {"logging", "http"},
        {"workspace"},
        {"database"},
        {"identity", "deploy", "metrics", "traces"},
        {"jobs"},
        # The subjects of the app. Those that are about decks use one another in this order.
        {"prompting", "sharing"},
        {"decks", "images"},
        {"export"},
        {"google"},
        {"adoption", "library", "sessions", "status"},
        {"chat"},
        {"check", "deploy_page", "openapi"},
        {"app"},
        {"server"},
        {"main"},
    ],
}
# Within one layer, these may use each other.
NEIGHBOURS = {("schema", "config")}
# What a crate's modules may use of the library itself.
CONSTANTS = {"NAME", "VERSION", "COMMIT"}
MODULES = [(folder, module) for folder in FLOORS for module in sorted(set().union(*FLOORS[folder]))]


def floor_of(folder: str, module: str) -> int:
    return next(number for number, floor in enumerate(FLOORS[folder]) if module in floor)


def modules(folder: str) -> set[str]:
    source = ROOT / folder
    return {
        path.relative_to(source).parts[0].removesuffix(".rs") for path in source.rglob("*.rs")
    } - {"lib"}


def uses_of(folder: str, module: str) -> set[str]:
    """List the modules that one uses outside of its tests and comments."""
    source = ROOT / folder
    files = [source / f"{module}.rs", *(source / module).rglob("*.rs")]
    code = "\n".join(
        re.sub(r"//.*", "", path.read_text().split("#[cfg(test)]\nmod tests {")[0])
        for path in files
        if path.is_file() and path.stem != "tests"
    )
    # `main` sees the library from outside.
    paths = re.findall(r"\b(?:crate|tellr_app)::(\{[^;]*\}|\w+)", code)
    names = {name for path in paths for name in top_names(path)}
    return names - {module} - CONSTANTS


def top_names(path: str) -> set[str]:
    """List the first names of a path, which may be a group: `{a, b::{c, d}}` has `a` and `b`."""
    if not path.startswith("{"):
        return {path}
    names, depth = "", 0
    for character in path[1:-1]:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            names += character
    return {re.split(r"::| as ", name.strip())[0] for name in names.split(",") if name.strip()}


@pytest.mark.parametrize("folder", FLOORS)
def test_every_module_has_its_floor(folder: str) -> None:
    assert modules(folder) == set().union(*FLOORS[folder])


@pytest.mark.parametrize(("folder", "module"), MODULES)
def test_a_module_uses_only_those_below(folder: str, module: str) -> None:
    above = {
        used
        for used in uses_of(folder, module)
        if floor_of(folder, used) >= floor_of(folder, module) and (module, used) not in NEIGHBOURS
    }
    assert above == set()


def test_the_modules_of_a_group_are_all_found() -> None:
    assert top_names("{a, b::{c, d}, e as f}") == {"a", "b", "e"}
    assert top_names("a") == {"a"}


FOLDERS = ["deployer-wasm/src", "runtime/src", "runtime/slides/src"]
# Cycles that may exist: none.
CIRCLES = {
    "deployer-wasm/src": set(),
    "runtime/slides/src": set(),
    "runtime/src": set(),
}


def graph_of(folder: str) -> Graph:
    return Crate(ROOT / folder).graph()


def without(graph: Graph, edges: set[tuple[str, str]]) -> Graph:
    return {
        file: {used for used in uses if (file, used) not in edges} for file, uses in graph.items()
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_files_use_one_another_in_a_circle(folder: str) -> None:
    found = circles(without(graph_of(folder), CIRCLES[folder]))
    assert [" -> ".join(circle) for circle in found] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_circle_is_allowed_that_is_not_there(folder: str) -> None:
    graph, allowed = graph_of(folder), CIRCLES[folder]
    closing = {edge for edge in allowed if circles(without(graph, allowed - {edge}))}
    assert allowed - closing == set()


def test_a_circle_is_found_through_what_passes_names_on(tmp_path: Path) -> None:
    for name, text in {
        "lib.rs": "mod a;\nmod b;\nmod c;\n",
        # A name that `a` only re-exports is `a/inner.rs`'s.
        "a.rs": "mod inner;\npub use inner::{Thing, Other as Renamed};\n",
        "a/inner.rs": "use crate::b::help;\npub struct Thing;\n",
        "b.rs": "pub fn help() { crate::a::Renamed::new() }\n",
        "c.rs": "use crate::{a::Thing, b::{help}};\n#[cfg(test)]\nmod tests { use crate::b::x; }\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    graph = Crate(tmp_path).graph()
    assert graph["c.rs"] == {"a/inner.rs", "b.rs"}
    assert circles(graph) == [["a/inner.rs", "b.rs", "a/inner.rs"]]
