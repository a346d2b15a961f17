"""The artifacts of a release: their files, their content, and their versions."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zipfile
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Every file that contains the version; the app's Python package uses the crate's.
MANIFESTS = (
    "Cargo.toml",
    "widget/pyproject.toml",
    "pkg/package.json",
    "pkg/package-lock.json",
    "frontend/package.json",
    "frontend/package-lock.json",
)


class ReleaseError(Exception):
    """The release can't continue; the message says why and what to do."""


@dataclass(frozen=True)
class Member:
    """One file inside an artifact."""

    name: str
    content: bytes
    mode: int
    # As recorded in the archive; zip has a resolution of two seconds and no time zone.
    modified: tuple[int, ...] | int


@dataclass(frozen=True)
class Kind:
    """One of the published files."""

    project: str
    index: str
    pattern: str


KINDS = (
    Kind("tellr-app", "PyPI", "tellr_app-{version}-py3-none-*.whl"),
    Kind("tellr", "PyPI", "tellr-{version}-py3-none-any.whl"),
    Kind("tellr", "PyPI", "tellr-{version}.tar.gz"),
    Kind("@tellr/deployer", "npm", "tellr-deployer-{version}.tgz"),
)


@dataclass(frozen=True)
class Artifact:
    """A built file of one kind."""

    kind: Kind
    path: Path

    @property
    def sha256(self) -> str:
        """Hash the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def members(self) -> list[Member]:
        """Read all files inside, by name."""
        data = io.BytesIO(self.path.read_bytes())
        if self.path.suffix == ".whl":
            with zipfile.ZipFile(data) as archive:
                found = [
                    Member(
                        info.filename, archive.read(info), info.external_attr >> 16, info.date_time
                    )
                    for info in archive.infolist()
                    if not info.is_dir()
                ]
        else:
            with tarfile.open(fileobj=data) as archive:
                found = [
                    Member(info.name, file.read(), info.mode, int(info.mtime))
                    for info in archive
                    if (file := archive.extractfile(info))
                ]
        return sorted(found, key=lambda member: member.name)

    def version(self) -> str:
        """Read the version from the artifact's own metadata."""
        contents = {member.name: member.content for member in self.members()}
        if self.kind.index == "npm":
            return json.loads(contents["package/package.json"])["version"]
        name = next(
            name
            for name in contents
            if re.fullmatch(r"[^/]+(\.dist-info/METADATA|/PKG-INFO)", name)
        )
        return HeaderParser().parsestr(contents[name].decode())["Version"]


def version_in(manifest: Path) -> str:
    """Read the version in one of our manifests."""
    if manifest.suffix == ".json":
        return json.loads(manifest.read_text())["version"]
    found = re.search(r'^version = "(.+)"', manifest.read_text(), re.MULTILINE)
    if not found:
        message = f"{manifest} contains no version"
        raise ReleaseError(message)
    return found[1]


def version_of(tree: Path) -> str:
    """Return the common version of all packages.

    Raises ReleaseError where manifests differ.
    """
    versions = {name: version_in(tree / name) for name in MANIFESTS}
    if len(set(versions.values())) != 1:
        listing = "\n".join(f"  {version:10} {name}" for name, version in versions.items())
        message = f"the version differs; set one in all of these:\n{listing}"
        raise ReleaseError(message)
    return versions["Cargo.toml"]


def find(dist: Path, version: str) -> list[Artifact]:
    """Find the artifacts of a version, one of each kind.

    Raises ReleaseError where one is missing, or is there twice, or is of another version.
    """
    artifacts = []
    for kind in KINDS:
        pattern = kind.pattern.format(version=version)
        found = sorted(dist.resolve().glob(pattern))
        if len(found) != 1:
            message = (
                f"there are {len(found)} files {pattern} in {dist.name}/; `make dist` builds one"
            )
            raise ReleaseError(message)
        artifacts.append(Artifact(kind, found[0]))
    for artifact in artifacts:
        if artifact.version() != version:
            message = f"{artifact.path.name} says inside that it is {artifact.version()}"
            raise ReleaseError(message)
    return artifacts
