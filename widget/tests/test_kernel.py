"""The module in this process: how it is loaded, and what is said where it can't be."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import wasmtime

import tellr
from tellr.kernel import cache
from tellr.kernel import module as modules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Use a cache of its own."""
    monkeypatch.setenv("TELLR_CACHE_DIR", str(tmp_path / "tellr"))
    return tmp_path / "tellr"


@pytest.fixture
def engine() -> wasmtime.Engine:
    return wasmtime.Engine()


# Compiling the real one takes a second; these tests are about files.
TINY = wasmtime.wat2wasm('(module (func (export "one") (result i32) i32.const 1))')


def run(engine: wasmtime.Engine, module: wasmtime.Module) -> int:
    store = wasmtime.Store(engine)
    return wasmtime.Instance(store, module, []).exports(store)["one"](store)


def test_what_was_compiled_is_kept_for_this_user_alone(
    small: Path, engine: wasmtime.Engine
) -> None:
    assert run(engine, cache.load(engine, TINY)) == 1
    (kept,) = small.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert small.stat().st_mode & 0o077 == 0
    before = kept.stat().st_mtime_ns
    assert run(engine, cache.load(engine, TINY)) == 1
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "another's"])
def test_a_damaged_cache_is_replaced(small: Path, engine: wasmtime.Engine, damage: str) -> None:
    cache.load(engine, TINY)
    (kept,) = small.iterdir()
    whole = kept.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "another's": whole[:32] + b"not what the digest says",
    }
    kept.write_bytes(damaged[damage])
    assert run(engine, cache.load(engine, TINY)) == 1
    assert kept.read_bytes() == whole


def test_a_cache_that_others_may_write_is_not_trusted(small: Path, engine: wasmtime.Engine) -> None:
    cache.load(engine, TINY)
    (kept,) = small.iterdir()
    planted = wasmtime.Module(engine, "(module)").serialize()
    import hashlib

    kept.write_bytes(hashlib.sha256(planted).digest() + planted)
    kept.chmod(0o666)
    assert run(engine, cache.load(engine, TINY)) == 1


def test_no_place_for_a_cache_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: wasmtime.Engine
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    monkeypatch.setenv("TELLR_CACHE_DIR", str(in_the_way / "tellr"))
    assert run(engine, cache.load(engine, TINY)) == 1


def test_one_version_replaces_the_one_before(small: Path, engine: wasmtime.Engine) -> None:
    cache.load(engine, TINY)
    cache.load(engine, wasmtime.wat2wasm('(module (func (export "two")))'))
    assert len(list(small.iterdir())) == 1


@pytest.mark.usefixtures("workspace")
def test_a_module_of_another_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "PROTOCOL", 1)
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(progress="none")
    assert caught.value.code == "PROTOCOL_MISMATCH"
    assert "version 2" in caught.value.cause
    assert "version 1" in caught.value.cause
    assert "Reinstall the package `tellr`" in caught.value.remedy


@pytest.mark.usefixtures("workspace")
def test_a_package_without_its_module_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_compiled", None)
    monkeypatch.setattr(modules.resources, "files", _no_files)
    with pytest.raises(tellr.DeploymentError) as caught:
        tellr.create(progress="none")
    assert caught.value.code == "MODULE_UNAVAILABLE"
    assert "Install the package again" in caught.value.remedy


def _no_files(_package: str) -> Path:
    from pathlib import Path

    return Path("no-such-folder")


def test_the_module_has_nothing_to_import_and_speaks_json() -> None:
    module = modules.Module()
    with pytest.raises(tellr.DeploymentError, match="No run is in progress") as caught:
        module.call("poll", now_ms=0)
    assert caught.value.code == "PROTOCOL_FAULT"


def test_runs_side_by_side_do_not_touch_each_other() -> None:
    found: list[Any] = []

    def one(name: str) -> None:
        module = modules.Module()
        arguments = {"app_name": f"Bad {name}"}
        seed = "A" * 43 + "="
        module.call("start", operation="create", arguments=arguments, seed=seed, now_ms=0)
        found.append(module.call("poll", now_ms=0)["error"]["message"])

    threads = [threading.Thread(target=one, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"`app_name` can't be `Bad {number}`" for number in range(4)]


HEAVY = (
    "wasmtime",
    "websockets",
    "psycopg",
    "anywidget",
    "ipywidgets",
    "databricks",
    "requests",
    "IPython",
)


def test_importing_loads_nothing_heavy(script: Callable[..., Any]) -> None:
    done = script(f"import sys, tellr\nprint([n for n in {HEAVY!r} if n in sys.modules])")
    assert done.stdout.strip() == "[]", done.stderr


def test_a_warm_cache_is_used_without_compiling() -> None:
    modules.compiled()
    # The next process, with the same cache, has no compiler.
    text = """
import wasmtime
def compiles(*_):
    raise AssertionError("it compiles")
wasmtime.Module.__init__ = compiles
from tellr.kernel.module import Module
module = Module()
module.call("start", operation="create", arguments={}, seed="A" * 43 + "=", now_ms=0)
assert module.call("poll", now_ms=0)["commands"]
"""
    subprocess.run([sys.executable, "-c", text], env=os.environ, check=True)


@pytest.mark.usefixtures("small")
def test_only_the_first_load_compiles(
    monkeypatch: pytest.MonkeyPatch, engine: wasmtime.Engine
) -> None:
    compiled: list[bytes] = []
    begin = wasmtime.Module.__init__

    def counted(self: wasmtime.Module, engine: wasmtime.Engine, code: bytes) -> None:
        compiled.append(code)
        begin(self, engine, code)

    monkeypatch.setattr(wasmtime.Module, "__init__", counted)
    for _ in range(3):
        assert run(engine, cache.load(engine, TINY)) == 1
    assert compiled == [TINY]
