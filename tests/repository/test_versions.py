"""Everything that is published together has the same version."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def version_in(manifest: Path) -> str | None:
    """Read a package's own version; None if it uses the workspace's or is generated from it."""
    if manifest.suffix == ".json":
        return json.loads(manifest.read_text())["version"]
    found = re.search(r'^version = "(.+)"', manifest.read_text(), re.MULTILINE)
    return found[1] if found else None


def test_all_packages_carry_the_workspace_version() -> None:
    wanted = version_in(ROOT / "Cargo.toml")
    assert wanted
    manifests = [
        path
        for pattern in ("Cargo.toml", "package.json", "package-lock.json", "pyproject.toml")
        for path in ROOT.glob(f"*/{pattern}")
    ]
    assert ROOT / "frontend/package.json" in manifests
    assert ROOT / "runtime/pyproject.toml" in manifests
    assert ROOT / "widget/pyproject.toml" in manifests
    versions = {str(path.relative_to(ROOT)): version_in(path) for path in manifests}
    assert {name: found for name, found in versions.items() if found not in (wanted, None)} == {}


def test_the_changelog_tells_about_this_version() -> None:
    version = version_in(ROOT / "Cargo.toml")
    assert version
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE)
