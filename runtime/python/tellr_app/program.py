"""The native program: where it is, after unpacking it at the first start.

A wheel's own compression would make the program a quarter larger, so the wheel holds it compressed
with xz. The first start unpacks it beside this module, in place of an empty file of the wheel:
uninstalling the package removes it, and an update replaces it. Where the package's folder is
read-only, the program is unpacked into a private folder of the user instead. Later starts only
look at its length and mode, and import little: Python's start is a part of the program's.
"""

from __future__ import annotations

import os
import stat

# Importing `typing` takes longer than everything else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

NAME = "tellr-app"
PACKED = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{NAME}.xz")
_PIECE_BYTES = 1 << 20
# What an interrupted unpacking leaves.
_PART_PREFIX, _PART_SUFFIX = f"{NAME}.", ".part"


def program() -> str:
    """Return the path of the unpacked program.

    Ends the process with a message if it can't be unpacked.
    """
    length, sha256 = _expected()
    for folder, is_private in _folders(sha256):
        if _is_ready(folder, length) and (not is_private or _is_private(folder)):
            return os.path.join(folder, NAME)
    problems = []
    for folder, is_private in _folders(sha256):
        try:
            if is_private:
                os.makedirs(folder, mode=0o700, exist_ok=True)
                if not _is_private(folder):
                    problems.append(f"  {folder}: other users can write to it")
                    continue
            if os.statvfs(folder).f_flag & os.ST_NOEXEC:
                problems.append(f"  {folder}: programs can't run from it (mounted with noexec)")
                continue
            _unpack(folder, length, sha256)
        except OSError as error:
            problems.append(f"  {folder}: {error.strerror or error}")
        else:
            return os.path.join(folder, NAME)
    raise SystemExit(
        "\n".join((f"{NAME} can't be unpacked:", *problems))
        + f"\nFree {length / 1e6:.0f} MB in one of these folders, set TMPDIR to another, or run "
        f"`{NAME} --version` once as the user who installed the package."
    )


def _expected() -> tuple[int, str]:
    """The program's length in bytes and its SHA-256, written when the wheel was made."""
    try:
        from tellr_app.packed import LENGTH, SHA256
    except ImportError:
        raise SystemExit(
            f"This installation of tellr_app lacks its program; install a wheel of {NAME}, "
            "which `make dist` builds"
        ) from None
    return LENGTH, SHA256


def _folders(sha256: str) -> Iterator[tuple[str, bool]]:
    """Where the program can be, and whether that folder has to be private to this user."""
    yield os.path.dirname(PACKED), False
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if os.path.isabs(cache):
        yield os.path.join(cache, NAME, sha256[:16]), True
    temporary = os.path.abspath(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 (checked below)
    # One folder without a parent of its own: other users can create names in the shared folder.
    yield os.path.join(temporary, f"{NAME}-{os.geteuid()}-{sha256[:16]}"), True


def _is_private(folder: str) -> bool:
    """Whether only this user can put files into a folder."""
    status = os.lstat(folder)
    is_mine = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return is_mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_ready(folder: str, length: int) -> bool:
    """Whether the program is there. It gets its name once it is complete."""
    try:
        status = os.stat(os.path.join(folder, NAME))
    except OSError:
        return False
    return status.st_size == length and bool(status.st_mode & stat.S_IXUSR)


def _unpack(folder: str, length: int, sha256: str) -> None:
    """Unpack the program into a folder. One process does, others that start meanwhile wait.

    Raises OSError where the folder is no place for it.
    """
    import contextlib
    import fcntl
    import tempfile

    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Some network file systems have no locks. Without one, several may unpack at once, each
        # into a file of its own.
        with contextlib.suppress(OSError):
            fcntl.flock(here, fcntl.LOCK_EX)
            if _is_ready(folder, length):
                return
            _remove_parts(folder)
        part, path = tempfile.mkstemp(_PART_SUFFIX, _PART_PREFIX, folder)
        try:
            with open(part, "wb") as file:
                _write(file, length, sha256)
                file.flush()
                os.fchmod(part, 0o755)
                # Otherwise a crash of the machine could leave the name without the content.
                os.fsync(part)
            os.replace(path, os.path.join(folder, NAME))
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
    finally:
        os.close(here)


def _remove_parts(folder: str) -> None:
    for name in os.listdir(folder):
        if name.startswith(_PART_PREFIX) and name.endswith(_PART_SUFFIX):
            os.unlink(os.path.join(folder, name))


def _write(file: IO[bytes], length: int, sha256: str) -> None:
    """Unpack into a file, and check what was unpacked."""
    import hashlib

    try:
        import lzma
    except ImportError:
        # Happens where Python was compiled on a machine without liblzma.
        place = os.path.join(os.path.dirname(PACKED), NAME)
        raise SystemExit(
            f"{NAME} can't be unpacked: this Python has no module `lzma`. Use another, or run\n"
            f"  xz -dc '{PACKED}' > '{place}' && chmod 755 '{place}'"
        ) from None
    digest, written = hashlib.sha256(), 0
    try:
        with lzma.open(PACKED) as packed:
            while piece := packed.read(_PIECE_BYTES):
                written += len(piece)
                if written > length:
                    break
                digest.update(piece)
                file.write(piece)
    except (lzma.LZMAError, EOFError, FileNotFoundError):
        written = -1
    if written != length or digest.hexdigest() != sha256:
        raise SystemExit(f"{PACKED} is damaged; install the package again")
