"""Checks the built artifacts without publishing them.

usage: check.py DIST

Contents (what should be there is, nothing else), sizes, metadata, and that each installs into an
empty environment and runs. Ends with the first thing that is wrong.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pack_app
from artifacts import ROOT, Artifact, Member, ReleaseError, find, version_of

# The platform refuses files above 10 MB, and users wait for packages to be installed.
LARGEST_BYTES = {"tellr-app": 8_000_000, "tellr": 1_500_000, "@tellr/deployer": 1_500_000}
# Built files of the Python package: not in git, but included in the package.
NOTEBOOK_BUILT = {
    *("static/deployer.js", "static/page.js.gz", "static/page.css.gz", "static/page.wasm.gz"),
    *("static/page.hash", "static/kernel.wasm", "static/workspace_routes.json"),
}
# Added by `pack_app.py`.
APP_BUILT = ("tellr_app/packed.py", pack_app.PROGRAM, f"{pack_app.PROGRAM}.xz")
LICENCES = ("LICENSE", "THIRD-PARTY-NOTICES.txt")
METADATA = ("METADATA", "WHEEL", "RECORD", *(f"licenses/{name}" for name in LICENCES))


def expected(artifact: Artifact, version: str) -> set[str]:
    """List the files that belong in an artifact."""
    project = artifact.kind.project
    if project == "@tellr/deployer":
        files = json.loads((ROOT / "pkg/package.json").read_text())["files"]
        return {f"package/{name}" for name in (*files, "package.json", "README.md", "LICENSE")}
    if project == "tellr-app":
        modules = {*tracked("runtime/python"), *APP_BUILT}
        entry_points = "tellr_app-VERSION.dist-info/entry_points.txt"
        return {*modules, entry_points, *metadata("tellr_app")}
    modules = {*tracked("widget/src"), *(f"tellr/{name}" for name in NOTEBOOK_BUILT)}
    if artifact.path.suffix == ".whl":
        return {*modules, "tellr-VERSION.dist-info/entry_points.txt", *metadata("tellr")}
    others = ("pyproject.toml", "README.md", *LICENCES, "PKG-INFO")
    sources = {f"src/{name}" for name in modules}
    return {f"tellr-{version}/{name}" for name in (*sources, *others)}


def metadata(name: str) -> set[str]:
    """List a wheel's metadata files."""
    return {f"{name}-VERSION.dist-info/{file}" for file in METADATA}


def tracked(folder: str) -> set[str]:
    """List git's files in a folder, relative to it."""
    command = ["git", "ls-files", "-z", folder]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return {str(Path(name).relative_to(folder)) for name in listing.split("\0") if name}


def check_contents(artifact: Artifact, version: str) -> None:
    """Compare with the expected files; look for files that are never allowed."""
    members = artifact.members()
    wanted = {name.replace("VERSION", version) for name in expected(artifact, version)}
    there = {member.name for member in members}
    if there != wanted:
        missing, stray = sorted(wanted - there), sorted(there - wanted)
        message = f"{artifact.path.name}: missing {missing}, not expected {stray}"
        raise ReleaseError(message)
    for member in members:
        check_member(artifact, member)


def check_member(artifact: Artifact, member: Member) -> None:
    """Look for paths of this machine and for file modes that depend on the builder."""
    content = lzma.decompress(member.content) if member.name.endswith(".xz") else member.content
    for place in (str(Path.home()), str(ROOT)):
        if place != "/" and f"{place}/".encode() in content:
            message = f"{artifact.path.name}: {member.name} names the folder {place}"
            raise ReleaseError(message)
    if member.mode & 0o777 not in {0o644, 0o664}:
        message = f"{artifact.path.name}: {member.name} has the mode {member.mode:o}"
        raise ReleaseError(message)


def check_size(artifact: Artifact) -> None:
    """Compare with the maximum download size."""
    size, largest = artifact.path.stat().st_size, LARGEST_BYTES[artifact.kind.project]
    print(f"  {artifact.path.name:52} {size / 1e6:6.2f} MB of {largest / 1e6:.1f}")
    if size > largest:
        message = f"{artifact.path.name} has {size} bytes, more than {largest}"
        raise ReleaseError(message)


def check_metadata(artifacts: list[Artifact]) -> None:
    """Have twine check the metadata for an index."""
    files = [artifact.path for artifact in artifacts if artifact.kind.index == "PyPI"]
    run(sys.executable, "-m", "twine", "check", "--strict", *files)


def check_installs(artifact: Artifact, version: str) -> None:
    """Install into an empty environment, and use it there."""
    with tempfile.TemporaryDirectory(prefix="tellr-install-") as folder:
        if artifact.kind.index == "npm":
            install_npm(artifact, Path(folder), version)
        elif artifact.path.suffix == ".whl":
            install_python(artifact, Path(folder), version)
        else:
            build_from_source(artifact, Path(folder), version)


def build_from_source(artifact: Artifact, folder: Path, version: str) -> None:
    """Have pip build a wheel from the source, which has to equal the published wheel."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--no-deps", "--wheel-dir", folder, artifact.path)
    [published] = artifact.path.parent.glob(f"tellr-{version}-*.whl")
    [built] = folder.iterdir()
    contents = [
        {member.name: member.content for member in replace(artifact, path=path).members()}
        for path in (built, published)
    ]
    # The version of the build tool depends on the environment.
    about = {name for name in contents[1] if name.endswith((".dist-info/WHEEL", "/RECORD"))}
    differing = {
        name for name in contents[0] | contents[1] if contents[0].get(name) != contents[1].get(name)
    }
    if differing - about:
        message = (
            f"{artifact.path.name} builds a different wheel than the published one: "
            f"{sorted(differing)}"
        )
        raise ReleaseError(message)


def install_python(artifact: Artifact, folder: Path, version: str) -> None:
    """Install with pip; check the versions that the module and the command report."""
    run(sys.executable, "-m", "venv", folder / "environment")
    python = folder / "environment/bin/python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, artifact.path)
    module = artifact.kind.project.replace("-", "_")
    code = f"import importlib.metadata, {module}; print(importlib.metadata.version({module!r}))"
    command = folder / "environment/bin" / artifact.kind.project
    for said in (run(python, "-I", "-c", code, cwd=folder), run(command, "--version")):
        if said.split()[-1] != version:
            message = f"{artifact.path.name}, installed, says that it is {said.strip()}"
            raise ReleaseError(message)


def install_npm(artifact: Artifact, folder: Path, version: str) -> None:
    """Install with npm, load the module, and have it check a configuration."""
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run("npm", "install", "--silent", "--offline", "--ignore-scripts", artifact.path, cwd=folder)
    program = """
        import { readFileSync } from "node:fs";
        import { fileURLToPath } from "node:url";
        import init, { Deployer } from "@tellr/deployer";
        const file = fileURLToPath(import.meta.resolve("@tellr/deployer/deployer_bg.wasm"));
        await init({ module_or_path: readFileSync(file) });
        const problem = new Deployer({ kind: "fetch" }).validate({ app_name: "Not A Name" });
        console.log(problem.code);
    """
    (folder / "program.js").write_text(program)
    said = run("node", "program.js", cwd=folder).strip()
    if said != "INVALID_VALUE":
        message = f"{artifact.path.name} {version}, installed, says {said!r} to a wrong name"
        raise ReleaseError(message)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command for its output, which is the error message if it fails."""
    # Environment variables that point into the checkout would make it available.
    environment = {k: v for k, v in os.environ.items() if not re.match(r"PYTHON|NODE_PATH", k)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        said = "\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines()[-20:])
        message = f"`{' '.join(map(str, command))}` failed:\n{said}"
        raise ReleaseError(message)
    return done.stdout


def main() -> int:
    """Check everything in the folder given on the command line."""
    try:
        version = version_of(ROOT)
        artifacts = find(Path(sys.argv[1]), version)
        for artifact in artifacts:
            check_size(artifact)
            check_contents(artifact, version)
        check_metadata(artifacts)
        for artifact in artifacts:
            check_installs(artifact, version)
    except ReleaseError as problem:
        print(f"\nThe packages have problems: {problem}", file=sys.stderr)
        return 1
    print("  contents, metadata and installation into empty environments are correct")
    return 0


if __name__ == "__main__":
    sys.exit(main())
