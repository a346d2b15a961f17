"""The dependencies between a crate's files: names are resolved to the file that defines them.

A file that only passes a name on with `pub use` is not what whoever imports that name depends on.
"""

import re
from collections.abc import Iterator
from pathlib import Path

Graph = dict[str, set[str]]


def circles(graph: Graph) -> list[list[str]]:
    """Find cycles: one for each group of files that depend on one another."""
    found, done = [], set()
    for start in sorted(graph):
        if start in done:
            continue
        circle = _way_back(graph, start)
        if circle:
            found.append(circle)
            reached = _reached(graph, start)
            done |= {node for node in reached if start in _reached(graph, node)}
    return found


def _reached(graph: Graph, start: str) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        for target in graph.get(waiting.pop(), set()) - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def _way_back(graph: Graph, start: str) -> list[str]:
    """Find the shortest path from a file to itself; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for target in sorted(graph.get(way[-1], set())):
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


class Crate:
    """The modules of a crate, each with the names that it re-exports."""

    def __init__(self, source: Path) -> None:
        """Read the sources below a folder that holds `lib.rs`."""
        self.files: dict[tuple[str, ...], Path] = {}
        self.source = source
        for path in sorted(source.rglob("*.rs")):
            parts = path.relative_to(source).with_suffix("").parts
            if "tests" in parts or parts in {("main",)}:
                continue
            module = parts[:-1] if parts[-1] in {"mod", "lib"} else parts
            self.files[module] = path
        self.code = {
            module: _without_tests(path.read_text()) for module, path in self.files.items()
        }
        self.uses = {module: list(_uses(code)) for module, code in self.code.items()}

    def graph(self) -> Graph:
        """Map each file to those whose items it uses."""
        graph: Graph = {}
        for module, path in self.files.items():
            targets = {self._file_of(module, used) for used in self._used(module)}
            graph[self._name(path)] = {target for target in targets if target} - {self._name(path)}
        return graph

    def _name(self, path: Path) -> str:
        return path.relative_to(self.source).as_posix()

    def _used(self, module: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield the paths that a file uses, in imports and in its code."""
        for is_passed_on, path, _ in self.uses[module]:
            if not is_passed_on:
                yield path
        code = re.sub(r"\buse\s[^;]+;", "", self.code[module])
        # Names imported with `use` are counted there.
        for path in re.findall(r"(?<![\w:])((?:crate|super|self)(?:::\w+)+)", code):
            yield tuple(path.split("::"))
        for child in re.findall(r"\bmod (\w+);", code):
            if re.search(rf"(?<![\w:]){child}::\w", code):
                yield ("self", child)

    def _file_of(self, module: tuple[str, ...], path: tuple[str, ...]) -> str | None:
        found = self._resolve(module, path, ())
        return None if found is None else self._name(self.files[found])

    def _resolve(
        self, module: tuple[str, ...], path: tuple[str, ...], asked: tuple[object, ...]
    ) -> tuple[str, ...] | None:
        """Find the module that defines the item of a path."""
        if (module, path) in asked:
            return None
        asked = (*asked, (module, path))
        first, rest = path[0], path[1:]
        if first == "crate":
            here: tuple[str, ...] = ()
        elif first == "super":
            here = module[:-1]
        elif first == "self":
            here = module
        elif (*module, first) in self.files:
            here = (*module, first)
        else:
            return None
        for index, name in enumerate(rest):
            if name in {"super", "self"}:
                here = here[:-1] if name == "super" else here
            elif (*here, name) in self.files:
                here = (*here, name)
            else:
                for _, target, bound in self.uses.get(here, []):
                    if bound == name and target[0] not in {"std", "core", "alloc"}:
                        return self._resolve(here, (*target, *rest[index + 1 :]), asked) or here
                return here
        return here if here in self.files else None


def _without_tests(text: str) -> str:
    code = re.sub(r"//.*", "", text)
    return code.split("#[cfg(test)]\nmod tests {")[0]


def _uses(code: str) -> Iterator[tuple[bool, tuple[str, ...], str]]:
    """Yield each imported name: whether it is re-exported, its path, and its local name."""
    for passed_on, tree in re.findall(r"\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);", code):
        for path in _expanded(re.sub(r"\s+", " ", tree).strip()):
            path, _, alias = path.partition(" as ")
            parts = tuple(part.strip() for part in path.split("::"))
            if parts[-1] == "self":
                parts = parts[:-1]
            yield bool(passed_on), parts, (alias or parts[-1]).strip()


def _expanded(tree: str) -> Iterator[str]:
    """Yield the paths of a use tree, `a::{b, c::{d}}` as `a::b` and `a::c::d`."""
    if "{" not in tree:
        yield tree
        return
    head, _, rest = tree.partition("{")
    depth, item = 1, ""
    for character in rest:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 or (depth == 1 and character == ","):
            if item.strip():
                yield from (head + inner for inner in _expanded(item.strip()))
            item = ""
            if depth == 0:
                return
        else:
            item += character
