"""The allowed dependencies between packages: the arrows of ARCHITECTURE.md, and no others."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "deployer-wasm": set(),
    # It uses the deployer's compiled module.
    "pkg/bindgen": set(),
    # Its tests use the stand-in for Google.
    "runtime": {"deployer-wasm", "runtime/slides", "tests/google"},
    # The model of a deck: free of I/O, so that a page can use it too.
    "runtime/slides": set(),
    # The same for the page, as a module.
    "runtime/slides/page": {"runtime/slides"},
    # An independent implementation of the platform: shared types would hide shared mistakes.
    "tests/local-workspace": set(),
    # The same of Google.
    "tests/google": set(),
    "tests/end-to-end": {"deployer-wasm", "runtime", "tests/local-workspace"},
    # A third reading of the platform, in memory: none of the local workspace's types.
    "tests/simulation": {"deployer-wasm"},
}


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    """List for each crate's folder the folders it depends on, in any kind of build."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--offline"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return {
        folder_of(Path(package["manifest_path"]).parent): {
            folder_of(Path(dependency["path"]))
            for dependency in package["dependencies"]
            if "path" in dependency
        }
        for package in json.loads(output)["packages"]
    }


def folder_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_crate_has_its_arrows_listed(arrows: dict[str, set[str]]) -> None:
    assert set(arrows) == set(ALLOWED)


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_a_crate_depends_only_on_those_it_may(arrows: dict[str, set[str]], folder: str) -> None:
    assert arrows[folder] - ALLOWED[folder] == set()


# The imports of a TypeScript file: `from "x"`, `import "x"`, `import("x")`.
IMPORTED = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""")
FRONTEND = ROOT / "frontend"
# Packages of ours that the page uses: `pkg/`, and what lays slides out (vite.config.ts).
PKG = "@tellr/deployer"
ENGINE = {"@tellr/engine", "@tellr/slides"}
# Data of the crate that owns decks.
THEMES = ROOT / "runtime/slides/themes"


def imports(*folders: str) -> list[tuple[Path, str]]:
    """List the imports in these folders of the page, and the importing files."""
    sources = [
        source
        for folder in folders
        for source in (FRONTEND / folder).rglob("*.ts*")
        if source.suffix in {".ts", ".tsx"}
    ]
    assert sources
    return [(source, name) for source in sources for name in IMPORTED.findall(source.read_text())]


def package_of(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[: 2 if name.startswith("@") else 1])


def test_the_page_imports_from_outside_its_folder_only_what_it_may() -> None:
    manifest = json.loads((FRONTEND / "package.json").read_text())
    packages = {*manifest["dependencies"], *manifest["devDependencies"], PKG, *ENGINE}
    offenders = [
        f"{source.relative_to(ROOT)}: {name}"
        for source, name in imports("src", "mock", "build")
        if (
            not any(
                (source.parent / name).resolve().is_relative_to(one) for one in (FRONTEND, THEMES)
            )
            if name.startswith(".")
            else not name.startswith("node:") and package_of(name) not in packages
        )
    ]
    assert offenders == []


def test_the_deploy_library_needs_nothing_that_only_one_of_its_shells_has() -> None:
    """A widget has no router, no queries to a server of ours and no page around it."""
    modules = {
        source.with_suffix(""): source
        for source in FRONTEND.glob("src/**/*.ts*")
        if source.is_file()
    }
    to_read = [FRONTEND / "src/deploy/index"]
    read, packages = set(), set()
    while to_read:
        module = to_read.pop()
        if module in read or module not in modules:
            continue
        read.add(module)
        source = modules[module]
        for name in IMPORTED.findall(source.read_text()):
            if name.startswith("."):
                to_read.append((source.parent / name).resolve())
            else:
                packages.add(package_of(name))
    assert len(read) > 1
    assert packages - {"react", PKG} == set()


def test_the_widgets_page_imports_only_the_deploy_library_and_the_deployers_package() -> None:
    front = ROOT / "widget/front/src"
    sources = [source for source in front.rglob("*.ts*") if source.suffix in {".ts", ".tsx"}]
    assert sources
    reached = [FRONTEND / "src/deploy", FRONTEND / "src/components", front]
    offenders = [
        f"{source.relative_to(ROOT)}: {name}"
        for source in sources
        for name in IMPORTED.findall(source.read_text())
        if (
            not any((source.parent / name).resolve().is_relative_to(place) for place in reached)
            if name.startswith(".")
            else package_of(name) not in {"react", "react-dom", PKG}
        )
    ]
    assert offenders == []


def test_the_notebooks_package_imports_only_the_standard_library_before_it_is_used() -> None:
    """Its dependencies are large, and none of them is needed to describe an argument."""
    package = ROOT / "widget/src/tellr"
    # A widget is a subclass of a library's class, so its module needs the library; it is loaded on
    # demand, together with its traits.
    widget = {package / "deployer.py", package / "settings.py"}
    allowed = {*sys.stdlib_module_names, "tellr"}
    offenders = [
        f"{source.relative_to(ROOT)}: {name}"
        for source in package.rglob("*.py")
        if source not in widget
        for statement in ast.parse(source.read_text()).body
        for name in names_imported(statement)
        if package_of(name.replace(".", "/")) not in allowed
    ]
    assert offenders == []


def names_imported(statement: ast.stmt) -> list[str]:
    """List the modules that a statement imports."""
    if isinstance(statement, ast.Import):
        return [one.name for one in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [statement.module or ""]
    return []
