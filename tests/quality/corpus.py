"""The decks that exported files are checked with.

usage: corpus.py FOLDER     writes them, with their images, to be looked at

Each is made by a function, so that it says what it is for and stays valid as the format grows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import corpus_data
import corpus_layouts
import corpus_texts
import images
from making import Sample

CRATE = Path(__file__).resolve().parents[2] / "runtime" / "slides" / "tests" / "decks"


def samples() -> list[Sample]:
    """All decks that can be exported, those of the crate's own tests first."""
    own = [
        Sample(f"crate-{path.stem}", json.loads(path.read_text()), "mixed")
        for path in sorted(CRATE.glob("*.json"))
    ]
    for sample in own:
        sample.missing = set(images_of(sample))
    return [
        *own,
        *corpus_layouts.layouts(),
        *corpus_layouts.blocks(),
        *corpus_layouts.themes(),
        corpus_layouts.speed(),
        *corpus_texts.languages(),
        *corpus_texts.texts(),
        *corpus_data.tables(),
        *corpus_data.charts(),
        *corpus_data.others(),
    ]


def images_of(sample: Sample) -> list[str]:
    """The images that a deck names."""
    found = []
    for slide in sample.deck["slides"]:
        for block in slide["blocks"]:
            inside = (
                [b for c in block["columns"] for b in c["blocks"]]
                if block["type"] == "columns"
                else []
            )
            found += [one["image"] for one in [block, *inside] if one["type"] == "image"]
    return found


def write(folder: Path) -> list[Sample]:
    """Writes all decks into a folder, with the images beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    images.write(folder)
    made = samples()
    for sample in made:
        (folder / f"{sample.name}.json").write_text(json.dumps(sample.deck, ensure_ascii=False))
    return made


if __name__ == "__main__":
    print(len(write(Path(sys.argv[1]))), "decks")
