"""Published code uses these libraries, and the modules are built with the plain toolchain."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WASM = ["--target", "wasm32-unknown-unknown", "--features", "browser"]
# Package: its arguments for cargo, and its required libraries.
SHIPPED = {
    "tellr-app": ([], ["axum", "rust-embed", "tokio", "tokio-postgres", "yaml_serde"]),
    "deployer-wasm": (
        WASM,
        [
            "gloo-net",
            "serde-wasm-bindgen",
            "wasm-bindgen",
            "wasm-bindgen-futures",
            "web-sys",
            "yaml_serde",
        ],
    ),
    "tellr-slides": (
        ["--target", "wasm32-unknown-unknown"],
        ["libm", "parley", "schemars", "serde_json", "serde_path_to_error", "url", "wuff"],
    ),
}
# yaml_serde is named in manifests and sources after the crate that it continues.
NAMES = {"yaml_serde": "serde_yaml"}
SOURCES = {
    "tellr-app": ["runtime/src", "deployer-wasm/src"],
    "deployer-wasm": ["deployer-wasm/src"],
    "tellr-slides": ["runtime/slides/src"],
}
# Not allowed in a deck, not even through a library: randomness, clocks, a page, a runtime.
OUTSIDE = {
    "getrandom",
    "rand",
    "time",
    "chrono",
    "js-sys",
    "web-sys",
    "wasm-bindgen",
    "tokio",
    "reqwest",
}


def tree(package: str, arguments: list[str]) -> set[str]:
    """List the packages that `package` is linked with."""
    command = ["cargo", "tree", "--offline", "--locked", "--package", package, *arguments]
    listed = subprocess.run(
        [*command, "--edges", "normal", "--prefix", "none", "--format", "{p}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return {line.split()[0] for line in listed.stdout.splitlines() if line}


@pytest.mark.parametrize("package", SHIPPED)
def test_what_ships_is_linked_with_the_libraries(package: str) -> None:
    arguments, libraries = SHIPPED[package]
    assert set(libraries) - tree(package, arguments) == set()


@pytest.mark.parametrize("package", SHIPPED)
def test_each_library_is_used_by_our_own_code(package: str) -> None:
    _, libraries = SHIPPED[package]
    code = "\n".join(
        re.sub(r"//.*", "", path.read_text())
        for folder in SOURCES[package]
        for path in (ROOT / folder).rglob("*.rs")
        if "tests" not in path.relative_to(ROOT).parts and path.stem != "tests"
    )
    named = {library: NAMES.get(library, library).replace("-", "_") for library in libraries}
    assert {library for library, name in named.items() if f"{name}::" not in code} == set()


def test_a_deck_reaches_nothing_outside() -> None:
    arguments, _ = SHIPPED["tellr-slides"]
    assert tree("tellr-slides", arguments) & OUTSIDE == set()


def test_the_modules_are_built_with_stable_options_alone() -> None:
    scripts = [
        ROOT / "Makefile",
        *(ROOT / "pkg").glob("*.sh"),
        *(ROOT / "tests/setup").glob("*.sh"),
    ]
    unstable = re.compile(r"RUSTC_BOOTSTRAP|-Z ?build-std|-Z ?unstable-options|llvm-args")
    assert [path.name for path in scripts if unstable.search(path.read_text())] == []
