"""Writes a bill of materials of the published packages in CycloneDX format.

usage: sbom.py DIST OUT

From what was resolved and not from what is installed: Cargo.lock with the edges that are compiled
in (no tests, no build tools), the page's npm lock, and what the notebook's package asks an
environment for. The same inputs give the same bytes.

`cargo-cyclonedx` does the first of the three: it lists crates, one bill for each of ours, and
knows nothing of what a page bundles or a Python package asks for. The three would have to be
merged here all the same, and a program that takes minutes to build would list what `cargo tree`
lists.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

from artifacts import ROOT, Artifact, ReleaseError, find, version_of

HOST = "x86_64-unknown-linux-gnu"
WASM = "wasm32-unknown-unknown"
# Our crates: what each is compiled into, for which target and with which features.
CRATES = {
    "tellr-app": [
        ("tellr-app", HOST, ""),
        ("deployer-wasm", WASM, "browser"),
        ("tellr-slides-page", WASM, ""),
    ],
    "tellr": [("deployer-wasm", WASM, "kernel"), ("deployer-wasm", WASM, "browser")],
    "@tellr/deployer": [("deployer-wasm", WASM, "browser")],
}
# Packages whose production dependencies are bundled into a page or the widget.
PAGES = {"tellr-app": "frontend/package-lock.json", "tellr": "frontend/package-lock.json"}

Component = dict[str, Any]
Graph = dict[str, set[str]]


def crates(package: str, target: str, features: str) -> tuple[dict[str, Component], Graph, str]:
    """List the crates compiled into one of ours, their dependencies, and the root."""
    command = ["cargo", "tree", "--locked", "--package", package, "--target", target]
    command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "\t{p}\t{l}"]
    command += ["--features", features]
    tree = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    components: dict[str, Component] = {}
    graph: Graph = {}
    checksums = cargo_checksums()
    above: list[str] = []
    for line in tree.splitlines():
        depth, described, licence = line.split("\t")
        name, version = described.split(" ")[:2]
        component = crate(name, version.removeprefix("v"), licence.removesuffix(" (*)"), checksums)
        reference = component["bom-ref"]
        components[reference] = component
        graph.setdefault(reference, set())
        above = [*above[: int(depth)], reference]
        if int(depth) > 0:
            graph[above[-2]].add(reference)
    return components, graph, above[0]


def crate(
    name: str, version: str, licence: str, checksums: dict[tuple[str, str], str]
) -> Component:
    """Describe a crate."""
    reference = f"pkg:cargo/{name}@{version}"
    component: Component = {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
    }
    if licence:
        # Some still use the slash that licence expressions no longer allow.
        component["licenses"] = [{"expression": licence.replace("/", " OR ")}]
    if checksum := checksums.get((name, version)):
        component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return component


def cargo_checksums() -> dict[tuple[str, str], str]:
    """Read the checksums of all crates from the lock file."""
    lock = (ROOT / "Cargo.lock").read_text()
    entry = r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"'
    return {(name, version): checksum for name, version, checksum in re.findall(entry, lock)}


def npm_packages(lock: Path) -> tuple[dict[str, Component], Graph, set[str]]:
    """List what a page bundles, the dependencies, and the page's direct ones."""
    packages = json.loads(lock.read_text())["packages"]

    def needed(path: str) -> list[str]:
        names = packages[path].get("dependencies", {})
        # npm searches beside the package first, then upwards.
        places = [(f"{path}/node_modules/{name}", f"node_modules/{name}") for name in names]
        found = [next((place for place in pair if place in packages), None) for pair in places]
        return [place for place in found if place and not packages[place].get("link")]

    components: dict[str, Component] = {}
    graph: Graph = {}
    ahead = needed("")
    while ahead:
        path = ahead.pop()
        reference = npm_reference(path, packages[path]["version"])
        if reference in components:
            continue
        components[reference] = npm_component(reference, path, packages[path])
        graph[reference] = {npm_reference(to, packages[to]["version"]) for to in needed(path)}
        ahead += needed(path)
    return components, graph, {npm_reference(to, packages[to]["version"]) for to in needed("")}


def npm_reference(path: str, version: str) -> str:
    """Return the package URL of a package."""
    name = path.rpartition("node_modules/")[2]
    return f"pkg:npm/{quote(name, safe='/')}@{version}"


def npm_component(reference: str, path: str, entry: dict[str, Any]) -> Component:
    """Describe an npm package."""
    algorithm, _, digest = entry["integrity"].partition("-")
    component: Component = {
        "type": "library",
        "bom-ref": reference,
        "name": path.rpartition("node_modules/")[2],
        "version": entry["version"],
        "purl": reference,
        "hashes": [
            {
                "alg": algorithm.upper().replace("SHA", "SHA-"),
                "content": base64.b64decode(digest).hex(),
            }
        ],
    }
    if entry.get("license"):
        component["licenses"] = [{"expression": entry["license"]}]
    return component


def python_requirements(project: Path) -> dict[str, Component]:
    """Describe a requirement; the environment determines the version."""
    listed = re.search(
        r"^dependencies = \[\n(.*?)^\]", project.read_text(), re.MULTILINE | re.DOTALL
    )
    wanted = re.findall(r'"(.+)"', listed[1]) if listed else []
    components = {}
    for requirement in wanted:
        name = re.match(r"[\w-]+", requirement).group()
        reference = f"pkg:pypi/{name}"
        components[reference] = {
            "type": "library",
            "bom-ref": reference,
            "name": name,
            "purl": reference,
            "properties": [{"name": "tellr:requirement", "value": requirement}],
        }
    return components


def published(artifact: Artifact, version: str) -> Component:
    """Describe a published file."""
    return {
        "type": "application" if artifact.kind.project == "tellr-app" else "library",
        "bom-ref": artifact.path.name,
        "name": artifact.kind.project,
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "hashes": [{"alg": "SHA-256", "content": artifact.sha256}],
        "properties": [{"name": "tellr:file", "value": artifact.path.name}],
    }


def bill(artifacts: list[Artifact], version: str, epoch: int) -> dict[str, Any]:
    """Compose the document."""
    components: dict[str, Component] = {}
    graph: Graph = {}
    whole = f"tellr@{version}"

    def add(more: dict[str, Component], edges: Graph) -> None:
        components.update(more)
        for reference, needed in edges.items():
            graph.setdefault(reference, set()).update(needed)

    for artifact in artifacts:
        project, name = artifact.kind.project, artifact.path.name
        begins: set[str] = set()
        for built in CRATES[project]:
            more, edges, begin = crates(*built)
            add(more, edges)
            begins.add(begin)
        if project in PAGES:
            more, edges, direct = npm_packages(ROOT / PAGES[project])
            add(more, edges)
            begins |= direct
        if project == "tellr":
            more = python_requirements(ROOT / "widget/pyproject.toml")
            add(more, {})
            begins |= set(more)
        add({name: published(artifact, version)}, {name: begins, whole: {name}})
    body = {
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, timezone.utc).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": whole,
                "name": "tellr",
                "version": version,
            },
        },
        "components": [components[reference] for reference in sorted(components)],
        "dependencies": dependencies(graph, {whole, *components}),
    }
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{number}"}
    return {**head, "version": 1, **body}


def dependencies(graph: Graph, references: Iterable[str]) -> list[dict[str, Any]]:
    """Write the dependencies, one entry per component."""
    return [
        {"ref": reference, "dependsOn": sorted(graph.get(reference, set()))}
        for reference in sorted(references)
    ]


def main() -> int:
    """Write the bill of materials for the artifacts in a folder."""
    dist, out = map(Path, sys.argv[1:])
    try:
        version = version_of(ROOT)
        epoch = int(os.environ["SOURCE_DATE_EPOCH"])
        written = bill(find(dist, version), version, epoch)
    except ReleaseError as problem:
        print(f"\nNo bill of materials: {problem}", file=sys.stderr)
        return 1
    out.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")
    print(f"  {out.name}: {len(written['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
