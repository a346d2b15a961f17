"""The layers of the deploy logic: a module uses those below it and never one above.

Dependency cycles between files are refused too, in the deploy logic, the server and decks. (The
Python package has a test of its own, `test_widget_circles.py`.)
"""

import re
from pathlib import Path

import pytest
from imports import Crate, Graph, circles

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "deployer-wasm/src"
# From the lowest layer up, as listed in the crate's documentation.
FLOORS = [
    {"decode"},
    {"timestamp", "document"},
    {"error"},
    {"events", "cancellation"},
    {"config", "schema"},
    {"host"},
    {"manifest", "workspace"},
    {"engine"},
    {"steps"},
    {"operations"},
    {"bindings"},
]
# Within one layer, these may use each other.
NEIGHBOURS = {("schema", "config")}


def floor_of(module: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if module in floor)


def modules() -> list[str]:
    return sorted(
        {path.relative_to(SOURCE).parts[0].removesuffix(".rs") for path in SOURCE.rglob("*.rs")}
        - {"lib"}
    )


def uses_of(module: str) -> set[str]:
    """List the modules that one uses outside of its tests and comments."""
    files = [SOURCE / f"{module}.rs", *(SOURCE / module).rglob("*.rs")]
    text = "\n".join(path.read_text() for path in files if path.is_file() and path.stem != "tests")
    code = re.sub(
        r"//.*", "", text.split("#[cfg(test)]\nmod tests")[0] if len(files) == 1 else text
    )
    return set(re.findall(r"\bcrate::([a-z_]+)", code)) - {module}


def test_every_module_has_its_floor() -> None:
    assert set(modules()) == set().union(*FLOORS)


@pytest.mark.parametrize("module", modules())
def test_a_module_uses_only_those_below(module: str) -> None:
    above = {
        used
        for used in uses_of(module)
        if floor_of(used) >= floor_of(module) and (module, used) not in NEIGHBOURS
    }
    assert above == set()


FOLDERS = ["deployer-wasm/src", "runtime/src", "runtime/slides/src"]
# The existing cycles. None may be added; a removed one has to be deleted from this list.
CIRCLES = {
    "deployer-wasm/src": set(),
    "runtime/slides/src": set(),
    "runtime/src": {
        # The common error type contains those of all database modules, and two of them return it.
        ("database/error.rs", "database/encryption.rs"),
        ("database/error.rs", "database/migrations/mod.rs"),
        # A workspace requests tokens, and such a request is like the workspace's others.
        ("deploy/oauth/authorization.rs", "deploy/workspace.rs"),
        ("deploy/oauth/token_endpoint.rs", "deploy/workspace.rs"),
        # The modules of a sign-in return the common error beside them.
        ("deploy/oauth/redirect.rs", "deploy/oauth/mod.rs"),
        # An unusable profile is reported in the words of a failed sign-in.
        ("deploy/profiles.rs", "deploy/sign_in/mod.rs"),
        # The texts for a command are selected by the command's type.
        ("deploy/wording.rs", "deploy/command.rs"),
    },
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
