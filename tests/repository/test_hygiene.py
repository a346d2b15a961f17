"""Content that is not allowed in the repository, and its top-level files."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    *("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "rustfmt.toml", "clippy.toml"),
    *("deployer-wasm", "runtime", "frontend", "widget", "pkg", "tests"),
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile"),
    *("CONTRIBUTING.md", "SECURITY.md"),
    *(".ci", ".github", ".gitignore", ".gitattributes", ".editorconfig", ".cargo"),
}
LONGEST_FILE_LINES = 700
# Generated from many Rust files, for one import.
GENERATED = {ROOT / "pkg/types.d.ts", ROOT / "frontend/src/api/schema.generated.ts"}

# Hosts of package registries, composed here since they must not appear in any of our files.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("static", "crates", "io"),
        ("index", "crates", "io"),
        ("proxy", "golang", "org"),
    )
]
MACHINE_PATHS = re.compile(r"(?<![\w.$}~-])/(?:root|work|tmp|home|Users)/\w[^\s\"'`]*")


def tracked() -> list[Path]:
    """List the files that are, or will be, in git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield str(path.relative_to(ROOT)), path.read_text()
        except UnicodeDecodeError:
            continue


def test_no_registry_host_stands_in_a_file() -> None:
    # Cargo writes the index it resolved against into its lock file.
    found = [
        f"{name}: {host}"
        for name, text in texts()
        if name != "Cargo.lock"
        for host in REGISTRY_HOSTS
        if host in text
    ]
    assert found == []


def test_npm_lock_files_name_no_registry() -> None:
    locks = [path for path in tracked() if path.name == "package-lock.json"]
    assert locks
    for lock in locks:
        packages = json.loads(lock.read_text())["packages"]
        assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_no_path_of_one_machine_stands_in_a_file() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts()
        for match in MACHINE_PATHS.finditer(text)
        # A user's folder in a Databricks workspace starts like a Mac's home folder.
        if not re.match(r"/Users/[^/]*[@<{]", match.group())
    ]
    assert found == []


def test_no_link_is_in_git() -> None:
    """One to another checkout, say, where `node_modules` are installed already."""
    command = ["git", "ls-files", "--stage"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert [line for line in listing.splitlines() if line.startswith("120000")] == []


def test_the_top_level_holds_what_was_agreed() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} - TOP_LEVEL == set()


def test_no_source_file_is_too_long_to_hold_one_idea() -> None:
    written = [path for path in tracked() if path not in GENERATED]
    sources = [path for path in written if path.suffix in {".rs", ".ts", ".tsx", ".py"}]
    assert sources
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE_LINES} == {}


def test_nothing_is_left_to_do_later() -> None:
    markers = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
    sources = (".rs", ".ts", ".tsx", ".py", ".sh", ".css")
    found = [name for name, text in texts() if name.endswith(sources) and markers.search(text)]
    assert found == []


def test_documentation_that_messages_point_to_exists() -> None:
    pointers = {
        match.groups()
        for name, text in texts()
        if name.endswith((".rs", ".py", ".ts", ".tsx"))
        for match in re.finditer(r"\b([A-Z]+\.md)#([a-z-]+)", text)
    }
    assert pointers
    headings = {
        (page, re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-"))
        for page in {page for page, _ in pointers}
        for heading in re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)
    }
    assert pointers - headings == set()
