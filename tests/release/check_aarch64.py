"""Checks the app's wheel for Linux on aarch64, which can't be run on another machine.

usage: check_aarch64.py FOLDER

The contents are those of the published wheel; the program is one for aarch64, needs no newer glibc
than the wheel's name says, and no library that isn't a part of glibc.
"""

from __future__ import annotations

import io
import lzma
import re
import sys
from pathlib import Path

import pack_app
from artifacts import KINDS, Artifact, ReleaseError
from check import check_contents
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

# More than on x86-64: Python's lzma has no filter for this machine's jumps.
LARGEST_BYTES = 9_000_000
GLIBC = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1"}
LOADER = "ld-linux-aarch64.so.1"
# Of 2014, as maturin is told.
NEWEST_GLIBC = 17
WHEEL = re.compile(r"tellr_app-(.+?)-py3-none-(?:\.?manylinux(?:2014|_2_17)_aarch64)+\.whl")


def check(folder: Path) -> Path:
    """Check the only wheel in a folder.

    Raises:
        ReleaseError: Something is wrong with it.
    """
    wheels = sorted(folder.glob("tellr_app-*.whl"))
    if len(wheels) != 1:
        message = f"{folder}: expected one wheel, found {[wheel.name for wheel in wheels]}"
        raise ReleaseError(message)
    [wheel] = wheels
    named = WHEEL.fullmatch(wheel.name)
    if named is None:
        message = f"{wheel.name}: its name is not that of a wheel for aarch64"
        raise ReleaseError(message)
    size = wheel.stat().st_size
    if size > LARGEST_BYTES:
        message = f"{wheel.name}: {size} bytes, more than {LARGEST_BYTES}"
        raise ReleaseError(message)
    artifact = Artifact(KINDS[0], wheel)
    check_contents(artifact, named[1])
    [packed] = [
        member.content for member in artifact.members() if member.name == f"{pack_app.PROGRAM}.xz"
    ]
    needed = check_program(wheel.name, lzma.decompress(packed), newest=NEWEST_GLIBC)
    print(f"  {wheel.name}: {size / 1e6:.2f} MB, glibc 2.{needed}")
    return wheel


def check_program(name: str, program: bytes, newest: int) -> int:
    """Check that a program is one for aarch64; return the minor version of the glibc it needs.

    Raises:
        ReleaseError: It isn't, or it needs a newer glibc 2 than `newest`, or another library.
    """
    elf = ELFFile(io.BytesIO(program))
    if elf["e_machine"] != "EM_AARCH64":
        message = f"{name}: its program is for {elf['e_machine']}"
        raise ReleaseError(message)
    sections = list(elf.iter_sections())
    libraries = {
        tag.needed
        for section in sections
        if isinstance(section, DynamicSection)
        for tag in section.iter_tags("DT_NEEDED")
    }
    if libraries - GLIBC - {LOADER}:
        message = f"{name}: its program needs {sorted(libraries - GLIBC - {LOADER})}"
        raise ReleaseError(message)
    versions = {
        version.name
        for section in sections
        if isinstance(section, GNUVerNeedSection)
        for _, needed in section.iter_versions()
        for version in needed
    }
    minors = [int(found[1]) for text in versions if (found := re.match(r"GLIBC_2\.(\d+)", text))]
    if max(minors, default=0) > newest:
        message = f"{name}: its program needs glibc 2.{max(minors)}, not 2.{newest}"
        raise ReleaseError(message)
    return max(minors, default=0)


if __name__ == "__main__":
    try:
        check(Path(sys.argv[1]))
    except ReleaseError as error:
        sys.exit(str(error))
