"""Who may depend on whom: the arrows of ARCHITECTURE.md, and no others."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "deployer-wasm": set(),
    "runtime": {"deployer-wasm"},
    # An independent reading of the platform: sharing types would let both be wrong together.
    "tests/local-workspace": set(),
    "tests/end-to-end": {"deployer-wasm", "runtime", "tests/local-workspace"},
}


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    """Say for each crate's folder which folders of ours it depends on, in any kind of build."""
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


def test_the_page_imports_nothing_from_outside_its_folder() -> None:
    sources = [*(ROOT / "frontend/src").rglob("*.ts"), *(ROOT / "frontend/src").rglob("*.tsx")]
    assert sources
    outside = [f"/{folder}/" for folder in ("tests", "runtime", "widget", "deployer-wasm")]
    offenders = [
        str(path)
        for path in sources
        for line in path.read_text().splitlines()
        if line.startswith("import ") and any(folder in line for folder in outside)
    ]
    assert offenders == []
