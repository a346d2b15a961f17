"""The README names only existing files, and its pictures are small."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 200 * 1024


def linked(readme: Path) -> list[Path]:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", readme.read_text())
    return [readme.parent / link for link in links]


def test_every_link_leads_to_a_file() -> None:
    links = [link for readme in ROOT.glob("*.md") for link in linked(readme)]
    assert [link for link in links if not link.exists()] == []


def test_the_pictures_are_there_and_small() -> None:
    pictures = [link for link in linked(ROOT / "README.md") if link.suffix == ".png"]
    assert {picture.stem for picture in pictures} == {
        "assistant",
        "widget",
        "app",
        "editor",
        "terminal",
        "deploy-page",
    }
    assert [picture.name for picture in pictures if picture.stat().st_size > LIMIT] == []
