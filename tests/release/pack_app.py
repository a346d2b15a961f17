"""Packs the app's wheel: takes the program out of maturin's wheel and puts it in with xz.

usage: pack_app.py BUILT OUT [--fast]

BUILT is the wheel that maturin built, or a folder with it alone. Writes a wheel of the same name
into the folder OUT. A wheel's members are deflated, and installers refuse anything better; xz makes
the program a quarter smaller. `tellr_app/program.py` unpacks it at the first start, and
`runtime/src/deploy/own_wheel.rs` packs the same layout for `tellr-app deploy … --self`. The same
program gives the same wheel, with the same versions of Python and liblzma.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import lzma
import os
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "tellr_app/tellr-app"
ENTRY_POINT = "[console_scripts]\ntellr-app = tellr_app.run:command\n"
# In an ELF file: its architecture, two bytes at this offset, and there, x86-64.
MACHINE, X86_64 = slice(18, 20), b"\x3e\x00"
# What a part of the program is like: LZMA's literal context, literal position and position bits and
# how matches are found, and what is done before, which is the difference to the byte of the record
# before, or of code the addresses of jumps. Each was the best for its part of those that were
# tried. A part begins at one of these sections.
HEADERS = ({"lc": 0, "lp": 0, "pb": 2}, None)
PARTS = {
    ".rela.dyn": ({"lc": 0, "lp": 3, "pb": 3}, {"id": lzma.FILTER_DELTA, "dist": 24}),
    ".rodata": ({"lc": 0, "lp": 0, "pb": 2}, None),
    ".gcc_except_table": ({"lc": 1, "lp": 0, "pb": 0, "nice_len": 200}, None),
    ".eh_frame_hdr": (
        {"lc": 0, "lp": 3, "pb": 3, "nice_len": 200},
        {"id": lzma.FILTER_DELTA, "dist": 8},
    ),
    ".eh_frame": ({"lc": 2, "lp": 2, "pb": 2}, None),
    ".text": ({"lc": 4, "lp": 0, "pb": 0, "mf": lzma.MF_BT3}, {"id": lzma.FILTER_X86}),
    ".data.rel.ro": ({"lc": 0, "lp": 3, "pb": 3}, None),
}
# The whole program fits, and whoever unpacks it needs as much memory.
WINDOW_BYTES = 32 << 20
# Of the files in the wheel, where the build sets none; as in the Makefile.
FALLBACK_TIME = 1_767_225_600


def compress(program: bytes, *, is_fast: bool = False) -> bytes:
    """Compress a program with xz: each part is a stream, and readers of xz join them."""
    preset = 1 if is_fast else 9 | lzma.PRESET_EXTREME
    streams = []
    for part, like, before in parts(program):
        filters = [{"id": lzma.FILTER_LZMA2, "preset": preset, "dict_size": WINDOW_BYTES, **like}]
        # Python's module has no filter for the jumps of ARM64.
        if before and (before["id"] != lzma.FILTER_X86 or program[MACHINE] == X86_64):
            filters.insert(0, before)
        streams.append(lzma.compress(part, lzma.FORMAT_XZ, lzma.CHECK_CRC64, filters=filters))
    return b"".join(streams)


def parts(program: bytes) -> Iterator[tuple[bytes, dict[str, int], dict[str, int] | None]]:
    """Split a program into parts of one kind; say what each is like."""
    found = sorted((offset, name) for name, offset in sections(program).items() if name in PARTS)
    if not found:
        yield program, {}, {"id": lzma.FILTER_X86}
        return
    yield program[: found[0][0]], *HEADERS
    for (begin, name), (end, _) in zip(found, [*found[1:], (len(program), "")], strict=True):
        yield program[begin:end], *PARTS[name]


def sections(program: bytes) -> dict[str, int]:
    """Find where the sections of an ELF file begin; none of another file."""
    try:
        read = ELFFile(io.BytesIO(program))
    except ELFError:
        return {}
    return {section.name: section["sh_offset"] for section in read.iter_sections()}


def files(program: bytes, *, is_fast: bool = False) -> dict[str, bytes]:
    """List what a wheel holds for a program: packed, its length and hash, and its place."""
    sha256 = hashlib.sha256(program).hexdigest()
    about = '"""The length in bytes and the hash of the unpacked program."""\n\n'
    return {
        "tellr_app/packed.py": f'{about}LENGTH = {len(program)}\nSHA256 = "{sha256}"\n'.encode(),
        # Replaced by the program at the first start; recorded, so that it is uninstalled.
        PROGRAM: b"",
        f"{PROGRAM}.xz": compress(program, is_fast=is_fast),
    }


def pack(built: Path, out: Path, *, is_fast: bool = False) -> Path:
    """Pack maturin's wheel anew. Return the path of the new one."""
    with zipfile.ZipFile(built) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    [script] = [name for name in contents if name.endswith(".data/scripts/tellr-app")]
    [record] = [name for name in contents if name.endswith(".dist-info/RECORD")]
    contents |= files(contents.pop(script), is_fast=is_fast)
    contents[record.replace("RECORD", "entry_points.txt")] = ENTRY_POINT.encode()
    # By convention the metadata stands at the end, and its list of files last.
    del contents[record]
    names = sorted(contents, key=lambda name: (".dist-info/" in name, name))
    lines = [f"{name},{hash_of(contents[name])},{len(contents[name])}" for name in names]
    contents[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    out.mkdir(parents=True, exist_ok=True)
    path = out / built.name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in [*names, record]:
            archive.writestr(member(name), contents[name], compresslevel=9)
    return path


def hash_of(content: bytes) -> str:
    """Hash a file as a wheel's RECORD does."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.rstrip(b'=').decode()}"


def member(name: str) -> zipfile.ZipInfo:
    """Describe a file, with a time and rights that don't depend on where it is packed."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", FALLBACK_TIME))
    info = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
    info.external_attr = 0o100644 << 16
    # Compressed already.
    is_packed = name.endswith(".xz")
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    return info


def main() -> None:
    """Pack the wheel that is named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("built", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fast", action="store_true", help="larger, in a fraction of the time")
    options = parser.parse_args()
    built = options.built
    if built.is_dir():
        [built] = built.glob("tellr_app-*.whl")
    print(pack(built, options.out, is_fast=options.fast))


if __name__ == "__main__":
    main()
