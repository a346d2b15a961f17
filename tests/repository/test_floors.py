"""The floors of the deploy logic: a module uses those below it and never one above."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "deployer-wasm/src"
# From the ground up, as the crate's documentation lists them.
FLOORS = [
    {"decode"},
    {"timestamp", "document"},
    {"error"},
    {"events", "cancellation"},
    {"config", "schema"},
    {"host"},
    {"manifest", "workspace"},
    {"engine"},
    {"steps"},
    {"operations"},
    {"bindings"},
]
# On one floor, these may use their neighbour.
NEIGHBOURS = {("schema", "config")}


def floor_of(module: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if module in floor)


def modules() -> list[str]:
    return sorted(
        {path.relative_to(SOURCE).parts[0].removesuffix(".rs") for path in SOURCE.rglob("*.rs")}
        - {"lib"}
    )


def uses_of(module: str) -> set[str]:
    """Name the modules that one uses outside of its tests and comments."""
    files = [SOURCE / f"{module}.rs", *(SOURCE / module).rglob("*.rs")]
    text = "\n".join(path.read_text() for path in files if path.is_file() and path.stem != "tests")
    code = re.sub(
        r"//.*", "", text.split("#[cfg(test)]\nmod tests")[0] if len(files) == 1 else text
    )
    return set(re.findall(r"\bcrate::([a-z_]+)", code)) - {module}


def test_every_module_has_its_floor() -> None:
    assert set(modules()) == set().union(*FLOORS)


@pytest.mark.parametrize("module", modules())
def test_a_module_uses_only_those_below(module: str) -> None:
    above = {
        used
        for used in uses_of(module)
        if floor_of(used) >= floor_of(module) and (module, used) not in NEIGHBOURS
    }
    assert above == set()
