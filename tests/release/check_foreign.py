"""Checks the app's wheel for another processor, which can't be run here.

usage: check_foreign.py FOLDER

Contents and size are those of the wheel for this machine; the program is one for aarch64, and
needs no newer glibc than its name says.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

from artifacts import KINDS, Artifact, ReleaseError
from check import LARGEST_BYTES, check_contents

AARCH64 = 183
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")


def check(folder: Path) -> Path:
    """Check the only wheel in a folder.

    Raises:
        ReleaseError: Something is wrong with it.
    """
    wheels = sorted(folder.glob("tellr_app-*.whl"))
    if len(wheels) != 1:
        message = f"{folder}: expected one wheel, found {[wheel.name for wheel in wheels]}"
        raise ReleaseError(message)
    wheel = wheels[0]
    named = re.fullmatch(
        r"tellr_app-(.+)-py3-none-manylinux_?(\d+)_?(\d*).*_aarch64\.whl", wheel.name
    )
    if named is None:
        message = f"{wheel.name}: it is not for Linux on aarch64"
        raise ReleaseError(message)
    if wheel.stat().st_size > LARGEST_BYTES["tellr-app"]:
        message = f"{wheel.name}: {wheel.stat().st_size:,} bytes are too many"
        raise ReleaseError(message)
    artifact = Artifact(KINDS[0], wheel)
    check_contents(artifact, named[1])
    program = next(
        member.content for member in artifact.members() if member.name.endswith("/tellr-app")
    )
    check_program(wheel.name, program)
    return wheel


def check_program(name: str, program: bytes, newest: tuple[int, int] = (2, 17)) -> None:
    """Check that a program is one for aarch64, and for a glibc of that version or older.

    Raises:
        ReleaseError: It isn't.
    """
    if program[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", program, 18)[0] != AARCH64:
        message = f"{name}: its program is not one for aarch64"
        raise ReleaseError(message)
    needed = max(
        ((int(major), int(minor)) for major, minor in _GLIBC.findall(program)), default=(0, 0)
    )
    if needed > newest:
        message = f"{name}: its program needs glibc {needed[0]}.{needed[1]}"
        raise ReleaseError(message)


if __name__ == "__main__":
    try:
        print(check(Path(sys.argv[1])))
    except ReleaseError as error:
        sys.exit(str(error))
