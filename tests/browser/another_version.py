"""Rewrite a wheel under another version, as the target of an update.

usage: another_version.py WHEEL VERSION FOLDER [MESSAGE]

With a message the program of the new wheel prints it and ends instead of starting.
"""

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path


def main(wheel: Path, version: str, folder: Path, last_words: str | None = None) -> None:
    """Write `wheel` as `version` into `folder`."""
    name, before, tags = wheel.name.split("-", maxsplit=2)
    record = []
    target = folder / f"{name}-{version}-{tags}"
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            # Both of the wheel's metadata folders have the version in their names.
            path = re.sub(rf"^{name}-{re.escape(before)}\.", f"{name}-{version}.", entry.filename)
            if path.endswith(".dist-info/METADATA"):
                content = re.sub(
                    rb"(?m)^Version: .*$", f"Version: {version}".encode(), content, count=1
                )
            if path.endswith(".dist-info/RECORD"):
                continue
            if last_words and path == "tellr_app/program.py":
                content = f"raise SystemExit({last_words!r})\n".encode()
            entry.filename = path
            new.writestr(entry, content, zipfile.ZIP_STORED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record.append(f"{path},sha256={digest.decode()},{len(content)}")
        path = f"{name}-{version}.dist-info/RECORD"
        new.writestr(path, "\n".join([*record, f"{path},,", ""]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
