"""The fonts in the repository: other people's files, each family with its licence."""

import json
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "runtime/slides/fonts"
LISTED = json.loads((FONTS / "fonts.json").read_text())


def test_each_family_is_listed_with_its_licence() -> None:
    folders = {path.name for path in FONTS.iterdir() if path.is_dir()}
    assert folders == {font["folder"] for font in LISTED}
    for font in LISTED:
        licence = (FONTS / font["folder"] / "LICENSE").read_text()
        assert "SIL OPEN FONT LICENSE" in licence.upper()
        assert font["licence"] == "OFL-1.1"


def test_the_readme_names_each_package_and_version() -> None:
    readme = (FONTS / "README.md").read_text()
    rows = [f"| `{font['package']}` | {font['version']} |" for font in LISTED]
    assert [row for row in rows if row not in readme] == []


def test_only_known_files_are_there() -> None:
    suffixes = {path.suffix for path in FONTS.rglob("*") if path.is_file()}
    assert suffixes == {"", ".woff2", ".ttf", ".py", ".md", ".json"}
