"""Caches the compiled module on disk, so that a machine compiles it only once.

The cached file is run as native code. So it is only read from a folder and a file that belong to
this user and that no other user may write, and only if it is complete, which is checked by its
digest. If the cache can't be read, written or trusted, the module is compiled instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import wasmtime

FOLDER_VARIABLE = "TELLR_CACHE_DIR"
_DIGEST_BYTES = 32


def load(engine: wasmtime.Engine, code: bytes) -> wasmtime.Module:
    """Load the compiled module from the cache, or compile and cache it."""
    import wasmtime

    path = _path(code)
    if path and (kept := _read(path)):
        # The runtime refuses a file of another version or processor.
        with contextlib.suppress(wasmtime.WasmtimeError):
            return wasmtime.Module.deserialize(engine, kept)
    module = wasmtime.Module(engine, code)
    if path:
        with contextlib.suppress(OSError):
            _write(path, bytes(module.serialize()))
    return module


def folder() -> Path | None:
    """Return the folder: `TELLR_CACHE_DIR`, or else this system's cache folder."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "tellr"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "tellr"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "tellr"


def _path(code: bytes) -> Path | None:
    place = folder()
    try:
        runtime = version("wasmtime")
    except PackageNotFoundError:
        return None
    digest = hashlib.sha256(code).hexdigest()[:32]
    name = f"kernel-{digest}-wasmtime-{runtime}-{platform.machine()}.bin"
    return place / name if place else None


def _read(path: Path) -> bytes | None:
    try:
        if not (_is_ours(path.parent) and _is_ours(path)):
            return None
        content = path.read_bytes()
    except OSError:
        return None
    digest, kept = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return kept if hashlib.sha256(kept).digest() == digest else None


def _is_ours(path: Path) -> bool:
    if sys.platform == "win32":
        return True  # the user's own profile folder; there are no mode bits to check
    found = path.lstat()
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid == os.getuid() and not found.st_mode & others and not path.is_symlink()


def _write(path: Path, kept: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(path.parent):
        return
    # Written to a temporary file and renamed, so that readers see the old or the new file.
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix="kernel-", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(kept).digest() + kept)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
    for other in path.parent.glob("kernel-*.bin"):
        if other != path:
            other.unlink(missing_ok=True)
