"""LibreOffice: turns many PowerPoint files into PDFs, with our fonts and no others."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Files of one call: a call starts the program anew, and one that hangs is ended with its files.
BATCH = 24
PATIENCE_SECS = 240


def program() -> str:
    """The program, as it is installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        raise SystemExit("LibreOffice is missing: tests/setup/setup.sh tests installs it")
    return found


def _call(files: list[Path], out: Path, profile: Path, fonts: Path) -> str:
    command = [program(), "--headless", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(out), *map(str, files)]
    variables = {**os.environ, "FONTCONFIG_FILE": str(fonts), "SAL_USE_VCLPLUGIN": "svp"}
    try:
        done = subprocess.run(
            command,
            env=variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE_SECS} s"
    return done.stdout + done.stderr


def convert(files: list[Path], out: Path, work: Path, fonts: Path, at_once: int) -> dict[Path, str]:
    """Converts files into a folder; gives those that can't be converted, with what was said."""
    out.mkdir(parents=True, exist_ok=True)
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    # A running program locks its profile.
    profiles = [work / f"profile-{number}" for number in range(at_once)]
    shares = [batches[number::at_once] for number in range(at_once)]
    failed: dict[Path, str] = {}

    def of_one(share: list[list[Path]], profile: Path) -> None:
        for batch in share:
            said = _call(batch, out, profile, fonts)
            for file in batch:
                if not (out / f"{file.stem}.pdf").exists():
                    failed[file] = said[-300:]

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(of_one, shares, profiles))
    return failed
